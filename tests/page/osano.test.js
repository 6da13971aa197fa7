import assert from "node:assert/strict";
import test from "node:test";
import { listenToConsentManager } from "../../web/src/consentManagers.js";
import { createBrowser } from "./browser.js";
import { ask, hear } from "./consentManager.js";

const said = { ESSENTIAL: "ACCEPT", ANALYTICS: "DENY", MARKETING: "ACCEPT", "OPT_OUT": "DENY" };

test("Osano: what is accepted", () => {
  assert.deepEqual(ask("osano", { Osano: { cm: { getConsent: () => said } } }), { allowed: ["ESSENTIAL", "MARKETING"], denied: ["ANALYTICS", "OPT_OUT"] });
});

test("what is saved is heard", () => {
  const listeners = {};
  const heard = hear("osano", { Osano: { cm: { getConsent: () => said, addEventListener: (name, listener) => (listeners[name] = listener) } } });
  listeners["osano-cm-consent-saved"](said);
  assert.equal(heard.length, 1);
});

test("one that has not begun is nobody to listen to", () => {
  assert.equal(listenToConsentManager("osano", createBrowser().open(undefined, { window: { Osano() {} } }), assert.fail), false);
});

test("where it is not there it says nothing", () => assert.equal(ask("osano", {}), null));
