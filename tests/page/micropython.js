// The real core, in the real interpreter that pages have: what `make build` made, with all of MicroPython's functions.

import { call, describe, instantiate, restore, save } from "../../web/src/runtimes/interpreter.js";
import { built } from "./dist.js";

/** MicroPython, and what pages get of it: with the memory that it has once the core is imported. */
export const whole = WebAssembly.compile(built("micropython/micropython.wasm"));
export const lean = WebAssembly.compile(built("micropython/rudderanalytics.wasm"));

/** Where things are in it. */
export const described = describe(await lean);

/** An interpreter with the core, which no input has reached. */
export const openInterpreter = async () => {
  const wasm = await instantiate(await whole);
  restore(wasm, described, save(await instantiate(await lean), described));
  return wasm;
};

/** A runtime whose core is Python's. */
export const openCore = async () => ({ name: "micropython 1.27", handle: call(await openInterpreter(), described) });
