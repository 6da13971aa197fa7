// Finds out what of a module runs: each part of its own functions gets a global variable that it sets as it begins. An exported
// function copies them to the memory: to export some ten thousand of them takes longer than most sessions.

import { DIVIDES, KIND, OP, OPENS, constant, firstInstruction, importedFunctions, joined, signed, unsigned, walk } from "./wasm.mjs";

/** @import {Module} from "./wasm.mjs" */

/** A part of a function: the function's number, and where in its body the part begins. @typedef {{number: number, at: number}} Part */

const I32 = 0x7f;
const MUTABLE_I32 = Uint8Array.of(I32, 0x01); // a global's type [5.3.10]
const FROM_I32 = Uint8Array.of(0x60, 1, I32, 0); // a function's that takes one number [5.3.6]
const NAME = "ran";

/**
 * Where a body's parts begin: its first instruction, and where control may come in or go another way.
 * @param {Uint8Array} body @returns {number[]}
 */
const beginnings = (body) => {
  const found = [firstInstruction(body)];
  walk(body, (opcode, _value, _at, to) => {
    const divides = OPENS.has(opcode) || DIVIDES.has(opcode) || opcode === OP.brIf || opcode === OP.end;
    if (divides && to < body.length) found.push(to);
  });
  return found;
};

/**
 * The parts of a module's own functions, in order: a function's first one is the function.
 * @param {Module} module @param {(body: Uint8Array) => number[]} [begin] where a body's parts do @returns {Part[]}
 */
export const partsOf = (module, begin = beginnings) => {
  const imported = importedFunctions(module);
  return module.bodies.flatMap((body, place) =>
    begin(body).map((at) => ({ number: imported + place, at })),
  );
};

/** @param {Module} module @param {(body: Uint8Array) => number[]} [begin] as `partsOf` has it @returns {Module} */
export const instrumented = (module, begin) => {
  const before = module.imports.filter(({ kind }) => kind === KIND.global).length + module.globals.length;
  const imported = importedFunctions(module);
  const parts = partsOf(module, begin);
  /** @type {(Uint8Array | number[])[][]} */
  const pieces = module.bodies.map(() => []);
  const ends = module.bodies.map(() => 0); // of what is in `pieces`
  parts.forEach(({ number, at }, index) => {
    const place = number - imported;
    const mark = [OP.i32Const, ...signed(1), OP.globalSet, ...unsigned(before + index)];
    pieces[place].push(module.bodies[place].subarray(ends[place], at), mark);
    ends[place] = at;
  });
  // Each to its own byte, from an address on.
  const copies = parts.map((_, index) => [OP.localGet, 0, OP.globalGet, ...unsigned(before + index), OP.i32Store8, 0, ...unsigned(index)]);
  return {
    ...module,
    types: [...module.types, FROM_I32],
    functions: [...module.functions, module.types.length],
    globals: [...module.globals, ...parts.map(() => ({ type: MUTABLE_I32, value: constant(0) }))],
    exports: [...module.exports, { name: NAME, kind: KIND.function, index: imported + module.bodies.length }],
    bodies: [
      ...module.bodies.map((body, place) => joined([...pieces[place], body.subarray(ends[place])])),
      joined([[0], ...copies, [OP.end]]),
    ],
  };
};

/**
 * Those of a module's parts that ran so far. The instance is of no use afterwards: they are written over its memory.
 * @param {WebAssembly.Exports} exports of the instance @param {Part[]} parts of the module @param {WebAssembly.Memory} [memory] where it exports none
 */
export const ran = (exports, parts, memory = /** @type {WebAssembly.Memory} */ (exports.memory)) => {
  /** @type {Function} */ (exports[NAME])(0);
  const marks = new Uint8Array(memory.buffer, 0, parts.length);
  return parts.filter((_, index) => marks[index]);
};
