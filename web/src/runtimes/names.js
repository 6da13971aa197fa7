// Python's names, as MicroPython keeps them: pools, each with the place of the one before, how many names it has, and the
// hash, the length and the place of the text of each (py/qstr.h: `qstr_pool_t`). All but the texts follows from the texts,
// and costs more to download than they do: it is made here.

export const WORD = 4; // bytes
/** Words of a pool before the places of its texts. */
export const HEAD = 6;

/** The hash of a name of 16 bits (py/qstr.c: `qstr_compute_hash`, after Daniel J. Bernstein). @param {Uint8Array} text */
const hashOf = (text) => text.reduce((hash, byte) => ((hash * 33) ^ byte) & 0xffff, 5381) || 1;

/**
 * Fills in what was left out: the hashes, and of lengths and places what is zero. A text without a place is behind the one before.
 * @param {Uint8Array<ArrayBuffer>} memory @param {number} pool the last one
 */
export const fillNames = (memory, pool) => {
  const words = new Uint32Array(memory.buffer);
  const hashes = new Uint16Array(memory.buffer);
  while (pool) {
    const [before, , , count, firstHash, firstLength] = words.subarray(pool / WORD, pool / WORD + HEAD);
    let next = 0;
    for (let name = 0; name < count; name++) {
      const begin = (words[pool / WORD + HEAD + name] ||= next);
      const length = memory[firstLength + name] || memory.indexOf(0, begin) - begin; // a text with a zero in it has its length
      const text = memory.subarray(begin, begin + length);
      next = begin + text.length + 1;
      memory[firstLength + name] = text.length;
      hashes[firstHash / 2 + name] = before || name ? hashOf(text) : 0; // the first one of all is no name
    }
    pool = before;
  }
};
