import assert from "node:assert/strict";
import test from "node:test";
import { createEvents } from "../../web/src/events.js";
import { attributeOf, compiled, createPage, ownScript, resolved } from "../../web/src/page.js";
import { observedOf } from "../../web/src/observed.js";
import { createBrowser, URL_OF_PAGE } from "./browser.js";
import { inWindow } from "./window.js";

const OURS = { installType: "script", boot: async () => {}, bring: async () => {} };
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

const inPage = (how, run) => inWindow(how, (opened) => run(createPage(OURS), opened));

const broken = () => {
  throw new Error("no");
};
/** An object each of whose properties throws. */
const hostile = new Proxy({}, { get: broken, has: broken, ownKeys: broken, getPrototypeOf: broken });

test("the scripted page has what the real one has", () =>
  inPage({}, (page) => {
    const scripted = createBrowser().open();
    for (const [name, member] of Object.entries({ ...page, ...createEvents() })) assert.equal(typeof scripted[name], typeof member, name);
    assert.deepEqual(Object.keys(scripted.observe()).sort(), Object.keys(page.observe()).sort());
  }));

test("what a page sees", () =>
  inPage({}, (page) => {
    const { date, ...seen } = page.observe();
    assert.match(date, /GMT[+-]\d{4}/);
    assert.deepEqual(seen, {
      href: URL_OF_PAGE,
      title: "A title",
      referrer: "https://www.google.com/",
      canonical: "https://www.example.com/item",
      userAgent: "Mozilla/5.0",
      locale: "en-US",
      screen: { width: 1280, height: 800, density: 2, innerWidth: 1280, innerHeight: 720 },
    });
  }));

test("ids are UUIDs, and no two alike", () =>
  inPage({}, ({ uuid }) => {
    const ids = Array.from({ length: 1000 }, () => uuid());
    for (const id of ids) assert.match(id, UUID);
    assert.equal(new Set(ids).size, 1000);
  }));

for (const [name, crypto] of [
  ["missing", undefined],
  ["null", null],
  ["without getRandomValues", {}],
  ["throwing", { getRandomValues: broken }],
  ["doing nothing", { getRandomValues: () => {} }],
  ["always giving the same", { getRandomValues: (bytes) => bytes.fill(7) }],
  ["hostile", hostile],
]) {
  test(`ids where crypto is ${name}`, () =>
    inPage({ over: { crypto } }, ({ uuid }) => {
      const ids = Array.from({ length: 100 }, () => uuid());
      for (const id of ids) assert.match(id, UUID);
      assert.equal(new Set(ids).size, 100);
      assert.equal(createEvents().subtle, undefined);
    }));
}

test("ids where Math.random always gives the same", () =>
  inPage({}, ({ uuid }) => {
    const { random } = Math;
    Math.random = () => 0.5;
    try {
      assert.notEqual(uuid(), uuid());
    } finally {
      Math.random = random;
    }
  }));

for (const [what, other] of [["a date (Datejs)", () => new Date()], ["nothing", () => {}], ["an error", broken], ["null", null]]) {
  test(`the time is a number, though Date.now is ${what}`, () =>
    inPage({}, (page) => {
      const { now } = Date;
      Date.now = other;
      try {
        assert.equal(typeof page.now(), "number");
        assert.ok(Math.abs(page.now() - now()) < 1000);
      } finally {
        Date.now = now;
      }
    }));
}

test("lines go to the console that was there when we came", () =>
  inPage({}, (page, { window, lines }) => {
    globalThis.console = { ...window.console, warn: broken };
    page.log("WARN", "a line", 5);
    assert.deepEqual(lines, ["warn [rudderanalytics] a line 5"]);
  }));

for (const console of [undefined, null, {}, { error: broken }, hostile]) {
  test("a console that is not as it should be", () => inPage({ over: { console } }, (page) => page.log("ERROR", "a line")));
}

test("a time to wait; what is none never comes", async () => {
  const { after } = await inPage({}, (page) => page);
  let came = false;
  for (const ms of [undefined, null, "soon", NaN, Infinity, 2 ** 31, Symbol("s"), 2n ** 40n, hostile, {}]) after(ms).then(() => (came = true));
  await after(5);
  assert.equal(came, false);
});

// Named elements

const NAMES = ["cookie", "title", "referrer", "hidden", "currentScript", "scripts", "querySelector", "addEventListener"];

test("an element with the name of a property of the document is not that property", () => {
  const named = Object.fromEntries(NAMES.map((name) => [name, { src: "https://evil.example/rudderanalytics.js", getAttribute: broken }]));
  return inPage({ named }, (page, { document }) => {
    assert.equal(document.title, named.title, "it stands in for the property");
    const { title, referrer, canonical } = page.observe();
    assert.deepEqual([title, referrer, canonical], ["A title", "https://www.google.com/", "https://www.example.com/item"]);
    page.writeCookie("a=1; path=/");
    assert.equal(page.readCookies(), "a=1");
    assert.equal(ownScript(), undefined);
  });
});

test("elements and variables in place of properties of the window", () => {
  const element = { nodeType: 1, self: hostile };
  const over = { screen: element, innerWidth: element, innerHeight: "720", devicePixelRatio: undefined, localStorage: element, sessionStorage: hostile, fetch: element };
  return inPage({ over }, (page) => {
    assert.deepEqual(observedOf(page.observe(), {}, undefined).screen, {}, "only what is a number is said");
    assert.equal(page.storage("localStorage"), undefined);
    assert.equal(page.storage("sessionStorage"), undefined);
    assert.equal(page.fetch, undefined);
  });
});

// What a page took away

for (const [name, over] of [
  ["navigator", { navigator: undefined }],
  ["navigator's properties", { navigator: {} }],
  ["all that navigator says", { navigator: hostile }],
  ["screen", { screen: undefined }],
  ["screen's sizes", { screen: hostile }],
  ["storage", { Storage: undefined, localStorage: undefined }],
  ["fetch", { fetch: null }],
  ["the document's getters", { Document: class {} }],
  ["Document", { Document: undefined }],
  ["Element", { Element: null, HTMLScriptElement: null }],
  ["WebAssembly", { WebAssembly: undefined }],
  ["Promise", { Promise: undefined }],
]) {
  test(`nothing throws without ${name}`, () =>
    inPage({ over }, async (page) => {
      assert.equal(page.observe().href, URL_OF_PAGE);
      for (const text of ["title", "referrer", "canonical", "userAgent", "locale", "date"]) assert.equal(typeof page.observe()[text], "string", text);
      assert.equal(typeof page.readCookies(), "string");
      page.writeCookie("a=1");
      page.storage("localStorage");
      page.privacySignals();
      let ran = false;
      page.soon(() => (ran = true));
      await undefined;
      assert.ok(ran);
      ownScript();
      attributeOf(undefined, "src");
      await compiled("https://www.example.com/x.wasm");
    }));
}

for (const [name, navigator, expected] of [
  ["says yes", { globalPrivacyControl: true, doNotTrack: "1" }, [true, true]],
  ["says no", { globalPrivacyControl: false, doNotTrack: "0" }, [false, false]],
  ["says nothing", {}, [false, false]],
  ["says other things", { globalPrivacyControl: "1", doNotTrack: 1 }, [false, false]],
]) {
  test(`a browser that ${name}`, () =>
    inPage({ over: { navigator } }, (page) => {
      const { gpc, dnt } = page.privacySignals();
      assert.deepEqual([gpc, dnt], expected);
    }));
}

test("a page that is prerendered waits for its visitor, whatever its elements are called", () =>
  inPage({ named: { prerendering: {} } }, (page, { document, listeners }) => {
    let comes = 0;
    assert.ok(!page.awaitsVisitor(() => comes++));
    assert.deepEqual(listeners, []);
    document.isPrerendered = true;
    assert.ok(page.awaitsVisitor(() => comes++));
    const [[target, name, listener]] = listeners;
    assert.deepEqual([target, name, comes], [document, "prerenderingchange", 0]);
    listener();
    assert.equal(comes, 1);
  }));

test("there are no locks in an insecure context", () => inPage({ over: { navigator: {} } }, (page) => assert.equal(page.locks, undefined)));

test("storage and fetch are the window's", () =>
  inPage({}, async (page, { window }) => {
    assert.equal(page.storage("localStorage"), window.localStorage);
    globalThis.fetch = broken;
    assert.deepEqual(await page.fetch("https://dataplane.example.com", {}), ["https://dataplane.example.com", {}], "as it was when we came");
  }));

// The script tag

/** Script elements, made in the page that they are of. */
const withScripts = (make, run) =>
  inWindow({ scripts: [] }, ({ window, document }) => {
    const script = (src, attributes) => new window.HTMLScriptElement({ src, ...attributes });
    const { scripts, current } = make(script, window);
    window.Document.prototype.__defineGetter__("scripts", () => scripts);
    window.Document.prototype.__defineGetter__("currentScript", () => current ?? null);
    return run({ scripts, current });
  });

test("what a library makes of the browser's names is none of ours: MooTools' Document and Element, a page's own Storage and EventTarget", () => {
  class Own {}
  const over = { Document: Own, Storage: Own, EventTarget: Own, HTMLDocument: Own, Node: Own, Element: Own };
  return inPage({ over }, (page, { window, document, listeners }) => {
    assert.equal(attributeOf(document.canonical, "href"), "https://www.example.com/item");
    page.writeCookie("a=1; path=/");
    const { title, canonical } = page.observe();
    assert.deepEqual([page.readCookies(), title, canonical], ["a=1", "A title", "https://www.example.com/item"]);
    assert.equal(page.storage("localStorage"), window.localStorage);
    createEvents().listen("document", "visibilitychange", () => {});
    assert.equal(listeners[0][0], document);
  });
});

test("our tag is the script that runs", () =>
  withScripts(
    (script) => ({ scripts: [script("/dist/rudderanalytics.js")], current: script("/renamed.js") }),
    ({ current }) => assert.equal(ownScript(), current),
  ));

test("or the first that has our source, where no script is said to run", () =>
  withScripts(
    (script) => ({ scripts: [script(), script("/other.js"), script("/dist/rudderanalytics.js?v=1"), script("/rudderanalytics.js")] }),
    ({ scripts }) => assert.equal(ownScript(), scripts[2]),
  ));

test("before that a module: elements of other types do not run, and a module is not told its own", () =>
  withScripts(
    (script) => ({ scripts: [script("https://evil.example/rudderanalytics.js", { type: "text/plain" }), script("/dist/rudderanalytics.js", { type: "module" }), script("/rudderanalytics.js", { type: "module" })] }),
    ({ scripts }) => assert.equal(ownScript(), scripts[1]),
  ));

test("and no other element", () =>
  withScripts(
    (script, { Element }) => ({ scripts: [script("/other.js")], current: Object.assign(new Element(), { src: "https://evil.example/rudderanalytics.js" }) }),
    () => assert.equal(ownScript(), undefined),
  ));

test("attributes are the element's own, whatever is in the way", () =>
  withScripts(
    (script) => ({ scripts: [], current: script("/x.js", { "data-write-key": "KEY" }) }),
    ({ current }) => {
      current.getAttribute = broken;
      assert.equal(attributeOf(current, "data-write-key"), "KEY");
      assert.equal(attributeOf(current, "data-options"), null);
      assert.equal(attributeOf(undefined, "data-write-key"), undefined);
    },
  ));

test("addresses", () =>
  inWindow({}, () => {
    assert.equal(resolved("./", "https://cdn.example.com/dist/x.js"), "https://cdn.example.com/dist/");
    assert.equal(resolved("/dist/", undefined), "https://www.example.com/dist/");
    assert.equal(resolved("/dist/", ""), "https://www.example.com/dist/");
    assert.equal(resolved("https://["), "");
  }));

test("WebAssembly is compiled while it comes", async () => {
  const over = { fetch: async () => "answer", WebAssembly: { compileStreaming: async (answer) => `compiled ${await answer}` } };
  await inWindow({ over }, async () => assert.equal(await compiled("https://www.example.com/x.wasm"), "compiled answer"));
  await inWindow({ over: { ...over, WebAssembly: { compileStreaming: async () => broken() } } }, async () => assert.equal(await compiled("x"), undefined));
});
