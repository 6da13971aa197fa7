// Leaves functions, and parts of functions, out of a WebAssembly module. Whoever reaches what is gone is stopped by a trap,
// which no program can catch: a direct call of a function, or a part, becomes `unreachable`, a function's place in the table is
// empty, and an export of it is gone. So the module either does what the whole one does, or stops.

import { DIVIDES, KIND, OP, OPENS, importedFunctions, joined, constant, numberOf, unsigned, walk } from "./wasm.mjs";

/** @import {Module} from "./wasm.mjs" */

/** After these, nothing of the same block runs. */
const ENDS = new Set([OP.unreachable, OP.throw, OP.rethrow, OP.br, OP.brTable, OP.return]);

/** The instructions that name a function. */
const NAMES = new Set([OP.call, OP.refFunc]);

/**
 * A body in which a call of what is left out, and a part that is, are `unreachable`, without what follows in the same block.
 * @param {Uint8Array} body @param {(index: number) => boolean} isLeft out
 * @param {number[]} [parts] where what is left out begins: after an instruction that opens or ends a block, or leaves it
 */
export const cut = (body, isLeft, parts = []) => {
  const begins = new Set(parts);
  /** @type {Uint8Array[]} */
  const pieces = [];
  let from = 0; // of what is kept and not yet in `pieces`
  let depth = 0; // blocks that are open
  let dead = -1; // the depth of the block whose rest is skipped; -1: nothing is
  walk(body, (opcode, value, at, to) => {
    const closes = opcode === OP.end || opcode === OP.delegate;
    if (dead === depth && (closes || DIVIDES.has(opcode))) {
      dead = -1;
      from = at;
    }
    const isDead = dead >= 0;
    if (OPENS.has(opcode)) depth++;
    if (closes) depth--;
    if (isDead) return;
    const isGone = opcode === OP.call && isLeft(Number(value));
    const isPart = begins.has(to);
    if (!isGone && !isPart && !ENDS.has(opcode)) return;
    pieces.push(body.subarray(from, isGone ? at : to), Uint8Array.from(isGone || isPart ? [OP.unreachable] : []));
    dead = depth;
  });
  return joined([...pieces, body.subarray(from)]);
};

/**
 * How many bytes of a body there are from a place to where its block ends or is divided.
 * @param {Uint8Array} body @param {number} from
 */
export const untilEnd = (body, from) => {
  let depth = 0;
  let end = body.length;
  walk(body, (opcode, _value, at) => {
    if (at < from || end < body.length) return;
    const closes = opcode === OP.end || opcode === OP.delegate;
    if (!depth && (closes || DIVIDES.has(opcode))) end = at;
    if (OPENS.has(opcode)) depth++;
    if (closes) depth--;
  });
  return end - from;
};

/**
 * Keeps these functions and exports of a module; a function that is exported is kept. All get other numbers: those alike in
 * length lie together, which compresses a little better.
 * @param {Module} module @param {Iterable<number>} functions @param {string[]} exports
 * @param {Record<number, number[]>} [parts] where in a function's body a part begins that is left out @returns {Module}
 */
export const trim = (module, functions, exports, parts = {}) => {
  const imported = importedFunctions(module);
  const exported = module.exports.filter(({ name }) => exports.includes(name));
  const missing = exports.filter((name) => !exported.some((each) => each.name === name));
  if (missing.length) throw new Error(`nothing is exported as ${missing}`);
  const entries = exported.filter(({ kind }) => kind === KIND.function).map(({ index }) => index);
  const kept = new Set([...functions, ...entries]);
  const isLeft = (/** @type {number} */ index) => index >= imported && !kept.has(index);
  const own = [...kept]
    .map((index) => ({ index, type: module.functions[index - imported], body: cut(module.bodies[index - imported], isLeft, parts[index]) }))
    .sort((one, other) => one.body.length - other.body.length || one.index - other.index);
  const used = new Set(module.elements.flatMap(({ functions }) => functions));
  for (const { body } of own) walk(body, (opcode, value) => NAMES.has(opcode) && used.add(Number(value)));
  const imports = Array.from({ length: imported }, (_, index) => index).filter((index) => used.has(index));
  const numbers = new Map([...imports, ...own.map(({ index }) => index)].map((index, number) => [index, number]));
  let at = 0;
  return {
    ...module,
    sections: module.sections.filter(({ id }) => id), // 0: what only tools read
    imports: module.imports.filter(({ kind }) => kind !== KIND.function || numbers.has(at++)),
    functions: own.map(({ type }) => type),
    bodies: own.map(({ body }) => renumbered(body, numbers)),
    exports: exported.map((each) => (each.kind === KIND.function ? { ...each, index: Number(numbers.get(each.index)) } : each)),
    elements: module.elements.flatMap((each) => present(each, numbers)),
  };
};

/** @param {Uint8Array} body @param {Map<number, number>} numbers */
const renumbered = (body, numbers) => {
  /** @type {(Uint8Array | number[])[]} */
  const parts = [];
  let from = 0;
  walk(body, (opcode, value, at, to) => {
    if (!NAMES.has(opcode)) return;
    const number = numbers.get(Number(value));
    if (number === undefined) throw new Error(`function ${value} is named and gone`);
    parts.push(body.subarray(from, at), [opcode, ...unsigned(number)]);
    from = to;
  });
  return joined([...parts, body.subarray(from)]);
};

/** The stretches of a table's elements that are not empty. @param {Module["elements"][0]} elements @param {Map<number, number>} numbers */
const present = ({ offset, functions }, numbers) => {
  const start = numberOf(offset);
  /** @type {{from: number, functions: number[]}[]} */
  const stretches = [];
  functions.forEach((index, place) => {
    const number = numbers.get(index);
    const last = stretches[stretches.length - 1];
    if (number === undefined) return;
    if (last && last.from + last.functions.length === start + place) last.functions.push(number);
    else stretches.push({ from: start + place, functions: [number] });
  });
  return stretches.map(({ from, functions }) => ({ offset: constant(from), functions }));
};
