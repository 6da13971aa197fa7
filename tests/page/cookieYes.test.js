import assert from "node:assert/strict";
import test from "node:test";
import { askConsentManager, listenToConsentManager } from "../../web/src/consentManagers.js";
import { createBrowser } from "./browser.js";

const ask = (provider, window) => askConsentManager(provider, createBrowser().open(undefined, { window }));

/** What is heard while something runs in the page. */
const hear = (provider, window, run = () => {}) => {
  const page = createBrowser().open(undefined, { window });
  const heard = [];
  assert.equal(listenToConsentManager(provider, page, (told) => heard.push(told)), true);
  run(page);
  return heard;
};

const window = { getCkyConsent: () => ({ activeLaw: "gdpr", categories: { necessary: true, analytics: false }, isUserActionCompleted: true }) };

test("CookieYes: its categories", () => {
  assert.deepEqual(ask("cookieYes", window), { allowed: ["necessary"], denied: ["analytics"] });
});

test("an update is heard", () => {
  assert.equal(hear("cookieYes", window, (page) => page.fire("document", "cookieyes_consent_update", { detail: {} })).length, 1);
});

test("where it is not there it says nothing", () => assert.equal(ask("cookieYes", {}), null));
