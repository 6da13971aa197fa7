// MicroPython on the page's main thread. `micropython/rudderanalytics.wasm` is MicroPython with the memory that it has
// once the core is imported (web/distribution/preset.mjs), and only those of its functions that the core was seen to need
// (web/distribution/trim.mjs); `micropython.wasm`, beside it, is the whole.

import { compile } from "./compile.js";
import { uncheckedFiles } from "./files.js";
import { call, describe, instantiate, restore, save } from "./interpreter.js";
import { pause, replayed } from "./replay.js";

export { createCore } from "../core.js";

/** @import {Runtime} from "../types" */

/** @param {string} name */
const beside = (name) => new URL(name, import.meta.url).href;
const [LEAN, WHOLE] = ["rudderanalytics.wasm", "micropython.wasm"];

/** ms before a fetch that failed is tried again, doubled each time, and the longest of these waits. */
const [FIRST_WAIT, LONGEST_WAIT] = [1_000, 60_000];

/** For so many ms, or until the browser says that it is online again. @param {number} ms */
const wait = (ms) =>
  new Promise((settle) => {
    setTimeout(settle, ms);
    addEventListener("online", settle, { once: true });
  });

/**
 * The whole module, as soon as the network gives it; an error where the server has none.
 * @param {import("./files").Files} files @returns {Promise<WebAssembly.Module>}
 */
const insist = async ({ at, ask }) => {
  for (let ms = FIRST_WAIT; ; ms = Math.min(2 * ms, LONGEST_WAIT)) {
    const response = await ask(WHOLE).catch((error) => {
      if (error?.isChangedFile) throw error;
    });
    if (response && !response.ok && response.status < 500) throw new Error(`${at(WHOLE)}: ${response.status}`);
    try {
      if (response?.ok) return await compile(response, () => ask(WHOLE));
    } catch (error) {
      if (error instanceof WebAssembly.CompileError) throw error; // all of it came, and it is something else
    }
    await wait(ms);
  }
};

/**
 * @param {WebAssembly.Module | false} [compiled] rudderanalytics.wasm, if it could be compiled while it came
 * @param {import("./files").Address} [at] where a file is, if not beside this one
 * @param {import("./files").Files} [files] those that are checked (integrity.js) @returns {Promise<Runtime>}
 */
export const boot = async (compiled, at = beside, files = uncheckedFiles(at)) => {
  const module = compiled || (await compile(files.ask(LEAN), () => files.ask(LEAN)));
  const described = describe(module);
  const lean = await instantiate(module);

  /** @param {Uint8Array} [memory] */
  const takeOver = async (memory) => {
    const whole = await instantiate(await insist(files));
    restore(whole, described, memory || save(await instantiate(module), described));
    return call(whole, described);
  };
  const core = replayed({ handle: call(lean, described), save: () => save(lean, described) }, takeOver);

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
