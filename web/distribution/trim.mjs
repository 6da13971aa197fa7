// Leaves functions, and parts of functions, out of a WebAssembly module. Whoever reaches what is gone is stopped by a trap,
// which no program can catch: a direct call of a function, or a part, becomes `unreachable`, a function's place in the table is
// empty, and an export of it is gone. So the module either does what the whole one does, or stops.

import { DIVIDES, KIND, OP, OPENS, Reader, importedFunctions, joined, constant, numberOf, unsigned, walk } from "./wasm.mjs";

/** @import {Module} from "./wasm.mjs" */

const PARAMETERS = 1; // the byte of a function's type that says how many there are [5.3.6]

/** After these, nothing of the same block runs. */
const ENDS = new Set([OP.unreachable, OP.throw, OP.rethrow, OP.br, OP.brTable, OP.return]);

/** The instructions that name a function. */
const NAMES = new Set([OP.call, OP.refFunc]);

/** Does an instruction name a local variable: get, set, tee? @param {number} opcode */
const namesLocal = (opcode) => OP.localGet <= opcode && opcode <= OP.localTee;

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
 * what they take, and in length, lie together, which compresses a little better.
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
    .sort((one, other) => one.type - other.type || one.body.length - other.body.length || one.index - other.index);
  const used = new Set(module.elements.flatMap(({ functions }) => functions));
  for (const { body } of own) walk(body, (opcode, value) => NAMES.has(opcode) && used.add(Number(value)));
  const imports = Array.from({ length: imported }, (_, index) => index).filter((index) => used.has(index));
  const numbers = new Map([...imports, ...own.map(({ index }) => index)].map((index, number) => [index, number]));
  const numberOf = (/** @type {number} */ index) => {
    const number = numbers.get(index);
    if (number === undefined) throw new Error(`function ${index} is named and gone`);
    return number;
  };
  let at = 0;
  return {
    ...module,
    sections: module.sections.filter(({ id }) => id), // 0: what only tools read
    imports: module.imports.filter(({ kind }) => kind !== KIND.function || numbers.has(at++)),
    functions: own.map(({ type }) => type),
    bodies: own.map(({ type, body }) => withOwnLocals(renumbered(body, numberOf), module.types[type][PARAMETERS])),
    exports: exported.map((each) => (each.kind === KIND.function ? { ...each, index: numberOf(each.index) } : each)),
    elements: module.elements.flatMap((each) => present(each, numbers)),
  };
};

/** A body that stops at once. */
const NONE = Uint8Array.of(0, OP.unreachable, OP.end);

/**
 * The same module with these functions' bodies only: whoever calls another one is stopped. All keep their numbers, names and
 * places in the table, for a program that looks for them there while it starts.
 * @param {Module} module @param {Iterable<number>} functions @returns {Module}
 */
export const emptied = (module, functions) => {
  const imported = importedFunctions(module);
  const kept = new Set(functions);
  return { ...module, bodies: module.bodies.map((body, place) => (kept.has(imported + place) ? body : NONE)) };
};

/**
 * A body with those local variables only that are named in it, of each type those first that are named most often: the same low numbers
 * everywhere compress a little better.
 * @param {Uint8Array} body @param {number} parameters how many locals are the function's parameters, which stay where they are
 */
export const withOwnLocals = (body, parameters) => {
  const reader = new Reader(body);
  const types = reader.vector(() => ({ count: reader.unsigned(), type: reader.byte() })).flatMap(({ count, type }) => Array(count).fill(type));
  /** @type {Map<number, number>} */
  const uses = new Map();
  walk(body, (opcode, value) => {
    if (namesLocal(opcode)) uses.set(Number(value), (uses.get(Number(value)) ?? 0) + 1);
  });
  const groups = [...new Set(types)]
    .map((type) => ({ type, locals: [...types.keys()].filter((place) => types[place] === type).map((place) => parameters + place).filter((local) => uses.has(local)) }))
    .filter(({ locals }) => locals.length);
  for (const { locals } of groups) locals.sort((one, other) => Number(uses.get(other)) - Number(uses.get(one)));
  const numbers = new Map(groups.flatMap(({ locals }) => locals).map((local, place) => [local, parameters + place]));
  /** @type {(Uint8Array | number[])[]} */
  const parts = [unsigned(groups.length), ...groups.map(({ type, locals }) => [...unsigned(locals.length), type])];
  let from = reader.at;
  walk(body, (opcode, value, at, to) => {
    if (!namesLocal(opcode)) return;
    parts.push(body.subarray(from, at), [opcode, ...unsigned(numbers.get(Number(value)) ?? Number(value))]);
    from = to;
  });
  return joined([...parts, body.subarray(from)]);
};

/** A body in which functions have other numbers. @param {Uint8Array} body @param {(index: number) => number} numberOf */
export const renumbered = (body, numberOf) => {
  /** @type {(Uint8Array | number[])[]} */
  const parts = [];
  let from = 0;
  walk(body, (opcode, value, at, to) => {
    if (!NAMES.has(opcode)) return;
    parts.push(body.subarray(from, at), [opcode, ...unsigned(numberOf(Number(value)))]);
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
