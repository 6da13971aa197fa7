// C's longjmp as an exception of WebAssembly's own. Emscripten leaves it to JavaScript: a call out of which C may jump goes
// through an imported `invoke_...`, which catches what the imported `_emscripten_throw_longjmp` throws. Python's every step
// is such a call, some thousand in one of ours, and each went out to JavaScript and in again: a quarter of what a call took.
// A trap is not caught, as before, nor is what the page throws.

import { renumbered } from "./trim.mjs";
import { KIND, OP, joined, unsigned, walk } from "./wasm.mjs";

/** @import {Module} from "./wasm.mjs" */

const THROW = "_emscripten_throw_longjmp";
const INVOKE = /^invoke_/;

// Of the format [5.3 and 5.5, and the proposal of exceptions].
const TAGS = 13; // the section of tags; it comes after that of memories
const MEMORIES = 5;
const FUNCTION = 0x60;
const I32 = 0x7f;
const NO_RESULT = 0x40; // of a block

/** Of less than 128 each. @param {Uint8Array} type a function's */
const partsOf = (type) => {
  const results = 2 + type[1];
  return { parameters: [...type.subarray(2, results)], results: [...type.subarray(results + 1)] };
};

/** @param {Module} module @param {string} name @returns {number} of a function that is exported */
const exported = (module, name) => {
  const found = module.exports.find((each) => each.name === name && each.kind === KIND.function);
  if (!found) throw new Error(`nothing is exported as ${name}`);
  return found.index;
};

/** The global that is C's stack pointer: what the function of this number gets. @param {Module} module @param {number} getter @param {number} imported how many functions are imported */
const stackOf = (module, getter, imported) => {
  let stack = -1;
  walk(module.bodies[getter - imported], (opcode, value) => {
    if (opcode === OP.globalGet) stack = Number(value);
  });
  if (stack < 0) throw new Error("nothing says where C's stack is");
  return stack;
};

/**
 * The module with functions of its own in the place of those imports, and the numbers of all of its own functions that are
 * needed then: who trims it leaves the imports out.
 * @param {Module} module that exports `setThrew` and `emscripten_stack_get_current` @returns {[Module, number[]]}
 */
export const withOwnJumps = (module) => {
  const imports = module.imports.filter(({ kind }) => kind === KIND.function);
  const getter = exported(module, "emscripten_stack_get_current");
  const stack = stackOf(module, getter, imports.length);
  const setThrew = exported(module, "setThrew");
  const types = [...module.types];

  /** @param {number[]} parameters @param {number[]} results @returns {number} */
  const typeOf = (parameters, results) => {
    const wanted = [FUNCTION, parameters.length, ...parameters, results.length, ...results];
    const found = types.findIndex((type) => type.length === wanted.length && wanted.every((byte, at) => byte === type[at]));
    return found < 0 ? types.push(Uint8Array.from(wanted)) - 1 : found;
  };

  /** Calls what is in the table; where C jumps out of it, it says so, and gives 0. @param {number} type */
  const invoke = (type) => {
    const { parameters, results } = partsOf(types[type]);
    if (results.some((each) => each !== I32)) throw new Error("a call that gives no number of 32 bits");
    const given = parameters.slice(1); // after its place in the table
    const before = parameters.length; // a local: where the stack was
    return joined([
      [1, 1, I32],
      [OP.globalGet, ...unsigned(stack), OP.localSet, before],
      [OP.try, results[0] ?? NO_RESULT],
      given.flatMap((_, at) => [OP.localGet, at + 1]),
      [OP.localGet, 0, OP.callIndirect, ...unsigned(typeOf(given, results)), 0],
      [OP.catch, 0, OP.localGet, before, OP.globalSet, ...unsigned(stack)],
      [OP.i32Const, 1, OP.i32Const, 0, OP.call, ...unsigned(setThrew)],
      results.flatMap(() => [OP.i32Const, 0]),
      [OP.end, OP.end],
    ]);
  };
  const jump = Uint8Array.of(0, OP.throw, 0, OP.end);

  const jumps = imports.map(({ name, description }, index) => ({ name, index, type: description[0] })).filter(({ name }) => name === THROW || INVOKE.test(name));
  const first = imports.length + module.functions.length;
  const numbers = new Map(jumps.map(({ index }, at) => [index, first + at]));
  const made = jumps.map(({ name, type }) => (name === THROW ? jump : invoke(type)));
  const tags = { id: TAGS, content: Uint8Array.of(1, 0, ...unsigned(typeOf([], []))) };
  const jumping = {
    ...module,
    types,
    sections: module.sections.flatMap((each) => (each.id === MEMORIES ? [each, tags] : [each])),
    functions: [...module.functions, ...jumps.map(({ type }) => type)],
    bodies: [...module.bodies.map((body) => renumbered(body, (index) => numbers.get(index) ?? index)), ...made],
  };
  return [jumping, jumping.functions.map((_, at) => imports.length + at).filter((index) => index !== getter)];
};
