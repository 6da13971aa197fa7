// Pyodide's memory as `make build` left it, with the core imported: `pyodide/rudderanalytics.snapshot`, or the same packed,
// `.gz`. It says how many pieces of the memory there are, and of each where it begins and how long it is (bytes); then it
// has what differs there from the memory of a fresh instance (by exclusive or), which saves a third. There begins a header.

import { attempt } from "../attempt.js";
import { ChangedFile } from "./files.js";

const [LEAN, SNAPSHOT, PACKED] = ["rudderanalytics.wasm", "rudderanalytics.snapshot", "rudderanalytics.snapshot.gz"];
const WORD = 4;

/** Puts the pieces where they belong. @param {ArrayBuffer} file @param {Uint8Array} memory */
const spread = (file, memory) => {
  const [count] = new Uint32Array(file, 0, 1);
  let from = WORD * (1 + 2 * count);
  for (let piece = 0; piece < count; piece++) {
    const [at, length] = new Uint32Array(file, WORD * (1 + 2 * piece), 2);
    memory.set(new Uint8Array(file, from, length), at);
    from += length;
  }
};

/**
 * Did it come compressed, by what its headers say? Pages of another origin are told its length, and not always that.
 * @param {Response} response @param {number} size bytes that it has when it is unpacked
 */
const isCompressed = ({ headers }, size) => {
  const length = Number(headers.get("Content-Length"));
  return headers.has("Content-Encoding") || (length > 0 && length < size);
};

/** Nothing stands in for a file that is another one. @param {unknown} error @returns {undefined} */
const orChanged = (error) => {
  if (error instanceof ChangedFile) throw error;
  return undefined;
};

/**
 * Asks for the snapshot, as it is from a server that compresses it: Brotli makes a quarter less of it. From others, packed.
 * One that is checked (`integrity`) has come as a whole when its headers are shown: there those of the WebAssembly say it.
 * @param {import("./files").Files} files @param {Promise<Response>} [lean] how that came, where the worker asked for it
 * @returns {Promise<Response | undefined>} undefined where there is none
 */
const askForSnapshot = async ({ at, ask }, lean) => {
  if (attempt(() => at(SNAPSHOT)) && (!lean || isCompressed(await lean, __SIZES__[LEAN]))) {
    const response = await ask(SNAPSHOT).catch(orChanged);
    if (response?.ok && isCompressed(response, __SIZES__[SNAPSHOT])) return response;
    response?.body?.cancel();
  }
  return attempt(() => at(PACKED)) ? ask(PACKED) : undefined;
};

/**
 * The memory as it is. Some servers say of a file that ends in `.gz` that it was only sent so; then the browser has
 * unpacked it already.
 * @param {ReadableStream<Uint8Array>} body
 */
const unpacked = async (body) => {
  const reader = body.getReader();
  const { value: first = new Uint8Array() } = await reader.read();
  /** @type {ReadableStream<Uint8Array<any>>} */
  const whole = new ReadableStream({
    start: (stream) => stream.enqueue(first),
    async pull(stream) {
      const { value, done } = await reader.read();
      if (done) stream.close();
      else stream.enqueue(value);
    },
  });
  const isPacked = first[0] === 0x1f && first[1] === 0x8b;
  return isPacked ? whole.pipeThrough(new DecompressionStream("gzip")) : whole;
};

/**
 * An instance's memory as it is between two inputs: a copy of it, and such a copy of another instance put in its place, where
 * constants stay that the trimmed one does without (web/distribution/pyodideConstants.mjs).
 * @typedef {{save(): Uint8Array, restore(copy: Uint8Array): void}} Heap
 */

/** @param {any} imports of the instance @returns {Heap} */
const heapOf = ({ env: { memory, emscripten_resize_heap: resize } }) => ({
  save: () => new Uint8Array(memory.buffer).slice(),
  restore(copy) {
    if (copy.length > memory.buffer.byteLength) resize(copy.length);
    const bytes = new Uint8Array(memory.buffer);
    const constants = __UNREAD__.map(([from, to]) => bytes.slice(from, to));
    bytes.set(copy);
    __UNREAD__.forEach(([from], at) => bytes.set(constants[at], from));
  },
});

/**
 * Pyodide's options for a start from that memory; null where it is not to be had. For a worker of our own only, as it
 * takes Pyodide's place in asking for its WebAssembly: that is compiled while Pyodide's script is still on its way, and
 * the fresh memory is looked at. `filled` rejects where the memory is of no use, and then Pyodide never starts.
 * @param {import("./files").Files} files @param {Promise<WebAssembly.Module>} module Pyodide's
 * @param {Promise<Response> | undefined} lean as `askForSnapshot` has it @param {string} asksFor where Pyodide looks for its WebAssembly
 * @param {string} library what Pyodide is told to be the standard library; it reads none of it
 */
export const remember = async (files, module, lean, asksFor, library) => {
  const ask = fetch;
  module.catch(() => {}); // Pyodide, which waits for it, says so
  /** @type {Promise<{fresh: Uint32Array, heap: Heap}>} */
  const begun = new Promise((settle) => {
    WebAssembly.instantiateStreaming = async (_answer, imports) => {
      const instance = await WebAssembly.instantiate(await module, imports);
      // Data is told where it is: less differs from it then. Pyodide does so later, again; with the trimmed one, the build did.
      /** @type {Function} */ (instance.exports.__wasm_apply_data_relocs)();
      const { buffer } = /** @type {WebAssembly.Memory} */ (/** @type {any} */ (imports).env.memory);
      settle({ fresh: new Uint32Array(buffer.slice(0, __FRESH__)), heap: heapOf(imports) });
      return { module: await module, instance };
    };
  });
  self.fetch = async (asked, ...more) => (String(asked) === asksFor ? new Response() : ask(asked, ...more));

  const { body, ok } = (await askForSnapshot(files, lean).catch(orChanged)) || {};
  if (!ok || !body || typeof DecompressionStream === "undefined") return null;
  const memory = new Uint8Array(__MEMORY__);
  const filled = unpacked(body).then(async (stream) => spread(await new Response(stream).arrayBuffer(), memory));
  filled.catch(() => {}); // whoever waits for it hears of it

  // Pyodide waits for this before it looks at the memory.
  const fsInit = async () => {
    await filled.catch(() => new Promise(() => {}));
    const [, header] = new Uint32Array(memory.buffer, 0, 2);
    const words = new Uint32Array(memory.buffer, header);
    const { fresh } = await begun;
    for (let at = 0; at < fresh.length; at++) words[at] ^= fresh[at]; // no forEach: there are some two million
  };
  const heap = begun.then((instance) => instance.heap);
  return { filled, heap, options: { stdLibURL: library, _loadSnapshot: memory, fsInit } };
};
