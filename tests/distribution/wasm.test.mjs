// The reader and writer of WebAssembly, and what leaves functions out: on the real modules, and on small ones by hand.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import { descriptionOf, memoryOf, withDescription, withMemory } from "../../web/distribution/image.mjs";
import { instrumented, partsOf, ran } from "../../web/distribution/instrument.mjs";
import { cut, trim, untilEnd, withOwnLocals } from "../../web/distribution/trim.mjs";
import { KIND, OP, Reader, constant, numberOf, read, signed, unsigned, walk, write } from "../../web/distribution/wasm.mjs";

const MODULES = new URL("../../web/node_modules/", import.meta.url);
const REAL = [
  "@micropython/micropython-webassembly-pyscript/micropython.wasm",
  "micropython-1.29/micropython.wasm",
  "pyodide/pyodide.asm.wasm",
];
const [I32, FUNCTION, FUNCTION_REFERENCE] = [0x7f, 0x60, 0x70];
const NO_LOCALS = 0;
const get = (local) => [0x20, local];
const number = (value) => [OP.i32Const, ...signed(value)];

/**
 * A module of functions (i32) -> i32, the first of them imported; the elements of a table, from 1 on, and exports by name.
 * @param {number[][]} codes the instructions of its own functions @param {number[]} table @param {Record<string, number>} exported
 */
const module = (codes, table, exported) => ({
  sections: [1, 2, 3, 4, 5, 6, 7, 9, 10, 11].map((id) => ({ id, content: Uint8Array.of(1, FUNCTION_REFERENCE, 0, 10) })),
  types: [Uint8Array.of(FUNCTION, 1, I32, 1, I32)],
  imports: [{ module: "page", name: "double", kind: KIND.function, description: Uint8Array.of(0) }],
  functions: codes.map(() => 0),
  memories: [[1, null]],
  globals: [],
  exports: [
    ...Object.entries(exported).map(([name, index]) => ({ name, kind: KIND.function, index })),
    { name: "table", kind: KIND.table, index: 0 },
  ],
  elements: [{ offset: constant(1), functions: table }],
  bodies: codes.map((code) => Uint8Array.of(NO_LOCALS, ...code, OP.end)),
  data: [{ offset: constant(8), content: new TextEncoder().encode("text") }],
});

const start = async (made) => {
  const imports = { page: { double: (value) => 2 * value } };
  return (await WebAssembly.instantiate(write(made), imports)).instance.exports;
};

// 1: adds one to what 2 gives; 2: doubles; 3: calls 1 of what is not 0, in a loop of blocks; 4: is called by nobody.
const ONE = [...get(0), OP.call, 2, ...number(1), 0x6a];
const TWO = [...get(0), OP.call, 0];
const THREE = [...get(0), OP.if, I32, ...get(0), OP.call, 1, OP.else, ...number(7), OP.end];
const FOUR = number(4);
const SMALL = () => module([ONE, TWO, THREE, FOUR], [1, 2, 3, 4], { one: 1, three: 3, four: 4 });

for (const path of REAL) {
  test(`${path} comes out as it went in`, () => {
    const bytes = readFileSync(new URL(path, MODULES));
    assert.ok(Buffer.from(write(read(bytes))).equals(bytes));
  });

  test(`every instruction of ${path} is known`, () => {
    for (const body of read(readFileSync(new URL(path, MODULES))).bodies) {
      let last;
      let end = 0;
      walk(body, (opcode, _value, from, to) => {
        assert.ok(!end || from === end);
        [last, end] = [opcode, to];
      });
      assert.deepEqual([last, end], [OP.end, body.length]);
    }
  });
}

test("numbers of all lengths", () => {
  for (const value of [0, 1, 63, 64, 127, 128, 16_383, 16_384, 2 ** 31 - 1, 2 ** 31, 2 ** 32 - 1]) {
    assert.equal(new Reader(Uint8Array.from(unsigned(value))).unsigned(), value);
  }
  for (const value of [0, 1, -1, 63, 64, -64, -65, 8191, 8192, -8192, 2 ** 31 - 1, -(2 ** 31)]) {
    assert.equal(new Reader(Uint8Array.from(signed(value))).signed(), value);
    assert.equal(numberOf(constant(value)), value);
  }
});

test("what is not known is an error", () => {
  assert.throws(() => read(Uint8Array.of(0x7f, 0x45, 0x4c, 0x46, 1, 1, 1, 0)), /no WebAssembly/);
  assert.throws(() => walk(Uint8Array.of(NO_LOCALS, 0xff, OP.end), () => {}), /0xff/);
  assert.throws(() => walk(Uint8Array.of(NO_LOCALS, 0xfd, 0, OP.end), () => {}), /0xfd/);
  assert.throws(() => write({ ...SMALL(), sections: [] }), /no section/);
  assert.throws(() => numberOf(Uint8Array.of(0x23, 0, OP.end)), /no number/);
});

test("the small module runs", async () => {
  const { one, three, four } = await start(SMALL());
  assert.deepEqual([one(5), three(5), three(0), four(0)], [11, 11, 7, 4]);
});

test("what is kept does what it did, and what is not is a trap", async () => {
  const made = trim(SMALL(), [1, 3], ["one", "three", "table"]);
  const { one, three, four, table } = await start(made);
  assert.equal(made.bodies.length, 2);
  assert.equal(four, undefined);
  assert.throws(() => one(5), WebAssembly.RuntimeError); // it needs 2
  assert.throws(() => three(5), WebAssembly.RuntimeError);
  assert.equal(three(0), 7);
  assert.deepEqual([1, 2, 3, 4].map((place) => typeof table.get(place)), ["function", "object", "function", "object"]);
  assert.equal(table.get(3)(0), 7);
});

test("functions are kept under other numbers", async () => {
  const { three, table } = await start(trim(SMALL(), [1, 2, 3], ["three", "table"]));
  assert.deepEqual([three(5), three(0), table.get(1)(5), table.get(2)(5), table.get(4)], [11, 7, 11, 10, null]);
});

test("imports that nobody calls any longer are gone", () => {
  assert.deepEqual(trim(SMALL(), [1, 3], ["three"]).imports, []);
  assert.equal(trim(SMALL(), [1, 2, 3], ["three"]).imports.length, 1);
});

test("what is exported is kept, and must be there", async () => {
  const { four } = await start(trim(SMALL(), [], ["four"]));
  assert.equal(four(0), 4);
  assert.throws(() => trim(SMALL(), [], ["five"]), /five/);
});

test("what follows in the same block goes with the call", () => {
  const gone = (called) => called === 9;
  const block = (...inside) => [OP.block, I32, ...inside, OP.end];
  const body = (...code) => Uint8Array.of(NO_LOCALS, ...code, OP.end);
  const call = [OP.call, 9];
  const trap = [OP.unreachable];
  assert.deepEqual(cut(body(...call, ...number(1), 0x6a), gone), body(...trap));
  assert.deepEqual(cut(body(...block(...get(0), ...call, ...block(...number(2)), 0x6a), ...get(0)), gone), body(...block(...get(0), ...trap), ...get(0)));
  const either = (...then) => [...get(0), OP.if, I32, ...then, OP.else, ...number(3), OP.end];
  assert.deepEqual(cut(body(...either(...call, ...get(0), 0x6a)), gone), body(...either(...trap)));
  const tried = (...inside) => [OP.try, I32, ...inside, OP.catchAll, ...number(3), OP.end];
  assert.deepEqual(cut(body(...tried(...call, 0x1a, ...number(1))), gone), body(...tried(...trap)));
  const kept = body(...block(...number(5), OP.call, 8, 0x1a, ...number(1)));
  assert.deepEqual(cut(kept, gone), kept);
});

test("a part that is left out is a trap, and no other", async () => {
  const parts = partsOf(SMALL()).filter(({ number }) => number === 3).map(({ at }) => at);
  const [, then, otherwise, after] = parts; // the first one is the function
  const left = async (at) => (await start(trim(SMALL(), [1, 2, 3], ["three"], { 3: [at] }))).three;
  const withoutThen = await left(then);
  assert.throws(() => withoutThen(5), /unreachable/);
  assert.equal(withoutThen(0), 7);
  const withoutElse = await left(otherwise);
  assert.equal(withoutElse(5), 11);
  assert.throws(() => withoutElse(0), /unreachable/);
  const withoutRest = await left(after);
  for (const given of [0, 5]) assert.throws(() => withoutRest(given), /unreachable/);
});

test("a part in a part that is left out is left out once", () => {
  const keeps = () => false;
  const body = (...code) => Uint8Array.of(NO_LOCALS, ...code, OP.end);
  const inner = [...get(0), OP.if, I32, ...number(2), OP.else, ...number(3), OP.end];
  const code = body(...get(0), OP.if, I32, ...inner, OP.else, ...number(4), OP.end);
  const parts = [5, 9];
  assert.equal(untilEnd(code, 5), inner.length);
  assert.equal(untilEnd(code, 9), number(2).length);
  const made = body(...get(0), OP.if, I32, OP.unreachable, OP.else, ...number(4), OP.end);
  assert.deepEqual(cut(code, keeps, parts), made);
  assert.deepEqual(cut(code, keeps, [5]), made);
});

test("which parts of functions run", async () => {
  const small = { ...SMALL(), exports: [...SMALL().exports, { name: "memory", kind: KIND.memory, index: 0 }] };
  const parts = partsOf(small);
  const ofThree = parts.filter(({ number }) => number === 3);
  const after = async (...given) => {
    const exports = await start(instrumented(small));
    for (const number of given) exports.three(number);
    return ran(exports, parts);
  };
  assert.deepEqual(await after(), []);
  assert.deepEqual(await after(0), [ofThree[0], ofThree[2], ofThree[3]]);
  assert.deepEqual((await after(1)).map(({ number }) => number), [1, 2, 3, 3, 3]);
  assert.deepEqual((await after(0, 1)).slice(2), ofThree);
});

test("a memory of its own, in few pieces", () => {
  const before = SMALL();
  const memory = memoryOf(before);
  assert.equal(new TextDecoder().decode(memory.subarray(8)), "text");
  const other = new Uint8Array(200_000);
  other.set([1, 2, 3], 100);
  other.set([4], 1000); // near enough to be of the same piece
  other.set([5], 150_000);
  const made = read(write(withMemory(before, other, 10)));
  assert.deepEqual(made.data.map(({ offset, content }) => [numberOf(offset), content.length]), [[100, 901], [150_000, 1]]);
  assert.deepEqual(made.memories, [[3, null]]);
  assert.deepEqual(memoryOf(made), other.subarray(0, 150_001));
});

test("what a module says of itself", () => {
  const description = { version: "1.2.3", handle: 4, given: 5, answered: 6, changes: 7 };
  assert.deepEqual(descriptionOf(read(write(withDescription(SMALL(), description)))), description);
  assert.throws(() => descriptionOf(SMALL()), /no module of ours/);
});

test("locals that nobody names go, and the others are numbered by how often they are named, each with its type", async () => {
  const F64 = 0x7c;
  // (i32) -> i32 with the locals i32 1 to 3, f64 4, i32 5 and 6: 2 and 4 are never named, 6 most often.
  const code = [...get(0), 0x21, 1, ...get(1), 0x22, 6, ...get(6), 0x6a, 0x22, 5, ...get(6), 0x6a, 0x21, 3, ...get(3)];
  const body = Uint8Array.of(3, 3, I32, 1, F64, 2, I32, ...code, OP.end);
  const made = withOwnLocals(body, 1);
  assert.deepEqual([...made.subarray(0, 3)], [1, 4, I32]);
  const named = [];
  walk(made, (opcode, value) => opcode >= OP.localGet && opcode <= OP.localTee && named.push(value));
  assert.deepEqual(named, [0, 2, 2, 1, 1, 4, 1, 3, 3]);
  const answer = async (own) => (await start({ ...SMALL(), bodies: [own, ...SMALL().bodies.slice(1)] })).one(14);
  assert.deepEqual([await answer(body), await answer(made)], [42, 42]);
});
