import assert from "node:assert/strict";
import test from "node:test";
import { Map, Set } from "../../web/src/collections.js";

const replacing = (object, name, value, run) => {
  const before = Object.getOwnPropertyDescriptor(object, name);
  Object.defineProperty(object, name, { value, configurable: true, writable: true });
  try {
    return run();
  } finally {
    Object.defineProperty(object, name, before);
  }
};

test("a page that changes maps and sets while it is open changes none of ours", () => {
  for (const value of [null, () => {}]) {
    for (const name of ["get", "set", "has", "delete", "values", "entries", "forEach", "clear"]) {
      replacing(globalThis.Map.prototype, name, value, () => {
        const map = new Map();
        map.set("a", 1).set("b", 2);
        assert.deepEqual([map.has("a"), map.get("b"), map.delete("a"), map.size, [...map.values()]], [true, 2, true, 1, [2]]);
      });
    }
    for (const name of ["add", "has", "delete", "values"]) {
      replacing(globalThis.Set.prototype, name, value, () => {
        const set = new Set();
        set.add("a");
        assert.deepEqual([set.has("a"), [...set], set.delete("a"), set.size], [true, ["a"], true, 0]);
      });
    }
  }
});

test("they are the language's all the same", () => {
  assert.ok(new Map() instanceof globalThis.Map && new Set() instanceof globalThis.Set);
  assert.deepEqual([...new Map([["a", 1]]), ...new Set("b")], [["a", 1], "b"]);
});

test("where they were broken when we came, we do not come: nothing is taken for delivered", async () => {
  for (const [object, name] of [[globalThis.Map.prototype, "has"], [globalThis.Set.prototype, "delete"], [Array.prototype, "includes"]]) {
    const before = Object.getOwnPropertyDescriptor(object, name);
    const coming = import(`../../web/src/collections.js?${name}`);
    // What Node needs to find the module it has by now; the module itself comes later.
    Object.defineProperty(object, name, { value: () => {}, configurable: true, writable: true });
    const came = await coming.then(() => true, () => false);
    Object.defineProperty(object, name, before);
    assert.equal(came, false, name);
  }
});
