import assert from "node:assert/strict";
import test from "node:test";
import { install } from "../../web/src/install.js";
import { inWindow } from "./window.js";

const OURS = { installType: "script", boot: () => new Promise(() => {}), bring: () => new Promise(() => {}) };
const LOAD = ["KEY", "https://dataplane.example.com"];

const installed = (before, check, loadNow = () => {}) =>
  inWindow({ over: { rudderanalytics: before } }, async ({ window, lines }) => {
    install(OURS, false, loadNow);
    await check({ api: globalThis.rudderanalytics, lines, window });
  });

test("a client, where there is nothing", () =>
  installed(undefined, ({ api, lines }) => {
    assert.equal(api.version, "1.2.3");
    assert.equal(typeof api.python.call, "function");
    assert.deepEqual(lines, []);
  }));

test("what the loading snippet buffered is replayed after load, consent first [js 1.11, 1.12]", () => {
  const buffered = [["track", "a"], ["setDefaultInstanceKey", "x"], ["consent", {}], ["identify", "u1"], ["addCustomIntegration"], ["consent", { b: 1 }]];
  const order = [];
  return installed(buffered, ({ api, lines }) => {
    assert.deepEqual(order, ["load"]);
    assert.equal(api.getUserId(), "u1");
    assert.equal(api.stats().pending, 4);
    assert.deepEqual(lines, []);
  }, () => order.push("load"));
});

test("what was buffered may load", () =>
  installed([["load", ...LOAD], ["identify", "u1"]], ({ api }) => assert.deepEqual([api.getUserId(), api.stats().pending], ["u1", 1])));

const throwing = new Proxy({}, { get: () => { throw new Error("no"); } });

test("entries that are none are one line each, and throw nothing", () =>
  installed([null, undefined, 5, "track", {}, [], [null], ["python"], ["toString"], ["__proto__"], throwing, ["identify", "u1"]], ({ api, lines }) => {
    assert.equal(api.getUserId(), "u1");
    assert.deepEqual(lines.filter((line) => !line.startsWith("error [rudderanalytics] push failed")), []);
  }));

test("a client that is there stays, and is loaded", () => {
  const there = { python: { call() {} } };
  const loaded = [];
  return installed(there, ({ api }) => {
    assert.equal(api, there);
    assert.deepEqual(loaded, [there]);
  }, (api) => loaded.push(api));
});

for (const before of [{}, 5, "text", () => {}, { python: {} }, { nodeType: 1, nodeName: "DIV" }, throwing]) {
  test(`anything else is replaced: ${typeof before}`, () =>
    installed(before, ({ api, lines }) => {
      assert.equal(api.version, "1.2.3");
      assert.deepEqual(lines, []);
    }));
}

test("a name that cannot be read or set throws nothing", () =>
  inWindow({}, () => {
    Object.defineProperty(globalThis, "rudderanalytics", { get() { throw new Error("no"); }, configurable: true });
    let api;
    install(OURS, false, (made) => (api = made));
    assert.equal(api.version, "1.2.3");
  }));
