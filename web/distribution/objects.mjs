// Python's objects among MicroPython's constants, and which of them nobody can reach in a module without some functions. A core
// that is in the memory imports nothing: where the function is gone that looks up a module in C, all modules go that the core
// did not import, with the types and functions that only they name.
//
// An object is found by its layout (py/obj.h, py/objtype.h, py/objmodule.h of MicroPython 1.27), and only where all of it fits. Whatever
// else may be an address counts as one: the numbers in the code, and every word of the memory that is in no object.

import { addressesIn } from "./constants.mjs";
import { typesOf } from "./pack.mjs";
import { importedFunctions, numberOf } from "./wasm.mjs";

/** @import {Module} from "./wasm.mjs" */

/** @typedef {[from: number, to: number]} Range of addresses, the second one excluded */

const WORD = 4; // bytes
const NEAR = 8; // bytes before an object that C may have the address of
const I32 = 0x7f; // the type of a number [WebAssembly 5.3.1]

/** Of the low bits of a word that is no address: the number of a name is above them (py/obj.h, object representation A). */
const [TAG, NAME] = [7, 2];
/** Of a map: all keys are names, it does not change, it has an order; the rest is how many rows are in use. */
const FIXED = 7;
const [DICT, MAP, MODULE, ROW] = [16, 12, 8, 8]; // bytes
/** Of a type: its bytes without slots, where the twelve numbers of its slots are. */
const [TYPE, SLOTS, LAST_SLOT] = [20, 8, 20];

/** @typedef {{at: number, size: number, index?: number}} Found an object; where it has the number of its function in the table */

/**
 * The objects before `end`.
 * @param {Module} whole with all functions @param {Uint8Array<ArrayBuffer>} memory of whole words @param {{changes: number, names: number}} description
 * @returns {Found[]}
 */
const objectsIn = (whole, memory, { changes: end, names }) => {
  const words = new Uint32Array(memory.buffer, 0, end / WORD);
  const typeAt = typesOf(memory, names);
  const isName = (/** @type {number} */ word) => (word & TAG) === NAME;
  const places = Array.from(words.keys(), (place) => WORD * place);
  const typed = (/** @type {string} */ name) => places.filter((at) => typeAt(words[at / WORD]) === name);

  const maps = places.filter((at) => {
    const [state, rows, table] = words.subarray(at / WORD, (at + MAP) / WORD);
    if (!rows || state !== rows * (FIXED + 1) + FIXED || !table || table % WORD || table + rows * ROW > end) return false;
    return Array.from({ length: rows }, (_, row) => words[(table + row * ROW) / WORD]).every(isName);
  });
  const tables = maps.map((at) => ({ at: words[at / WORD + 2], size: words[at / WORD + 1] * ROW }));
  const isInTable = (/** @type {number} */ at) => tables.some((table) => table.at <= at && at < table.at + table.size);
  const outside = (/** @type {number[]} */ found) => found.filter((at) => !isInTable(at));

  const dicts = new Set(outside(typed("dict")).filter((at) => maps.includes(at + WORD)));
  const modules = outside(typed("module")).filter((at) => dicts.has(words[at / WORD + 1]));
  const types = outside(typed("type")).flatMap((at) => {
    const last = Math.max(...memory.subarray(at + SLOTS, at + LAST_SLOT));
    return typeAt(at) !== undefined && last <= LAST_SLOT - SLOTS ? [{ at, size: TYPE + WORD * last }] : [];
  });
  return [
    ...maps.filter((at) => !dicts.has(at - WORD)).map((at) => ({ at, size: MAP })),
    ...tables,
    ...[...dicts].map((at) => ({ at, size: DICT })),
    ...modules.map((at) => ({ at, size: MODULE })),
    ...types,
    ...functionsIn(whole, words, outside(typed("function"))),
  ];
};

/**
 * Functions in C as objects. All of one type take as many objects, and have their number behind the type; or they take any, told by how many there
 * are and where, perhaps with a dict of those with names, and say what they take before their number.
 * @param {Module} whole @param {Uint32Array} words @param {number[]} places @returns {Found[]}
 */
const functionsIn = (whole, words, places) => {
  const signatures = signaturesOf(whole);
  const kinds = new Map(places.map((at) => [words[at / WORD], places.filter((other) => words[other / WORD] === words[at / WORD])]));
  return [...kinds.values()].flatMap((same) => {
    const takes = (/** @type {number} */ word) => new Set(same.map((at) => signatures.get(words[at / WORD + word]) ?? -1));
    const isFixed = takes(1).size === 1 && !takes(1).has(-1);
    const isFree = [...takes(2)].every((count) => count === 2 || count === 3);
    const word = isFixed ? 1 : 2;
    return isFixed || isFree ? same.map((at) => ({ at, size: (word + 1) * WORD, index: at + word * WORD })) : [];
  });
};

/** What functions in the table take, by their numbers there, if it is objects only, and they answer one. @param {Module} whole */
const signaturesOf = (whole) => {
  const imported = importedFunctions(whole);
  /** @type {Map<number, number>} */
  const found = new Map();
  for (const { offset, functions } of whole.elements) {
    functions.forEach((index, place) => {
      const [, count, ...rest] = whole.types[whole.functions[index - imported]] ?? [];
      const isOfObjects = rest.length === count + 2 && rest[count] === 1 && rest.every((type, at) => at === count || type === I32);
      if (isOfObjects) found.set(numberOf(offset) + place, count);
    });
  }
  return found;
};

/**
 * What nobody looks at: objects that nobody reaches, and the numbers of functions that are gone. Their places in the table are empty, as
 * place 0 is, so calling one stops the module all the same.
 * @param {Module} module that has left out functions @param {Uint8Array} memory @param {Module} whole with all functions
 * @param {{changes: number, names: number}} description
 * @returns {{name: string, range: Range}[]}
 */
export const unreached = (module, memory, whole, description) => {
  const copy = new Uint8Array(Math.ceil(memory.length / WORD) * WORD);
  copy.set(memory);
  const words = new Uint32Array(copy.buffer);
  const objects = objectsIn(whole, copy, description);
  const reached = reachedFrom(addressesIn(module), objects, words);
  const filled = new Set(module.elements.flatMap(({ offset, functions }) => functions.map((_, place) => numberOf(offset) + place)));
  if (filled.has(0)) throw new Error("the first place of the table is taken");
  return objects.flatMap((object) => {
    const { at, size, index } = object;
    if (!reached.has(object)) return [{ name: "an object", range: /** @type {Range} */ ([at, at + size]) }];
    const isGone = index !== undefined && !filled.has(words[index / WORD]);
    return isGone ? [{ name: "the number of a function", range: /** @type {Range} */ ([index, index + WORD]) }] : [];
  });
};

/** @param {number[]} known addresses @param {Found[]} objects @param {Uint32Array} words of the memory @returns {Set<Found>} */
const reachedFrom = (known, objects, words) => {
  /** @type {Map<number, Found[]>} */
  const holders = new Map();
  const isInside = new Uint8Array(words.length);
  for (const object of objects) {
    for (let at = object.at - NEAR; at < object.at + object.size; at++) holders.set(at, [...(holders.get(at) ?? []), object]);
    isInside.fill(1, object.at / WORD, (object.at + object.size) / WORD);
  }
  const left = [...known, ...words.filter((_, place) => !isInside[place])];
  /** @type {Set<Found>} */
  const reached = new Set();
  while (left.length) {
    for (const object of holders.get(Number(left.pop())) ?? []) {
      if (reached.has(object)) continue;
      reached.add(object);
      left.push(...words.subarray(object.at / WORD, (object.at + object.size) / WORD));
    }
  }
  return reached;
};
