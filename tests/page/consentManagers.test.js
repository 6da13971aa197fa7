import assert from "node:assert/strict";
import test from "node:test";
import { askConsentManager, installFunctions } from "../../web/src/consentManagers.js";
import { createBrowser, URL_OF_PAGE } from "./browser.js";
import { runVectors } from "./vectors.js";

/** A page in which consent managers said what a vector says: globals and cookies. */
export const told = ({ groups, active, ketch, iubenda, cookies = {} } = {}) => {
  const browser = createBrowser();
  const window = {
    ...(groups !== undefined && { OneTrust: { GetDomainData: () => ({ Groups: groups }) } }),
    ...(active !== undefined && { OnetrustActiveGroups: active }),
    ...(ketch !== undefined && { ketchConsent: ketch }),
    ...(iubenda !== undefined && { _iub: { cs: { consent: { purposes: iubenda } } } }),
  };
  for (const [name, text] of Object.entries(cookies)) browser.setCookie(URL_OF_PAGE, `${name}=${encodeURIComponent(text)}; path=/`);
  return { browser, page: browser.open(undefined, { window }) };
};

runVectors("page_consent", {
  "permission.ask": ({ given: [provider, said], gives, says }) => {
    const found = askConsentManager(provider, told(said).page);
    assert.deepEqual(found ? [found.allowed, found.denied] : [[], []], gives);
    assert.equal(found === null, says !== undefined, "what says nothing is said, by consent.js");
  },
});

const broken = () => {
  throw new Error("no");
};

for (const [name, provider, window] of [
  ["throws", "oneTrust", { OneTrust: { GetDomainData: broken } }],
  ["is an element", "ketch", { ketchConsent: new Proxy({}, { ownKeys: broken }) }],
  ["is an element, too", "iubenda", { _iub: { get cs() { return broken(); } } }],
  ["is none that we know", "other", {}],
]) {
  test(`a consent manager that ${name} says nothing`, () => assert.equal(askConsentManager(provider, createBrowser().open(undefined, { window })), null));
}

test("a cookie that cannot be decoded is none", () => {
  const { browser, page } = told();
  browser.setCookie(URL_OF_PAGE, "_ketch_consent_v1_=%E0%A4; path=/");
  assert.equal(askConsentManager("ketch", page), null);
});

test("other cookies do not matter, whatever they are", () => {
  const { browser, page } = told({ cookies: { "_iub_cs-5": '{"purposes":{"1":true}}' } });
  browser.setCookie(URL_OF_PAGE, "bad=%E0%A4; path=/");
  assert.deepEqual(askConsentManager("iubenda", page), { allowed: ["1"], denied: [] });
});

for (const [provider, name] of [["ketch", "Ketch"], ["iubenda", "Iubenda"]]) {
  test(`the functions that the official SDK has in the page for ${provider} [js 7.1]`, () => {
    const { page } = told();
    const updates = [];
    installFunctions(provider, page, () => ({ allowedConsentIds: ["a"], deniedConsentIds: ["b"] }), (update) => updates.push(update));
    const { window } = page;
    assert.deepEqual(window[`get${name}UserConsentedPurposes`](), ["a"]);
    assert.deepEqual(window[`get${name}UserDeniedPurposes`](), ["b"]);
    window[`update${name}Consent`]({ x: true, y: false });
    window[`update${name}Consent`]("all");
    window[`update${name}Consent`](new Proxy({}, { ownKeys: broken }));
    assert.deepEqual(updates, [{ allowed: ["x"], denied: ["y"] }]);
  });
}

test("for others there are none, and what the page forbids throws nothing", () => {
  const { page } = told();
  installFunctions("oneTrust", page, () => ({}), assert.fail);
  assert.deepEqual(Object.keys(page.window), ["navigator"]);
  page.window = Object.freeze({});
  installFunctions("ketch", page, () => ({}), assert.fail);
});
