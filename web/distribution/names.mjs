// Takes out of an image what the page makes anew of its names (web/src/runtimes/names.js).

import { fillNames, HEAD, WORD } from "../src/runtimes/names.js";

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
