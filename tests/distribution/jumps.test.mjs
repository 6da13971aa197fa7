// C's longjmp as WebAssembly's own exception: on a small module by hand, and on MicroPython's.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import { withOwnJumps } from "../../web/distribution/jumps.mjs";
import { trim } from "../../web/distribution/trim.mjs";
import { KIND, OP, constant, read, signed, write } from "../../web/distribution/wasm.mjs";

const MICROPYTHON = "../../web/node_modules/@micropython/micropython-webassembly-pyscript/micropython.wasm";
const [I32, FUNCTION, FUNCTION_REFERENCE] = [0x7f, 0x60, 0x70];
const [MUTABLE, NO_LOCALS, NO_RESULT] = [1, 0, 0x40];
const get = (local) => [OP.localGet, local];
const number = (value) => [OP.i32Const, ...signed(value)];
const [STACK, THREW] = [0, 1]; // globals

const imported = (name, type) => ({ module: "env", name, kind: KIND.function, description: Uint8Array.of(type) });
const global = (value) => ({ type: Uint8Array.of(I32, MUTABLE), value: constant(value) });

// Functions 0 to 3 are imported. `act(what)` takes 16 bytes of the stack, and jumps (1), traps (2), asks the page (3), or gives 10 more than it was given.
const ACT = [
  ...[OP.globalGet, STACK, ...number(16), 0x6b, OP.globalSet, STACK],
  ...[...get(0), ...number(1), 0x46, OP.if, NO_RESULT, OP.call, 2, OP.end],
  ...[...get(0), ...number(2), 0x46, OP.if, NO_RESULT, OP.unreachable, OP.end],
  ...[...get(0), ...number(3), 0x46, OP.if, NO_RESULT, OP.call, 3, OP.end],
  ...[OP.globalGet, STACK, ...number(16), 0x6a, OP.globalSet, STACK],
  ...[...get(0), ...number(10), 0x6a],
];
const TYPES = [[[I32, I32], [I32]], [[I32, I32], []], [[], []], [[I32], [I32]], [[], [I32]]];
const FUNCTIONS = [
  { name: "act", type: 3, code: ACT },
  { name: "try_", type: 3, code: [...number(1), ...get(0), OP.call, 0] }, // what is in the table's place 1
  { name: "tryAndForget", type: 3, code: [...number(2), ...get(0), OP.call, 1, ...number(7)] },
  { name: "setThrew", type: 1, code: [...get(0), OP.globalSet, THREW] },
  { name: "emscripten_stack_get_current", type: 4, code: [OP.globalGet, STACK] },
  { name: "threw", type: 4, code: [OP.globalGet, THREW] },
  { name: "actAndForget", type: 3, code: [...get(0), OP.call, 4] },
];
const NAMES = FUNCTIONS.map(({ name }) => name);

const small = () => ({
  sections: [1, 2, 3, 4, 5, 6, 7, 9, 10].map((id) => ({ id, content: Uint8Array.of(1, FUNCTION_REFERENCE, 0, 10) })),
  types: TYPES.map(([parameters, results]) => Uint8Array.of(FUNCTION, parameters.length, ...parameters, results.length, ...results)),
  imports: [imported("invoke_ii", 0), imported("invoke_vi", 1), imported("_emscripten_throw_longjmp", 2), imported("ask", 2)],
  functions: FUNCTIONS.map(({ type }) => type),
  memories: [[1, null]],
  globals: [global(1_000), global(0)],
  exports: FUNCTIONS.map(({ name }, at) => ({ name, kind: KIND.function, index: 4 + at })),
  elements: [{ offset: constant(1), functions: [4, 11] }],
  bodies: [...FUNCTIONS.map(({ code }) => Uint8Array.of(NO_LOCALS, ...code, OP.end)), Uint8Array.of(NO_LOCALS, ...get(0), OP.call, 4, 0x1a, OP.end)],
  data: [],
});

/** The table's second function gives nothing. */
const whole = () => {
  const made = small();
  return { ...made, types: [...made.types, Uint8Array.of(FUNCTION, 1, I32, 0)], functions: [...made.functions, 5] };
};

const start = async (ask = () => {}) => {
  const made = trim(...withOwnJumps(whole()), NAMES);
  assert.deepEqual(made.imports.map(({ name }) => name), ["ask"], "nothing of a jump is left to JavaScript");
  return (await WebAssembly.instantiate(write(made), { env: { ask } })).instance.exports;
};

test("who does not jump gives what it gives", async () => {
  const { try_, tryAndForget, threw, emscripten_stack_get_current: stack } = await start();
  assert.deepEqual([try_(5), tryAndForget(5), threw(), stack()], [15, 7, 0, 1_000]);
});

test("a jump ends where it was tried, with the stack as it was there", async () => {
  const { try_, tryAndForget, threw, emscripten_stack_get_current: stack } = await start();
  assert.deepEqual([try_(1), threw(), stack()], [0, 1, 1_000]);
  assert.deepEqual([tryAndForget(1), threw(), stack()], [7, 1, 1_000]);
  assert.equal(try_(5), 15, "it goes on");
});

test("a trap is no jump: nothing in the module catches it", async () => {
  const { try_, threw } = await start();
  assert.throws(() => try_(2), WebAssembly.RuntimeError);
  assert.equal(threw(), 0);
});

test("nor is an error of the page's", async () => {
  const { try_, threw } = await start(() => {
    throw new RangeError("the page's");
  });
  assert.throws(() => try_(3), { message: "the page's" });
  assert.equal(threw(), 0);
});

test("a module that does not say where C's stack is, is an error", () => {
  const made = whole();
  made.bodies[4] = Uint8Array.of(NO_LOCALS, ...number(5), OP.end);
  assert.throws(() => withOwnJumps(made), /stack/);
});

test("MicroPython's jumps can all be its own", async () => {
  const original = read(readFileSync(new URL(MICROPYTHON, import.meta.url)));
  const [made, functions] = withOwnJumps(original);
  const own = trim(made, functions, original.exports.map(({ name }) => name).filter((name) => name !== "emscripten_stack_get_current"));
  const left = own.imports.map(({ name }) => name).filter((name) => /^invoke_|longjmp/.test(name));
  assert.deepEqual(left, []);
  assert.ok(WebAssembly.validate(write(own)));
});
