// `node preset.mjs <wasm> <made> <loose> <folder> <module>`: MicroPython's WebAssembly with another memory to start with: that of an
// interpreter which found what it imports in the folder (bytecode), imported `start` and then this module, whose `handle`
// is the door to the core. A page then imports nothing, and needs no file. What Python freed is filled with zeros, as the
// stack is, and what is left lies in order, so that only what is needed is compressed. `loose` is the same with all where Python
// had put it. Where `handle` is, the module says in a section of its own.

import { readFileSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { call, instantiate, result, TEXT } from "../src/runtimes/interpreter.js";
import { frozenNames } from "./constants.mjs";
import { withDescription, withMemory } from "./image.mjs";
import { close, hasEnd, learned, sayOrder } from "./names.mjs";
import { heapIn, pack } from "./pack.mjs";
import { constant, numberOf, read, write } from "./wasm.mjs";

const HEAP = 2 ** 20; // bytes to start with; a sweep goes through all of them, so they are few
const STACK = 2048; // words for Python's calls
const BLOCK = 16; // bytes of Python's heap that are taken or free together
const NAMES = 128; // that a page may learn without another pool: letters, as it goes through texts

// Of the C library of that build.
const NO_FILE = -44; // ENOENT
const [IS_FILE, IS_FOLDER] = [0x8000, 0x4000];
const FIRST_FILE = 3; // those before are the streams

const [path, made, loose, folder, door] = process.argv.slice(2);
const source = readFileSync(path);
const compiled = readdirSync(folder, { recursive: true }).map(String).filter((name) => name.endsWith(".mpy"));
/** What Python finds, by path. @type {Record<string, Uint8Array>} */
const files = Object.fromEntries(compiled.map((name) => [`/lib/${name}`, readFileSync(join(folder, name))]));

/** What C asks for that Python may read these files, and no other. @param {() => Uint8Array<ArrayBuffer>} memory */
const reading = (memory) => {
  const paths = Object.keys(files);
  /** Files that were opened, and how far they were read. @type {{content: Uint8Array, at: number}[]} */
  const opened = [];
  const words = () => new Int32Array(memory().buffer);

  /** @param {number} at where a C text is */
  const textAt = (at) => {
    const all = memory();
    return new TextDecoder().decode(all.subarray(at, all.indexOf(0, at)));
  };

  return {
    __syscall_stat64: (/** @type {number} */ at, /** @type {number} */ found) => {
      const path = textAt(at);
      const mode = files[path] ? IS_FILE : paths.some((each) => each.startsWith(path + "/")) ? IS_FOLDER : 0;
      words()[found / 4 + 1] = mode;
      return mode ? 0 : NO_FILE;
    },
    __syscall_openat: (/** @type {number} */ _folder, /** @type {number} */ at) => {
      const content = files[textAt(at)];
      return content ? opened.push({ content, at: 0 }) - 1 + FIRST_FILE : NO_FILE;
    },
    fd_read: (/** @type {number} */ number, /** @type {number} */ pieces, /** @type {number} */ count, /** @type {number} */ taken) => {
      const file = opened[number - FIRST_FILE];
      const start = file.at;
      for (let piece = 0; piece < count; piece++) {
        const [at, size] = words().subarray(pieces / 4 + 2 * piece);
        const content = file.content.subarray(file.at, file.at + size);
        memory().set(content, at);
        file.at += content.length;
      }
      words()[taken / 4] = file.at - start;
      return 0;
    },
    fd_close: () => 0,
    __syscall_getcwd: () => NO_FILE,
  };
};

/**
 * Makes Python forget the names of frozen modules, none of which is imported (micropython.py): what it was told to begin
 * with is the pool before theirs. `known`: where in the memory it says which pool is the last; `own`: that pool.
 */
const forgetFrozen = () => {
  const { at, before } = frozenNames(new Uint8Array(wasm.memory.buffer));
  const words = new Uint32Array(wasm.memory.buffer);
  const known = words.indexOf(at);
  if (known < 0 || words.indexOf(at, known + 1) >= 0) throw new Error("Python has learned names already");
  words[known] = before;
  return { known, own: before };
};

/** @type {any} */
let wasm;
let size = 0;
let places = { given: 0, answered: 0 };
let pools = { known: 0, own: 0 };

const begin = async () => {
  wasm = await instantiate(await WebAssembly.compile(source), reading);
  size = wasm.memory.buffer.byteLength;
  wasm.__wasm_call_ctors();
  wasm.mp_js_init(STACK, HEAP);
  wasm.proxy_c_init();
  pools = forgetFrozen();
  places = { given: wasm.malloc(12), answered: wasm.malloc(12) };
};

const memoryNow = () => new Uint8Array(wasm.memory.buffer);
const lastPool = () => new Uint32Array(wasm.memory.buffer)[pools.known];

/** Does something with a C text that goes afterwards; what Python answers. @param {string} text @param {(at: number) => void} ask */
const lend = (text, ask) => {
  const at = wasm.malloc(text.length + 1);
  new TextEncoder().encodeInto(text + "\0", new Uint8Array(wasm.memory.buffer, at));
  ask(at);
  wasm.free(at);
  return result(wasm, places.answered);
};

/** @param {string} module @param {string} name @returns {number} Python's number of a function of a module */
const find = (module, name) => {
  const found = lend(module, (at) => wasm.mp_js_do_import(at, places.answered));
  return lend(name, (at) => wasm.proxy_c_to_js_lookup_attr(found, at, places.answered));
};

/** Python learns a name; some are no text that JavaScript has. @param {number} learn its function @param {Uint8Array} name */
const teach = (learn, name) => {
  const at = wasm.malloc(name.length + 1); // Python frees it
  memoryNow().set([...name, 0], at);
  new Int32Array(wasm.memory.buffer).set([TEXT, name.length, at], places.given / 4);
  wasm.proxy_c_to_js_call(learn, 1, places.given, places.answered);
  result(wasm, places.answered);
};

/** The memory, with zeros where there is nothing of use. @param {import("./pack.mjs").Heap} heap */
const image = ({ table, length, first }) => {
  if (wasm.memory.buffer.byteLength !== size) throw new Error("the memory of MicroPython grew");
  const bytes = memoryNow();
  for (let block = 0; block < 4 * length; block++) {
    const kind = (bytes[table + (block >> 2)] >> (2 * (block & 3))) & 3;
    if (!kind) bytes.fill(0, first + block * BLOCK, first + (block + 1) * BLOCK);
  }
  bytes.fill(0, wasm.emscripten_stack_get_end(), wasm.emscripten_stack_get_current());
  bytes.fill(0, wasm.__start_em_js.value, wasm.__stop_em_js.value); // texts of JavaScript that nobody reads
  return bytes;
};

const original = read(source);
/** C's linker puts constants first, and what may change into segments of their own. */
const [constants, first] = original.data.map(({ offset, content }) => ({ at: numberOf(offset ?? constant(0)), content }));

const ask = (/** @type {string} */ name) => call(wasm, { ...places, handle: find("start", name) })("");
const importAll = () => ({ version: ask("version"), handle: find(door, "handle") });

// Twice: what Python learned the first time it learns in order the second time, before it imports anything (names.mjs).
await begin();
importAll();
const names = learned(memoryNow(), lastPool(), pools.own);
await begin();
const learn = find("start", "learn");
for (const name of names) if (!hasEnd(name)) teach(learn, name);
close(memoryNow(), lastPool(), NAMES);
for (const name of names) if (hasEnd(name)) teach(learn, name);
const told = { ...importAll(), ...places, changes: first.at };
ask("sweep");
const there = heapIn(memoryNow());
const memory = image(there);
const description = { ...told, names: lastPool() };
sayOrder(memory, description.names, pools.own);
const save = (/** @type {string} */ path) => writeFileSync(path, write(withDescription(withMemory(original, memory), description)));
const unchanged = memory.subarray(constants.at, constants.at + constants.content.length);
if (!Buffer.from(unchanged).equals(constants.content)) throw new Error("what should be constant has changed");
save(loose);
pack(memory, there, description);
save(made);
