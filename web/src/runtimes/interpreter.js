// MicroPython's WebAssembly, the PyScript build, as an interpreter that takes and gives text. It replaces the
// JavaScript that comes with that build, which weighs eight times as much: it has a file system that can be written and
// proxies, which a core of text in, text out has no use for, and keeps its state in the page's global names, where a
// page's own MicroPython keeps its too. What a function takes and gives is set by that build (web/package.json pins it).

import { fillNames } from "./names.js";

export const TEXT = 5; // the kind of value that a text is, both ways
const FAILED = -1;
const PAGE = 65_536;
const SECTION = "rudderanalytics"; // that `make build` puts into the module

/**
 * What a module of ours says of itself: the version of MicroPython; where in its memory are the number of the core's
 * `handle`, what it is given and what it answers; the last pool of names (names.js); and where what changes begins: before that
 * are constants, of which some may be left out, and the stack, on which there is nothing between two inputs.
 * @typedef {{version: string, handle: number, given: number, answered: number, names: number, changes: number}} Description
 */

/** @param {WebAssembly.Module} module @returns {Description | undefined} MicroPython's own says nothing */
const described = (module) => {
  const [content] = WebAssembly.Module.customSections(module, SECTION);
  return content && JSON.parse(new TextDecoder().decode(content));
};

/** @param {WebAssembly.Module} module of ours */
export const describe = (module) => /** @type {Description} */ (described(module));

/**
 * An instance, and the functions that C asks JavaScript for in it.
 * @param {WebAssembly.Module} module
 * @param {(memory: () => Uint8Array<ArrayBuffer>) => Record<string, Function>} [more] of those functions
 * @returns {Promise<any>} its exports
 */
export const instantiate = async (module, more = () => ({})) => {
  /** @type {any} */
  let wasm;
  const born = Date.now();

  /** @type {Record<string, Function>} */
  const asked = {
    mp_js_random_u32: () => crypto.getRandomValues(new Uint32Array(1))[0],
    mp_js_ticks_ms: () => Date.now() - born,
    mp_js_time_ms: () => Date.now(),
    emscripten_resize_heap: (/** @type {number} */ size) => {
      const short = Math.max((size >>> 0) - wasm.memory.buffer.byteLength, wasm.memory.buffer.byteLength / 5);
      try {
        wasm.memory.grow(Math.ceil(short / PAGE));
        return 1;
      } catch {
        return 0;
      }
    },
    js_check_existing: () => -1, // JavaScript keeps no objects for Python's
    // C's longjmp: a throw that the innermost `invoke` catches.
    _emscripten_throw_longjmp: () => {
      throw Infinity;
    },
    ...more(() => new Uint8Array(wasm.memory.buffer)),
  };

  /** The functions of WebAssembly's table, once they are asked for: the table itself is slow. @type {Function[]} */
  const functions = [];

  /** @param {number} stack @param {unknown} error */
  const caught = (stack, error) => {
    wasm._emscripten_stack_restore(stack);
    if (error !== Infinity) throw error;
    wasm.setThrew(1, 0);
  };

  // Python's every step comes through here, some thousand times in a call, where the module does not do it itself
  // (distribution/jumps.mjs). What is given beyond what it takes is nothing.
  const invoke = (
    /** @type {number} */ index,
    /** @type {number} */ a,
    /** @type {number} */ b,
    /** @type {number} */ c,
    /** @type {number} */ d,
    /** @type {number} */ e,
  ) => {
    const stack = wasm.emscripten_stack_get_current();
    try {
      return (functions[index] ||= wasm.__indirect_function_table.get(index))(a, b, c, d, e);
    } catch (error) {
      caught(stack, error);
    }
  };

  /** @param {object} _imports @param {string} name */
  const find = (_imports, name) =>
    asked[name] ||
    (name.startsWith("invoke_") ? invoke : () => {
      throw new Error(`MicroPython asked for ${name}`);
    });
  const imports = new Proxy({}, { get: /** @type {any} */ (find) });
  wasm = (await WebAssembly.instantiate(module, { env: imports, wasi_snapshot_preview1: imports })).exports;
  wasm.emscripten_stack_init(); // what it sets is not in the memory
  const ours = described(module);
  if (ours) fillNames(new Uint8Array(wasm.memory.buffer), ours.names);
  return wasm;
};

/**
 * A function of Python as a function of text.
 * @param {any} wasm @param {Pick<Description, "handle" | "given" | "answered">} places
 * @returns {(text: string) => string}
 */
export const call = (wasm, { handle, given, answered }) => (text) => {
  const content = new TextEncoder().encode(text);
  const at = wasm.malloc(content.length + 1); // Python frees it
  if (!at) throw new RangeError("there is no memory for it");
  // The memory may have grown, and then all views of it are void.
  const before = new Uint8Array(wasm.memory.buffer);
  before.set(content, at);
  before[at + content.length] = 0;
  new Int32Array(wasm.memory.buffer).set([TEXT, content.length, at], given / 4);
  wasm.proxy_c_to_js_call(handle, 1, given, answered);
  return result(wasm, answered);
};

/** What Python answered: a text, or the number of what else it was. @param {any} wasm @param {number} answered @returns {any} */
export const result = (wasm, answered) => {
  const [kind, size, at] = new Int32Array(wasm.memory.buffer, answered, 3);
  if (kind !== TEXT && kind !== FAILED) return size;
  const text = new TextDecoder().decode(new Uint8Array(wasm.memory.buffer, at, size));
  if (kind === TEXT) return text;
  wasm.free(at);
  throw new Error(text.replace("\x04", ": "));
};

/** A copy of the memory that changes. @param {any} wasm @param {Pick<Description, "changes">} places @returns {Uint8Array} */
export const save = (wasm, { changes }) => new Uint8Array(wasm.memory.buffer).slice(changes);

/** Gives an instance such a copy of another one. @param {any} wasm @param {Pick<Description, "changes">} places @param {Uint8Array} memory */
export const restore = (wasm, { changes }, memory) => {
  const short = changes + memory.length - wasm.memory.buffer.byteLength;
  if (short > 0) wasm.memory.grow(Math.ceil(short / PAGE));
  new Uint8Array(wasm.memory.buffer).set(memory, changes);
};
