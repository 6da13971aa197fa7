// MicroPython with the core as it lies in sdk/, one interpreter per page. A start and an import take a tenth of a second,
// so one is made, and its memory copied: what a page used is made as new from that copy.

import { readdirSync, readFileSync } from "node:fs";

import { start } from "../../web/src/runtimes/interpreter.js";

const SDK = new URL("../../sdk/", import.meta.url);
const WASM = new URL("../../web/node_modules/@micropython/micropython-webassembly-pyscript/micropython.wasm", import.meta.url);
const HEAP = 2 ** 20; // bytes to start with, and between two sweeps, as in a page
const BETWEEN_SWEEPS = 2 ** 18;

const BEGIN = `
import gc, sys, ubinascii
gc.threshold(${BETWEEN_SWEEPS})
sys.modules["binascii"] = ubinascii
sys.path.append("/lib")
`;

/** @returns {Record<string, Uint8Array>} the package as Python finds it */
const files = () => {
  const names = /** @type {string[]} */ (readdirSync(SDK, { recursive: true }));
  return Object.fromEntries(names.filter((name) => name.endsWith(".py")).map((name) => ["/lib/" + name, readFileSync(new URL(name, SDK))]));
};

/** @typedef {{handle: (text: string) => string, renew: () => void}} Python */

const module = await WebAssembly.compile(readFileSync(WASM));
const sources = files();
/** As it is once the core is imported; what is above has not been used. @type {Uint8Array | undefined} */
let fresh;

/** @param {Uint8Array} bytes @returns {Uint8Array} without the zeros at its end */
const used = (bytes) => {
  const words = new Float64Array(bytes.buffer);
  let end = words.length;
  while (words[end - 1] === 0) end--;
  return bytes.slice(0, end * words.BYTES_PER_ELEMENT);
};

/** @returns {Promise<Python>} */
const make = async () => {
  /** @type {any} */
  let exports;
  const { instantiate } = WebAssembly;
  // `start` keeps the memory to itself.
  WebAssembly.instantiate = /** @type {any} */ (async (/** @type {any} */ ...given) => {
    const instance = /** @type {any} */ (await instantiate(.../** @type {[any]} */ (given)));
    exports = instance.exports;
    return instance;
  });
  const python = await start(module, sources, HEAP);
  WebAssembly.instantiate = instantiate;
  python.run(BEGIN);
  const handle = python.get("rudderanalytics.core.boundary", "handle");
  const memory = () => new Uint8Array(exports.memory.buffer);
  fresh ??= used(memory());
  return { handle, renew: () => memory().set(/** @type {Uint8Array} */ (fresh)) };
};

/** @type {Python[]} */
const idle = [];

/** An interpreter in which nothing has happened. @returns {Promise<Python>} */
export const take = async () => {
  const python = idle.pop() || (await make());
  python.renew();
  return python;
};

/** Its page is gone. @param {Python} python */
export const giveBack = (python) => void idle.push(python);
