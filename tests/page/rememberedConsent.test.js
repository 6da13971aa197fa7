import assert from "node:assert/strict";
import test from "node:test";
import { createBrowser, settle, URL_OF_PAGE } from "./browser.js";
import { loaded } from "./visit.js";

const CUSTOM = { enabled: true, provider: "custom" };
const BUFFER = { preConsent: { enabled: true, events: { delivery: "buffer" } }, consentManagement: CUSTOM };
const REMEMBERING = { ...BUFFER, preConsent: { ...BUFFER.preConsent, remember: true } };
const DECIDED = { consentManagement: { allowedConsentIds: ["C1"], deniedConsentIds: ["C2"] }, integrations: { All: false }, trackConsent: true };

/** A browser in which a page before decided so. */
const decidedBefore = async (decision, options = REMEMBERING) => {
  const browser = createBrowser();
  const { api, page } = loaded(browser, options);
  await settle();
  api.identify("u1");
  api.consent(decision);
  await settle();
  page.close();
  return browser;
};

test("the next page acts on the decision before all that was called there", async () => {
  const browser = await decidedBefore(DECIDED);
  const { api, core, come } = loaded(browser, REMEMBERING, { booting: true });
  api.track("early");
  come();
  await settle();
  const [first] = core.inputs.filter(({ page, type }) => page && type !== "load");
  assert.deepEqual([first.type, first.policy.buffers, first.integrations], ["consent", false, { All: false }]);
  assert.deepEqual(first.consents, { provider: "custom", allowedConsentIds: ["C1"], deniedConsentIds: ["C2"] });
  assert.deepEqual(core.calls().slice(1), [["track", "early"]]);
  assert.equal(core.of("track")[0].identity.userId, "u1");
});

test("its cookie names no visitor, and lasts as the visitor's do", async () => {
  const browser = await decidedBefore(DECIDED);
  const [cookie, ...others] = browser.allCookies().filter(({ key }) => key === "rl_consent");
  assert.deepEqual(others, []);
  const { expires, path, domain } = browser.allCookies().find(({ key }) => key === "rl_user_id");
  assert.deepEqual([cookie.expires, cookie.path, cookie.domain], [expires, path, domain]);
  const text = Buffer.from(browser.jar().rl_consent.slice("RS_ENC_v3_".length), "base64").toString();
  assert.deepEqual(JSON.parse(text), { integrations: { All: false }, consentManagement: { provider: "custom", allowedConsentIds: ["C1"], deniedConsentIds: ["C2"] } });
});

test("a refusal is kept, too: nothing else is stored, on the next page neither", async () => {
  const browser = await decidedBefore({ storage: { type: "none" } });
  const { api, core } = loaded(browser, REMEMBERING);
  await settle();
  api.identify("u1");
  await settle();
  assert.deepEqual(browser.allCookies().map(({ key }) => key), ["rl_consent"]);
  assert.equal(core.of("consent")[0].policy.anonymous, true);
});

test("what the page itself decides counts, and is kept instead", async () => {
  const browser = await decidedBefore(DECIDED);
  const { api, core, come } = loaded(browser, REMEMBERING, { booting: true });
  api.consent({ consentManagement: { allowedConsentIds: ["own"] } });
  come();
  await settle();
  assert.deepEqual(core.of("consent").map(({ consents }) => consents.allowedConsentIds), [["own"]]);
  const second = loaded(browser, REMEMBERING);
  await settle();
  assert.deepEqual(second.core.of("consent").map(({ consents }) => consents.allowedConsentIds), [["own"]]);
});

test("revoke forgets it", async () => {
  const browser = await decidedBefore(DECIDED);
  const { api } = loaded(browser, REMEMBERING);
  await settle();
  api.revoke();
  await settle();
  assert.deepEqual(browser.allCookies(), []);
  const { core } = loaded(browser, REMEMBERING);
  await settle();
  assert.deepEqual(core.of("consent"), []);
});

test("what a consent manager says later is kept, once there was a decision", async () => {
  const browser = createBrowser();
  const options = { ...REMEMBERING, consentManagement: { enabled: true, provider: "ketch" } };
  const { api, page } = loaded(browser, options, { window: { ketchConsent: { a: true, b: false } } });
  await settle();
  page.window.updateKetchConsent({ a: false, b: false });
  await settle();
  assert.equal(browser.jar().rl_consent, undefined);
  api.consent();
  await settle();
  page.window.updateKetchConsent({ a: true, b: true });
  await settle();
  const next = loaded(browser, options);
  await settle();
  assert.deepEqual(next.core.of("consent")[0].consents, { provider: "ketch", allowedConsentIds: ["a", "b"], deniedConsentIds: [] });
});

for (const [name, text, options] of [
  ["without the option", "{}", BUFFER],
  ["that cannot be read", "RS_ENC_v3_x", REMEMBERING],
  ["that is no object", "5", REMEMBERING],
]) {
  test(`a cookie of a decision ${name} is none`, async () => {
    const browser = createBrowser();
    browser.setCookie(URL_OF_PAGE, `rl_consent=${encodeURIComponent(text)}; path=/`);
    const { core } = loaded(browser, options);
    await settle();
    assert.deepEqual([core.of("load")[0].policy.buffers, core.of("consent")], [true, []]);
  });
}

test("where the script that reads it cannot be had, the page waits for a decision: nothing is sent, and nothing is lost", async () => {
  const browser = await decidedBefore(DECIDED);
  const before = browser.requests.length;
  const next = loaded(browser, REMEMBERING);
  next.page.bring = () => Promise.reject(new Error("404"));
  await settle();
  next.api.track("a");
  await settle();
  assert.deepEqual([next.core.of("consent"), next.core.of("load")[0].policy.buffers, browser.requests.length], [[], true, before]);
  assert.equal(next.api.stats().pending, 1);
  assert.deepEqual(next.page.lines.length, 1);
  next.api.consent({ consentManagement: { allowedConsentIds: ["C1"] } });
  await settle();
  assert.equal(next.api.stats().delivered, 1);
});
