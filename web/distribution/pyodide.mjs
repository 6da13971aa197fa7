// Pyodide in Node, as a page's worker starts it (web/src/runtimes/memory.js): from the memory that snapshot.mjs made.

import { readFileSync } from "node:fs";

import { remember } from "../src/runtimes/memory.js";
import { replayed } from "../src/runtimes/replay.js";

/** @import {Both} from "./compare.mjs" */

/** @typedef {{runtime: string, snapshot: string, memory: number, fresh: number, door: string, unread: [number, number][]}} Made where Pyodide and the memory are, sizes that snapshot.mjs said, the core's module, and the constants that the trimmed one does without */

/** Time and chance: with them, an input given again could be answered otherwise. */
const OUTSIDE = ["clock_time_get", "emscripten_date_now", "emscripten_get_now", "random_get"];

/** What stops an instance of WebAssembly is thrown, and not told the console at length. @param {unknown} error */
const raise = (error) => {
  throw error;
};

/**
 * @param {WebAssembly.Module} module @param {Made} made @param {Set<string>} [asked] gets the names of what it asks for, of `OUTSIDE`, once it has started
 * @returns {Promise<{handle(text: string): string, save(): Uint8Array, restore(memory: Uint8Array): void, instance: WebAssembly.Instance, memory: WebAssembly.Memory, fresh: Uint8Array, base: number}>} `fresh`: the memory as it was at first, with its data, which is told where it is; `base`: where that begins
 */
export const recalled = async (module, { runtime, snapshot, memory, fresh, door, unread }, asked = new Set()) => {
  Object.assign(globalThis, { self: globalThis, __MEMORY__: memory, __FRESH__: fresh, __SIZES__: {}, __UNREAD__: unread });
  const { fetch } = globalThis;
  const { instantiate, instantiateStreaming } = WebAssembly;
  /** @type {any} */
  const found = {};
  // In Node, Pyodide reads its WebAssembly from the disk.
  WebAssembly.instantiate = /** @type {any} */ (async (/** @type {any} */ source, /** @type {any} */ imports) => {
    if (!imports?.env?.memory) return instantiate(source, imports);
    if (!(source instanceof WebAssembly.Module)) return WebAssembly.instantiateStreaming(source, imports);
    Object.assign(found, { memory: imports.env.memory, base: imports.env.__memory_base.value });
    /** @param {Record<string, any>} from */
    const noting = (from) =>
      new Proxy(from, {
        get: (_, /** @type {string} */ name) => (OUTSIDE.includes(name) ? (/** @type {unknown[]} */ ...given) => (asked.add(name), from[name](...given)) : from[name]),
      });
    const watched = { ...imports, env: noting(imports.env), wasi_snapshot_preview1: noting(imports.wasi_snapshot_preview1) };
    found.instance = await instantiate(source, watched);
    found.instance.exports.__wasm_apply_data_relocs();
    found.fresh = new Uint8Array(found.memory.buffer.slice(0));
    return found.instance;
  });
  const file = () => new Response(readFileSync(snapshot), { headers: { "Content-Encoding": "identity" } });
  const files = { at: (/** @type {string} */ name) => name, ask: async () => file(), integrity: undefined };
  try {
    const remembered = await remember(files, Promise.resolve(module), undefined, "", `${runtime}/package.json`);
    if (!remembered) throw new Error("there is no memory");
    const { loadPyodide } = await import(`${runtime}/pyodide.mjs`);
    const pyodide = await loadPyodide({ indexURL: `${runtime}/`, ...remembered.options });
    pyodide._api.fatal_error = raise;
    found.door = pyodide.pyimport(door); // kept: what nobody uses is taken out of the memory at any time
    asked.clear(); // as it starts it may
    return { ...found, handle: found.door.handle, ...(await remembered.heap) };
  } finally {
    Object.assign(WebAssembly, { instantiate, instantiateStreaming });
    globalThis.fetch = fetch;
  }
};

/** Characters of inputs after which the memory is copied: few, so that it is. */
const OFTEN = 2 ** 16;

/**
 * What is to be compared (compare.mjs): each instance gets the memory back that it had at its start; one that stopped is replaced.
 * @param {{trimmed: WebAssembly.Module, original: WebAssembly.Module}} modules @param {Made} made
 * @returns {Promise<{begin: () => Promise<Both>, asked: Set<string>}>} `asked`: as `recalled` has it, by the trimmed one
 */
export const pyodides = async ({ trimmed, original }, made) => {
  const [whole, rest] = [await recalled(original, made), await recalled(original, made)];
  /** @type {Set<string>} */
  const asked = new Set();
  let lean = await recalled(trimmed, made, asked);
  const start = lean.save();
  /** @type {Both["core"] | undefined} */
  let core;
  const begin = async () => {
    if (core?.fallbacks) lean = await recalled(trimmed, made);
    lean.restore(start);
    whole.restore(start);
    core = replayed(lean, OFTEN, async (memory = start) => (rest.restore(memory), rest.handle));
    return { core, whole: whole.handle };
  };
  return { begin, asked };
};
