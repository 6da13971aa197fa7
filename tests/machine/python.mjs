// MicroPython with the core in its memory, as dist/ has it for pages, one interpreter per page. To start one takes
// milliseconds, so those of pages that are gone are made as new: they get the memory back that they began with.

import { readFileSync } from "node:fs";

import { call, describe, instantiate, restore, save } from "../../web/src/runtimes/interpreter.js";
import { replayed } from "../../web/src/runtimes/replay.js";

const DIST = new URL("../../dist/micropython/", import.meta.url);

/** @param {string} name */
const compiled = (name) => WebAssembly.compile(readFileSync(new URL(name, DIST)));

const lean = await compiled("rudderanalytics.wasm");
const whole = await compiled("micropython.wasm");
const described = describe(lean);

/** @param {Uint8Array} bytes @returns {Uint8Array} without the zeros at its end */
const used = (bytes) => {
  let end = bytes.length;
  while (bytes[end - 1] === 0) end--;
  return bytes.slice(0, end);
};

const fresh = used(save(await instantiate(lean), described));

/** @typedef {any} Instance the exports of a module */
/** Of pages that are gone. @type {{lean: Instance[], whole: Instance[]}} */
const idle = { lean: [], whole: [] };

/**
 * An interpreter in which nothing has happened, and how to give it back. As in a page (web/src/runtimes/micropython.js),
 * the whole one takes over where the other lacks a function.
 */
export const take = async () => {
  const instance = idle.lean.pop() || (await instantiate(lean));
  restore(instance, described, fresh);
  /** @type {Instance} */
  let other;
  const takeOver = async (/** @type {Uint8Array | undefined} */ memory) => {
    other = idle.whole.pop() || (await instantiate(whole));
    restore(other, described, memory || fresh);
    return call(other, described);
  };
  const core = replayed({ handle: call(instance, described), save: () => save(instance, described) }, 2 ** 18, takeOver);
  const giveBack = () => {
    if (core.fallbacks) idle.whole.push(other);
    else idle.lean.push(instance);
  };
  return { handle: core.handle, giveBack };
};
