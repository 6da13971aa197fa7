import assert from "node:assert/strict";
import test from "node:test";
import { readLoad } from "../../web/src/options.js";
import { policyOf } from "../../web/src/policy.js";
import { createBrowser, settle, URL_OF_PAGE } from "./browser.js";
import { createScriptedCore } from "./core.js";
import { loaded } from "./visit.js";
import { compare, runVectors } from "./vectors.js";

/** What a consent manager said, as globals of the page. */
const windowOf = ({ groups, active, ketch, iubenda }) => ({
  ...(groups && { OneTrust: { GetDomainData: () => ({ Groups: groups }) }, OnetrustActiveGroups: active }),
  ...(ketch && { ketchConsent: ketch }),
  ...(iubenda && { _iub: { cs: { consent: { purposes: iubenda } } } }),
});

const CUSTOM = { enabled: true, provider: "custom" };
const BUFFER = { preConsent: { enabled: true, events: { delivery: "buffer" } }, consentManagement: CUSTOM };
/** Calls that wait for the decision are stored. */
const SESSION = { ...BUFFER, preConsent: { ...BUFFER.preConsent, storage: { strategy: "session" } } };
const IMMEDIATE = { preConsent: { enabled: true }, consentManagement: CUSTOM };

const visited = async (options, said = {}, how = {}) => {
  const visit = loaded(createBrowser(), options, { window: windowOf(said), ...how });
  await settle();
  return visit;
};

runVectors("page_consent", {
  "policy.before": compare((options) => {
    const { quiet, buffers, hides, visible, places } = policyOf(readLoad(options), {});
    const isPending = quiet || buffers || hides;
    return { pending: isPending, quiet, buffers, hides, kept: isPending ? visible : Object.keys(places) };
  }),
  "policy.consents": async ({ given, gives }) => assert.deepEqual((await visited(...given)).core.of("load")[0].consents, gives),
  "policy.tells": async ({ given, gives }) => assert.equal("updateKetchConsent" in (await visited(...given)).page.window, gives),
  "consent.calls": async ({ given: [options], gives }) => {
    const { api, core } = await visited({ consentManagement: CUSTOM });
    api.consent(options);
    await settle();
    assert.deepEqual(core.calls().filter(([type]) => type !== "consent"), gives);
  },
});

test("Python is told with load what messages may show, and say of consent", async () => {
  const { core } = await visited({ ...IMMEDIATE, consentManagement: { ...CUSTOM, enabled: true } });
  const [{ policy, consents }] = core.of("load");
  assert.deepEqual(policy, { buffers: false, hides: true, visible: [], anonymous: true });
  assert.deepEqual(consents, { provider: "custom", allowedConsentIds: [], deniedConsentIds: [] });
});

test("a decision is told with what may be shown from then on", async () => {
  const { api, core } = await visited(BUFFER);
  api.consent({ consentManagement: { allowedConsentIds: ["C1"], deniedConsentIds: ["C2"] }, integrations: { All: false }, discardPreConsentEvents: true });
  await settle();
  const [{ policy, consents, discard, integrations }] = core.of("consent");
  assert.deepEqual([policy.buffers, policy.hides, policy.anonymous], [false, false, false]);
  assert.deepEqual(consents, { provider: "custom", allowedConsentIds: ["C1"], deniedConsentIds: ["C2"] });
  assert.deepEqual([discard, integrations], [true, { All: false }]);
});

for (const options of [undefined, null, "yes", 5, [], () => {}]) {
  test(`a decision that says nothing is one: ${String(options)}`, async () => {
    const { api, core, page } = await visited(BUFFER);
    api.consent(options);
    await settle();
    assert.equal(core.of("consent").length, 1);
    assert.equal(core.of("consent")[0].discard, false);
    const isOdd = ["yes", 5].includes(options) || Array.isArray(options);
    assert.deepEqual(page.lines, isOdd ? ["WARN consent: the options should be an object"] : []);
  });
}

test("nothing is stored before, everything after", async () => {
  const browser = createBrowser();
  const { api } = loaded(browser, BUFFER, { late: true });
  await settle();
  api.identify("u1", { a: 1 });
  await settle();
  assert.deepEqual([browser.allCookies(), browser.stored()], [[], {}]);
  api.consent();
  await settle();
  assert.deepEqual(Object.keys(browser.jar()).sort(), ["rl_anonymous_id", "rl_page_init_referrer", "rl_page_init_referring_domain", "rl_session", "rl_trait", "rl_user_id"]);
  assert.deepEqual(Object.keys(browser.stored()).map((key) => key.split(".").at(-1)), ["call"], "and what was called before, too");
});

for (const [name, options, how, stored] of [
  ["is not stored for another page", BUFFER, { late: true }, 0],
  ["is stored no longer", SESSION, { late: true }, 1],
  ["is stored no longer, though nothing else of ours has come", SESSION, { booting: true }, 1],
]) {
  test(`what is to be discarded ${name}`, async () => {
    const browser = createBrowser();
    const { api, page } = loaded(browser, options, how);
    await settle();
    api.track("before");
    assert.equal(Object.keys(browser.stored()).filter((key) => key.endsWith(".call")).length, stored); // beside a note of its lock
    api.consent({ discardPreConsentEvents: true });
    api.track("after");
    await settle();
    page.close(true);
    assert.deepEqual(Object.values(browser.stored()).map((text) => JSON.parse(text).arguments[0]), ["after"]);
  });
}

test("nor is it stored later, because it is large", async () => {
  const browser = createBrowser();
  const { api, page } = loaded(browser, SESSION, { late: true });
  await settle();
  api.track("before", { text: "x".repeat(500_000) });
  api.consent({ discardPreConsentEvents: true });
  page.fire("window", "pagehide");
  assert.deepEqual(browser.stored(), {});
});

test("nor when Python had it, and is busy", async () => {
  const browser = createBrowser();
  const { api, page } = loaded(browser, SESSION, { core: createScriptedCore({ later: true }) });
  await settle();
  api.track("before");
  await settle();
  assert.equal(Object.keys(browser.stored()).length, 1);
  api.consent({ discardPreConsentEvents: true });
  page.close(true);
  assert.deepEqual(browser.stored(), {});
});

test("nor as a message, when Python has acted on it and has not heard of the decision yet", async () => {
  const browser = createBrowser();
  const core = createScriptedCore({ later: true });
  const { api, come } = loaded(browser, BUFFER, { core, late: true });
  await settle();
  api.track("before");
  api.consent({ discardPreConsentEvents: true });
  const storedThen = [];
  const { handle } = core;
  core.handle = (text) => {
    storedThen.push(...Object.values(browser.stored()));
    return handle(text);
  };
  come();
  await settle();
  assert.deepEqual([storedThen, browser.stored(), Object.values(api.stats().dropped)], [[], {}, [1]]);
});

test("who is held in memory until then is not lost to two cookies of others, which stay", async () => {
  const browser = createBrowser();
  const { api, come } = loaded(browser, SESSION, { booting: true });
  api.identify("u1");
  for (const scope of ["path=/", "path=/; domain=.example.com"]) browser.setCookie(URL_OF_PAGE, `rl_user_id=${scope.length}; ${scope}`);
  const before = browser.cookies().filter(([name]) => name === "rl_user_id");
  come();
  await settle();
  assert.equal(api.getUserId(), "u1");
  assert.deepEqual(browser.cookies().filter(([name]) => name === "rl_user_id"), before);
});

test("a tab whose visitor decided before has another anonymousId: it counts", async () => {
  const browser = createBrowser();
  const first = loaded(browser, BUFFER);
  const second = loaded(browser, BUFFER);
  await settle();
  assert.notEqual(first.api.getAnonymousId(), second.api.getAnonymousId());
  first.api.consent();
  await settle();
  second.api.consent();
  await settle();
  assert.equal(second.api.getAnonymousId(), first.api.getAnonymousId());
});

test("but not over one that this page was given", async () => {
  const browser = createBrowser();
  const first = loaded(browser, BUFFER);
  const second = loaded(browser, BUFFER);
  await settle();
  second.api.setAnonymousId("own");
  first.api.consent();
  await settle();
  second.api.consent();
  await settle();
  assert.equal(second.api.getAnonymousId(), "own");
});

// Consent managers

const MANAGED = (provider) => ({ consentManagement: { enabled: true, provider } });

test("what a consent manager says later reaches Python, before and after it is there", async () => {
  const { core, page, come } = await visited(MANAGED("ketch"), { ketch: { a: true, b: false } }, { late: true });
  page.window.updateKetchConsent({ a: false, b: true });
  assert.deepEqual([page.window.getKetchUserConsentedPurposes(), page.window.getKetchUserDeniedPurposes()], [["b"], ["a"]]);
  come();
  await settle();
  page.window.updateKetchConsent({ a: true, b: true });
  await settle();
  assert.deepEqual(core.of("load")[0].consents, { provider: "ketch", allowedConsentIds: ["a"], deniedConsentIds: ["b"] });
  assert.deepEqual(core.of("consents").map(({ consents }) => consents.allowedConsentIds), [["b"], ["a", "b"]]);
});

test("one that says nothing is one line, and asked again with a decision", async () => {
  const { core, page, api } = await visited(MANAGED("oneTrust"));
  assert.deepEqual(page.lines, ["WARN oneTrust says nothing that can be read"]);
  Object.assign(page.window, windowOf({ groups: [{ CustomGroupId: "C1" }], active: "C1" }));
  api.consent();
  await settle();
  assert.deepEqual(core.of("consent")[0].consents, { provider: "oneTrust", allowedConsentIds: ["C1"], deniedConsentIds: [] });
});

test("without what few pages need, which could not be fetched, nothing is asked", async () => {
  const visit = loaded(createBrowser(), MANAGED("ketch"), { window: windowOf({ ketch: { a: true } }) });
  const { bring } = visit.page;
  visit.page.bring = (name) => (name === "extras.mjs" ? Promise.reject(new Error("404")) : bring(name));
  await settle();
  const said = "ERROR links of AMP pages, client hints, consent managers, decisions of before, old cookies and a cookie service do without extras.mjs: Error: 404";
  assert.deepEqual(visit.page.lines, [said, "WARN ketch says nothing that can be read"]);
  assert.deepEqual(visit.core.of("load")[0].consents, { provider: "ketch", allowedConsentIds: [], deniedConsentIds: [] });
});

test("a decision may name the provider", async () => {
  const { api, core } = await visited({ consentManagement: { enabled: true } });
  api.consent({ consentManagement: { provider: "custom", allowedConsentIds: ["C1"] } });
  await settle();
  assert.equal(core.of("consent")[0].consents.provider, "custom");
});

test("ids without a provider are those of the page itself: messages say them", async () => {
  const given = { allowedConsentIds: ["C1"], deniedConsentIds: ["C2"] };
  const { api, core } = await visited({ consentManagement: { enabled: true } });
  api.consent({ consentManagement: given });
  await settle();
  assert.deepEqual(core.of("consent")[0].consents, { provider: "custom", ...given });
  const second = await visited({ consentManagement: { enabled: true, deniedConsentIds: ["C3"] } });
  assert.deepEqual(second.core.of("load")[0].consents, { provider: "custom", allowedConsentIds: [], deniedConsentIds: ["C3"] });
});

test("where consent is not managed ids say nothing, as in the official SDK [js 7.3]", async () => {
  const { api, core } = await visited({});
  api.consent({ consentManagement: { allowedConsentIds: ["C1"] } });
  await settle();
  assert.equal(core.of("consent")[0].consents.provider, null);
});

test("one that RudderStack does not know is `custom` to it; what the visitor changes is told, with each decision it is asked again", async () => {
  const consent = { necessary: true, preferences: false, statistics: true, marketing: false };
  const { api, core, page } = await visited({ consentManagement: { enabled: true, provider: "cookiebot" } }, {}, { window: { Cookiebot: { consent } } });
  assert.deepEqual(core.of("load")[0].consents, { provider: "custom", allowedConsentIds: ["necessary", "statistics"], deniedConsentIds: ["marketing", "preferences"] });
  api.consent();
  consent.marketing = true;
  page.fire("window", "CookiebotOnAccept");
  await settle();
  assert.deepEqual(core.of("consents").map(({ consents }) => [consents.provider, consents.allowedConsentIds]), [["custom", ["marketing", "necessary", "statistics"]]], "once, however often it was asked");
  consent.statistics = false;
  api.consent();
  await settle();
  assert.deepEqual(core.of("consent").at(-1).consents.allowedConsentIds, ["marketing", "necessary"]);
});
