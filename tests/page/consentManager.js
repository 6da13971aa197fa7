// A page with a consent manager in its window, which is asked and listened to.

import assert from "node:assert/strict";
import { askConsentManager, listenToConsentManager } from "../../web/src/consentManagers.js";
import { createBrowser } from "./browser.js";

/** What it says. */
export const ask = (provider, window) => askConsentManager(provider, createBrowser().open(undefined, { window }));

/** What is heard while something runs in the page. */
export const hear = (provider, window, run = () => {}) => {
  const page = createBrowser().open(undefined, { window });
  const heard = [];
  assert.equal(listenToConsentManager(provider, page, (told) => heard.push(told)), true);
  run(page);
  return heard;
};
