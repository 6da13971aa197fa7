// `node compressed.mjs <path>...`: puts `<path>.br` beside each file. Python has no Brotli of its own.

import { readFileSync, renameSync, writeFileSync } from "node:fs";
import { brotliCompressSync, constants } from "node:zlib";

for (const path of process.argv.slice(2)) {
  const content = readFileSync(path);
  const params = { [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY, [constants.BROTLI_PARAM_SIZE_HINT]: content.length };
  writeFileSync(`${path}.part`, brotliCompressSync(content, { params }));
  renameSync(`${path}.part`, `${path}.br`); // all of it or nothing: what is there is not made again
}
