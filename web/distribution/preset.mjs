// `node preset.mjs <wasm> <made> <folder> <module>`: MicroPython's WebAssembly with another memory to start with: that of
// an interpreter which found what it imports in the folder (bytecode), and has imported `start` and then this module. A
// page then imports nothing.
// What Python freed is filled with zeros, as the stack is, so that only what is needed is compressed.

import { readFileSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { start } from "../src/runtimes/interpreter.js";

const HEAP = 2 ** 20; // bytes to start with; a sweep goes through all of them, so they are few
const BLOCK = 16; // bytes of Python's heap that are taken or free together
const [DATA, ACTIVE, I32_CONST, END] = [11, 0, 0x41, 0x0b]; // of WebAssembly's format
const GAP = 1024; // zeros that cost less, compressed, than another segment

const [path, made, folder, door] = process.argv.slice(2);
const source = readFileSync(path);
const compiled = readdirSync(folder, { recursive: true }).map(String).filter((name) => name.endsWith(".mpy"));
/** What Python finds, by path. @type {Record<string, Uint8Array>} */
const files = Object.fromEntries(compiled.map((name) => [`/lib/${name}`, readFileSync(join(folder, name))]));

/** The exports: `start` keeps them to itself. */
let wasm;
let size;
const { instantiate } = WebAssembly;
WebAssembly.instantiate = async (...given) => {
  const instance = await instantiate(...given);
  wasm = instance.exports;
  size = wasm.memory.buffer.byteLength;
  return instance;
};

/**
 * Python's heap as its own state describes it: the table of blocks (two bits each, 0: free) with its size, the table of
 * finalisers, the first block, and where the last one ends.
 * @param {Uint32Array} words
 */
const heap = (words) => {
  const found = [];
  for (let at = 1; at + 5 <= words.length; at++) {
    const [next, table, length, finalisers, first, end] = words.subarray(at - 1);
    const fits = !next && table && table + length <= finalisers && finalisers < first && end - first === 4 * length * BLOCK;
    if (fits && 2 * (end - first) > HEAP && end <= size) found.push({ table, length, first });
  }
  if (found.length !== 1) throw new Error(`${found.length} heaps of MicroPython`);
  return found[0];
};

const memory = async () => {
  const python = await start(await WebAssembly.compile(source), files, HEAP);
  for (const module of ["start", door]) python.load(module);
  python.get("start", "sweep")("");
  if (wasm.memory.buffer.byteLength !== size) throw new Error("the memory of MicroPython grew");
  const bytes = new Uint8Array(wasm.memory.buffer);
  const { table, length, first } = heap(new Uint32Array(bytes.buffer));
  for (let block = 0; block < 4 * length; block++) {
    const kind = (bytes[table + (block >> 2)] >> (2 * (block & 3))) & 3;
    if (!kind) bytes.fill(0, first + block * BLOCK, first + (block + 1) * BLOCK);
  }
  bytes.fill(0, wasm.emscripten_stack_get_end(), wasm.emscripten_stack_get_current());
  bytes.fill(0, wasm.__start_em_js.value, wasm.__stop_em_js.value); // texts of JavaScript that nobody reads
  return bytes;
};

/** From where to where there is anything. @param {Uint8Array} bytes @returns {[number, number][]} */
const segments = (bytes) => {
  /** @type {[number, number][]} */
  const found = [];
  bytes.forEach((byte, at) => {
    const last = found.at(-1);
    if (byte && last && at - last[1] < GAP) last[1] = at + 1;
    else if (byte) found.push([at, at + 1]);
  });
  return found;
};

/** A number as WebAssembly has it: seven bits at a time, and in a signed one the seventh of the last is its sign. */
const number = (value, signed = false) => {
  const rest = Math.floor(value / 128);
  const isLast = !rest && !(signed && value & 64);
  return isLast ? [value] : [(value % 128) | 128, ...number(rest, signed)];
};

/** The number there, and where what follows begins. @param {number} at @returns {[number, number]} */
const numberAt = (at) => {
  const [rest, after] = source[at] & 128 ? numberAt(at + 1) : [0, at + 1];
  return [(source[at] & 127) + 128 * rest, after];
};

const bytes = await memory();
const found = segments(bytes);
const data = [Uint8Array.from(number(found.length))];
for (const [from, to] of found) {
  data.push(Uint8Array.from([ACTIVE, I32_CONST, ...number(from, true), END, ...number(to - from)]), bytes.subarray(from, to));
}
const parts = [source.subarray(0, 8)];
for (let at = 8; at < source.length; ) {
  const [length, content] = numberAt(at + 1);
  const isData = source[at] === DATA;
  const size = data.reduce((sum, part) => sum + part.length, 0);
  parts.push(...(isData ? [Uint8Array.from([DATA, ...number(size)]), ...data] : [source.subarray(at, content + length)]));
  at = content + length;
}
writeFileSync(made, Buffer.concat(parts));
