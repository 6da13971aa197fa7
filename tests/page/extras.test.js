import assert from "node:assert/strict";
import test from "node:test";
import * as extras from "../../web/src/extras.js";

test("what few pages need is in one script", () => {
  assert.deepEqual(Object.keys(extras).sort(), ["askForHints", "createRememberedConsent", "followConsentManager", "movedTo", "openLegacy", "readLink", "startServerCookies", "takeOutbox"]);
});
