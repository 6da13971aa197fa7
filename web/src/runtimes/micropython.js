// MicroPython on the page's main thread: `micropython/rudderanalytics.mjs`. `rudderanalytics.wasm`, which lies beside it,
// is MicroPython with the memory that it has once the core is imported (web/distribution/preset.mjs).

import { start } from "./interpreter.js";

export { createCore } from "../core.js";

/** @import {Runtime} from "../types" */

/** Lets the page have its turn; a timer would make it wait 4 ms. */
const pause = () =>
  new Promise((settle) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = settle;
    port2.postMessage("");
  });

/** The interpreter. @param {WebAssembly.Module} wasm @param {Record<string, Uint8Array>} [files] that it finds beside the core */
export const open = (wasm, files = {}) => start(wasm, files);

/** A server that does not know WebAssembly's type is no reason to fail. */
const compile = async () => {
  const response = await fetch(new URL("rudderanalytics.wasm", import.meta.url));
  return WebAssembly.compile(await response.arrayBuffer());
};

/** @param {WebAssembly.Module} [wasm] rudderanalytics.wasm, if it could be compiled while it came @returns {Promise<Runtime>} */
export const boot = async (wasm) => {
  const python = await open(wasm || (await compile()));
  const name = `micropython ${python.get("start", "version")("")}`;
  const handle = python.get("rudderanalytics.core.boundary", "handle");
  let loaded = false;
  /** The first input, `load`, is as much work as all before it: the page has its turn before and after. @param {string} text */
  const load = async (text) => {
    loaded = true;
    await pause();
    const reply = handle(text);
    await pause();
    return reply;
  };
  return { name, handle: (text) => (loaded ? handle(text) : load(text)) };
};
