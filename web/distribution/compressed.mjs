// `node compressed.mjs <path>...`: puts `<path>.br` and `<path>.gz` beside each file.

import { readFileSync, renameSync, writeFileSync } from "node:fs";
import { constants, createBrotliCompress, gzipSync } from "node:zlib";

import { Reader } from "./wasm.mjs";

/** Bytes of files that are compressed in several ways, so that the smallest is taken: larger ones take too long. */
const SMALL = 2 ** 18;
const USUAL = { direct: 0, mode: constants.BROTLI_MODE_GENERIC };
/** Which is best no rule tells, also at the best quality: how many distances have codes of their own, and what literals are modelled after. */
const WAYS = [USUAL, ...[4, 8, 15].map((direct) => ({ ...USUAL, direct })), { ...USUAL, mode: constants.BROTLI_MODE_FONT }];

const MAGIC = [0, 0x61, 0x73, 0x6d]; // of WebAssembly
const DATA = 11; // the number of the section with what memory begins with

/** All of it or nothing: what is there is not made again. @param {string} path @param {Uint8Array} content */
const write = (path, content) => {
  writeFileSync(`${path}.part`, content);
  renameSync(`${path}.part`, path);
};

/** Parts that have little in common: WebAssembly's code and its memory. @param {Uint8Array} content @returns {Uint8Array[]} */
const partsOf = (content) => {
  const reader = new Reader(content, 8);
  while (MAGIC.every((byte, at) => content[at] === byte) && !reader.isAtEnd) {
    const { at } = reader;
    if (reader.byte() === DATA) return [content.subarray(0, at), content.subarray(at)];
    reader.take(reader.unsigned());
  }
  return [content];
};

/** Each part begins with statistics of its own. @param {Uint8Array[]} parts @param {typeof USUAL} way @returns {Promise<Uint8Array>} */
const brotli = async (parts, { direct, mode }) => {
  const params = {
    [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY,
    [constants.BROTLI_PARAM_SIZE_HINT]: parts.reduce((size, part) => size + part.length, 0),
    [constants.BROTLI_PARAM_NDIRECT]: direct,
    [constants.BROTLI_PARAM_MODE]: mode,
  };
  const stream = createBrotliCompress({ params });
  const packed = stream.toArray();
  for (const part of parts) {
    stream.write(part);
    if (part !== parts[parts.length - 1]) await new Promise((settle) => stream.flush(constants.BROTLI_OPERATION_FLUSH, () => settle(undefined)));
  }
  stream.end();
  return Buffer.concat(await packed);
};

/** @param {Uint8Array} content @returns {Promise<Uint8Array>} */
const smallest = async (content) => {
  if (content.length > SMALL) return brotli([content], USUAL);
  const found = [];
  for (const way of WAYS) for (const parts of [[content], partsOf(content)]) found.push(await brotli(parts, way));
  return found.reduce((best, other) => (other.length < best.length ? other : best));
};

for (const path of process.argv.slice(2)) {
  const content = readFileSync(path);
  write(`${path}.br`, await smallest(content));
  write(`${path}.gz`, gzipSync(content, { level: 9 }));
}
