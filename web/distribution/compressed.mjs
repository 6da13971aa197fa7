// `node compressed.mjs <path>...`: puts `<path>.br` and `<path>.gz` beside each file.

import { readFileSync, renameSync, writeFileSync } from "node:fs";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";

/** Bytes of files that are compressed in several ways, so that the smallest is taken: larger ones take too long. */
const SMALL = 2 ** 18;
/** Brotli's best quality leaves these to chance: distances that have codes of their own, and how far back it looks (0: its usual). */
const DIRECT = [0, 4, 8, 15];
const BLOCK = [0, 16, 17];
const WINDOW = [17, 18];

/** All of it or nothing: what is there is not made again. @param {string} path @param {Uint8Array} content */
const write = (path, content) => {
  writeFileSync(`${path}.part`, content);
  renameSync(`${path}.part`, path);
};

/** @param {Uint8Array} content @param {Record<number, number>} [more] of Brotli's parameters */
const brotli = (content, more) => {
  const params = { [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY, [constants.BROTLI_PARAM_SIZE_HINT]: content.length, ...more };
  return brotliCompressSync(content, { params });
};

/** @param {Uint8Array} content */
const smallest = (content) => {
  let best = brotli(content);
  if (content.length > SMALL) return best;
  for (const direct of DIRECT) {
    for (const block of BLOCK) {
      for (const window of WINDOW) {
        const other = brotli(content, { [constants.BROTLI_PARAM_NDIRECT]: direct, [constants.BROTLI_PARAM_LGBLOCK]: block, [constants.BROTLI_PARAM_LGWIN]: window });
        if (other.length < best.length) best = other;
      }
    }
  }
  return best;
};

for (const path of process.argv.slice(2)) {
  const content = readFileSync(path);
  write(`${path}.br`, smallest(content));
  write(`${path}.gz`, gzipSync(content, { level: 9 }));
}
