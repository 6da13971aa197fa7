import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test, { after } from "node:test";
import { pathToFileURL } from "node:url";
import { createScriptedCore } from "./core.js";
import { settle, until } from "./browser.js";
import { inWindow } from "./window.js";

const folder = mkdtempSync(join(tmpdir(), "npm-"));
after(() => rmSync(folder, { recursive: true }));
const core = JSON.stringify(new URL("../../web/src/core.js", import.meta.url).href);
const runtime = `export { createCore } from ${core}; export const boot = async (compiled, at) => { globalThis.booted.push([await compiled, at("x.zip")]); return { name: "stand-in 1", handle: (text) => globalThis.scripted.handle(text) }; };`;
writeFileSync(join(folder, "package.json"), '{"type": "module"}');
writeFileSync(join(folder, "core.mjs"), `export { createCore } from ${core};`);
for (const name of ["micropython", "pyodide"]) {
  mkdirSync(join(folder, name));
  writeFileSync(join(folder, name, "rudderanalytics.mjs"), runtime);
}
const ASSETS = pathToFileURL(folder).href;
const LOAD = ["KEY", "https://dataplane.example.com"];

let number = 0;

/** The package in a page, anew. */
const inPage = (run, over = {}) => {
  Object.assign(globalThis, { booted: [], scripted: createScriptedCore() });
  return inWindow({ over: { fetch: async (url) => url, WebAssembly: { compileStreaming: async (answer) => `compiled ${String(await answer).split("/").at(-1)}` }, ...over } }, async (opened) => run(await import(`../../web/src/npm.js?${++number}`), opened));
};

test("on a server nothing is done, and getters answer as for a visitor who is not known", async () => {
  const sdk = await import("../../web/src/npm.js?server");
  sdk.load(...LOAD);
  assert.deepEqual([sdk.identify("u1"), sdk.getUserId(), sdk.getUserTraits(), sdk.getGroupTraits(), sdk.getSessionId(), sdk.consent()], ["", "", {}, {}, null, undefined]);
  sdk.on("ready", assert.fail)();
  assert.deepEqual(await sdk.flush(), { delivered: 0, dropped: 0, pending: 0 });
  assert.deepEqual(sdk.stats(), { accepted: 0, retried: 0, repeated: 0, delivered: 0, dropped: {}, pending: 0 });
});

test("the page has one client, however often it is asked for and by what name", () =>
  inPage(async ({ RudderAnalytics, identify, getUserId }) => {
    assert.equal(globalThis.rudderanalytics, undefined, "it is made when it is asked for anything");
    identify("u1");
    const [one, other] = [new RudderAnalytics(), new RudderAnalytics()];
    assert.deepEqual([getUserId(), one.getUserId(), other.getUserId(), globalThis.rudderanalytics.getUserId()], ["u1", "u1", "u1", "u1"]);
    assert.equal(one.version, "1.2.3");
    assert.deepEqual(Object.keys(one).filter((name) => name !== "version" && typeof one[name] !== "function"), []);
  }));

test("an instance that loads another write key is a client of its own, with a runtime of its own", () =>
  inPage(async ({ RudderAnalytics, getAnalyticsInstance }) => {
    const [one, other, third] = [new RudderAnalytics(), new RudderAnalytics(), new RudderAnalytics()];
    one.load("ONE", LOAD[1], { runtime: "micropython", assetsUrl: ASSETS });
    other.load("OTHER", "https://other.example.com", { runtime: "pyodide" });
    third.load("ONE", LOAD[1]);
    one.identify("u1");
    other.track("x");
    await until(() => globalThis.booted.length === 2 && globalThis.scripted.of("load").length === 2 && globalThis.scripted.of("track").length);
    // Whichever was first ready.
    assert.deepEqual(globalThis.booted.map(([, file]) => file).sort(), [`${ASSETS}/micropython/x.zip`, `${ASSETS}/pyodide/x.zip`]);
    assert.deepEqual(globalThis.scripted.of("load").map(({ writeKey, dataPlaneUrl }) => [writeKey, dataPlaneUrl]).sort(), [["ONE", LOAD[1]], ["OTHER", "https://other.example.com"]]);
    assert.equal(third.stats().accepted, one.stats().accepted);
    assert.equal(getAnalyticsInstance("OTHER").stats().accepted, other.stats().accepted);
  }));

test("one that the script tag made stays", () => {
  const there = { python: { call() {}, attach() {} }, load: (...given) => given, getUserId: () => "of the tag" };
  return inPage(async ({ load, getUserId }) => {
    assert.equal(getUserId(), "of the tag");
    assert.deepEqual(load("a"), ["a"]);
  }, { rudderanalytics: there });
});

for (const name of ["pyodide", "micropython"]) {
  test(`${name}, from where the page says that its files are`, () =>
    inPage(async ({ load, track, flush }) => {
      load(...LOAD, { runtime: name, assetsUrl: `${ASSETS}//` });
      track("x");
      await until(() => globalThis.scripted.of("track").length);
      assert.deepEqual(globalThis.booted, [["compiled rudderanalytics.wasm", `${ASSETS}/${name}/x.zip`]]);
      assert.equal(globalThis.scripted.of("load")[0].installType, "npm");
      assert.equal((await flush(1)).dropped, 0);
    }));
}

test("an unknown runtime is the usual one", () =>
  inPage(async ({ load }) => {
    load(...LOAD, { runtime: "perl", assetsUrl: ASSETS });
    await until(() => globalThis.booted.length);
    assert.equal(globalThis.booted[0][1], `${ASSETS}/pyodide/x.zip`);
  }));

test("files that are nowhere are one line: here no bundler has put them beside the package", () =>
  inPage(async ({ load }, { lines }) => {
    load(...LOAD, { runtime: "micropython" });
    await until(() => lines.length);
    assert.match(lines[0], /Python failed.*assets\/micropython\/rudderanalytics\.mjs/);
  }));

for (const early of [true, false]) {
  test(`the page's own Python holds the core where it is asked to, ${early ? "before" : "after"} load`, () =>
    inPage(async ({ load, ready, stats }) => {
      ready(() => {});
      const attach = () => globalThis.rudderanalytics.python.attach((text) => globalThis.scripted.handle(text), "pyodide 0.29.5");
      if (early) attach();
      load(...LOAD, { runtime: "host", assetsUrl: ASSETS });
      if (!early) attach();
      await until(() => globalThis.scripted.of("load").length);
      assert.equal(globalThis.scripted.of("load")[0].runtime, "pyodide 0.29.5");
      assert.equal(stats().pending, 0);
    }));
}

test("and not where it is not", () =>
  inPage(async ({ load, push }) => {
    push(["track", "x"]);
    globalThis.rudderanalytics.python.attach(assert.fail, "pyodide");
    load(...LOAD, { assetsUrl: ASSETS });
    await until(() => globalThis.scripted.of("load").length);
    await settle();
    assert.equal(globalThis.scripted.of("load")[0].runtime, "stand-in 1");
  }));
