import assert from "node:assert/strict";
import test from "node:test";
import { ask, hear } from "./consentManager.js";

const gtag = (window, ...given) => window.dataLayer.push((function () { return arguments; })(...given)); // as Google's snippet has it

test("Google Consent Mode: what was said last counts, a default for a region does not", () => {
  const window = { dataLayer: [{ event: "x" }, null] };
  gtag(window, "js", 1);
  gtag(window, "consent", "default", { ad_storage: "granted", region: ["US"] });
  gtag(window, "consent", "default", { ad_storage: "denied", analytics_storage: "denied", wait_for_update: 500 });
  gtag(window, "consent", "update", { analytics_storage: "granted" });
  assert.deepEqual(ask("googleConsentMode", window), { allowed: ["analytics_storage"], denied: ["ad_storage"] });
});

test("an update is heard; the data layer does what it did", () => {
  const window = {};
  const heard = hear("googleConsentMode", window);
  gtag(window, "event", "x");
  assert.deepEqual(heard, []);
  gtag(window, "consent", "update", { ad_storage: "granted" });
  assert.deepEqual([heard, window.dataLayer.length], [[{ allowed: ["ad_storage"], denied: [] }], 2]);
});

test("where it is not there it says nothing", () => assert.equal(ask("googleConsentMode", {}), null));
