// `node compressed.mjs <path>...`: puts `<path>.br` and `<path>.gz` beside each file.

import { readFileSync, renameSync, writeFileSync } from "node:fs";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";

/** All of it or nothing: what is there is not made again. @param {string} path @param {Uint8Array} content */
const write = (path, content) => {
  writeFileSync(`${path}.part`, content);
  renameSync(`${path}.part`, path);
};

for (const path of process.argv.slice(2)) {
  const content = readFileSync(path);
  const params = { [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY, [constants.BROTLI_PARAM_SIZE_HINT]: content.length };
  write(`${path}.br`, brotliCompressSync(content, { params }));
  write(`${path}.gz`, gzipSync(content, { level: 9 }));
}
