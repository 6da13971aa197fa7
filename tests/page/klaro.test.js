import assert from "node:assert/strict";
import test from "node:test";
import { ask, hear } from "./consentManager.js";

const windowOf = (watchers) => ({ klaro: { getManager: () => ({ consents: { matomo: true, ads: false }, watch: (watcher) => watchers.push(watcher) }) } });

test("Klaro: its services", () => {
  assert.deepEqual(ask("klaro", windowOf([])), { allowed: ["matomo"], denied: ["ads"] });
});

test("what is saved is heard, and no other step", () => {
  const watchers = [];
  const heard = hear("klaro", windowOf(watchers));
  for (const name of ["consents", "saveConsents", "applyConsents"]) watchers[0].update({}, name, {});
  assert.equal(heard.length, 1);
});

test("where it is not there it says nothing", () => assert.equal(ask("klaro", {}), null));
