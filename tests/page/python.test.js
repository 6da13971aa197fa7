import assert from "node:assert/strict";
import test from "node:test";
import { createDoor } from "../../web/src/python.js";
import { createScriptedCore } from "./core.js";
import { createBrowser, settle } from "./browser.js";
import { LOAD, visit } from "./visit.js";

/** A function as Python passes it: Pyodide's is gone when the call returns, unless it is copied. */
const borrowed = (run) => {
  let isGone = false;
  const proxy = (...given) => {
    if (isGone) throw new Error("This borrowed proxy was automatically destroyed");
    return run(...given);
  };
  return { proxy: Object.assign(proxy, { copy: () => run }), end: () => (isGone = true) };
};

const open = (isHost = true) => {
  const visited = visit(createBrowser(), { core: null });
  return { ...visited, door: createDoor(visited.client, isHost) };
};

test("calls and answers are JSON text", () => {
  const { door, api } = open();
  door.call(JSON.stringify(["identify", "u1", { a: [1, null] }]));
  assert.equal(api.getUserId(), "u1");
  assert.equal(door.call('["getUserTraits"]'), '{"a":[1,null]}');
  assert.match(JSON.parse(door.call('["track", "x"]')), /^[0-9a-f-]{36}$/);
  assert.equal(door.call('["getSessionId"]'), "null");
});

test("Python's core becomes the client's, once, kept beyond the call", async () => {
  const browser = createBrowser();
  const core = createScriptedCore();
  const { api, client, come } = visit(browser, { core: null });
  const { createCore } = await import("../../web/src/core.js");
  const page = visit(browser, { boot: async () => ({ createCore }) });
  const door = createDoor(page.client, true);
  const { proxy, end } = borrowed((text) => core.handle(text));
  door.attach(proxy, "pyodide 0.29");
  end();
  page.api.load(...LOAD);
  await settle();
  assert.equal(core.of("load")[0].runtime, "pyodide 0.29");
  door.attach(() => assert.fail("a second one"), "another");
  page.api.track("x");
  assert.equal(core.of("track").length, 1);
  assert.ok(api && client && come);
});

test("a page with a runtime of its own takes no other", () => {
  const { door, client } = open(false);
  client.attach = assert.fail;
  door.attach(() => "", "pyodide");
});

test("listeners get JSON text", async () => {
  const browser = createBrowser();
  const { client, api } = visit(browser);
  const door = createDoor(client, false);
  const heard = [];
  const { proxy, end } = borrowed((text) => heard.push(text));
  door.on("delivered", proxy);
  door.on("ready", proxy);
  end();
  api.load(...LOAD);
  await settle();
  const id = api.track("x");
  await settle();
  assert.deepEqual(heard, ["null", `{"messageId":"${id}"}`]);
  assert.equal(await door.flush(), '{"delivered":1,"dropped":0,"pending":0}');
});

test("without a name it is the before_send of the next load, which answers JSON text", async () => {
  const { client, api, core } = visit(createBrowser());
  const door = createDoor(client, false);
  door.on("", (text) => JSON.stringify({ ...JSON.parse(text), event: "changed" }));
  api.load(...LOAD);
  await settle();
  api.track("x");
  await settle();
  assert.equal(core.of("load")[0].reviews, true);
  assert.equal(core.of("reviewed")[0].message.event, "changed");
});

test("lists reach Python as lists on a page where arrays have a toJSON", () => {
  Array.prototype.toJSON = () => "[]";
  try {
    const { door } = open();
    door.call('["identify", "u1", {"list": [1, 2]}]');
    assert.equal(door.call('["getUserTraits"]'), '{"list":[1,2]}');
  } finally {
    delete Array.prototype.toJSON;
  }
});
