// `node compressed.mjs <path>...`: puts `<path>.br` and `<path>.gz` beside each file.

import { readFileSync, writeFileSync } from "node:fs";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";

const LARGE = 1_000_000; // bytes; Brotli's best quality would take half a minute for 8 MB, and gain an eighth

for (const path of process.argv.slice(2)) {
  const content = readFileSync(path);
  const quality = content.length > LARGE ? 9 : 11;
  const params = { [constants.BROTLI_PARAM_QUALITY]: quality, [constants.BROTLI_PARAM_SIZE_HINT]: content.length };
  writeFileSync(`${path}.br`, brotliCompressSync(content, { params }));
  writeFileSync(`${path}.gz`, gzipSync(content, { level: 9 }));
}
