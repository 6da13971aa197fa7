// Pages that change what the language and the browser give: before we come, or while the page is open.

import assert from "node:assert/strict";
import test from "node:test";
import { install } from "../../web/src/install.js";
import * as builtins from "../../web/src/builtins.js";
import { decode } from "../../web/src/cookies.js";
import { canonical } from "../../web/src/overloads.js";
import { entryOf } from "../../web/src/journal.js";
import { createPage } from "../../web/src/page.js";
import { post, retryAfterOf } from "../../web/src/transport.js";
import { createBrowser, settle, URL_OF_PAGE } from "./browser.js";
import { openCore } from "./micropython.js";
import { createScriptedCore } from "./core.js";
import { openRealm } from "./realm.js";
import { LOAD, loaded, visit } from "./visit.js";
import { inWindow } from "./window.js";

const broken = () => {
  throw new Error("replaced by the page");
};

/** Replaces properties for as long as something runs. */
const changed = (changes, run) => {
  const before = changes.map(([object, name]) => [object, name, Object.getOwnPropertyDescriptor(object, name)]);
  for (const [object, name, value] of changes) Object.defineProperty(object, name, { value, configurable: true, writable: true });
  const restore = () => {
    for (const [object, name, descriptor] of before) descriptor ? Object.defineProperty(object, name, descriptor) : delete object[name];
  };
  try {
    const result = run();
    if (typeof result?.then === "function") return result.finally(restore);
    restore();
    return result;
  } catch (error) {
    restore();
    throw error;
  }
};

/** What a page's calls become: messages without what differs from visit to visit, what is stored then, and lines. */
const played = async (changes) => {
  const browser = createBrowser();
  browser.stored();
  const core = await openCore();
  const { api, page, come } = visit(browser, { core, late: true });
  const call = (run) => changed(changes, run);
  call(() => {
    api.track("early", { list: [1, [2]], at: new Date(0) });
    api.load(...LOAD);
    api.identify("u1", { list: ["a", { b: [] }], n: 1 });
    api.group("g1", { members: ["u1", "u2"] });
  });
  await settle();
  const stored = Object.values(browser.stored()).map((text) => JSON.parse(text).arguments);
  come();
  await settle();
  call(() => api.page("home", { tags: ["x"] }));
  await settle();
  const getters = call(() => [api.getUserId(), api.getUserTraits(), api.getGroupTraits(), api.getSessionId()]);
  const messages = browser.requests.flatMap(({ body }) => JSON.parse(body).batch ?? [JSON.parse(body)]);
  const jar = Object.fromEntries(Object.entries(browser.jar()).map(([name, text]) => [name, atob(text.slice(10))]));
  return { messages, stored, getters, jar, lines: page.lines };
};

// Prototype.js before 1.7, MooTools, Datejs and others, as they do it.
const ARRAY_FROM = [Array, "from", (items) => [...(items || [])]];
const CHANGES = {
  "Prototype.js: arrays have a toJSON": [[Array.prototype, "toJSON", function () { return `[${this.join(", ")}]`; }], ARRAY_FROM],
  "Prototype.js: so have texts, numbers and dates": [String, Number, Date].map(({ prototype }) => [prototype, "toJSON", () => "changed"]).slice(0, 2),
  "all objects have a toJSON": [[Object.prototype, "toJSON", () => "changed"]],
  "MooTools: Array.from is another": [ARRAY_FROM],
  "Datejs: Date.now is a date": [[Date, "now", () => new Date()]],
  "names that the page uses for its own": [[globalThis, "Map", null], [globalThis, "Set", class {}], [globalThis, "atob", broken], [globalThis, "btoa", null]],
  "JSON is another": [[JSON, "parse", null], [JSON, "stringify", broken]],
  "Promise is gone": [[globalThis, "Promise", undefined]],
  "Promise throws": [[globalThis, "Promise", broken]],
};

test("a page that changes nothing", async () => {
  const { messages, stored, lines } = await played([]);
  assert.deepEqual(messages.map(({ type }) => type), ["track", "identify", "group", "page"]);
  assert.deepEqual(messages[0].properties, { list: [1, [2]], at: "1970-01-01T00:00:00.000Z" });
  assert.deepEqual(stored[1], ["u1", { list: ["a", { b: [] }], n: 1 }]);
  assert.deepEqual(lines, []);
});

for (const [name, changes] of Object.entries(CHANGES)) {
  test(`the same comes of calls in a page with ${name}`, async () => {
    const { messages: usual, ...rest } = await played([]);
    const { messages, ...found } = await played(changes);
    assert.deepEqual(found, rest);
    assert.deepEqual(messages, usual);
  });
}

test("what a page with Prototype.js stored is read by a clean one, and the other way round", async () => {
  const toJSON = [Array.prototype, "toJSON", () => "changed"];
  for (const [first, second] of [[[toJSON], []], [[], [toJSON]]]) {
    const browser = createBrowser();
    const left = visit(browser, { core: null });
    changed(first, () => {
      left.api.load(...LOAD);
      left.api.identify("u1", { list: [1, 2] });
    });
    await settle();
    left.page.close(true);
    const { api, core } = visit(browser);
    changed(second, () => api.load(...LOAD));
    await settle();
    assert.deepEqual(core.calls(), [["identify", "u1", { list: [1, 2] }]]);
    assert.deepEqual(api.getUserTraits(), { list: [1, 2] });
  }
});

test("a text in place of a call's arguments, as others stored it, is nobody's id", async () => {
  const browser = createBrowser();
  const seen = browser.open().observe();
  const key = "rudderanalytics.WRITE_KEY.5b3f6a52-2d29-4c1f-8a5e-0f7c6f4f0d11.1000000001.1795445150673.call";
  browser.area(new URL(URL_OF_PAGE).origin, "localStorage").setItem(key, JSON.stringify({ type: "identify", id: "x", at: 5, page: seen, arguments: '["u1"]' }));
  const { api, core, page } = loaded(browser);
  await settle();
  assert.deepEqual([core.calls(), api.getUserId(), browser.stored()], [[], "", {}]);
  assert.deepEqual(page.lines, ["WARN 1 stored message(s) or call(s) cannot be read; they are removed"]);
});

test("flush fails in no page: without Promise.race it gives nothing", async () => {
  const { api } = loaded(createBrowser());
  await changed([[Promise, "race", null]], async () => assert.equal(await api.flush(), undefined));
});

test("the console's level is found, or nothing is said: no line of ours is thrown into the page", () => {
  const { api } = loaded(createBrowser());
  changed([[Array.prototype, "indexOf", null]], () => {
    api.load(...LOAD);
    api.push("nothing");
    api.on();
  });
});

test("the Promise is the language's own, whatever a library has made of the name", () => {
  assert.equal(builtins.Promise, Promise);
  assert.equal(builtins.Map, Map);
});

test("a page without what nothing can be done without gets a line, and no exception", () =>
  inWindow({}, ({ lines }) => {
    changed([[Object, "fromEntries", null]], () => install({ installType: "script", boot: broken, bring: broken }, false, assert.fail));
    assert.equal(globalThis.rudderanalytics, undefined);
    assert.deepEqual(lines, ["error [rudderanalytics] JavaScript failed: TypeError: Object.fromEntries is not a function"]);
  }));

for (const [object, name] of [[Map.prototype, "set"], [Object, "fromEntries"]]) {
  test(`where not even the line can be made, nothing is thrown: without ${name} and toLowerCase`, () =>
    inWindow({}, ({ lines }) => {
      const throws = () => { throw new Error("replaced by the page"); };
      changed([[object, name, throws], [String.prototype, "toLowerCase", throws]], () => install({ installType: "script", boot: broken, extras: broken }, false, assert.fail));
      assert.deepEqual(lines, []);
    }));
}

for (const [name, replaced] of Object.entries({ idle: () => {}, throwing: () => { throw new Error("replaced by the page"); } })) {
  test(`an encoded text is nobody's id where startsWith is ${name}`, () => {
    for (const id of ["RS_ENC_v3_IiI", "RS_ENC_v3_ImEi", "RudderEncrypt:U2FsdGVk"]) {
      changed([[String.prototype, "startsWith", replaced]], () => {
        for (const stateKey of ["userId", "anonymousId", "groupId"]) assert.equal(decode(JSON.stringify(id), stateKey), undefined);
        assert.equal(canonical("identify", [id]), null);
      });
    }
  });
}

test("a request is answered, or fails, without Promise.race", async () => {
  const page = { setTimer: () => 1, clearTimer() {}, now: () => 0 };
  const answer = { status: 200, ok: true, headers: { get: () => null }, text: async () => "OK" };
  for (const [fetch, status] of [[async () => answer, 200], [async () => { throw new TypeError("Failed to fetch"); }, 0]]) {
    const said = await changed([[Promise, "race", broken]], () => post({ ...page, fetch }, "https://dataplane.example.com", {}, "", false));
    assert.deepEqual(said, { status, retryAfter: null });
  }
});

test("what is stored is of its kind, or none, where includes says nothing", () =>
  changed([[Array.prototype, "includes", () => {}]], () => {
    assert.equal(decode('"a text"', "sessionInfo"), undefined);
    assert.deepEqual(decode('{"a":1}', "userTraits"), { a: 1 });
    assert.equal(decode('{"a":1}', "userId"), undefined);
  }));

test("times and places in line are told where Number is another's", () => {
  const key = "rudderanalytics.KEY.5b3f6a52-2d29-4c1f-8a5e-0f7c6f4f0d11.1000000001.1795445149673.call";
  const entry = entryOf("rudderanalytics.KEY.", key);
  changed([[globalThis, "Number", () => {}]], () => {
    assert.deepEqual(entryOf("rudderanalytics.KEY.", key), entry);
    assert.equal(retryAfterOf("5", 0), 5_000);
    inWindow({}, () => assert.ok(createPage({ installType: "script", boot: broken, extras: broken }).now() > 1e12));
  });
});

test("where promises have a `then` that throws no rejection of ours reaches the page, and what is stored is delivered", async () => {
  const browser = createBrowser();
  const left = visit(browser, { late: true });
  left.api.load(...LOAD);
  left.api.track("left");
  left.page.close();
  const rejections = [];
  const heard = (error) => rejections.push(error);
  process.on("unhandledRejection", heard);
  try {
    const { page, run, start, uncaught } = openRealm(browser, { runtime: (async () => createScriptedCore())(), attributes: { "data-runtime": "micropython" } });
    run('Promise.prototype.then = () => { throw new TypeError("replaced by the page"); }');
    start().load(...LOAD);
    await settle();
    await browser.advance(60_000);
    assert.deepEqual([...rejections, ...uncaught, ...page.lines], []);
    assert.equal(browser.requests.length, 1);
  } finally {
    process.off("unhandledRejection", heard);
  }
});
