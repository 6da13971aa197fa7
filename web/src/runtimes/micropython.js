// MicroPython on the page's main thread, with the core that this file carries: `micropython/rudderanalytics.mjs`.

import { modules } from "core";
import { compile } from "./compile.js";
import { pause, start } from "./interpreter.js";

/** @import {Runtime} from "../types" */

const STEP = 8; // ms for which the page waits for its turn

const HEAP = 2 ** 20; // bytes to start with; a sweep goes through all of them, so they are few

/** The interpreter, where `import` finds the core. @param {WebAssembly.Module} wasm @param {number} heap */
export const open = (wasm, heap) => {
  /** @type {Record<string, Uint8Array>} */
  const files = {};
  for (const [name, text] of Object.entries(modules)) {
    files[`/lib/${name}.mpy`] = Uint8Array.from(text, (character) => character.charCodeAt(0));
  }
  return start(wasm, heap, files);
};

/** @param {Response} response micropython.wasm @returns {Promise<Runtime>} */
export const boot = async (response) => {
  const python = await open(await compile(response, response.url), HEAP);
  let since = performance.now();
  for (const name in modules) {
    if (performance.now() - since > STEP) {
      await pause();
      since = performance.now();
    }
    python.load(name.replace("/", "."));
  }
  const name = `micropython ${python.get("start", "version")("")}`;
  const handle = python.get("rudderanalytics.boundary", "handle");
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
