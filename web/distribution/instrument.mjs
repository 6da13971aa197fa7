// Finds out which functions of a module run: each of its own gets a global variable, exported, that it sets as it begins.

import { KIND, OP, constant, firstInstruction, importedFunctions, joined, signed, unsigned } from "./wasm.mjs";

/** @import {Module} from "./wasm.mjs" */

const MUTABLE_I32 = Uint8Array.of(0x7f, 0x01); // a global's type [5.3.10]
const PREFIX = "ran ";

/** @param {Module} module @returns {Module} */
export const instrumented = (module) => {
  const before = module.imports.filter(({ kind }) => kind === KIND.global).length + module.globals.length;
  const imported = importedFunctions(module);
  const ran = module.bodies.map((_, place) => ({ name: `${PREFIX}${imported + place}`, kind: KIND.global, index: before + place }));
  return {
    ...module,
    globals: [...module.globals, ...module.bodies.map(() => ({ type: MUTABLE_I32, value: constant(0) }))],
    exports: [...module.exports, ...ran],
    bodies: module.bodies.map((body, place) => {
      const at = firstInstruction(body);
      const mark = [OP.i32Const, ...signed(1), OP.globalSet, ...unsigned(before + place)];
      return joined([body.subarray(0, at), mark, body.subarray(at)]);
    }),
  };
};

/** The numbers of the functions that ran so far. @param {WebAssembly.Exports} exports of an instance */
export const ran = (exports) =>
  Object.entries(exports)
    .filter(([name, found]) => name.startsWith(PREFIX) && /** @type {WebAssembly.Global} */ (found).value)
    .map(([name]) => Number(name.slice(PREFIX.length)));
