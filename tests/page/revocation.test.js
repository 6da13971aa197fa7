import assert from "node:assert/strict";
import test from "node:test";
import { createScriptedCore } from "./core.js";
import { createBrowser, settle, URL_OF_PAGE } from "./browser.js";
import { loaded } from "./visit.js";

const CUSTOM = { enabled: true, provider: "custom" };
const ASKING = { preConsent: { enabled: true, events: { delivery: "buffer" } }, consentManagement: CUSTOM };
const decision = (allowed, denied = [], more = {}) => ({ consentManagement: { allowedConsentIds: allowed, deniedConsentIds: denied }, ...more });

const opened = async (browser = createBrowser(), options = ASKING, how = {}) => {
  const visited = loaded(browser, options, how);
  const dropped = [];
  visited.api.on("dropped", ({ reason }) => dropped.push(reason));
  await settle();
  return { browser, dropped, ...visited };
};

/** What is stored of us anywhere. */
const left = (browser) => [browser.allCookies().map(({ key }) => key), Object.keys(browser.stored())];

// revoke

test("after revoke nothing of ours is left, in any tab, and nothing is sent until consent", async () => {
  const first = await opened();
  const { browser } = first;
  const second = await opened(browser);
  browser.answer = () => ({ status: 503 });
  for (const { api } of [first, second]) {
    api.consent(decision(["C1"]));
    api.identify("u1", { a: 1 });
    api.track("waits");
  }
  await settle();
  browser.setCookie(URL_OF_PAGE, "__tld__of-a-page-that-ended=1; path=/");
  assert.ok(left(browser)[0].length > 4 && left(browser)[1].length > 1);
  const { anonymousId } = { anonymousId: first.api.getAnonymousId() };
  browser.answer = () => ({ status: 200 });
  first.api.revoke();
  assert.deepEqual([first.api.getUserId(), first.api.getUserTraits()], ["", {}]);
  await settle();
  assert.deepEqual(left(browser), [[], []]);
  const { length } = browser.requests;
  for (const { api } of [first, second]) {
    assert.notEqual(api.getAnonymousId(), anonymousId);
    assert.equal(api.getUserId(), "");
    api.track("after");
  }
  for (const { page } of [first, second]) page.fire("window", "online");
  await browser.advance(600_000);
  assert.deepEqual(left(browser), [[], []]);
  assert.equal(browser.requests.length, length);
  assert.deepEqual(first.api.stats().dropped, { consent: 2 });
  assert.deepEqual(second.dropped, ["consent", "consent"]);
  assert.deepEqual(first.core.of("forget").length, 1);
});

test("a consent after it begins anew: another visitor, and what was called meanwhile is sent", async () => {
  const { browser, api, core } = await opened();
  api.consent(decision(["C1"]));
  api.identify("u1");
  const before = api.getAnonymousId();
  await settle();
  api.revoke();
  api.track("meanwhile");
  await settle();
  api.consent(decision(["C2"]));
  await settle();
  assert.notEqual(browser.jar().rl_anonymous_id, undefined);
  assert.equal(browser.jar().rl_user_id, undefined);
  assert.notEqual(api.getAnonymousId(), before);
  const [track] = core.of("track");
  assert.deepEqual([track.identity.userId, track.identity.anonymousId], ["", api.getAnonymousId()]);
  assert.deepEqual(core.of("consent").map(({ policy, consents }) => [policy.buffers, consents.allowedConsentIds]), [
    [false, ["C1"]],
    [true, []],
    [false, ["C2"]],
  ]);
});

test("a page without consent options can revoke, too", async () => {
  const { browser, api } = await opened(createBrowser(), {});
  api.identify("u1");
  await settle();
  const { length } = browser.requests;
  api.revoke();
  api.track("x");
  await browser.advance(60_000);
  assert.deepEqual([left(browser), browser.requests.length], [[[], []], length]);
});

test("revoke before Python is there counts for what was called before, not for what comes later", async () => {
  const { browser, api, core, come } = await opened(createBrowser(), {}, { booting: true });
  api.identify("u1");
  api.track("before");
  api.revoke();
  api.consent();
  api.track("after");
  come();
  await settle();
  assert.deepEqual(core.calls().map(([type, name]) => [type, name]), [
    ["consent", undefined],
    ["consent", undefined],
    ["track", "after"],
  ]);
  assert.equal(core.of("track")[0].identity.userId, "");
  assert.equal(browser.jar().rl_user_id, undefined);
  assert.ok(browser.jar().rl_anonymous_id);
  assert.deepEqual(api.stats().dropped, { consent: 2 });
});

test("revoke on a page that is left before the rest of the script comes is acted on by the next page", async () => {
  const { browser, api, page } = await opened(createBrowser(), {});
  browser.answer = () => ({ status: 503 });
  api.identify("u1");
  await settle();
  page.close();
  const second = await opened(browser, {}, { booting: true });
  second.api.track("before");
  second.api.revoke();
  second.page.close();
  const third = await opened(browser, {});
  await browser.advance(10);
  assert.deepEqual([third.api.getUserId(), left(browser), third.core.calls().filter(([type]) => type === "track")], ["", [[], []], []]);
  const { length } = browser.requests;
  await browser.advance(600_000);
  assert.equal(browser.requests.length, length);
  assert.deepEqual(third.dropped, ["consent", "consent"]);
});

test("cookies go on every domain and path that this page can have set them on", async () => {
  const browser = createBrowser();
  for (const domain of ["", "; domain=.example.com", "; domain=www.example.com"]) {
    for (const path of ["/", "/shop", "/shop/"]) browser.setCookie(URL_OF_PAGE, `rl_user_id=%22u${path.length}${domain.length}%22; path=${path}${domain}`);
  }
  browser.setCookie(URL_OF_PAGE, "theirs=1; path=/");
  const { api } = await opened(browser, { storage: { cookie: { path: "/other" } } });
  api.identify("u1");
  await settle();
  assert.ok(browser.allCookies().some(({ path }) => path === "/other"));
  api.revoke();
  await settle();
  assert.deepEqual(left(browser), [["theirs"], []]);
});

test("the undelivered messages of other write keys go, and what is not ours stays", async () => {
  const { browser, api, page } = await opened();
  page.storage("localStorage").setItem("rudderanalytics.OTHER.run", "3");
  page.storage("localStorage").setItem("theirs", "1");
  page.storage("sessionStorage").setItem("rl_user_id", "x");
  api.revoke();
  await settle();
  assert.deepEqual([Object.keys(browser.stored()), Object.keys(page.storage("sessionStorage"))], [["theirs"], []]);
});

test("an answer that comes after it changes nothing", async () => {
  const browser = createBrowser();
  let answered = () => {};
  browser.answer = () => new Promise((settle) => (answered = settle));
  const { api, dropped } = await opened(browser, {});
  api.track("on its way");
  await settle();
  api.revoke();
  answered({ status: 503 });
  await browser.advance(600_000);
  assert.deepEqual([browser.requests.length, dropped, left(browser)], [1, ["consent"], [[], []]]);
});

test("where Python answers later nothing that it still does for calls before counts", async () => {
  const { browser, api, dropped } = await opened(createBrowser(), {}, { core: createScriptedCore({ later: true }) });
  api.identify("u1");
  api.track("a");
  api.revoke();
  await browser.advance(60_000);
  assert.deepEqual([browser.requests.filter(({ body }) => body), dropped, left(browser)], [[], ["consent", "consent"], [[], []]]);
});

test("a page that opens as another one revokes follows", async () => {
  const first = await opened(createBrowser(), {});
  const { browser } = first;
  const second = await opened(browser, {}, { booting: true });
  await browser.advance(10);
  second.api.identify("u2");
  first.api.revoke();
  second.come();
  await settle();
  assert.deepEqual([second.api.getUserId(), left(browser)], ["", [[], []]]);
  const third = await opened(browser, {});
  await browser.advance(10);
  assert.notEqual(third.browser.jar().rl_anonymous_id, undefined, "one that opens later does not");
});

test("a page that comes back from the back/forward cache, and finds nothing left, asks again", async () => {
  const { browser, api, page } = await opened();
  api.consent();
  api.identify("u1");
  await settle();
  page.fire("window", "pagehide");
  browser.clearCookies();
  page.fire("window", "pageshow", { persisted: true });
  await settle();
  api.track("x");
  await browser.advance(10_000);
  assert.deepEqual([api.getUserId(), left(browser)], ["", [[], []]]);
});

test("but not where messages wait: then values were removed, and nobody revoked", async () => {
  const { browser, api, page } = await opened();
  api.consent();
  api.identify("u1");
  await settle();
  const another = await opened(browser, {});
  browser.answer = () => ({ status: 503 });
  another.api.track("x");
  await settle();
  const [waiting, anonymousId] = [left(browser)[1].length, api.getAnonymousId()];
  page.fire("window", "pagehide");
  browser.clearCookies();
  page.fire("window", "pageshow", { persisted: true });
  await settle();
  assert.ok(waiting);
  assert.deepEqual([left(browser)[1].length, api.getAnonymousId()], [waiting, anonymousId]);
});

// A decision that allows less

const WAITING = async (...decisions) => {
  const visited = await opened();
  visited.browser.answer = () => ({ status: 503 });
  for (const each of decisions) {
    visited.api.consent(each);
    visited.api.track("a");
  }
  await settle();
  return visited;
};

test("what may no longer be kept is removed from storage at once", async () => {
  const { browser, api } = await opened();
  api.consent();
  api.identify("u1", { a: 1 });
  await settle();
  api.consent({ storage: { entries: { userId: { type: "none" } } } });
  await settle();
  assert.equal(api.getUserId(), "");
  assert.equal(browser.jar().rl_user_id, undefined);
  assert.ok(browser.jar().rl_trait);
  api.consent({ storage: { type: "none" } });
  await settle();
  assert.deepEqual(browser.allCookies(), []);
});

test("what waits and shows what may no longer be kept is dropped, and counted", async () => {
  const { api, dropped, browser } = await WAITING(decision(["C1"]));
  api.consent({ storage: { type: "none" } });
  await settle();
  assert.deepEqual([dropped, api.stats().dropped, api.stats().pending], [["consent"], { consent: 1 }, 0]);
  assert.deepEqual(Object.keys(browser.stored()).filter((key) => /\d{10}/.test(key)), []);
});

test("a decision that allows more, or the same, drops nothing", async () => {
  const { api, dropped } = await WAITING(decision(["C1"]));
  api.consent(decision(["C1", "C2"]));
  api.consent(decision(["C1", "C2"]));
  await settle();
  assert.deepEqual(dropped, []);
});

test("a decision for other ids is another one, and the first is none that allows less", async () => {
  const { api, dropped } = await WAITING(decision(["C1"]), decision(["C2"]), decision(["C2", "C3"]));
  api.consent(decision(["C4"]));
  await settle();
  assert.deepEqual(dropped, []);
  const asked = await opened(createBrowser(), { ...ASKING, consentManagement: { enabled: true, provider: "ketch" } }, { window: { ketchConsent: { a: true, b: true } } });
  asked.api.track("held");
  asked.api.consent(decision(["a"]));
  await settle();
  assert.deepEqual([asked.dropped, asked.browser.requests.length], [[], 1]);
});

for (const [denied, reasons] of [["C2", []], ["C1", ["consent"]]]) {
  test(`a decision that only denies takes back what it denies: ${denied}`, async () => {
    const { api, dropped } = await opened(createBrowser(), { consentManagement: { ...CUSTOM, allowedConsentIds: ["C1"] } }, { late: true });
    api.track("waits");
    api.consent({ consentManagement: { provider: "custom", deniedConsentIds: [denied] } });
    await settle();
    assert.deepEqual(dropped, reasons);
  });
}

test("calls that wait for Python are dropped, too, and those that stay say the new decision", async () => {
  const { core, api, come, dropped } = await opened(createBrowser(), { consentManagement: { ...CUSTOM, allowedConsentIds: ["C1", "C2"] } }, { late: true });
  api.track("kept");
  api.consent(decision(["C2"]));
  await settle();
  assert.deepEqual(dropped, []);
  api.consent(decision([]));
  api.track("later");
  await settle();
  assert.deepEqual(dropped, ["consent"]);
  come();
  await settle();
  assert.deepEqual(core.calls().filter(([type]) => type === "track"), [["track", "later"]]);
  assert.deepEqual(core.inputs.find(({ type }) => type !== "load").consents.allowedConsentIds, []);
});
