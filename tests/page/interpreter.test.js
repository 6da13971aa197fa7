import assert from "node:assert/strict";
import test from "node:test";
import { call, instantiate, restore, result, save } from "../../web/src/runtimes/interpreter.js";
import { described, openInterpreter as open, whole } from "./micropython.js";

const FLUSH = '{"type":"flush","now":1}';
/** What it answers before `load`. */
const EARLY = '[{"text":"flush: load has not been called; it is ignored","level":"ERROR","type":"log"}]';

test("a module of ours says what is where in it", () => {
  assert.match(described.version, /^1\.\d+/);
  for (const place of ["handle", "given", "answered", "names", "changes"]) assert.equal(typeof described[place], "number", place);
});

test("a function of Python's takes a text and gives one, whatever is in it", async () => {
  const handle = call(await open(), described);
  assert.equal(handle(FLUSH), EARLY);
  for (const text of ["", "no JSON ✓ 😀", "\0", "x".repeat(100_000)]) assert.match(handle(text), /^\[\{"text":"an input failed: .*"type":"fail"\}\]$/);
  assert.equal(handle(FLUSH), EARLY, "it lives on");
});

test("memory grows with what Python needs", async () => {
  const wasm = await open();
  const before = wasm.memory.buffer.byteLength;
  const handle = call(wasm, described);
  handle(`+"${"x".repeat(3_000_000)}`);
  handle(`+${"x".repeat(3_000_000)}`);
  assert.ok(wasm.memory.buffer.byteLength > before);
  assert.match(handle('"'), /"fail"/);
});

test("where the browser has no more, that is an error, and harms nothing", async () => {
  const handle = call(await open(), described);
  const { grow } = WebAssembly.Memory.prototype;
  WebAssembly.Memory.prototype.grow = () => {
    throw new RangeError("no more memory");
  };
  try {
    assert.throws(() => handle(`+${"x".repeat(50_000_000)}`), { message: "there is no memory for it" });
    for (let piece = 0; piece < 4; piece++) handle(`+${"x".repeat(300_000)}`); // Python is told that it has none
  } finally {
    WebAssembly.Memory.prototype.grow = grow;
  }
  handle("");
  assert.equal(handle(FLUSH), EARLY);
});

test("an instance goes on with the memory of another", async () => {
  const load = (wasm) => call(wasm, described)('{"type":"load"}');
  const one = await open();
  load(one);
  const other = await instantiate(await whole);
  restore(other, described, save(one, described));
  assert.deepEqual(call(other, described)(FLUSH), call(one, described)(FLUSH));
});

/** A memory in which Python has answered this. */
const answered = (kind, size, text = "") => {
  const memory = { buffer: new ArrayBuffer(64) };
  new Int32Array(memory.buffer).set([kind, size, 16]);
  new Uint8Array(memory.buffer, 16).set(new TextEncoder().encode(text));
  const freed = [];
  return { memory, freed, free: (at) => freed.push(at) };
};

test("what Python answers: a text, an error that says it, or the number of what else it was", () => {
  assert.equal(result(answered(5, 3, "abc"), 0), "abc");
  assert.equal(result(answered(1, 42), 0), 42);
  const failed = answered(-1, 9, "Type\x04what");
  assert.throws(() => result(failed, 0), { message: "Type: what" });
  assert.deepEqual(failed.freed, [16]);
});

/** `(module (import "env" <asked> (func)) (memory 1) (func (call 0)) (export ...))` */
const asking = (asked) => {
  const text = (name) => [name.length, ...new TextEncoder().encode(name)];
  const section = (id, ...content) => [id, content.length, ...content];
  return WebAssembly.compile(
    Uint8Array.from([
      0, 0x61, 0x73, 0x6d, 1, 0, 0, 0,
      ...section(1, 1, 0x60, 0, 0),
      ...section(2, 1, ...text("env"), ...text(asked), 0, 0),
      ...section(3, 2, 0, 0),
      ...section(5, 1, 0, 1),
      ...section(7, 3, ...text("memory"), 2, 0, ...text("emscripten_stack_init"), 0, 1, ...text("run"), 0, 2),
      ...section(10, 2, 2, 0, 0x0b, 4, 0, 0x10, 0, 0x0b),
    ]),
  );
};

test("what a core has no use for is not there, and says what it was", async () => {
  assert.throws((await instantiate(await asking("fd_seek"))).run, { message: "MicroPython asked for fd_seek" });
  let asked = 0;
  (await instantiate(await asking("mine"), () => ({ mine: () => asked++ }))).run();
  assert.equal(asked, 1, "unless it is given");
});
