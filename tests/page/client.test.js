import assert from "node:assert/strict";
import test from "node:test";
import { crc32 } from "node:zlib";
import { createClient } from "../../web/src/client.js";
import { createCore } from "../../web/src/core.js";
import { createScriptedCore } from "./core.js";
import { createBrowser, NOW, settle, until, URL_OF_PAGE } from "./browser.js";
import { openCore } from "./micropython.js";
import { LOAD, loaded, visit } from "./visit.js";

const ORIGIN = new URL(URL_OF_PAGE).origin;
const CUSTOM = { enabled: true, provider: "custom" };
const BUFFER = { preConsent: { enabled: true, events: { delivery: "buffer" } }, consentManagement: CUSTOM };

const storedCalls = (browser) => Object.entries(browser.stored()).flatMap(([key, text]) => (key.endsWith(".call") ? [JSON.parse(text)] : []));
const messagesOf = (browser) => browser.requests.flatMap(({ body }) => JSON.parse(body).batch ?? [JSON.parse(body)]);

const broken = () => {
  throw new Error("no");
};
const revoked = () => {
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  return proxy;
};
const hostile = new Proxy(function () {}, { get: broken, has: broken, ownKeys: broken, getPrototypeOf: broken, apply: broken });

test("there is no state at module level: two clients in one page know nothing of each other", async () => {
  const browser = createBrowser();
  const [one, other] = [visit(browser), visit(browser, { url: "https://other.example.org/" })];
  one.api.load("ONE", "https://one.example.com");
  other.api.load("OTHER", "https://other.example.com");
  one.api.identify("u1");
  await settle();
  assert.deepEqual([one.api.getUserId(), other.api.getUserId()], ["u1", ""]);
  assert.deepEqual([one.core.of("load")[0].writeKey, other.core.of("load")[0].writeKey], ["ONE", "OTHER"]);
});

// A page that is prerendered

test("a page that the visitor does not see yet stores, sends and boots nothing; then its loads count, in order", async () => {
  const browser = createBrowser();
  const { api, core, page } = visit(browser);
  let booted = 0;
  const { boot } = page;
  page.boot = (options) => (booted++, boot(options));
  page.prerendered = true;
  api.identify("u1");
  api.load(...LOAD);
  api.load("OTHER", LOAD[1]);
  api.track("early");
  await browser.advance(60_000);
  assert.deepEqual([browser.allCookies(), browser.stored(), browser.requests, booted, core.inputs], [[], {}, [], 0, []]);
  assert.equal(api.getUserId(), "u1");
  page.activate();
  await settle();
  assert.deepEqual(core.calls(), [["identify", "u1"], ["track", "early"]]);
  assert.deepEqual(core.inputs.filter(({ type }) => type === "load").map(({ writeKey, at }) => [writeKey, at]), [[LOAD[0], NOW + 60_000]]);
  assert.equal(booted, 1);
});

// Before load

test("before load calls are answered, known to getters and kept in memory only", () => {
  const browser = createBrowser();
  const { api } = visit(browser);
  const id = api.identify("u1", { a: 1 });
  assert.match(id, /^[0-9a-f-]{36}$/);
  assert.deepEqual([api.getUserId(), api.getUserTraits(), api.getGroupId(), api.getGroupTraits(), api.getSessionId()], ["u1", { a: 1 }, "", {}, null]);
  assert.deepEqual([browser.allCookies(), browser.stored()], [[], {}]);
  assert.deepEqual(api.stats(), { accepted: 0, delivered: 0, retried: 0, repeated: 0, dropped: {}, pending: 1 });
});

test("and are acted on, in order, with load", async () => {
  const { api, core } = visit(createBrowser());
  api.track("first");
  api.identify("u1");
  api.load(...LOAD);
  api.track("last");
  await settle();
  assert.deepEqual(core.calls(), [["track", "first"], ["identify", "u1"], ["track", "last"]]);
  assert.deepEqual(core.inputs[0].type, "load");
  assert.deepEqual(core.of("track").map(({ identity }) => identity.userId), ["", "u1"]);
});

test("an anonymousId that a getter made before load is the visitor's", async () => {
  const browser = createBrowser();
  const { api, core } = visit(browser);
  const id = api.getAnonymousId();
  assert.equal(api.getAnonymousId(), id);
  api.track("x");
  api.load(...LOAD);
  await settle();
  assert.equal(core.of("track")[0].identity.anonymousId, id);
  assert.equal(JSON.parse(atob(browser.jar().rl_anonymous_id.slice(10))), id);
});

test("but for one who is known already", async () => {
  const browser = createBrowser();
  browser.setCookie(URL_OF_PAGE, `rl_anonymous_id=${encodeURIComponent('"known"')}; path=/`);
  const { api, core } = visit(browser);
  assert.equal(api.getAnonymousId(), "known");
  api.load(...LOAD);
  await settle();
  assert.equal(core.of("load")[0].identity.anonymousId, "known");
});

test("debug() before the rest has come: how things are then, and each step from the first call on", async () => {
  const titles = [];
  const console = { groupCollapsed: (title) => titles.push(title), debug() {}, groupEnd() {} };
  const { api, come } = visit(createBrowser(), { booting: true, window: { console } });
  assert.equal(api.debug(), undefined);
  api.load(...LOAD);
  api.track("Bought");
  await settle();
  assert.deepEqual(titles, []);
  come();
  await settle();
  assert.deepEqual(titles.slice(0, 3), ["[rudderanalytics] state", "[rudderanalytics] load()", '[rudderanalytics] track("Bought")']);
});

// Which load counts

test("the first load that works counts, on both sides", async () => {
  const browser = createBrowser();
  const { api, core, page } = visit(browser, { late: true });
  api.load("", "https://dataplane.example.com");
  api.load("ONE", "dataplane");
  api.load(5, null);
  api.load("ONE", "https://one.example.com/base/", { sessions: { autoTrack: false } });
  api.load("TWO", "https://two.example.com");
  api.identify("u1");
  await settle();
  assert.deepEqual(page.lines, [
    "ERROR load: the write key is missing; calls wait for a load",
    'ERROR load: the data plane URL is not http(s); calls wait for a load',
    "ERROR load: the write key is missing; calls wait for a load",
    "WARN load: this page has loaded already; the first load counts",
  ]);
  assert.equal(core.of("load").length, 0);
  assert.ok(Object.keys(browser.stored()).every((key) => key.startsWith("rudderanalytics.ONE.")));
  assert.equal(api.getSessionId(), null, "its options count");
});

test("Python is given one load, and what is another key's stays as it is", async () => {
  const browser = createBrowser();
  const theirs = { [`rudderanalytics.TWO.5b3f6a52-2d29-4c1f-8a5e-0f7c6f4f0d11.1000000001.${NOW}`]: '{"messageId":"m","type":"track","anonymousId":"a"}' };
  for (const [key, text] of Object.entries(theirs)) browser.area(ORIGIN, "localStorage").setItem(key, text);
  const { api, core } = visit(browser);
  api.load("ONE", "https://one.example.com");
  api.load("TWO", "https://two.example.com");
  await settle();
  assert.deepEqual(core.of("load").map(({ writeKey, dataPlaneUrl }) => [writeKey, dataPlaneUrl]), [["ONE", "https://one.example.com"]]);
  assert.deepEqual(core.of("adopt"), []);
  assert.deepEqual(browser.stored(), theirs);
});

test("a second load changes no getter, whatever it says", async () => {
  const browser = createBrowser();
  const { api } = visit(browser);
  api.load(...LOAD);
  api.identify("u1", { a: 1 });
  await settle();
  const before = [api.getUserId(), api.getUserTraits(), api.getAnonymousId(), api.getSessionId()];
  for (const options of [{ storage: { type: "none" } }, BUFFER, { respectGPC: true }, { externalAnonymousIdCookieName: "x" }]) {
    api.load("TWO", "https://two.example.com", options);
    api.load("", "", options);
    assert.deepEqual([api.getUserId(), api.getUserTraits(), api.getAnonymousId(), api.getSessionId()], before);
  }
});

test("a load that is refused protects nobody and harms nobody: the next one's options count", async () => {
  const browser = createBrowser();
  const { api } = visit(browser, { late: true });
  api.identify("u1");
  api.load("KEY", "ftp://dataplane.example.com", {});
  api.load("KEY", "https://dataplane.example.com", BUFFER);
  api.track("x");
  await settle();
  assert.deepEqual([browser.allCookies(), browser.stored()], [[], {}]);
});

test("options that throw load nothing: one line", () => {
  const { api, page } = visit(createBrowser());
  for (const options of [revoked(), hostile, { get storage() { return broken(); } }]) api.load(...LOAD, options);
  assert.ok(page.lines.length === 3 && page.lines.every((line) => line.startsWith("ERROR load failed")), page.lines.join("\n"));
});

test("options that a page changes after load stay as they were", async () => {
  const { api, core, page, come } = visit(createBrowser(), { booting: true });
  const options = { logLevel: "ERROR", integrations: { a: true } };
  api.load(...LOAD, options);
  Object.assign(options, { logLevel: "NONE", storge: 1, integrations: hostile });
  come();
  await settle();
  assert.deepEqual(page.lines, []);
  assert.equal(core.of("load")[0].options.logLevel, "ERROR");
});

for (const locks of [undefined, null, {}, { request: () => undefined }, { request: broken }, { request: async () => broken() }]) {
  test("a page loads whatever its lock manager does", async () => {
    const { api, core, page } = visit(createBrowser());
    page.locks = locks;
    api.load(...LOAD);
    api.track("x");
    await settle();
    assert.deepEqual([core.calls(), page.lines], [[["track", "x"]], []]);
  });
}

// Muted

for (const privacy of [{ gpc: true, dnt: false }, { gpc: false, dnt: true }]) {
  test(`a visitor who is not to be followed is left alone: ${JSON.stringify(privacy)}`, async () => {
    const browser = createBrowser();
    browser.setCookie(URL_OF_PAGE, `rl_user_id=${encodeURIComponent('"u0"')}; path=/`);
    const { api, page, core } = visit(browser, { privacy });
    api.identify("u1");
    const waits = api.flush();
    api.load(...LOAD, { respectGPC: true, respectDNT: true });
    assert.deepEqual(await waits, { delivered: 0, dropped: 0, pending: 0 });
    api.track("x");
    api.consent();
    api.load(...LOAD);
    await settle();
    assert.deepEqual([api.getUserId(), api.getAnonymousId(), api.getSessionId()], ["", "", null]);
    assert.deepEqual(await api.flush(), { delivered: 0, dropped: 0, pending: 0 });
    assert.deepEqual([core.inputs, browser.jar(), browser.stored()], [[], { rl_user_id: '"u0"' }, {}]);
    assert.deepEqual(page.lines, ["WARN GPC/DNT: nothing is stored or sent"]);
  });
}

// Who the visitor is

test("cookies that the browser refuses: what was identified counts, and nobody of before comes back", async () => {
  const browser = createBrowser();
  browser.setCookie(URL_OF_PAGE, `rl_user_id=${encodeURIComponent('"old"')}; path=/`);
  browser.setCookie(URL_OF_PAGE, `rl_trait=${encodeURIComponent('{"old":true}')}; path=/`);
  const { api, core } = visit(browser);
  browser.refuses = (name) => name.startsWith("rl_");
  api.load(...LOAD);
  api.identify("new", { fresh: true });
  for (let number = 0; number < 3; number++) {
    await settle();
    api.track(`x${number}`);
    assert.deepEqual([api.getUserId(), api.getUserTraits()], ["new", { fresh: true }]);
  }
  await settle();
  assert.deepEqual(core.of("track").map(({ identity }) => identity.userId), ["new", "new", "new"]);
});

test("so it is with a cookie that is too large, and storage that is full", async () => {
  const browser = createBrowser({ quota: 3_000 });
  browser.setCookie(URL_OF_PAGE, `rl_trait=${encodeURIComponent('{"old":true}')}; path=/`);
  const { api, page } = loaded(browser);
  page.blocked.add("sessionStorage");
  const traits = { bio: "x".repeat(4_000) };
  api.identify("u1", traits);
  await settle();
  api.track("x");
  await settle();
  assert.deepEqual(api.getUserTraits(), { old: true, ...traits });
  assert.ok(page.lines.includes("WARN rl_trait does not fit a cookie (4,096 bytes); it is kept in memory, for this page only"), page.lines.join("\n"));
});

test("reset removes the cookies of other domains and paths; what stays is overruled, and said once", async () => {
  const browser = createBrowser();
  for (const scope of ["", "; domain=.www.example.com", "; domain=.example.com"]) browser.setCookie(URL_OF_PAGE, `rl_user_id=${encodeURIComponent('"old"')}; path=/${scope}`);
  browser.setCookie(URL_OF_PAGE, `rl_user_id=${encodeURIComponent('"old"')}; path=/shop`);
  const { api } = loaded(browser);
  await settle();
  assert.equal(api.getUserId(), "old");
  api.reset();
  await settle();
  assert.deepEqual(browser.cookies().filter(([name]) => name === "rl_user_id"), []);
  assert.equal(api.getUserId(), "");
});

test("cookies that are cleared while the page is open: the same anonymousId, and another session", async () => {
  const browser = createBrowser();
  const { api, core } = loaded(browser);
  api.identify("u1");
  await settle();
  const [id, sessionId] = [api.getAnonymousId(), api.getSessionId()];
  browser.clearCookies();
  await browser.advance(1000);
  assert.deepEqual([api.getAnonymousId(), api.getUserId(), api.getSessionId()], [id, "", null]);
  api.track("x");
  await settle();
  assert.deepEqual([api.getAnonymousId(), api.getSessionId()], [id, NOW + 1000]);
  assert.notEqual(api.getSessionId(), sessionId);
  const { identity } = core.of("track")[0];
  assert.deepEqual([identity.anonymousId, identity.userId], [id, ""]);
  assert.ok("rl_anonymous_id" in browser.jar(), "they are kept again");
});

test("two users whose ids are large are two", async () => {
  const { api, core } = loaded(createBrowser());
  for (const id of [10n, 11n, 9007199254740993n]) api.identify(id);
  await settle();
  assert.deepEqual(core.of("identify").map(({ arguments: [id] }) => id), ["10", "11", "9007199254740993"]);
  assert.equal(api.getUserId(), "9007199254740993");
});

test("a call that Python will refuse changes nothing", async () => {
  const { api } = loaded(createBrowser(), {}, { late: true });
  api.identify("u1", { a: 1 });
  for (const id of [" ", NaN, [], new Date(0), "\u200b"]) api.identify(id, { b: 2 });
  api.group({}.toString);
  api.alias("");
  assert.deepEqual([api.getUserId(), api.getUserTraits(), api.getGroupId()], ["u1", { a: 1 }, ""]);
});

test("a member called __proto__ is kept as what it is", async () => {
  const browser = createBrowser();
  const { api, core } = loaded(browser, {}, { late: true });
  api.identify("u1", JSON.parse('{"__proto__": {"admin": true}, "a": 1}'));
  await settle();
  assert.deepEqual(Object.keys(api.getUserTraits()), ["__proto__", "a"]);
  assert.equal(api.getUserTraits().admin, undefined);
  assert.match(Object.values(browser.stored()).join(), /"__proto__":\{"admin":true\}/);
  assert.equal(core.inputs.length, 0);
});

// Getters are true: with the real core, that comes last

/** What the calls say once Python is there, on this page. */
const afterwards = async (call, { url, options, before = () => {} } = {}) => {
  const browser = createBrowser();
  before(browser);
  const { api, come } = visit(browser, { url, core: await openCore(), late: true });
  call(api);
  api.load(...LOAD, options);
  call(api);
  if (url) await settle(); // a link is read by the page's side that comes with Python
  const known = { userId: api.getUserId(), traits: api.getUserTraits(), anonymousId: api.getAnonymousId(), sessionId: api.getSessionId() };
  api.track("last");
  come();
  await settle();
  const last = messagesOf(browser).at(-1);
  assert.deepEqual({ userId: last.userId, traits: last.context.traits, anonymousId: last.anonymousId, sessionId: last.context.sessionId ?? null }, known);
  assert.deepEqual({ userId: api.getUserId(), anonymousId: api.getAnonymousId() }, { userId: known.userId, anonymousId: known.anonymousId });
  await settle();
  const again = visit(browser, { core: await openCore() });
  assert.deepEqual({ userId: again.api.getUserId(), anonymousId: again.api.getAnonymousId() }, { userId: known.userId, anonymousId: known.anonymousId }, "on the next page, too");
  return known;
};

const cookie = (name, value) => (browser) => browser.setCookie(URL_OF_PAGE, `${name}=${encodeURIComponent(value)}; path=/`);

for (const [name, call, how] of [
  ["nothing", () => {}],
  ["identify", (api) => api.identify("u1", { a: { b: 1 }, list: [1] })],
  ["identify, twice another", (api) => (api.identify("u1", { a: 1 }), api.identify("u2", { b: 2 }))],
  ["identify with what JSON has not", (api) => api.identify("u1", { a: undefined, c: () => 1, d: new Date(0), e: 5n })],
  ["traits only", (api) => api.identify({ a: 1 })],
  ["reset", (api) => (api.identify("u1"), api.reset())],
  ["reset(true)", (api) => (api.identify("u1"), api.reset(true))],
  ["setAnonymousId", (api) => api.setAnonymousId("own")],
  ["setAnonymousId without one", (api) => api.setAnonymousId()],
  ["sessions", (api) => (api.endSession(), api.startSession(1234567890))],
  ["endSession", (api) => api.endSession()],
  ["alias and group", (api) => (api.identify("u1"), api.alias("u2"), api.group("g1", { a: 1 }))],
  ["an anonymousId that a getter made", (api) => api.getAnonymousId()],
  ["a link's parameters", () => {}, { url: `${ORIGIN}/?ajs_uid=linked&ajs_aid=aid&ajs_trait_plan=pro` }],
  ["Segment's anonymousId", () => {}, { options: { anonymousIdOptions: { autoCapture: { enabled: true, source: "segment" } } }, before: cookie("ajs_anonymous_id", '"of segment"') }],
  ["another's anonymousId", () => {}, { options: { externalAnonymousIdCookieName: "own" }, before: cookie("own", "named") }],
  ["a blank anonymousId of another", () => {}, { options: { externalAnonymousIdCookieName: "own" }, before: cookie("own", " ") }],
  ["a visitor from before", (api) => api.identify({ b: 1 }), { before: (browser) => (cookie("rl_user_id", '"u0"')(browser), cookie("rl_trait", '{"a":1}')(browser)) }],
  ["localStorage", (api) => api.identify("u1"), { options: { storage: { type: "localStorage" } } }],
]) {
  test(`what getters say before Python is what messages say then: ${name}`, () => afterwards(call, how));
}

test("the widest domain is looked for once", async () => {
  const browser = createBrowser();
  const { api } = visit(browser, { core: await openCore() });
  api.load(...LOAD);
  await settle();
  assert.equal(browser.written.filter((cookie) => /^__tld__[^=]*=[^;]+;.*domain=/.test(cookie)).length, 2); // .com, .example.com
});

test("a link says who the visitor is at once, and what it asks for is stored", () => {
  const url = `${ORIGIN}/?ajs_uid=linked&ajs_aid=aid&ajs_trait_plan=pro&ajs_event=Came&ajs_prop_by=mail`;
  for (const [queryStringApi, userId, anonymousId, types] of [
    [undefined, "linked", "aid", ["setAnonymousId", "identify", "track"]],
    ["anonymous", "", "aid", ["setAnonymousId", "track"]],
    [false, "", "other", []],
    ["false", "", "other", []],
  ]) {
    const browser = createBrowser();
    cookie("rl_anonymous_id", '"other"')(browser);
    const { api } = visit(browser, { booting: true, url });
    api.load(...LOAD, { queryStringApi });
    assert.deepEqual([api.getUserId(), api.getAnonymousId(), api.getUserTraits()], [userId, anonymousId, userId ? { plan: "pro" } : {}]);
    assert.deepEqual(storedCalls(browser).map(({ type }) => type), types);
  }
});

test("what waits for the page's own side is acted on as it was called", async () => {
  const browser = createBrowser();
  const { api, come } = visit(browser, { core: await openCore(), booting: true });
  api.load(...LOAD);
  api.identify("u1", { a: 1 });
  api.consent();
  api.alias("u2");
  api.identify("u3", { b: 2 });
  api.reset(true);
  api.track("last");
  const known = [api.getUserId(), api.getAnonymousId()];
  come();
  await settle();
  const [, alias, identify, last] = messagesOf(browser);
  assert.deepEqual([alias.type, alias.previousId], ["alias", "u1"]);
  assert.deepEqual([identify.userId, identify.context.traits], ["u3", { b: 2 }]);
  assert.deepEqual([last.userId, last.anonymousId], known);
});

// A decision before the page's own side is there

const decisionBefore = (call, how) => {
  const browser = createBrowser();
  how?.before?.(browser);
  const { api, page } = visit(browser, { booting: true });
  api.load(...LOAD, BUFFER);
  api.track("before");
  api.consent(call);
  api.identify("u1", { a: 1 });
  api.track("after");
  return { browser, api, page };
};

test("from consent() on what is called is stored, though nothing else of ours has come", async () => {
  const { browser, api } = decisionBefore({});
  await settle();
  assert.deepEqual(storedCalls(browser).map(({ type, identity }) => [type, identity.userId]), [["track", ""], ["identify", ""], ["track", "u1"]]);
  assert.ok(storedCalls(browser).every(({ identity }) => identity.anonymousId === api.getAnonymousId()));
  // The next page knows the visitor.
  const next = visit(browser);
  next.api.load(...LOAD);
  assert.deepEqual([next.api.getUserId(), next.api.getUserTraits(), next.api.getAnonymousId()], ["u1", { a: 1 }, api.getAnonymousId()]);
});

test("but not what is to be discarded, nor where a decision keeps nothing of the visitor", async () => {
  const discarded = decisionBefore({ discardPreConsentEvents: true });
  await settle();
  assert.deepEqual(storedCalls(discarded.browser).map(({ type }) => type), ["identify", "track"]);
  const nothing = decisionBefore({ storage: { type: "none" } });
  await settle();
  assert.deepEqual(nothing.browser.allCookies(), []);
});

test("an anonymousId that was made before the decision gives way to the one that is stored", async () => {
  const { browser, api } = decisionBefore({}, { before: (browser) => browser.setCookie(URL_OF_PAGE, `rl_anonymous_id=${encodeURIComponent('"known"')}; path=/`) });
  await settle();
  assert.equal(api.getAnonymousId(), "known");
  assert.deepEqual(new Set(storedCalls(browser).map(({ identity }) => identity.anonymousId)), new Set(["known"]));
});

test("Python hears of each decision with what held then", async () => {
  const browser = createBrowser();
  const { api, core, come } = visit(browser, { booting: true });
  api.load(...LOAD, BUFFER);
  api.consent({ consentManagement: { allowedConsentIds: ["a"] } });
  api.track("between");
  api.consent({ storage: { type: "none" }, consentManagement: { deniedConsentIds: ["a"] }, sendPageEvent: true });
  come();
  await settle();
  assert.equal(core.of("load")[0].policy.buffers, true);
  assert.deepEqual(core.of("consent").map(({ policy, consents }) => [policy.buffers, policy.anonymous, consents.allowedConsentIds]), [[false, false, ["a"]], [false, true, []]]);
  assert.deepEqual([core.of("track").length, core.of("page").length], [0, 1], "what the second decision does not allow any more is dropped");
  assert.deepEqual(api.stats().dropped, { consent: 1 });
});

// A link of an AMP page

/** As AMP's runtime makes it, in the browser and the minute of this page [js 3.8]. */
const linkerOf = (id, page) => {
  const { userAgent, locale } = page.observe();
  const values = `rs_amp_id*${btoa(id)}`;
  return `1*${crc32(`${userAgent}*0*${locale}*${Math.floor(NOW / 60_000)}*${values}`).toString(36)}*${values}`;
};

for (const booting of [false, true]) {
  test(`a link says who the visitor is, also to calls that were made before it could be read: ${booting}`, async () => {
    const browser = createBrowser();
    const { api, core, page, come } = visit(browser, { booting });
    api.load(...LOAD);
    if (!booting) await settle();
    api.setAnonymousId(null, linkerOf("amp-1", page));
    api.track("x");
    come();
    await settle();
    assert.deepEqual([api.getAnonymousId(), core.of("track")[0].identity.anonymousId], ["amp-1", "amp-1"]);
    assert.equal(JSON.parse(atob(browser.jar().rl_anonymous_id.slice(10))), "amp-1");
  });
}

test("a link that does not hold makes a new one", async () => {
  const { api, core, come } = visit(createBrowser(), { booting: true });
  api.load(...LOAD);
  const before = api.getAnonymousId();
  api.setAnonymousId(null, "1*bad*rs_amp_id*x");
  const made = api.getAnonymousId();
  api.track("x");
  come();
  await settle();
  assert.notEqual(made, before);
  assert.deepEqual([api.getAnonymousId(), core.of("track")[0].identity.anonymousId], [made, made]);
});

/** A page that is open, whose script that reads links comes as `bring` says. */
const linking = async (bring) => {
  const browser = createBrowser();
  const opened = loaded(browser);
  await settle();
  opened.page.bring = bring;
  const own = opened.api.getAnonymousId();
  opened.api.track("before");
  opened.api.setAnonymousId(null, linkerOf("amp-1", opened.page));
  opened.api.track("after");
  await settle();
  return { browser, own, ...opened };
};
const names = (core) => core.calls().map(([type, name]) => (type === "track" ? name : type));

test("calls wait, in order, for the script that reads the link, and are the visitor's whom it names", async () => {
  let come = () => {};
  const comes = new Promise((settle) => (come = settle));
  const { api, core, own, browser } = await linking(() => comes);
  assert.deepEqual([names(core), storedCalls(browser).map(({ type }) => type)], [["before"], ["setAnonymousId", "track"]]);
  come(await import("../../web/src/extras.js"));
  await settle();
  assert.deepEqual(names(core), ["before", "setAnonymousId", "after"]);
  assert.deepEqual(core.of("track").map(({ identity }) => identity.anonymousId), [own, "amp-1"]);
  assert.equal(api.getAnonymousId(), "amp-1");
  api.track("later");
  await settle();
  assert.equal(core.of("track")[2].identity.anonymousId, "amp-1");
});

test("where that script cannot be had one line says so, and every call is made, in order", async () => {
  const { api, core, own, page } = await linking((name) => (name === "extras.mjs" ? Promise.reject(new Error("404")) : import("../../web/src/words.js")));
  await until(() => page.lines.length);
  assert.deepEqual(names(core), ["before", "setAnonymousId", "after"]);
  assert.match(page.lines.join("\n"), /^ERROR links of AMP pages, .* do without extras\.mjs: Error: 404$/);
  assert.notEqual(api.getAnonymousId(), own);
  assert.deepEqual(core.of("setAnonymousId")[0].arguments, [null], "Python does not say otherwise");
});

test("calls wait for it some seconds at most, and not where the page is hidden", async () => {
  const { core, browser } = await linking(() => new Promise(() => {}));
  await browser.advance(4_999);
  assert.deepEqual(names(core), ["before"]);
  await browser.advance(1);
  assert.deepEqual(names(core), ["before", "setAnonymousId", "after"]);
  const hidden = await linking(() => new Promise(() => {}));
  hidden.page.hide(true);
  await settle();
  assert.deepEqual(names(hidden.core), ["before", "setAnonymousId", "after"]);
});

// Nothing of ours throws

test("no argument makes a method throw, and every call counts", async () => {
  const { api, page } = loaded(createBrowser());
  await settle();
  const methods = Object.keys(api).filter((name) => typeof api[name] === "function" && !["load", "flush", "push"].includes(name));
  for (const method of methods) {
    for (const value of [undefined, null, 5n, Symbol("s"), revoked(), hostile, new Date(NaN), { get a() { return broken(); } }, new Proxy([], { get: broken }), Object.create(null)]) {
      api[method](value, value, value);
    }
  }
  await settle();
  assert.equal(api.stats().pending, 0);
  assert.ok(page.lines.every((line) => /^(ERROR|WARN) /.test(line)));
});

for (const [entry, lines] of [
  [null, ["ERROR push: null is no method; the call is ignored"]],
  [undefined, ["ERROR push: undefined is no method; the call is ignored"]],
  [[], ["ERROR push: undefined is no method; the call is ignored"]],
  [["python"], ["ERROR push: python is no method; the call is ignored"]],
  [["version"], ["ERROR push: version is no method; the call is ignored"]],
  [["toString"], ["ERROR push: toString is no method; the call is ignored"]],
  [["__proto__", 1], ["ERROR push: __proto__ is no method; the call is ignored"]],
  [["idenitfy", "u1"], ["ERROR push: idenitfy is no method; the call is ignored. Is identify meant?"]],
  [["Track", "x"], ["ERROR push: Track is no method; the call is ignored. Is track meant?"]],
  [{ 0: "track" }, ["ERROR push: [object Object] is no method; the call is ignored"]],
  [["setDefaultInstanceKey", "x"], []],
  [["addCustomIntegration"], []],
]) {
  test(`push(${JSON.stringify(entry)})`, async () => {
    const { api, page } = loaded(createBrowser());
    api.push(entry);
    await settle();
    assert.deepEqual(page.lines, lines);
  });
}

for (const entry of [revoked(), hostile, [revoked()], [hostile], [Symbol("track")], new Proxy([], { get: broken })]) {
  test("push of what throws is one line", async () => {
    const { api, page } = loaded(createBrowser());
    api.push(entry);
    await settle();
    assert.equal(page.lines.length, 1);
    assert.match(page.lines[0], /^ERROR push/);
  });
}

for (const [name, listener, lines] of [
  ["toString", () => {}, ["ERROR on: toString is not told to listeners"]],
  ["delivery", () => {}, ["ERROR on: delivery is not told to listeners. Is delivered meant?"]],
  ["ready", "x", ["ERROR on: the listener of ready is no function"]],
  ["delivered", undefined, ["ERROR on: the listener of delivered is no function"]],
  [Symbol("x"), () => {}, ["ERROR on: Symbol(x) is not told to listeners"]],
  [null, null, ["ERROR on: null is not told to listeners"]],
]) {
  test(`on(${String(name)}, ${typeof listener})`, async () => {
    const { api, page } = loaded(createBrowser());
    api.on(name, listener)();
    await settle();
    assert.deepEqual(page.lines, lines);
  });
}

test("misspelt options are said, with what is meant", async () => {
  const { page } = loaded(createBrowser(), { loglevel: "NONE", queueOption: {} });
  await settle();
  assert.deepEqual(page.lines, ["WARN load option loglevel does nothing here; it is ignored. Is logLevel meant?", "WARN load option queueOption does nothing here; it is ignored. Is queueOptions meant?"]);
});

test("a value that is cut is said with its key", async () => {
  const { api, page } = loaded(createBrowser());
  const friends = Array.from({ length: 300 }, () => ({}));
  for (const one of friends) Object.assign(one, Object.fromEntries(friends.map((other, at) => [at, other])));
  api.track("x", { friends });
  await settle();
  assert.deepEqual(page.lines, ["WARN track: friends is too large; the rest of it is left out"]);
  assert.equal(api.stats().delivered, 1);
});

// Listeners

test("ready: before, once; after, at once", async () => {
  const { api } = visit(createBrowser());
  const order = [];
  api.ready(() => order.push("ready"));
  api.on("ready", () => order.push("on"));
  api.load(...LOAD, { onLoaded: (client) => order.push(client === api) });
  assert.deepEqual(order, []);
  await settle();
  assert.deepEqual(order, [true, "ready", "on"]); // as the official SDK
  api.ready(() => order.push("late"));
  api.on("ready", broken);
  assert.deepEqual(order, [true, "ready", "on", "late"]);
});

test("a call's callback gets its message", async () => {
  const { api } = loaded(createBrowser());
  const got = [];
  api.track("x", {}, (message) => got.push(message.messageId));
  const id = api.page((message) => got.push(message.messageId));
  await settle();
  assert.equal(got.length, 2);
  assert.equal(got[1], id);
});

test("the log level counts from load on", async () => {
  const { api, page } = loaded(createBrowser(), { logLevel: "NONE", storge: 1 });
  api.push(null);
  await settle();
  assert.deepEqual(page.lines, []);
});

// Python that does not come, or goes

for (const [name, boot, words] of [
  ["is refused by the page's policy", () => Promise.reject(new Error("wasm-unsafe-eval")), "wasm-unsafe-eval"],
  ["is not there", () => Promise.reject(new TypeError("Failed to fetch dynamically imported module")), "Failed to fetch"],
  ["brings no core", async () => ({}), "createCore"],
  ["cannot boot", async () => ({ createCore, runtime: Promise.reject(new Error("the worker died")) }), "the worker died"],
  ["says nothing of why", () => Promise.reject(), "undefined"],
]) {
  test(`Python that ${name}: one line, flush settles, calls stay stored`, async () => {
    const browser = createBrowser();
    const { api, page } = visit(browser, { boot });
    api.load(...LOAD);
    api.track("x");
    const waits = api.flush();
    await settle();
    assert.equal(page.lines.length, 1);
    assert.match(page.lines[0], new RegExp(`^ERROR Python failed; calls stay stored: .*${words}`));
    api.track("y");
    assert.deepEqual(await waits, { delivered: 0, dropped: 0, pending: 1 });
    assert.deepEqual(await api.flush(), { delivered: 0, dropped: 0, pending: 2 });
    assert.deepEqual(storedCalls(browser).map(({ arguments: [event] }) => event), ["x", "y"]);
  });
}

test("the next page acts on what was left", async () => {
  const browser = createBrowser();
  const left = visit(browser, { boot: () => Promise.reject(new Error("no")) });
  left.api.load(...LOAD);
  left.api.identify("u1", { a: 1 });
  left.api.track("x");
  await settle();
  left.page.close();
  const { core, api } = loaded(browser);
  await settle();
  assert.deepEqual(core.calls(), [["identify", "u1", { a: 1 }], ["track", "x"]]);
  assert.deepEqual(await api.flush(), { delivered: 2, dropped: 0, pending: 0 });
  assert.deepEqual(browser.stored(), {});
});

test("an interpreter that dies: one line, flush settles, calls stay stored, the page goes on", async () => {
  const browser = createBrowser();
  const core = createScriptedCore();
  const { api, page } = loaded(browser, {}, { core });
  await settle();
  core.handle = () => {
    throw new RangeError("Maximum call stack size exceeded");
  };
  api.track("x");
  const waits = api.flush();
  api.identify("u1");
  await settle();
  assert.deepEqual(page.lines, ["ERROR Python failed; calls stay stored: RangeError: Maximum call stack size exceeded"]);
  assert.equal((await waits).pending, 1);
  assert.equal((await api.flush()).pending, 2);
  assert.equal(api.getUserId(), "u1");
  assert.deepEqual(storedCalls(browser).map(({ type }) => type), ["track", "identify"]);
});

test("what is called in a page whose interpreter died is delivered by another one, while it is open", async () => {
  const browser = createBrowser();
  const core = createScriptedCore();
  const { api } = loaded(browser, {}, { core });
  await settle();
  core.handle = () => {
    throw new RangeError("Maximum call stack size exceeded");
  };
  api.track("one");
  await settle();
  const next = loaded(browser);
  await settle();
  assert.deepEqual(next.core.calls(), [["track", "one"]]);
  api.track("two");
  await browser.advance(2_000);
  await settle();
  assert.deepEqual(next.core.calls(), [["track", "one"], ["track", "two"]]);
});

test("flush waits no longer than it is told, whether Python is there or not", async () => {
  const browser = createBrowser();
  const { api, come } = visit(browser, { booting: true });
  api.load(...LOAD);
  api.track("x");
  const results = [];
  api.flush(500).then((result) => results.push(result));
  api.flush("500").then((result) => results.push(result));
  await browser.advance(499);
  assert.deepEqual(results, []);
  await browser.advance(1);
  assert.deepEqual(results, [{ delivered: 0, dropped: 0, pending: 1 }]);
  browser.answer = () => "hangs";
  come();
  await settle();
  api.flush(500).then((result) => results.push(result));
  await browser.advance(500);
  assert.deepEqual(results[1], { delivered: 0, dropped: 0, pending: 1 });
  assert.equal(results.length, 2, "what is no time is none");
});

// The page's own Python

test("the page's own Python comes when it comes", async () => {
  const browser = createBrowser();
  const page = browser.open(undefined, { boot: async () => ({ createCore }) });
  const client = createClient(page, "1.2.3");
  const core = createScriptedCore();
  client.api.load(...LOAD);
  client.api.track("x");
  await settle();
  assert.equal(storedCalls(browser).length, 1);
  client.attach(core);
  await settle();
  assert.deepEqual(core.calls(), [["track", "x"]]);
});

test("or is there before load", async () => {
  const page = createBrowser().open(undefined, { boot: async () => ({ createCore }) });
  const client = createClient(page, "1.2.3");
  const core = createScriptedCore();
  client.attach(core);
  client.review((message) => ({ ...message, changed: true }));
  client.api.load(...LOAD);
  client.api.track("x");
  await settle();
  assert.equal(core.of("reviewed")[0].message.changed, true);
});
