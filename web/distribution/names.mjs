// The names in an image. What the page makes anew of them (web/src/runtimes/names.js) is taken out. And those that Python learned
// are in order, so that it looks for one by halves: each text that is new to Python is looked for among all names, and going
// through one name after the other was half of the WebAssembly that the first input runs, a fifth of that of a call.

import { fillNames, HEAD, WORD } from "../src/runtimes/names.js";
import { textsOf } from "./pack.mjs";

/** Words of a pool: how many names there were before it, with a bit that says that its own are in order; for how many there is room; how many there are (py/qstr.h). */
const [FIRST, ROOM, COUNT] = [1, 2, 3];
const IN_ORDER = 2 ** 31;

/** Pools that Python made as it learned names, the last one first. @param {Uint8Array} memory @param {number} last pool @param {number} own the last one that it came with @returns {number[]} */
const poolsOf = (memory, last, own) => (last === own ? [] : [last, ...poolsOf(memory, new Uint32Array(memory.buffer, last)[0], own)]);

/** The names that Python learned, in the order of their bytes. @param {Uint8Array} memory @param {number} last pool @param {number} own the last one that it came with @returns {Uint8Array[]} */
export const learned = (memory, last, own) => poolsOf(memory, last, own).flatMap((pool) => textsOf(memory, pool)).sort(Buffer.compare);

/** Does it hold what ends a text in C, as Python looks for it? @param {Uint8Array} name */
export const hasEnd = (name) => name.includes(0);

/** What Python learns from now on goes into another pool, with room for `room` names. @param {Uint8Array} memory @param {number} pool @param {number} room */
export const close = (memory, pool, room) => void (new Uint32Array(memory.buffer, pool)[ROOM] = room / 2); // the next one has twice as much (py/qstr.c)

/** Says of each pool whose names are in order that they are. @param {Uint8Array} memory @param {number} last pool @param {number} own the last one that it came with */
export const sayOrder = (memory, last, own) => {
  for (const pool of poolsOf(memory, last, own)) {
    const words = new Uint32Array(memory.buffer, pool);
    const texts = textsOf(memory, pool);
    const isInOrder = texts.every((text, name) => !hasEnd(text) && (!name || Buffer.compare(texts[name - 1], text) < 0));
    if (isInOrder && words[ROOM] <= words[COUNT]) words[FIRST] |= IN_ORDER;
  }
};

/**
 * The memory without it, if it is what the page would make. @param {Uint8Array} memory @param {number} last pool of names
 * @returns {Uint8Array}
 */
export const withoutHashes = (memory, last) => {
  const made = Uint8Array.from(memory);
  const words = new Uint32Array(made.buffer, 0, Math.floor(made.length / WORD));
  for (let pool = last; pool; pool = words[pool / WORD]) {
    const place = pool / WORD;
    const [, , , count, hashes, lengths] = words.subarray(place, place + HEAD);
    const texts = words.subarray(place + HEAD, place + HEAD + count);
    // From the last to the first: whether one is left out is told by the one before.
    for (let name = count - 1; name >= 0; name--) {
      const begin = texts[name];
      if (memory.indexOf(0, begin) === begin + memory[lengths + name]) made[lengths + name] = 0;
      if (name && begin === texts[name - 1] + memory[lengths + name - 1] + 1) texts[name] = 0;
    }
    made.fill(0, hashes, hashes + 2 * count);
  }
  const again = new Uint8Array(Math.ceil(made.length / WORD) * WORD);
  again.set(made);
  fillNames(again, last);
  if (!Buffer.from(again.subarray(0, made.length)).equals(Buffer.from(memory))) throw new Error("Python's names do not follow from their texts");
  return made;
};
