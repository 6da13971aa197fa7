import assert from "node:assert/strict";
import test from "node:test";
import { ask, hear } from "./consentManager.js";

const window = { getCkyConsent: () => ({ activeLaw: "gdpr", categories: { necessary: true, analytics: false }, isUserActionCompleted: true }) };

test("CookieYes: its categories", () => {
  assert.deepEqual(ask("cookieYes", window), { allowed: ["necessary"], denied: ["analytics"] });
});

test("an update is heard", () => {
  assert.equal(hear("cookieYes", window, (page) => page.fire("document", "cookieyes_consent_update", { detail: {} })).length, 1);
});

test("where it is not there it says nothing", () => assert.equal(ask("cookieYes", {}), null));
