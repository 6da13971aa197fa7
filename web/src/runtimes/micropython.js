// MicroPython on the page's main thread. `micropython/rudderanalytics.wasm` is MicroPython with the memory that it has
// once the core is imported (web/distribution/preset.mjs), and only those of its functions that the core was seen to need
// (web/distribution/trim.mjs); `micropython.wasm`, beside it, is the whole.

import { compile, insist } from "./compile.js";
import { uncheckedFiles } from "./files.js";
import { call, describe, instantiate, restore, save } from "./interpreter.js";
import { pause, replayed } from "./replay.js";

export { createCore } from "../core.js";

/** @import {Runtime} from "../types" */

/** @param {string} name */
const beside = (name) => new URL(name, import.meta.url).href;
/** Characters of inputs; a copy of the memory takes some 0.1 ms. */
const OFTEN = 2 ** 18;
const [LEAN, WHOLE] = ["rudderanalytics.wasm", "micropython.wasm"];

/**
 * @param {WebAssembly.Module | Promise<WebAssembly.Module | undefined>} [compiled] rudderanalytics.wasm, if it could be compiled while it came
 * @param {import("./files").Address} [at] where a file is, if not beside this one
 * @param {import("./files").Files} [files] those that are checked (integrity.js) @returns {Promise<Runtime>}
 */
export const boot = async (compiled, at = beside, files = uncheckedFiles(at)) => {
  const module = (await compiled) || (await compile(files.ask(LEAN), () => files.ask(LEAN)));
  const described = describe(module);
  const lean = await instantiate(module);

  /** @param {Uint8Array} [memory] */
  const takeOver = async (memory) => {
    const whole = await instantiate(await insist(files, WHOLE));
    restore(whole, described, memory || save(await instantiate(module), described));
    return call(whole, described);
  };
  const core = replayed({ handle: call(lean, described), save: () => save(lean, described) }, OFTEN, takeOver);

  let isLoaded = false;
  /** The first input, `load`, is as much work as all before it: the page has its turn before and after. @param {string} text */
  const load = async (text) => {
    isLoaded = true;
    await pause();
    const answer = await core.handle(text);
    await pause();
    return answer;
  };
  return {
    name: `micropython ${described.version}`,
    handle: (text) => (isLoaded ? core.handle(text) : load(text)),
    get fallbacks() {
      return core.fallbacks;
    },
  };
};
