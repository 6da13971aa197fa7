import assert from "node:assert/strict";
import { createCipheriv, createHash } from "node:crypto";
import test from "node:test";
import { empty } from "../../web/src/cookies.js";
import { HEARD } from "../../web/src/core.js";
import { createScriptedCore } from "./core.js";
import { ENOUGH } from "../../web/src/leaving.js";
import { MOMENT, RELEASED, SPREAD } from "../../web/src/tabs.js";
import { createBrowser, NOW, settle, until, URL_OF_PAGE } from "./browser.js";
import { LOAD, loaded, visit } from "./visit.js";

const ORIGIN = new URL(URL_OF_PAGE).origin;
const keys = (browser, ending = "") => Object.keys(browser.stored()).filter((key) => key.endsWith(ending) && key.startsWith("rudderanalytics."));

/** A core that answers an input of a type with these effects, and others as usual. */
const answering = (type, effects, how = {}) => createScriptedCore({ ...how, effects: (input, usual) => (input.type === type ? effects(input, usual) : usual) });

const started = async (options, how) => {
  const browser = how?.browser || createBrowser();
  const visited = loaded(browser, options, how);
  await settle();
  return { browser, ...visited };
};

// Inputs

test("load is given complete", async () => {
  const { core } = await started({ logLevel: "ERROR" }, { core: createScriptedCore() });
  const { id, page, identity, options, policy, consents, owner, ...given } = core.of("load")[0];
  assert.deepEqual(given, {
    elapsed: 0,
    type: "load",
    at: NOW,
    now: NOW,
    elapsed: NOW,
    arguments: [],
    part: false,
    writeKey: LOAD[0],
    dataPlaneUrl: LOAD[1],
    installType: "script",
    runtime: "scripted 1.0",
    online: true,
    coolUntil: null,
    reviews: false,
  });
  assert.equal(page.origin, ORIGIN);
  assert.equal(options.logLevel, "ERROR");
  assert.deepEqual(Object.keys(identity), Object.keys(empty()));
  assert.ok(id && owner && policy && consents);
});

test("a call is given with the page, the time and the visitor of its moment, and the time of now", async () => {
  const browser = createBrowser();
  const { api, page, core, come } = visit(browser, { late: true });
  api.load(...LOAD);
  api.identify("u1");
  await browser.advance(1_000);
  page.visit("/other?q=1");
  api.track("x");
  await browser.advance(5_000);
  come();
  await settle();
  const [given] = core.of("track");
  assert.deepEqual([given.at, given.now, given.page.path, given.page.query, given.identity.userId], [NOW + 1_000, NOW + 6_000, "/other", [["q", "1"]], "u1"]);
  assert.deepEqual([given.foreseen, given.of, given.given, given.early], [undefined, undefined, undefined, true]);
});

test("a stored call whose page says no date is acted on as any", async () => {
  const browser = createBrowser();
  const seen = { ...browser.open().observe(), date: "" };
  const key = `rudderanalytics.${LOAD[0]}.5b3f6a52-2d29-4c1f-8a5e-0f7c6f4f0d11.1000000001.${NOW}.call`;
  browser.area(ORIGIN, "localStorage").setItem(key, JSON.stringify({ type: "track", id: "x", at: NOW, page: seen, arguments: ["x"], identity: empty() }));
  const { core } = await started({}, { browser });
  const [{ page }] = core.of("track");
  assert.deepEqual([page.origin, page.query, page.timezone], [ORIGIN, [["utm_source", "news"]], "NA"]);
});

test("an answer that is none of RudderStack's counts, after one warning", async () => {
  const browser = createBrowser();
  browser.answer = () => ({ status: 200, body: "<html>", headers: { "Content-Type": "text/html" } });
  const { api, page } = await started({}, { browser });
  api.track("x");
  assert.deepEqual(await api.flush(), { delivered: 1, dropped: 0, pending: 0 });
  assert.match(page.lines[0], /^WARN the data plane's answer is none of RudderStack's \(text\/html, not the text ok\): is a data plane at that address, or does this network want a sign-in first\?/);
  api.track("y");
  await api.flush();
  assert.equal(page.lines.length, 1);
});

test("the last input that waits asks for what to send if the page is left, where Python answers later", async () => {
  const { api, core } = await started({}, { core: createScriptedCore({ later: true }) });
  for (const event of ["x", "y", "z"]) api.track(event);
  await settle();
  assert.deepEqual(core.of("track").map(({ part }) => part), [true, false, true]);
});

test("with what is heavy no caller waits for Python: the call is stored meanwhile, and the order stays", async () => {
  const { api, core, browser } = await started({}, { core: createScriptedCore() });
  const heavy = { list: Array.from({ length: 3_000 }, (_, at) => at) };
  api.track("light");
  api.track("heavy", heavy);
  api.identify("u1", { a: 1 });
  assert.deepEqual(core.calls().map(([, event]) => event), ["light"]);
  assert.equal(api.getUserId(), "u1");
  assert.equal(keys(browser, ".call").length, 2);
  await settle();
  assert.deepEqual(core.calls().map(([type, event]) => [type, event]), [["track", "light"], ["track", "heavy"], ["identify", "u1"]]);
  assert.deepEqual(keys(browser), []);
  assert.deepEqual(await api.flush(), { delivered: 3, dropped: 0, pending: 0 });
});

test("what is large is not even stored while the caller waits: when Python did not come to it, or as the page is left", async () => {
  const large = { text: "x".repeat(1_000_000) };
  const { api, core, browser, page, come } = await started({}, { core: createScriptedCore(), late: true });
  api.track("large", large);
  assert.deepEqual(keys(browser, ".call"), [], "not at once");
  await settle();
  assert.equal(keys(browser, ".call").length, 1, "Python is not there yet");
  api.track("larger", large);
  page.hide(true);
  assert.equal(keys(browser, ".call").length, 2);
  come();
  await settle();
  assert.deepEqual(core.calls().map(([, event]) => event), ["large", "larger"]);
  api.track("largest", large);
  assert.deepEqual(core.calls().length, 2);
  await settle();
  assert.deepEqual(core.calls().map(([, event]) => event), ["large", "larger", "largest"]);
  assert.deepEqual(keys(browser), []);
  assert.deepEqual(await api.flush(), { delivered: 3, dropped: 0, pending: 0 });
});

test("what can never be sent is stored nowhere, and the visitor whom it names is known", async () => {
  const { api, browser, page } = await started({}, { core: createScriptedCore(), late: true });
  api.identify("u1", { text: "x".repeat(4_096_000) });
  page.hide(true);
  assert.deepEqual(keys(browser, ".call"), []);
  assert.equal(api.getUserId(), "u1");
});

test("what is heavy is Python's at once where the page is left", async () => {
  const { api, core, page } = await started({}, { core: createScriptedCore() });
  api.track("heavy", { text: "x".repeat(20_000) });
  page.hide(true);
  assert.deepEqual(core.inputs.slice(-2).map(({ type }) => type), ["track", "hidden"]);
});

test("a call that could never be delivered is dropped and said", async () => {
  const { api, core, page } = await started();
  const id = api.track("x", { big: '"'.repeat(3_000_000) });
  const dropped = [];
  api.on("dropped", (detail) => dropped.push(detail));
  api.track("y", { big: '"'.repeat(3_000_000) });
  await settle();
  assert.deepEqual(core.of("track"), []);
  assert.deepEqual(page.lines, ["ERROR track: too large", "ERROR track: too large"]);
  assert.deepEqual(api.stats().dropped, { too_large: 2 });
  assert.ok(id && dropped[0].reason === "too_large");
});

for (const [name, window] of [
  ["a graph", () => ({ RudderSnippetVersion: (() => { const node = {}; node.self = node; return node; })() })],
  ["hints that are a graph", () => ({ navigator: { userAgentData: (() => { const hints = { platform: {} }; hints.self = hints; return hints; })() } })],
  ["no navigator", () => ({ navigator: { get userAgentData() { throw new Error("no"); } } })],
]) {
  test(`what other scripts left in the page keeps no call from Python: ${name}`, async () => {
    const { api, core } = await started({ uaChTrackLevel: "default" }, { window: window() });
    api.track("x");
    await settle();
    assert.equal(core.of("track").length, 1);
    assert.equal(core.of("track")[0].page.snippetVersion, undefined);
  });
}

test("Python hears how many calls waited until sending may begin", async () => {
  const { api, core, come } = await started({}, { late: true });
  for (const name of ["a", "b", "c"]) api.track(name);
  come();
  await settle();
  const heard = core.inputs.findIndex(({ type }) => type === "adopted");
  assert.deepEqual([core.inputs[heard].waiting, core.inputs.slice(heard + 1).filter(({ type }) => type === "track").length], [3, 3]);
});

test("options that are a broken text say where it is broken", async () => {
  const { page } = await started('{"logLevel": "WARN",}');
  const [line] = page.lines.filter((each) => each.includes("no JSON"));
  assert.match(line, /^WARN load: the options should be an object; it is no JSON: .*JSON/);
});

test("the browser's events, once Python is there", async () => {
  const { page, core, come } = await started({}, { late: true });
  for (const name of ["online", "offline", "pagehide", "pageshow"]) page.fire("window", name);
  page.online = false;
  come();
  await settle();
  page.fire("window", "offline");
  page.fire("window", "online");
  page.hide(true);
  page.hide(false);
  page.fire("window", "pageshow");
  page.fire("window", "pagehide");
  await settle();
  assert.equal(core.of("load")[0].online, false);
  assert.deepEqual(core.inputs.map(({ type }) => type), ["load", "adopted", "offline", "online", "hidden", "shown", "shown", "hidden"]);
});

// Effects

test("keep: what the call changed; not what the page has decided itself", async () => {
  const keeps = (identity) => answering("track", (_, usual) => [{ type: "keep", identity }, ...usual]);
  const now = await started({}, { core: keeps({ userId: "of Python", initialReferrer: "of Python" }) });
  now.api.track("x");
  await settle();
  assert.equal(now.api.getUserId(), "of Python");
  const { browser, api, come } = await started({}, { core: keeps({ userId: "of Python", initialReferrer: "of Python" }), late: true });
  api.identify("ours");
  api.track("x");
  come();
  await settle();
  assert.equal(api.getUserId(), "ours");
  assert.equal(JSON.parse(atob(browser.jar().rl_page_init_referrer.slice(10))), "of Python");
});

test("accept: the message is stored in place of its call, is told, and goes when it is delivered", async () => {
  const { browser, api, come } = await started({}, { late: true });
  browser.answer = () => "hangs";
  const heard = [];
  api.on("message", ({ messageId }) => heard.push(messageId));
  const id = api.track("x");
  assert.equal(keys(browser, ".call").length, 1);
  come();
  await settle();
  assert.equal(keys(browser, ".call").length, 0);
  assert.equal(JSON.parse(browser.stored()[keys(browser)[0]]).messageId, id);
  assert.deepEqual([heard, api.stats()], [[id], { accepted: 1, delivered: 0, retried: 0, repeated: 0, dropped: {}, pending: 1 }]);
});

test("accept again: the text is another, and it is not told twice", async () => {
  const core = answering("track", ({ id, arguments: [event] }, usual) =>
    event === "more" ? [{ type: "accept", id: core.of("track")[0].id, message: { messageId: "x", type: "track", anonymousId: "a", more: true }, again: true }] : usual,
  );
  const browser = createBrowser();
  browser.answer = () => "hangs";
  const { api } = await started({}, { core, browser });
  api.track("x");
  api.track("more");
  await settle();
  assert.equal(JSON.parse(browser.stored()[keys(browser)[0]]).more, true);
  assert.equal(keys(browser).length, 1);
  assert.deepEqual([api.stats().accepted, api.stats().pending], [1, 1]);
});

test("the outbox has room for so much: a call that waited stays, one that did not takes up no room", async () => {
  const browser = createBrowser();
  browser.answer = () => "hangs";
  const { api, come } = await started({ outboxMaxBytes: 250 }, { browser, late: true });
  for (const event of ["a", "b"]) api.track(event);
  come();
  await settle();
  api.track("c");
  await settle();
  assert.deepEqual([keys(browser).length, keys(browser, ".call").length], [2, 1]);
  assert.equal(api.stats().pending, 3);
});

test("with no room nothing is stored, and all is sent", async () => {
  const browser = createBrowser();
  const { api } = await started({ outboxMaxBytes: 0 }, { browser, core: createScriptedCore({ later: true }) });
  api.track("a");
  await settle();
  assert.deepEqual(keys(browser), []);
  assert.equal(api.stats().delivered, 1);
});

test("a call that became no message is not open any more, and is not stored", async () => {
  const browser = createBrowser();
  const { api, come } = await started({}, { browser, late: true });
  api.reset();
  api.startSession();
  const flushed = api.flush();
  come();
  assert.deepEqual(await flushed, { delivered: 0, dropped: 0, pending: 0 });
  assert.deepEqual(keys(browser), []);
});

test("wake: a tick when it is time; the last one counts; none", async () => {
  const at = [NOW + 500, NOW + 700, null, NOW + 200_000];
  const core = answering("track", ({ arguments: [number] }) => [{ type: "wake", at: at[number] }]);
  const { browser, api } = await started({}, { core });
  api.track(0);
  api.track(1);
  await browser.advance(699);
  assert.deepEqual(core.of("tick"), []);
  await browser.advance(1);
  assert.equal(core.of("tick").length, 1);
  api.track(0);
  await browser.advance(0);
  assert.equal(core.of("tick").length, 2, "what is past is now");
  api.track(1);
  api.track(2);
  await browser.advance(10_000);
  assert.equal(core.of("tick").length, 2);
  api.track(3);
  assert.equal(browser.timers().at(-1).at, browser.now() + 60_000, "a machine may sleep meanwhile");
  await browser.advance(NOW + 199_999 - browser.now());
  assert.equal(core.of("tick").length, 2);
  await browser.advance(1);
  assert.equal(core.of("tick").length, 3);
});

test("wake: a page that put its own in place of Math.min keeps no core awake", async (t) => {
  const core = createScriptedCore({ effects: (input, usual) => (input.type === "track" ? [{ type: "wake", at: NOW + 300_000 }] : usual) });
  const { browser, api } = await started({}, { core });
  t.mock.method(Math, "min", () => {});
  api.track("x");
  assert.equal(browser.timers().at(-1).at, NOW + 60_000);
});

test("wake: after a machine slept the clock counts", async () => {
  const core = answering("track", () => [{ type: "wake", at: NOW + 3_600_000 }]);
  const { browser, api } = await started({}, { core });
  api.track("x");
  browser.setClock(NOW + 7_200_000);
  await browser.advance(60_000);
  assert.equal(core.of("tick").length, 1);
});

test("remember: until when nothing is wanted, for the next page; null forgets it", async () => {
  const key = `rudderanalytics.${LOAD[0]}.coolUntil`;
  const core = answering("track", ({ arguments: [coolUntil] }) => [{ type: "remember", coolUntil }]);
  const { browser, api } = await started({}, { core });
  api.track("12345");
  assert.equal(browser.stored()[key], "12345");
  const next = await started({}, { browser, core: answering("track", () => [{ type: "remember", coolUntil: null }]) });
  assert.equal(next.core.of("load")[0].coolUntil, "12345");
  next.api.track("x");
  assert.ok(!(key in browser.stored()));
});

test("an interpreter that was replaced is a line at DEBUG, and is counted", async () => {
  const core = createScriptedCore();
  const handle = core.handle;
  core.fallbacks = 0;
  core.handle = (text) => ((core.fallbacks = 1), handle(text));
  const { api, page } = loaded(createBrowser(), { logLevel: "DEBUG" }, { core });
  await settle();
  api.track("x");
  await settle();
  assert.equal(page.lines.filter((line) => /^DEBUG Python lacked something/.test(line)).length, 1);
  assert.equal(api.stats().fallbacks, 1);
});

test("log: a line of Python's, at its level", async () => {
  const core = answering("track", () => [{ type: "log", level: "ERROR", text: "one" }, { type: "log", level: "WARN", text: "two" }]);
  const { api, page } = await started({ logLevel: "ERROR" }, { core });
  api.track("x");
  assert.deepEqual(page.lines, ["ERROR one"]);
});

test("log: a line of which there is more to say, once its words have come; each time that Python says it", async () => {
  const text = "1 message(s) dropped: rejected (405)";
  const core = answering("track", () => [{ type: "log", level: "ERROR", text, kind: "stranger" }, { type: "log", level: "WARN", text: "the data plane answered 503", kind: "failing" }]);
  const { api, page } = await started({ logLevel: "ERROR" }, { core });
  api.track("x");
  api.track("x");
  await settle();
  const line = `ERROR ${text}; is a data plane at that address?`;
  assert.deepEqual(page.lines, [line, line]);
});

test("log: without the words the line says what it is about; they are asked for again", async () => {
  const core = answering("track", () => [{ type: "log", level: "WARN", text: "the data plane cannot be reached", kind: "network" }]);
  const { api, page } = await started({}, { core });
  const { bring } = page;
  page.bring = () => Promise.reject(new Error("offline"));
  api.track("x");
  await settle();
  assert.deepEqual(page.lines, ["WARN the data plane cannot be reached: network; words.mjs, which says more: Error: offline"]);
  page.bring = bring;
  api.track("x");
  await settle();
  assert.match(page.lines[1], /^WARN the data plane cannot be reached; messages are kept and tried again\. If it is up, the network tab says what is in the way: CORS, mixed content, .*, an ad blocker$/);
});

test("log: for what is not said, no words are fetched", async () => {
  const core = answering("track", () => [{ type: "log", level: "WARN", text: "the data plane cannot be reached", kind: "network" }]);
  const { api, page } = await started({ logLevel: "ERROR" }, { core });
  const asked = [];
  page.bring = (name) => (asked.push(name), Promise.reject(new Error("offline")));
  api.track("x");
  await settle();
  assert.deepEqual([asked, page.lines], [[], []]);
});

test("emit: dropped, with its reason; retried counts", async () => {
  const core = answering("reset", ({ id }) => [{ type: "emit", name: "dropped", ids: [id], reason: "rejected" }]);
  const { browser, api } = await started({}, { core });
  browser.answer = () => ({ status: 503 });
  const heard = [];
  api.on("dropped", (detail) => heard.push(detail));
  const id = api.reset();
  api.track("good");
  await settle();
  assert.deepEqual(heard, [{ messageId: id, reason: "rejected" }]);
  assert.deepEqual(api.stats(), { accepted: 2, delivered: 0, retried: 1, repeated: 0, dropped: { rejected: 1 }, pending: 1 });
});

test("listeners come last: what they call finds everything done", async () => {
  const { api } = await started();
  const stats = [];
  api.on("message", () => stats.push(api.stats().accepted) < 3 && api.track("again"));
  api.track("x");
  await settle();
  assert.deepEqual(stats, [1, 2, 3]);
  assert.equal(api.stats().delivered, 3);
});

// Delivery

test("send: what is there is sent, what is lost is told", async () => {
  const core = createScriptedCore({
    effects: (input, usual) => usual.map((effect) => (effect.type === "send" ? { ...effect, ids: [...effect.ids, "lost"] } : effect)),
  });
  const { browser, api } = await started({}, { core });
  api.track("x");
  await settle();
  assert.equal(browser.requests.length, 1);
  assert.deepEqual(core.of("lost")[0].ids, ["lost"]);
  const { delivery, status, retryAfter, id } = core.of("response")[0];
  assert.deepEqual([delivery, status, retryAfter], [1, 200, null]);
  assert.match(id, /^[0-9a-f-]{36}$/);
});

test("a message that may have arrived and is sent again is counted", async () => {
  const core = createScriptedCore();
  const { browser, api } = await started({}, { core });
  browser.answer = () => "lost";
  api.track("x");
  await settle();
  browser.answer = () => ({ status: 200 });
  const { effects } = core;
  core.effects = (input, usual) => [...usual, { type: "send", delivery: 7, ids: [core.of("track")[0].id], url: "https://dataplane.example.com/v1/track", headers: {}, keepalive: false }];
  api.reset();
  await settle();
  assert.equal(api.stats().repeated, 1);
  assert.ok(effects);
});

test("a try that failed is told, with when the next is", async () => {
  const core = answering("reset", () => [{ type: "emit", name: "failed", ids: ["m"], status: 503, reason: "unavailable", nextTry: NOW + 5 }]);
  const { api } = await started({}, { core });
  const heard = [];
  api.on("failed", (detail) => heard.push(detail));
  api.reset();
  assert.deepEqual(heard, [{ messageIds: ["m"], status: 503, reason: "unavailable", nextTry: NOW + 5 }]);
});

test("an answer of another address is told as one", async () => {
  const { browser, api, core } = await started();
  browser.answer = () => ({ status: 200, body: "a page", redirected: true, url: "https://login.example.com/v1/batch" });
  api.track("x");
  await settle();
  assert.equal(core.of("response")[0].movedTo, "https://login.example.com");
});

test("a delivery of which nothing is there makes no request", async () => {
  const core = answering("track", (_, usual) => usual.map((effect) => (effect.type === "send" ? { ...effect, ids: ["lost"] } : effect)));
  const { browser, api } = await started({}, { core });
  api.track("x");
  await settle();
  assert.deepEqual([browser.requests, core.of("response"), core.of("lost")[0].ids], [[], [], ["lost"]]);
});

// Leaving the page while Python is elsewhere

const parting = (input, usual) => (input.type === "track" ? [...usual.filter(({ type }) => type !== "send"), { type: "part", delivery: 9, ids: [input.id], url: "https://dataplane.example.com/v1/track", headers: { SentAt: "then" }, keepalive: true }] : usual);

test("part: what to send if the page is left is sent when it is, as of then, and told", async () => {
  const core = createScriptedCore({ later: true, effects: parting });
  const { browser, api, page } = await started({}, { core });
  api.track("x");
  await browser.advance(1_000);
  assert.deepEqual(browser.requests, []);
  page.hide(true);
  await settle();
  assert.equal(JSON.parse(browser.requests[0].body).sentAt, new Date(NOW + 1_000).toISOString());
  assert.equal(browser.requests[0].keepalive, true);
  assert.equal(core.of("hidden")[0].parted, 9);
  page.fire("window", "pagehide");
  await settle();
  assert.equal(browser.requests.length, 1, "it is sent once");
  assert.equal(core.of("hidden")[1].parted, undefined);
});

test("a page that is left while Python works sends what it was told last; one that is only hidden waits", async () => {
  const core = createScriptedCore({ later: true, effects: parting });
  const { browser, api, page } = await started({}, { core });
  api.track("x");
  await settle();
  let answer;
  core.handle = () => new Promise((settled) => (answer = settled));
  api.track("y");
  await settle();
  page.hide(true);
  await settle();
  assert.deepEqual(browser.requests, []);
  page.fire("window", "pagehide");
  await settle();
  assert.equal(browser.requests.length, 1);
  answer("[]");
});

for (const [name, count, leave, sent] of [
  ["as the page is left each message goes on its own", 3, (page) => page.fire("window", "pagehide"), ["track", "track", "track"]],
  ["as it is hidden, too: it may be left then", 3, (page) => page.hide(true), ["track", "track", "track"]],
  ["but together where something failed before, for nothing is taken for arrived then", 3, (page) => {
    page.storage("localStorage").setItem(`rudderanalytics.${LOAD[0]}.run`, "3");
    page.fire("window", "pagehide");
  }, ["batch"]],
  ["and not more than browsers allow", 9, (page) => page.fire("window", "pagehide"), ["batch"]],
]) {
  test(name, async () => {
    const core = createScriptedCore({ effects: (input, usual) => (input.type === "hidden" && core.of("hidden").length === 1 ? [{ type: "send", delivery: 9, ids: core.of("track").map(({ id }) => id), url: "https://dataplane.example.com/v1/batch", headers: { SentAt: "then" }, keepalive: true }] : usual.filter(({ type }) => type !== "send")) });
    const { browser, api, page } = await started({}, { core });
    browser.answer = () => "hangs";
    for (let n = 0; n < count; n++) api.track("x");
    leave(page);
    await settle();
    assert.deepEqual(browser.requests.map(({ url }) => url.split("/v1/")[1]), sent);
    const messages = browser.requests.flatMap(({ body }) => JSON.parse(body).batch || JSON.parse(body));
    assert.deepEqual(messages.map(({ messageId, sentAt }) => [messageId, sentAt]), core.of("track").map(({ id }) => [id, "then"]));
    page.fire("window", "pagehide");
    const [note] = keys(browser, ".left").map((key) => JSON.parse(browser.stored()[key]));
    assert.deepEqual((note || []).flatMap(({ ids }) => ids), sent.length > 1 ? core.of("track").map(({ id }) => id) : []);
  });
}

test("each of them has its own answer", async () => {
  const core = createScriptedCore({ effects: (input, usual) => (input.type === "hidden" ? [{ type: "send", delivery: 9, ids: core.of("track").map(({ id }) => id), url: "https://dataplane.example.com/v1/batch", headers: {}, keepalive: true }] : input.type === "response" ? [] : usual.filter(({ type }) => type !== "send")) });
  const { browser, api, page } = await started({}, { core });
  browser.answer = ({ body }) => ({ status: JSON.parse(body).arguments[0] === "bad" ? 400 : 200 });
  const ids = ["x", "bad", "y"].map((event) => api.track(event));
  page.hide(true);
  await settle();
  assert.deepEqual(core.of("response").map((given) => [given.delivery, given.ids, given.status]), [[9, [ids[0]], 200], [9, [ids[1]], 400], [9, [ids[2]], 200]]);
});

// beforeSend

for (const [name, beforeSend, sent] of [
  ["changes it", (message) => ({ ...message, changed: true }), { changed: true }],
  ["changes it in place", (message) => Object.assign(message, { changed: true }), { changed: true }],
  ["later", async (message) => ({ ...message, changed: true }), { changed: true }],
  ["by something like a promise", (message) => ({ then: (done) => done({ ...message, changed: true }) }), { changed: true }],
  ["answers nothing", () => undefined, null],
  ["answers null later", async () => null, null],
  ["adds what JSON has not", (message) => Object.assign(message, { n: 5n, at: new Date(0), f() {} }), { n: "[BigInt]", at: "1970-01-01T00:00:00.000Z" }],
]) {
  test(`beforeSend that ${name}`, async () => {
    const { browser, api, core } = await started({ beforeSend });
    api.track("x");
    await settle();
    const [{ message, size }] = core.of("reviewed");
    assert.equal(size, message ? Buffer.byteLength(JSON.stringify(message)) : 0 + (message === undefined ? 0 : 4));
    assert.deepEqual(browser.requests.length, sent ? 1 : 0);
    for (const [key, value] of Object.entries(sent || {})) assert.deepEqual(JSON.parse(browser.requests[0].body)[key], value);
    assert.equal(core.of("load")[0].reviews, true);
  });
}

for (const beforeSend of ["scrub", true, {}, ["scrub"], 1]) {
  test(`beforeSend that is no function, but ${JSON.stringify(beforeSend)}, is one that fails`, async () => {
    const { api, core, browser, page } = await started({ beforeSend });
    api.track("x");
    await settle();
    assert.equal(core.of("load")[0].reviews, true);
    assert.equal(core.of("reviewed")[0].error, "Error: the load option is no function");
    assert.deepEqual(browser.requests, []);
    assert.ok(page.lines.includes("ERROR load option beforeSend should be a function; it counts as asked for, to protect the visitor"));
  });
}

for (const [name, beforeSend, error] of [
  ["throws", () => { throw new Error("its own"); }, "Error: its own"],
  ["rejects", async () => { throw new Error("its own"); }, "Error: its own"],
  ["throws nothing", () => { throw undefined; }, "undefined"],
]) {
  test(`beforeSend that ${name} is told to Python`, async () => {
    const { api, core } = await started({ beforeSend });
    api.track("x");
    await settle();
    assert.equal(core.of("reviewed")[0].error, error);
  });
}

test("until beforeSend has answered nothing else is handled; then all is, in order", async () => {
  let answer;
  const { api, core } = await started({ beforeSend: () => new Promise((settled) => (answer = settled)) });
  api.track("x");
  api.track("y");
  api.reset();
  await settle();
  assert.deepEqual(core.calls(), [["track", "x"]]);
  answer({ messageId: "x", type: "track", anonymousId: "a" });
  await settle();
  answer(null);
  await settle();
  assert.deepEqual(core.calls(), [["track", "x"], ["track", "y"], ["reset"]]);
});

test("Python may want the message as it was asked about, or as it was answered", async () => {
  for (const reviewed of ["asked", "answered"]) {
    const core = answering("reviewed", ({ id }) => [{ type: "accept", id, reviewed, again: false }]);
    const { browser, api } = await started({ beforeSend: (message) => Object.assign(message, { answered: true }) }, { core });
    const heard = [];
    api.on("message", (message) => heard.push(message.answered));
    api.track("x");
    await settle();
    assert.deepEqual(heard, [reviewed === "answered" ? true : undefined]);
    assert.equal(JSON.parse(browser.stored()[keys(browser)[0]]).answered, heard[0]);
  }
});

// What pages before this one left

test("what pages that are gone left is adopted before anything else, and counts", async () => {
  const browser = createBrowser();
  browser.answer = () => "hangs";
  const first = await started({}, { browser });
  first.api.track("message");
  await settle();
  first.page.close(true);
  const second = await started({}, { browser, core: null });
  second.api.identify("u2");
  await settle();
  second.page.close(true);
  browser.answer = () => ({ status: 200 });
  const { core, api, page } = loaded(browser, {});
  api.track("last");
  const flushed = api.flush();
  await settle();
  // (This core sends at once; the real one waits for `adopted`.)
  const heard = core.inputs.map(({ type }) => type).filter((type) => type !== "response");
  assert.deepEqual(heard.slice(0, 4), ["load", "track", "adopt", "identify"]);
  assert.deepEqual(core.of("adopt")[0].messages.map(({ text, ...message }) => [message.type, text]), [["track", undefined]], "the text does not cross");
  assert.deepEqual([core.of("identify")[0].recovered, core.of("identify")[0].identity.userId], [true, ""]);
  assert.deepEqual(await flushed, { delivered: 1, dropped: 0, pending: 0 });
  assert.deepEqual(await api.flush(), { delivered: 2, dropped: 0, pending: 0 });
  assert.deepEqual([keys(browser), page.lines], [[], []]);
});

test("a page that is left is hidden after that, which is nothing new; one that comes back can be hidden", async () => {
  const { core, page } = await started();
  page.fire("window", "pagehide");
  page.hide(true);
  await settle();
  assert.equal(core.of("hidden").length, 1);
  page.hide(false);
  page.fire("window", "pageshow", { persisted: true });
  page.hide(true);
  await settle();
  assert.equal(core.of("hidden").length, 2);
});

test("what waits goes out as the page is about to be left, with what it is told then; what comes since as it is left", async () => {
  const { browser, core, page, api } = await started({}, { core: createScriptedCore({ later: true, effects: parting }) });
  api.track("x");
  await settle();
  page.fire("window", "beforeunload");
  await settle();
  assert.deepEqual([browser.requests.length, core.of("hidden").length], [1, 1]);
  api.track("y");
  await settle();
  page.fire("window", "pagehide");
  await settle();
  assert.deepEqual([browser.requests.length, core.of("hidden").length], [2, 2]);
});

test("a page that is gone after that, and could store nothing more: what went out is not sent again", async () => {
  const browser = createBrowser();
  const first = await started({}, { browser, core: createScriptedCore({ later: true, effects: parting }) });
  browser.answer = () => "hangs";
  const id = first.api.track("x");
  await settle();
  first.page.fire("window", "beforeunload");
  first.page.close(true);
  browser.answer = () => ({ status: 200 });
  const { core, api } = await started({}, { browser });
  await browser.advance(MOMENT + SPREAD);
  for (let n = 0; n <= ENOUGH; n++) {
    api.track("y");
    await settle();
  }
  assert.deepEqual([core.of("adopt"), browser.requests.filter(({ body }) => body.includes(id)).length, keys(browser)], [[], 1, []]);
});

test("not where something failed shortly before: the page after this one would send it again", async () => {
  const browser = createBrowser();
  browser.area(ORIGIN, "localStorage").setItem(`rudderanalytics.${LOAD[0]}.run`, "3");
  const { core, page } = await started({}, { browser });
  page.fire("window", "beforeunload");
  await settle();
  assert.equal(core.of("hidden").length, 0);
});

test("what the data plane took is not sent again, though the page is left before Python hears of it", async () => {
  const browser = createBrowser();
  const first = await started({}, { browser, core: createScriptedCore({ later: true }) });
  const { handle } = first.core;
  first.core.handle = (text) => (JSON.parse(text).type === "response" ? new Promise(() => {}) : handle(text));
  first.api.track("x");
  await settle();
  assert.equal(browser.requests.length, 1);
  first.page.fire("window", "pagehide");
  first.page.close(true);
  const { core } = await started({}, { browser });
  await settle();
  assert.deepEqual([core.of("adopt"), keys(browser)], [[], []]);
});

for (const [name, event, doubtful] of [
  ["was on its way as its page was left, where something failed before, is doubtful", "pagehide", true],
  ["was on its way as its page crashed is as ever", "none", undefined],
]) {
  test(`what ${name}`, async () => {
    const browser = createBrowser();
    browser.area("https://www.example.com", "localStorage").setItem(`rudderanalytics.${LOAD[0]}.run`, "3");
    browser.answer = () => "hangs";
    const first = await started({}, { browser });
    first.api.track("x");
    await settle();
    first.page.fire("window", event);
    first.page.close(true);
    const { core, api } = await started({}, { browser });
    await settle();
    assert.deepEqual(core.of("adopt").flatMap(({ messages }) => messages.map((each) => [each.id, each.doubtful])), [[first.core.of("track")[0].id, doubtful]]);
    api.track("y"); // this core sends what it adopted with what comes next
    await settle();
    assert.equal(api.stats().repeated, doubtful ? 1 : 0);
  });
}

for (const [status, again] of [[400, 0], [403, 0], [413, 0], [401, 1], [404, 1], [408, 1], [425, 1], [429, 1], [500, 1], ["lost", 1]]) {
  test(`what is held apart is sent again after a failure, not after a refusal, which is about another message: ${status}`, async () => {
    const browser = createBrowser();
    browser.answer = () => (status === "lost" ? status : { status });
    const apart = { id: "a", text: '{"type":"track","messageId":"a","anonymousId":"x"}', at: 5, left: browser.now(), near: true, run: 30 };
    browser.area(ORIGIN, "localStorage").setItem(`rudderanalytics.${LOAD[0]}.5b3f6a52-2d29-4c1f-8a5e-0f7c6f4f0d11.held`, JSON.stringify([apart]));
    const { core, api } = await started({}, { browser });
    await settle();
    api.track("x");
    await settle();
    assert.deepEqual([core.of("response").length, core.of("adopt").length], [1, again]);
  });
}

/** The page goes to this address, as far as the browser says. */
const leavesFor = (page, url) => page.fire("navigation", "navigate", { destination: { url, sameDocument: false }, downloadRequest: null });

for (const [name, run, where, isStarted] of [
  ["where something failed not long ago: the next page of the site sends it, and sees the answer", "3", "/next", false],
  ["of another site, it is started", "3", "https://elsewhere.example.com", true],
  ["where all is well, it is started", "30", "/next", true],
]) {
  test(`a click calls, and leaves for a page ${name}`, async () => {
    const browser = createBrowser();
    browser.area(ORIGIN, "localStorage").setItem(`rudderanalytics.${LOAD[0]}.run`, run);
    browser.answer = () => "hangs";
    const first = await started({}, { browser });
    first.api.track("x");
    leavesFor(first.page, new URL(where, URL_OF_PAGE).href);
    first.page.fire("window", "pagehide");
    await settle();
    assert.equal(browser.requests.length, isStarted ? 1 : 0);
    first.page.close(true);
    browser.answer = () => ({ status: 200 });
    const { core, api } = await started({}, { browser });
    assert.deepEqual(core.of("adopt").flatMap(({ messages }) => messages.map(({ doubtful }) => doubtful)), [isStarted || undefined]); // this core does not ask for keepalive
    api.track("y");
    await settle();
    assert.equal(api.stats().repeated, isStarted ? 1 : 0);
  });
}

test("what was not started as the page was left is started as it comes back, and says when", async () => {
  const browser = createBrowser();
  browser.area(ORIGIN, "localStorage").setItem(`rudderanalytics.${LOAD[0]}.run`, "3");
  const { page, api } = await started({}, { browser });
  api.track("x");
  leavesFor(page, URL_OF_PAGE);
  page.fire("window", "pagehide");
  await browser.advance(1_000);
  assert.equal(browser.requests.length, 0);
  page.fire("window", "pageshow", { persisted: true });
  await settle();
  assert.deepEqual(browser.requests.map(({ headers }) => headers.SentAt), [new Date(NOW + 1_000).toISOString()]);
  assert.deepEqual(await api.flush(), { delivered: 1, dropped: 0, pending: 0 });
});

test("what was taken back before it was started is not", async () => {
  const browser = createBrowser();
  browser.area(ORIGIN, "localStorage").setItem(`rudderanalytics.${LOAD[0]}.run`, "3");
  const { api } = await started({}, { browser });
  api.track("x");
  api.revoke();
  await settle();
  assert.equal(browser.requests.length, 0);
});

// Back from the back/forward cache, where WebKit, and at times Firefox, say nothing of what was on its way

/** What it sends the browser carries to its end. */
const carried = (input, usual) => usual.map((effect) => (effect.type === "send" ? { ...effect, keepalive: true } : effect));

/** A page that was left while `Left` was on its way, and is back; `answer` is what the network says to that, at last. */
const backAgain = async ({ answer = "hangs", ...how } = {}) => {
  const browser = createBrowser();
  browser.answer = () => answer;
  const visited = await started({}, { browser, core: createScriptedCore({ effects: carried, ...how }) });
  const delivered = [];
  visited.api.on("delivered", ({ messageId }) => delivered.push(messageId));
  const id = visited.api.track("Left");
  await settle();
  visited.page.fire("window", "pagehide", { persisted: true });
  await settle();
  browser.answer = () => ({ status: 200 });
  visited.page.fire("window", "pageshow", { persisted: true });
  const sent = () => browser.requests.filter(({ body }) => body.includes(id)).length;
  const callMore = async () => {
    for (let n = 0; n < ENOUGH; n++) {
      visited.api.track("More");
      await settle();
    }
  };
  return { ...visited, browser, id, delivered, sent, callMore };
};

test("a page that is back waits a moment for an answer, holds apart what the browser carried, and goes on", async () => {
  const { api, browser, delivered, sent, callMore, id } = await backAgain();
  api.track("Next");
  await browser.advance(HEARD - 1);
  assert.equal(browser.requests.length, 1);
  await browser.advance(1);
  assert.deepEqual([browser.requests.length, sent(), (await api.flush()).pending, delivered.includes(id)], [2, 1, 0, false]);
  assert.deepEqual(keys(browser, ".held").length, 1);
  await callMore();
  assert.deepEqual([sent(), delivered.filter((each) => each === id), keys(browser)], [1, [id], []]);
  assert.equal(api.stats().delivered, api.stats().accepted);
});

test("what is answered in time is not held apart", async () => {
  const { api, browser, delivered, sent, id } = await backAgain({ answer: new Promise((arrive) => setTimeout(arrive, 1, { status: 200 })) });
  await until(() => delivered.includes(id));
  await browser.advance(HEARD);
  assert.deepEqual([sent(), keys(browser), api.stats().pending], [1, [], 0]);
});

for (const [what, answer, times, heard] of [
  ["that it arrived counts", { status: 200 }, 1, 1],
  ["after that it failed it is sent again", { status: 503 }, 2, 1],
  ["that it was refused is no evidence: it waits for that", { status: 400 }, 1, 0],
]) {
  test(`an answer that comes late: ${what}`, async () => {
    let arrive;
    const { api, browser, delivered, sent, id } = await backAgain({ answer: new Promise((settled) => (arrive = settled)) });
    await browser.advance(HEARD);
    arrive(answer);
    await settle();
    api.track("Next"); // with which this core sends what was adopted
    await settle();
    assert.deepEqual([sent(), delivered.filter((each) => each === id).length, (await api.flush()).pending], [times, heard, 0]);
    assert.equal(keys(browser, ".held").length, 1 - heard);
  });
}

test("what a browser need not carry is tried again", async () => {
  const { api, browser, sent, id, delivered } = await backAgain({ effects: (_, usual) => usual });
  await browser.advance(HEARD + 1_000);
  api.track("Next");
  await settle();
  assert.deepEqual([sent(), delivered.includes(id), keys(browser), api.stats().repeated], [2, true, [], 1]);
});

test("a page that is back and learns of a fault before Python has heard that it is held apart sends it again", async () => {
  const { api, browser, core, page, sent, id, delivered } = await backAgain();
  let answer;
  const { handle } = core;
  core.handle = (text) => (JSON.parse(text).type === "response" ? new Promise((settled) => (answer = () => settled(handle(text)))) : handle(text));
  await browser.advance(HEARD);
  assert.equal(keys(browser, ".held").length, 1);
  page.fire("window", "offline");
  core.handle = handle;
  answer();
  await settle();
  api.track("Next");
  await settle();
  assert.deepEqual([sent(), delivered.filter((each) => each === id), keys(browser).filter((key) => !key.endsWith(".run"))], [2, [id], []]);
});

for (const [who, isLate] of [["a listener that hears first", false], ["one that hears after us", true]]) {
  test(`what is called as a page is left asks for no lock, of which Firefox would not tell it: ${who}`, async () => {
    const browser = createBrowser();
    const { page, api, come } = loaded(browser, {}, { late: true, core: createScriptedCore({ effects: carried }) });
    const call = () => page.listen("window", "pagehide", () => api.track("Left"));
    if (!isLate) call();
    come();
    await browser.advance(SPREAD + RELEASED);
    if (isLate) call();
    browser.answer = () => "hangs";
    const asked = [];
    const { request } = page.locks;
    page.locks.request = (name, ...how) => asked.push(name) && request(name, ...how);
    page.fire("window", "pagehide", { persisted: true });
    await settle();
    assert.deepEqual([asked, browser.requests.length, keys(browser, ".left").length], [[], 1, 1]);
    page.fire("window", "pageshow", { persisted: true });
    await browser.advance(HEARD);
    assert.deepEqual([keys(browser, ".left"), api.stats().pending], [[], 0]);
  });
}

test("what was taken back before it was given up is not held apart", async () => {
  const { api, browser, page, sent } = await backAgain();
  api.revoke();
  await browser.advance(HEARD);
  assert.deepEqual([keys(browser), sent(), page.lines], [[], 1, []]);
});

// Tabs that open at the same moment on a first visit

/** Tabs, each of which found nobody; their Python has not come. */
const atOnce = (options = {}, count = 2) => {
  const browser = createBrowser();
  const tabs = Array.from({ length: count }, () => {
    browser.clearCookies();
    return loaded(browser, options, { booting: true });
  });
  return { browser, tabs, ids: tabs.map(({ api }) => api.getAnonymousId()) };
};

/** What is the visitor's anonymousId, to a tab that opens now? @returns {string} */
const seenBy = (browser) => JSON.parse(atob(browser.jar().rl_anonymous_id.replace("RS_ENC_v3_", "")));

test("tabs that open at once are one visitor, and what waits stays stored", async () => {
  const { browser, tabs: [one, other] } = atOnce();
  await settle();
  const id = other.api.getAnonymousId();
  other.api.track("x");
  const [key] = keys(browser, ".call");
  const removed = [];
  const heard = browser.open();
  heard.listen("window", "storage", (event) => event.newValue === null && removed.push(event.key));
  one.come();
  await settle();
  other.core.effects = (input, usual) => {
    if (input.type === "load") assert.deepEqual([removed, JSON.parse(browser.stored()[key]).identity.anonymousId], [[], agreed]);
    return usual;
  };
  const agreed = one.core.of("load")[0].id;
  assert.notEqual(id, agreed);
  other.come();
  await settle();
  assert.deepEqual(["load", "track"].map((type) => other.core.of(type)[0].identity.anonymousId), [agreed, agreed]);
  assert.equal(other.api.getAnonymousId(), agreed);
});

test("what one of them had stored, and another read as it was called, is no other visitor", async () => {
  const { browser, tabs: [one, other] } = atOnce();
  await settle();
  one.api.track("x"); // it reads what the other one has stored
  one.come();
  await settle();
  other.come();
  await settle();
  const [agreed] = one.core.of("load").map(({ id }) => id);
  assert.deepEqual([...one.core.of("track"), ...other.core.of("load")].map(({ identity }) => identity.anonymousId), [agreed, agreed]);
  assert.deepEqual([seenBy(browser), other.api.getAnonymousId()], [agreed, agreed]);
});

test("one whose Python is late goes on with the visitor whom a tab that opened meanwhile has stored", async () => {
  const browser = createBrowser();
  const late = loaded(browser, {}, { booting: true });
  late.api.track("early");
  await browser.advance(600_000);
  browser.clearCookies();
  const other = loaded(browser, {});
  browser.answer = () => "lost";
  other.api.track("x"); // it waits, so that it is known whose it is
  await settle();
  const id = other.api.getAnonymousId();
  await browser.advance(120_000); // what they agreed on is said no more
  late.api.track("then");
  assert.equal(late.api.getAnonymousId(), id);
  late.come();
  await settle();
  assert.deepEqual(late.core.of("track").map(({ identity }) => identity.anonymousId), [id, id]);
  assert.deepEqual([late.api.getAnonymousId(), other.api.getAnonymousId(), seenBy(browser)], [id, id, id]);
});

test("one whose Python is late goes back behind no anonymousId that a call gave meanwhile", async () => {
  const { browser, tabs: [late], ids } = atOnce({}, 1);
  late.api.track("early");
  await browser.advance(600_000);
  const other = loaded(browser, {});
  other.api.setAnonymousId("given");
  await settle();
  await browser.advance(120_000);
  late.api.track("then");
  late.come();
  await settle();
  assert.deepEqual(late.core.of("track").map(({ identity }) => identity.anonymousId), [ids[0], "given"]);
  assert.deepEqual([late.api.getAnonymousId(), other.api.getAnonymousId(), seenBy(browser)], ["given", "given", "given"]);
});

test("what is called once one has agreed is of that visitor, though another one has stored its own", async () => {
  const { tabs: [one] } = atOnce();
  await settle();
  one.come();
  await settle();
  one.api.track("x");
  assert.equal(one.core.of("track")[0].identity.anonymousId, one.core.of("load")[0].id);
});

for (const after of [[], ["after"]]) {
  test(`one that opened at once does not go back behind what a call gave, with ${after.length} after it`, async () => {
    const { browser, tabs: [one, other], ids } = atOnce();
    other.api.track("before");
    other.api.setAnonymousId("given");
    for (const event of after) other.api.track(event);
    one.come();
    await settle();
    other.come();
    await settle();
    assert.deepEqual(other.core.of("track").map(({ identity }) => identity.anonymousId), [ids[0], ...after.map(() => "given")]);
    assert.deepEqual([other.api.getAnonymousId(), seenBy(browser)], ["given", "given"]);
  });
}

for (const [name, call] of [
  ["a call of one that has only begun", async (tab) => tab.api.reset(true)],
  ["a call of one that is gone", async (tab) => {
    tab.api.reset(true);
    await settle(); // it is stored
    tab.page.close(true);
  }],
  ["a call, and then one that opened before it said who the visitor was", async (tab, browser) => {
    const before = loaded(browser, {}, { booting: true });
    tab.come();
    await settle();
    tab.api.reset(true);
    await settle();
    before.come();
  }],
  ["a call that waits", async (tab) => {
    tab.api.reset(true);
    tab.come();
  }],
  ["a call later", async (tab) => {
    tab.come();
    await settle();
    tab.api.reset(true);
  }],
]) {
  test(`nor does one that opens after ${name}`, async () => {
    const { browser, tabs: [one, other], ids } = atOnce();
    one.come();
    await settle();
    await call(other, browser);
    await settle();
    const id = seenBy(browser);
    assert.ok(!ids.includes(id));
    const { api, core } = await started({}, { browser });
    api.track("x");
    assert.deepEqual([core.of("track")[0].identity.anonymousId, seenBy(browser)], [id, id]);
  });
}

test("what tabs agreed on is over also where one that opened later gives another before its Python has come", async () => {
  const { browser, tabs: [one] } = atOnce({}, 1);
  one.come();
  await settle();
  const said = async () => (await one.page.locks.query()).held.filter(({ name }) => name.includes("visitor.["));
  assert.equal((await said()).length, 1);
  await browser.advance(30_000);
  const later = loaded(browser, {}, { booting: true });
  later.api.reset(true);
  later.come();
  await settle();
  assert.deepEqual(await said(), []);
});

test("nor does one keep what one that is gone already has stored", async () => {
  const { browser, tabs: [one, other, third], ids } = atOnce({}, 3);
  await settle();
  third.page.close(true);
  one.come();
  await settle();
  assert.equal(seenBy(browser), ids[2]);
  other.come();
  await settle();
  assert.equal(seenBy(browser), ids[0]);
});

test("the first referrer that another page stored meanwhile counts", async () => {
  const browser = createBrowser();
  const core = answering("load", ({ page }, usual) => [{ type: "keep", identity: { initialReferrer: page.referrer } }, ...usual]);
  const { api, come } = loaded(browser, {}, { core, late: true });
  await settle();
  browser.setCookie(URL_OF_PAGE, `rl_page_init_referrer=${encodeURIComponent(JSON.stringify("$direct"))}; path=/; domain=.example.com`);
  api.getUserId(); // it looks
  come();
  await settle();
  assert.equal(browser.jar().rl_page_init_referrer, JSON.stringify("$direct"));
});

for (const [name, blank] of Object.entries({ "a space": " ", "a soft hyphen": "\u00ad", "a Braille blank": "\u2800", NaN: "NaN", "an encoded text": "RS_ENC_v3_ImEi" })) {
  test(`an anonymousId of others, and one that is stored, is none where nothing shows in it, or it is none at all: ${name}`, async () => {
    for (const [options, cookie] of [
      [{ externalAnonymousIdCookieName: "theirs" }, `theirs=${encodeURIComponent(blank)}`],
      [{ anonymousIdOptions: { autoCapture: { enabled: true, source: "segment" } } }, `ajs_anonymous_id=${encodeURIComponent(blank)}`],
      [{}, `rl_anonymous_id=${encodeURIComponent(JSON.stringify(blank.length > 1 ? " " : blank))}; path=/; domain=.example.com`],
    ]) {
      const browser = createBrowser();
      browser.setCookie(URL_OF_PAGE, cookie);
      const { api, core } = await started(options, { browser });
      api.track("x");
      await settle();
      const [{ identity }] = core.of("track");
      assert.match(api.getAnonymousId(), /^[0-9a-f-]{36}$/);
      assert.equal(identity.anonymousId, api.getAnonymousId());
    }
  });
}

test("a blank id beside a linker that says nothing makes a fresh one", async () => {
  const { api, core } = await started({});
  api.setAnonymousId(" ", "1*0*rs_amp_id*YQ");
  api.track("x");
  await settle();
  assert.match(api.getAnonymousId(), /^[0-9a-f-]{36}$/);
  assert.equal(core.of("track")[0].identity.anonymousId, api.getAnonymousId());
});

test("an anonymousId of another cookie counts in any case", async () => {
  const { browser, tabs: [one] } = atOnce();
  one.come();
  await settle();
  browser.setCookie(URL_OF_PAGE, "theirs=their-id");
  const { api } = await started({ externalAnonymousIdCookieName: "theirs" }, { browser });
  assert.equal(api.getAnonymousId(), "their-id");
});

test("what a page called that gave another anonymousId itself is adopted as it was called", async () => {
  const browser = createBrowser();
  const { api, page } = loaded(browser, {}, { core: null });
  const id = api.getAnonymousId();
  api.track("before");
  api.setAnonymousId("given");
  api.track("after");
  page.close(true);
  const { core } = await started({}, { browser });
  assert.deepEqual(core.of("track").map(({ identity }) => identity.anonymousId), [id, "given"]);
});

test("one that goes later is adopted then", async () => {
  const browser = createBrowser();
  const other = await started({}, { browser, core: null });
  other.api.track("x");
  await settle();
  const { core } = await started({}, { browser });
  assert.deepEqual(core.calls(), []);
  other.page.close(true);
  await browser.advance(SPREAD);
  assert.deepEqual(core.calls(), [["track", "x"]]);
});

test("how long a message was seen waiting goes from page to page", async () => {
  const browser = createBrowser();
  browser.answer = () => "hangs";
  const first = await started({}, { browser });
  first.api.track("x");
  await browser.advance(20_500);
  first.page.close();
  browser.setClock(browser.now() - 86_400_000 * 30);
  const { core } = await started({}, { browser });
  assert.deepEqual(core.of("adopt").flatMap(({ messages }) => messages.map(({ waited }) => waited)), [20_000]);
});

test("what others left is adopted in order, also piece by piece, and before what waits here", async () => {
  const browser = createBrowser();
  const gone = loaded(browser, {}, { core: null });
  gone.api.track("one");
  gone.page.close(true);
  const { api, core, come } = loaded(browser, {}, { late: true });
  api.track("here");
  await settle();
  const [key] = keys(browser, ".call");
  const { id, ...call } = JSON.parse(browser.stored()[key]);
  for (const number of [2, 3]) {
    browser.open().storage("localStorage").setItem(key.replace("1000000001", `100000000${number}`), JSON.stringify({ ...call, id: id + number, arguments: [number] }));
    await settle();
  }
  come();
  await settle();
  assert.deepEqual(core.calls(), [["track", "one"], ["track", 2], ["track", 3], ["track", "here"]]);
});

/** What the last request says. */
const sent = (browser) => JSON.parse(browser.requests.at(-1).body).batch.map(({ arguments: [name] }) => name);

/** A page that waits for the first answer, with a message more; it is left, and others take what it stored. */
const leftAndTaken = async () => {
  const browser = createBrowser();
  const answers = [];
  browser.answer = () => new Promise((answer) => answers.push(answer));
  const us = await started({}, { browser });
  us.api.track("one");
  const id = us.api.track("two");
  us.page.fire("window", "pagehide");
  await settle();
  const other = browser.open();
  await new Promise((granted) => void other.locks.request(`rudderanalytics.${LOAD[0]}.${keys(browser)[0].split(".")[2]}`, () => new Promise(granted)));
  return { ...us, id, other, answers };
};

test("a page that is back acts on nothing before it is clear whose its calls are", async () => {
  const { api, core, page, browser } = await started();
  browser.answer = () => "hangs";
  api.track("a");
  page.fire("window", "pagehide");
  await settle();
  page.fire("window", "pageshow");
  api.track("b");
  assert.deepEqual([core.calls().length, keys(browser, ".call").length], [1, 1]);
  await browser.advance(RELEASED);
  assert.deepEqual([core.calls(), keys(browser, ".call").length], [[["track", "a"], ["track", "b"]], 0]);
});

test("what was left to others is sent if they are gone by the time that the rest is delivered", async () => {
  const { api, core, page, browser, id, other, answers } = await leftAndTaken();
  page.fire("window", "pageshow");
  await browser.advance(RELEASED);
  api.track("three");
  answers[0]({ status: 200 });
  await settle();
  await settle();
  assert.equal(answers.length, 2);
  assert.deepEqual(sent(browser), ["three"]);
  other.close(true);
  await browser.advance(SPREAD);
  answers[1]({ status: 200 });
  await settle();
  assert.deepEqual(core.of("adopt").flatMap(({ messages }) => messages.map((each) => each.id)), [id]);
  api.track("four"); // this core sends what it adopted with what comes next
  await settle();
  assert.deepEqual(sent(browser), ["two", "four"]);
  answers[2]({ status: 200 });
  await settle();
  assert.deepEqual([api.stats().pending, keys(browser)], [0, []]);
});

for (const [name, identity] of [
  ["without", undefined],
  ["with", { ...empty(), userId: "u0", anonymousId: "a0" }],
  ["with a number for", 7],
]) {
  test(`calls that were left ${name} their visitor change nothing of the visitor of now, nor are they theirs`, async () => {
    const browser = createBrowser();
    const owner = "5b3f6a52-2d29-4c1f-8a5e-0f7c6f4f0d11";
    const page = browser.open().observe();
    const left = [["identify", ["old", { b: 2 }]], ["setAuthToken", ["old"]], ["group", ["old"]], ["track", ["x"]], ["setAnonymousId", ["old"]], ["startSession", [1234567890]], ["reset", [true]]];
    for (const [at, [type, given]] of left.entries()) {
      const key = `rudderanalytics.${LOAD[0]}.${owner}.${1000000001 + at}.${NOW}.call`;
      browser.area(ORIGIN, "localStorage").setItem(key, JSON.stringify({ type, id: `c${at}`, at: NOW, page, arguments: given, identity }));
    }
    const ofNow = { rl_user_id: '"u1"', rl_anonymous_id: '"a1"', rl_trait: '{"a":1}', rl_group_id: '"g1"', rl_auth_token: '"t1"' };
    for (const [key, json] of Object.entries(ofNow)) browser.setCookie(URL_OF_PAGE, `${key}=${encodeURIComponent(json)}; path=/`);
    const { core, api } = await started({}, { browser });
    assert.equal(core.calls().length, left.length);
    for (const { identity: whose } of left.map(([type]) => core.of(type)[0])) assert.deepEqual([whose.userId, whose.anonymousId], [identity?.userId ?? "", identity?.anonymousId ?? owner]);
    assert.deepEqual([api.getUserId(), api.getUserTraits(), api.getAnonymousId(), api.getGroupId(), core.of("load")[0].identity.authToken], ["u1", { a: 1 }, "a1", "g1", "t1"]);
    api.track("y");
    const [, { identity: now }] = core.of("track");
    assert.deepEqual([now.userId, now.anonymousId, now.groupId, now.authToken], ["u1", "a1", "g1", "t1"]);
  });
}

// Cookies of the official SDK's first version

const sealed = (json, salt = Buffer.from("saltsalt")) => {
  let made = Buffer.alloc(0);
  for (let block = Buffer.alloc(0); made.length < 48; made = Buffer.concat([made, block])) block = createHash("md5").update(Buffer.concat([block, Buffer.from("Rudder"), salt])).digest();
  const cipher = createCipheriv("aes-256-cbc", made.subarray(0, 32), made.subarray(32, 48));
  return `RudderEncrypt:${Buffer.concat([Buffer.from("Salted__"), salt, cipher.update(json), cipher.final()]).toString("base64")}`;
};

/** Cookies of a visitor whom the first version knew. */
const known = (browser) => {
  for (const [name, json] of Object.entries({ rl_user_id: '"u1"', rl_anonymous_id: '"a1"', rl_trait: '{"plan":"pro"}' })) browser.setCookie(URL_OF_PAGE, `${name}=${encodeURIComponent(sealed(json))}; path=/`);
  return browser;
};

test("a visitor whom the first version knew is known, and calls wait until that is so", async () => {
  const browser = known(createBrowser());
  const { api, core } = loaded(browser);
  api.track("x");
  await until(() => core.of("track").length);
  const { identity } = core.of("track")[0];
  assert.deepEqual([identity.userId, identity.anonymousId, identity.userTraits], ["u1", "a1", { plan: "pro" }]);
  assert.deepEqual([core.of("load")[0].identity.userId, core.inputs[0].type], ["u1", "load"]);
  assert.equal(atob(browser.jar().rl_user_id.slice(10)), '"u1"', "kept anew");
});

test("what was called until then stays stored, though storage has no room for it as it is told anew", async () => {
  const browser = known(createBrowser());
  const { api, core, come } = loaded(browser, {}, { booting: true });
  core.effects = () => []; // it has no message of it yet
  api.track("x");
  const [key] = keys(browser, ".call");
  browser.area("https://www.example.com", "localStorage").state.quota = 1;
  come();
  await until(() => api.getUserId() === "u1");
  await settle();
  assert.deepEqual(keys(browser, ".call"), [key]);
});

for (const [name, how, options] of [
  ["without ciphers", { secure: false }, {}],
  ["where that is not wanted", {}, { storage: { migrate: false } }],
]) {
  test(`${name} such cookies are left alone, and said`, async () => {
    const browser = known(createBrowser());
    const before = browser.jar();
    const { api, page } = loaded(browser, options, how);
    api.identify("u2");
    await settle();
    assert.deepEqual([browser.jar().rl_user_id, api.getUserId()], [before.rl_user_id, "u2"]);
    assert.ok(page.lines.includes("WARN RudderEncrypt cookies cannot be opened on this page; they are left alone"), page.lines.join("\n"));
  });
}

// Client hints

test("client hints that few pages ask for", async () => {
  const hints = { mobile: false };
  const window = () => ({ navigator: { userAgentData: { platform: "Linux", brands: [], toJSON: () => ({ brands: [] }), getHighEntropyValues: async () => hints } } });
  for (const [uaChTrackLevel, expected] of [["none", undefined], ["default", { brands: [] }], ["full", hints]]) {
    const { api, core } = await started({ uaChTrackLevel }, { window: window() });
    api.track("x");
    await settle();
    assert.deepEqual(core.of("track")[0].page.uaCh, expected);
  }
});

// An interpreter in a worker that dies

test("a promise that is broken is an interpreter that is dead", async () => {
  const core = createScriptedCore({ later: true });
  const { browser, api, page } = await started({}, { core });
  core.handle = () => Promise.reject(new Error("the worker died"));
  api.track("x");
  api.track("y");
  await settle();
  assert.deepEqual(page.lines, ["ERROR Python failed; calls stay stored: Error: the worker died"]);
  assert.equal(keys(browser, ".call").length, 2);
  assert.equal((await api.flush()).pending, 2);
});

// Erasing

const ALL = Object.fromEntries(Object.keys(empty()).map((name) => [name, true]));

for (const [name, given, left] of [
  ["everything", { entries: ALL }, []],
  ["what a reset forgets", undefined, ["rl_anonymous_id", "rl_page_init_referrer"]],
  ["the anonymousId, too", true, ["rl_page_init_referrer"]],
  ["one value", { entries: { userId: true, userTraits: false } }, ["rl_anonymous_id", "rl_page_init_referrer", "rl_trait"]],
]) {
  for (const late of [false, true])
    test(`a reset removes what is stored where nothing is kept now: ${name}${late ? ", before Python is there" : ""}`, async () => {
      const browser = createBrowser();
      const { api, come } = await started({ storage: { type: "none" } }, { browser, late });
      const stored = { rl_user_id: '"u1"', rl_trait: '{"email":"a@example.com"}', rl_anonymous_id: '"a1"', rl_page_init_referrer: '"$direct"' };
      for (const [key, text] of Object.entries(stored)) {
        browser.setCookie(URL_OF_PAGE, `${key}=${encodeURIComponent(text)}; path=/`);
        browser.area(ORIGIN, "localStorage").setItem(key, text);
      }
      api.reset(given);
      come();
      await settle();
      const cookies = browser.cookies(URL_OF_PAGE).map(([key]) => key);
      const kept = Object.keys(browser.stored()).filter((key) => key.startsWith("rl_"));
      assert.deepEqual([cookies.sort(), kept.sort()], [left, left]);
    });
}

// Birthdays

test("a birthday that is a day is one in each message, and stays one", async () => {
  const { core, api } = await started({}, { core: createScriptedCore() });
  const midnight = new Date(1990, 4, 17);
  api.identify("u1", { birthday: midnight, createdAt: midnight });
  api.track("later");
  await settle();
  assert.deepEqual(core.of("identify")[0].arguments, ["u1", { birthday: "1990-05-17", createdAt: midnight.toJSON() }]);
  assert.equal(core.of("track")[0].identity.userTraits.birthday ?? "1990-05-17", "1990-05-17");
});

test("a call on which Python fails is dropped and counted, and one of which it has a message is not", async () => {
  const failing = ({ type, arguments: [name] = [] }, usual) => {
    if (name === "held") return [...usual.filter((effect) => effect.type === "accept"), { type: "fail", text: "track failed: after it was accepted" }];
    return name === "lost" || type === "reset" ? [{ type: "fail", text: `${type} failed: IndexError` }] : usual;
  };
  const { api, core, page } = await started();
  core.effects = failing;
  const dropped = [];
  api.on("dropped", (detail) => dropped.push(detail));
  api.track("held");
  const lost = api.track("lost");
  api.reset();
  await settle();
  assert.deepEqual(dropped, [{ messageId: lost, reason: "failed" }]);
  const { accepted, delivered, pending, dropped: reasons } = api.stats();
  assert.deepEqual([accepted, delivered, reasons, pending], [2, 0, { failed: 1 }, 1]);
  assert.deepEqual(page.lines, ["ERROR track failed: after it was accepted", "ERROR track failed: IndexError", "ERROR reset failed: IndexError"]);
});

test("what beforeSend refuses was accepted, as all that is dropped: the counts add up", async () => {
  const { api } = await started({ beforeSend: (message) => (message.arguments[0] === "no" ? null : message) });
  api.track("no");
  api.track("yes");
  await settle();
  const { accepted, delivered, pending, dropped } = api.stats();
  assert.deepEqual(dropped, { before_send: 1 });
  assert.equal(accepted, delivered + pending + 1);
});

const BEFORE_CONSENT = { consentManagement: { enabled: true, provider: "custom" } };

for (const [strategy, delivery] of [["none", "buffer"], ["none", "immediate"], ["session", "buffer"], ["anonymousId", "immediate"]])
  for (const late of [false, true])
    test(`a reset that names all removes what is stored before the decision, too: ${strategy}, ${delivery}${late ? ", before Python is there" : ""}`, async () => {
      const browser = createBrowser();
      const stored = { rl_user_id: '"u1"', rl_trait: '{"email":"a@example.com"}', rl_anonymous_id: '"a1"', rl_page_init_referrer: '"$direct"' };
      for (const [key, text] of Object.entries(stored)) {
        browser.setCookie(URL_OF_PAGE, `${key}=${encodeURIComponent(text)}; path=/; domain=example.com`);
        browser.area(ORIGIN, "localStorage").setItem(key, JSON.stringify(text));
      }
      const { api, come } = await started({ ...BEFORE_CONSENT, preConsent: { enabled: true, storage: { strategy }, events: { delivery } } }, { browser, late });
      api.reset();
      assert.equal(api.getUserId(), "");
      api.reset({ entries: ALL });
      come();
      await settle();
      const left = [...browser.cookies(URL_OF_PAGE).map(([key]) => key), ...Object.keys(browser.stored())].filter((key) => key in stored);
      assert.deepEqual(left, strategy === "anonymousId" ? ["rl_anonymous_id"] : []);
      assert.notEqual(api.getAnonymousId(), "a1");
      api.consent({});
      await settle();
      assert.equal(api.getUserId(), "");
      assert.deepEqual(api.getUserTraits(), {});
    });

test("a reset of a page that was left before Python came erases on the next one, where nothing is kept, too", async () => {
  const browser = createBrowser();
  const first = await started({ storage: { type: "none" } }, { browser, late: true, booting: true });
  browser.setCookie(URL_OF_PAGE, `rl_user_id=${encodeURIComponent('"u1"')}; path=/`);
  first.api.reset({ entries: ALL });
  first.page.close();
  await started({ storage: { type: "none" } }, { browser });
  await browser.advance(60_000);
  assert.deepEqual(browser.cookies(URL_OF_PAGE), []);
});

test("a reset of a page that had all of the script erased then: the page that takes it over does not erase what came after it", async () => {
  const browser = createBrowser();
  const first = await started({}, { browser, late: true });
  first.api.reset();
  first.api.identify("u2");
  await settle();
  first.page.close();
  await started({ storage: { type: "none" } }, { browser });
  await browser.advance(60_000);
  const { api } = await started({}, { browser });
  assert.equal(api.getUserId(), "u2");
});

test("what is missing of the visitor is not put back for another page's calls", async () => {
  const browser = createBrowser();
  const first = await started({}, { browser, late: true });
  const { core } = await started({}, { browser });
  first.api.track("x");
  await settle();
  browser.clearCookies();
  first.page.close();
  await browser.advance(60_000);
  assert.equal(core.of("track").length, 1);
  assert.deepEqual(browser.cookies(URL_OF_PAGE), []);
});

test("an anonymousId that is cleared while the page is open is stored again with a message, whatever else that changes", async () => {
  const browser = createBrowser();
  const core = answering("track", (_input, usual) => usual.filter(({ type }) => type !== "keep"));
  const { api } = await started({ sessions: { autoTrack: false } }, { browser, core });
  const id = api.getAnonymousId();
  browser.clearCookies();
  api.track("x");
  await settle();
  assert.equal(seenBy(browser), id);
});
