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
 * Pyodide's options for a start from that memory; null where it is not to be had. For a worker of our own only, as it
 * takes Pyodide's place in asking for its WebAssembly: that is compiled while Pyodide's script is still on its way, and
 * the fresh memory is looked at.
 * @param {(name: string) => string} at where a file is @param {string} asksFor where Pyodide looks for its WebAssembly
 * @param {string} library what Pyodide is told to be the standard library; it reads none of it
 */
export const remember = async (at, asksFor, library) => {
  const ask = fetch;
  const url = at("pyodide.asm.wasm");
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
  self.fetch = async (asked, ...more) => (String(asked) === asksFor ? new Response() : ask(asked, ...more));

  const { body, ok } = await ask(at("rudderanalytics.snapshot.gz"));
  if (!ok || !body || typeof DecompressionStream === "undefined") return null;
  const memory = new Uint8Array(__MEMORY__);
  const filled = unpacked(body).then((stream) => fill(stream, memory));

  // Pyodide waits for this before it looks at the memory.
  const fsInit = async () => {
    await filled;
    const [, header] = new Uint32Array(memory.buffer, 0, 2);
    const heap = new Uint32Array(memory.buffer, header);
    (await fresh).forEach((word, at) => (heap[at] ^= word));
  };
  return { stdLibURL: library, _loadSnapshot: memory, fsInit };
};
