// Pyodide's memory as `make build` left it, with the core imported: `pyodide/rudderanalytics.snapshot.gz`. It begins with
// a header; the rest holds what differs from the memory of a fresh instance (by exclusive or), which saves a third.

import { compile } from "./compile.js";

/** Bytes as they come. @param {ReadableStream<Uint8Array>} stream @param {Uint8Array} into */
const fill = async (stream, into) => {
  const reader = stream.getReader();
  for (let at = 0; ; ) {
    const { value, done } = await reader.read();
    if (done) break;
    into.set(value, at);
    at += value.length;
  }
};

/**
 * Pyodide's options for a start from that memory; null where it is not to be had. For a worker of our own only, as it
 * takes Pyodide's place in asking for its WebAssembly: that is compiled while Pyodide's script is still on its way, and
 * the fresh memory is looked at.
 * @param {string} folder @param {string} library what Pyodide is told to be the standard library; it reads none of it
 */
export const remember = async (folder, library) => {
  const ask = fetch;
  const url = folder + "pyodide.asm.wasm";
  const compiled = compile(ask(url), url);
  compiled.catch(() => {}); // Pyodide, which waits for it, says so
  /** @type {Promise<Uint32Array>} */
  const fresh = new Promise((settle) => {
    WebAssembly.instantiateStreaming = async (_answer, imports) => {
      const module = await compiled;
      const instance = await WebAssembly.instantiate(module, imports);
      const { buffer } = /** @type {WebAssembly.Memory} */ (/** @type {any} */ (imports).env.memory);
      settle(new Uint32Array(buffer.slice(0, __FRESH__)));
      return { module, instance };
    };
  });
  self.fetch = async (asked, ...more) => (String(asked) === url ? new Response() : ask(asked, ...more));

  const { body, ok } = await ask(folder + "rudderanalytics.snapshot.gz");
  if (!ok || !body || typeof DecompressionStream === "undefined") return null;
  const memory = new Uint8Array(__MEMORY__);
  const filled = fill(body.pipeThrough(new DecompressionStream("gzip")), memory);

  // Pyodide waits for this before it looks at the memory.
  const fsInit = async () => {
    await filled;
    const [, header] = new Uint32Array(memory.buffer, 0, 2);
    const heap = new Uint32Array(memory.buffer, header);
    (await fresh).forEach((word, at) => (heap[at] ^= word));
  };
  return { stdLibURL: library, _loadSnapshot: memory, fsInit };
};
