// MicroPython on the page's main thread, with the core that this file carries: `micropython/rudderanalytics.mjs`.

import { modules } from "core";
import { compile } from "./compile.js";
import { pause, start } from "./interpreter.js";

/** @import {Runtime} from "../types" */

const HEAP = 2 ** 20; // bytes to start with; a sweep goes through all of them, so they are few

// Python's `import` finds the core's modules where JavaScript put their bytes, and the `binascii` that is in C: the one
// that this build would import is in Python, and makes a cookie's base64 fifty times as dear.
const MOUNT = `
import gc, io, sys, ubinascii, uctypes, vfs

gc.threshold(256 * 1024)  # bytes between two sweeps: a call uses 20 KB, and a sweep costs half as much as a call
sys.modules["binascii"] = ubinascii

class Core:
    def mount(self, readonly, make):
        pass

    def stat(self, path):
        if path != "/rudderanalytics" and path not in MODULES:
            raise OSError(2)
        return (0x8000 if path in MODULES else 0x4000,) + (0,) * 9

    def open(self, path, mode):
        return io.BytesIO(uctypes.bytearray_at(*MODULES[path]))

vfs.mount(Core(), "/lib")

def version(text):
    return ".".join([str(part) for part in sys.implementation.version[:3]])
`;

/** The interpreter with the core in it. @param {WebAssembly.Module} wasm @param {number} heap */
export const open = async (wasm, heap) => {
  const python = await start(wasm, heap);
  /** @type {Record<string, [number, number]>} address and size by path */
  const placed = {};
  for (const [name, text] of Object.entries(modules)) {
    const bytes = Uint8Array.from(text, (character) => character.charCodeAt(0));
    placed[`/rudderanalytics/${name}.mpy`] = [python.place(bytes), bytes.length];
  }
  python.run(`MODULES = ${JSON.stringify(placed)}${MOUNT}`);
  return python;
};

/** @param {Response} response micropython.wasm @returns {Promise<Runtime>} */
export const boot = async (response) => {
  const wasm = await compile(response, response.url);
  const python = await open(wasm, HEAP);
  for (const name in modules) {
    await pause();
    python.run(`import rudderanalytics.${name}`);
  }
  await pause();
  return {
    name: `micropython ${python.get("__main__", "version")("")}`,
    handle: python.get("rudderanalytics.boundary", "handle"),
  };
};
