// `node compressed.mjs <path>...`: puts `<path>.br` beside each file. Python has no Brotli of its own.

import { readFileSync, renameSync, writeFileSync } from "node:fs";
import { promisify } from "node:util";
import { brotliCompress, constants } from "node:zlib";

const compress = promisify(brotliCompress); // each in a thread of its own

/** @param {string} path */
const make = async (path) => {
  const content = readFileSync(path);
  const params = {
    [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY,
    [constants.BROTLI_PARAM_SIZE_HINT]: content.length,
    [constants.BROTLI_PARAM_NDIRECT]: 4, // code repeats what is so many bytes back, more than texts do: 0.3% of WebAssembly
  };
  writeFileSync(`${path}.part`, await compress(content, { params }));
  renameSync(`${path}.part`, `${path}.br`); // all of it or nothing: what is there is not made again
};

await Promise.all(process.argv.slice(2).map(make));
