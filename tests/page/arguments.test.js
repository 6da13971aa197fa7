import assert from "node:assert/strict";
import test from "node:test";
import { plain, untangle } from "../../web/src/arguments.js";

const values = (method, ...given) => untangle(method, given, assert.fail).values;

/** A revoked proxy: it throws at every touch. */
const revoked = () => {
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  return proxy;
};
/** An object all of whose traps throw. */
const hostile = () =>
  new Proxy(
    {},
    new Proxy(
      {},
      {
        get: () => () => {
          throw new Error("no");
        },
      },
    ),
  );

// What plain gives

for (const [name, value, expected = JSON.parse(JSON.stringify(value) ?? "null") ?? undefined] of [
  ["texts, numbers and the like", { a: "é", b: -1.5, c: true, d: null, e: [1, "x", [null]] }],
  ["dates become ISO-8601", { at: new Date(0), never: new Date(NaN), list: [new Date(0)] }],
  ["undefined, functions and symbols are left out, and null in an array", { a: undefined, b() {}, c: Symbol("c"), list: [1, undefined, () => 1, Symbol("d"), null] }],
  ["numbers that JSON has not are null", { a: NaN, b: [Infinity, -Infinity], c: -0 + 1 }],
  ["boxed values are what they hold", { a: new Number(5), b: new String("x"), c: new Boolean(false) }],
  ["members of class instances are own ones", Object.assign(Object.create({ inherited: 1 }), { own: 1 })],
  ["maps, sets and regular expressions have no members", { map: new Map([[1, 2]]), set: new Set([1]), regexp: /x/, error: new Error("x") }],
  ["bytes are by index", { bytes: new Uint8Array([1, 2]) }],
  ["toJSON is asked, at any depth", { a: { toJSON: () => ({ b: { toJSON: () => 5 } }) } }],
  ["objects without a prototype", Object.assign(Object.create(null), { a: 1 })],
  ["an array with holes", [1, , 3]],
  ["BigInt [js 1.4]", { id: 10n, list: [2n] }, { id: "[BigInt]", list: ["[BigInt]"] }],
  ["a member called __proto__ is an own one", JSON.parse('{"__proto__": {"a": 1}, "constructor": 2}')],
]) {
  test(`plain: ${name}`, () => {
    const { value: found, tooLarge } = plain(value);
    assert.deepEqual(JSON.stringify(found), JSON.stringify(expected));
    assert.equal(tooLarge, "");
  });
}

test("a member called __proto__ changes no prototype", () => {
  const { value } = plain(JSON.parse('{"__proto__": {"a": 1}}'));
  assert.equal(Object.getPrototypeOf(value), Object.prototype);
  assert.deepEqual(Object.keys(value), ["__proto__"]);
});

test("nothing of the copy is what was given", () => {
  const given = { a: { b: [1] } };
  const { value } = plain(given);
  given.a.b.push(2);
  assert.deepEqual(value, { a: { b: [1] } });
});

test("what refers to an ancestor is said, what is shared is written again [js 1.4]", () => {
  const cycle = { name: "c" };
  cycle.self = cycle;
  cycle.list = [cycle];
  assert.deepEqual(plain(cycle).value, { name: "c", self: "[Circular Reference]", list: ["[Circular Reference]"] });
  const shared = { a: 1 };
  assert.deepEqual(plain([shared, { shared }]).value, [{ a: 1 }, { shared: { a: 1 } }]);
});

test("an object whose toJSON gives itself ends", () => {
  const self = { toJSON: () => self };
  assert.deepEqual(plain({ self }).value, { self: "[Circular Reference]" });
});

test("what throws is left out, and nothing else", () => {
  const given = {
    a: 1,
    get broken() {
      throw new Error("no");
    },
    json: {
      toJSON() {
        throw new Error("no");
      },
    },
    revoked: revoked(),
    hostile: hostile(),
    list: [revoked(), 2],
  };
  assert.deepEqual(plain(given).value, { a: 1, list: [null, 2] });
  for (const value of [revoked(), hostile()]) assert.equal(plain(value).value, undefined);
});

test("what nests deep is walked as far as Python can follow, then text", () => {
  let deep = { end: true };
  for (let level = 0; level < 100; level++) deep = { deep };
  let found = plain(deep).value;
  for (let level = 0; level < 40; level++) found = found.deep;
  assert.equal(typeof found, "string");
  assert.match(found, /"end":true/);
  for (let level = 0; level < 100_000; level++) deep = { deep };
  const text = JSON.stringify(plain(deep).value);
  assert.match(text, /\[Too Large\]/);
  assert.ok(text.length < 100_000);
});

// Graphs

/** Objects that all know each other. */
const acquainted = (count) => {
  const all = Array.from({ length: count }, (_, name) => ({ name }));
  for (const one of all) for (const other of all) one[`k${other.name}`] = other;
  return all;
};

/** How much was written, as JSON has it. */
const written = (value) => JSON.stringify(value).length;

for (const [name, given, key] of [
  ["36 objects that all know each other", { friends: acquainted(36) }, "friends"],
  ["600 of them", { friends: acquainted(600) }, "friends"],
  ["a million numbers", { numbers: Array.from({ length: 1_000_000 }, (_, at) => at) }, "numbers"],
  ["an array that is long and empty", { sparse: new Array(4_000_000_000) }, "sparse"],
  ["a million bytes", { bytes: new Uint8Array(1_000_000) }, "bytes"],
  ["as many members", Object.fromEntries(Array.from({ length: 30_000 }, (_, at) => [`k${at}`, at])), "k10177"],
  ["one object that two thousand know", { list: Array(2_000).fill(Object.fromEntries(Array.from({ length: 100 }, (_, at) => [at, at]))) }, "list"],
  ["a long text that many know", { texts: Array(1_000).fill("x".repeat(1_000_000)) }, "texts"],
  ["names that are long", { names: Array(1_000).fill({ ["x".repeat(1_000_000)]: 1 }) }, "names"],
  ["a list", acquainted(600), "k1"],
  ["a hundred thousand dates", { dates: Array(100_000).fill(new Date(0)) }, "dates"],
  ["a list of numbers", new Array(1e6).fill(1), "an argument"],
]) {
  test(`a value that is too much is cut within its budget: ${name}`, () => {
    const { value, tooLarge } = plain(given);
    assert.equal(tooLarge, key);
    assert.ok(written(value) < 9_000_000, `${written(value)} characters`);
    const count = (each) => (typeof each === "object" && each ? Object.values(each).reduce((sum, member) => sum + count(member), 1) : 1);
    assert.ok(count(value) <= 10_250, `${count(value)} values`);
  });
}

test("what fits beside what does not is there", () => {
  const { value, tooLarge } = plain({ big: "x".repeat(9_000_000), small: "y" });
  assert.deepEqual(value, { big: "[Too Large]", small: "y" });
  assert.equal(tooLarge, "big");
});

test("a proxy that has new objects for ever ends", () => {
  const endless = () => new Proxy({}, { get: (_, key) => (key === "toJSON" ? undefined : endless()), ownKeys: () => ["a", "b"], getOwnPropertyDescriptor: () => ({ enumerable: true, configurable: true }) });
  assert.ok(written(plain(endless()).value) < 9_000_000);
});

// The browser's own objects

/** A document's node as pages with React have it: the graph of everything hangs on it. */
const node = () => ({ __proto__: { nodeType: 1, nodeName: "DIV" }, __reactFiber: acquainted(36) });

test("windows and nodes are a short description", () => {
  const frame = Object.create({}, {});
  Object.defineProperty(frame, "window", { get: () => frame });
  const forbidden = new Proxy(Object.create(null), {
    get(_, name, self) {
      if (name === "window") return self;
      throw new Error("cross-origin");
    },
  });
  assert.deepEqual(plain({ frame, forbidden, node: node(), list: [node()] }).value, { frame: "[Window]", forbidden: "[Window]", node: "[DIV]", list: ["[DIV]"] });
  assert.equal(plain(node()).value, "[DIV]");
});

test("a plain object with a node's names is no node", () => {
  assert.deepEqual(plain({ nodeType: 1, nodeName: "DIV" }).value, { nodeType: 1, nodeName: "DIV" });
});

// The arguments of a call

test("the callback is the first function after the first argument, with page the first one [js 1.5]", () => {
  const callback = () => {};
  assert.deepEqual(untangle("identify", ["u1", callback, "more"], assert.fail), { values: ["u1"], callback });
  assert.deepEqual(untangle("identify", [callback, "x"], assert.fail), { values: [null, "x"] });
  assert.deepEqual(untangle("page", [callback], assert.fail), { values: [], callback });
  assert.deepEqual(untangle("track", ["a", {}, {}, callback], assert.fail), { values: ["a", {}, {}], callback });
  assert.deepEqual(untangle("track", [], assert.fail), { values: [] });
});

test("of a BigInt the digits count where a call takes ids; elsewhere it is no value [js 1.4]", () => {
  assert.deepEqual(values("identify", 12345678901234567890n, { id: 5n }), ["12345678901234567890", { id: "[BigInt]" }]);
  assert.deepEqual(values("alias", 1n, 2n), ["1", "2"]);
  assert.deepEqual(values("group", 3n), ["3"]);
  assert.deepEqual(values("setAnonymousId", 4n, 5n), ["4", "5"]);
  assert.deepEqual(values("track", 6n), ["[BigInt]"]);
});

test("what is no id must not pass for one", () => {
  assert.deepEqual(values("identify", NaN), ["NaN"]);
  assert.deepEqual(values("group", -Infinity), ["-Infinity"]);
  assert.deepEqual(values("alias", new Date(0)), [["1970-01-01T00:00:00.000Z"]]);
  assert.deepEqual(values("identify", Symbol("s")), [null]);
  assert.deepEqual(values("track", NaN, new Date(0)), [null, "1970-01-01T00:00:00.000Z"]);
  assert.deepEqual(values("page", Infinity), [null]);
});

test("what stands for a value is nobody's id: windows, nodes, what is too large", () => {
  const frame = Object.create({}, {});
  Object.defineProperty(frame, "window", { get: () => frame });
  assert.deepEqual(values("identify", frame), [["[Window]"]]);
  assert.deepEqual(values("alias", node(), "[x]"), [["[DIV]"], "[x]"]);
  assert.deepEqual(values("track", node()), ["[DIV]"]);
  assert.deepEqual(untangle("setAnonymousId", ["x".repeat(9_000_000)], () => {}).values, [["[Too Large]"]]);
  const circular = { toJSON: () => circular };
  assert.deepEqual(values("group", circular), [["[Circular Reference]"]]);
  assert.deepEqual(values("identify", { toJSON: () => "x", toString() { throw new Error("no"); } }), [["x"]]);
  assert.deepEqual(values("identify", "[u1]", { at: frame }), ["[u1]", { at: "[Window]" }]);
  assert.deepEqual(values("identify", new String("u1")), ["u1"]);
  for (const value of [revoked(), hostile()]) assert.deepEqual(values("identify", value), [null]);
});

test("what is missing is null", () => {
  assert.deepEqual(values("identify", undefined, null, undefined), [null, null, null]);
  assert.deepEqual(values("track", "x", revoked(), hostile()), ["x", null, null]);
});

test("a value that is cut is named", () => {
  const said = [];
  untangle("track", ["x", { huge: new Uint8Array(1e6) }, "x".repeat(9_000_000)], (name) => said.push(name));
  assert.deepEqual(said, ["huge", "an argument"]);
});

test("a graph that knows itself ends where a page broke the methods of sets", () => {
  const { add } = Set.prototype;
  const graph = { a: 1 };
  graph.self = graph;
  try {
    Set.prototype.add = () => {};
    assert.deepEqual(plain(graph).value, { a: 1, self: "[Circular Reference]" });
  } finally {
    Set.prototype.add = add;
  }
});
