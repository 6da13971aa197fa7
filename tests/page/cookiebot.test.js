import assert from "node:assert/strict";
import test from "node:test";
import { ask, hear } from "./consentManager.js";

const window = () => ({ Cookiebot: { consent: { necessary: true, preferences: false, statistics: true, marketing: false, stamp: "x", method: "explicit" } } });

test("Cookiebot: its four categories", () => {
  assert.deepEqual(ask("cookiebot", window()), { allowed: ["necessary", "statistics"], denied: ["marketing", "preferences"] });
});

for (const name of ["CookiebotOnAccept", "CookiebotOnDecline"]) {
  test(`${name} is heard`, () => {
    const its = window();
    const heard = hear("cookiebot", its, (page) => {
      its.Cookiebot.consent.marketing = true;
      page.fire("window", name);
    });
    assert.deepEqual(heard, [{ allowed: ["marketing", "necessary", "statistics"], denied: ["preferences"] }]);
  });
}

test("where it is not there it says nothing", () => assert.equal(ask("cookiebot", {}), null));
