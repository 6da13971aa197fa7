// `node poisonedPyodide.mjs <made.json> <trimmed> <made>`: the trimmed module, with other bytes where constants were left out;
// prints how many.

import { readFileSync, writeFileSync } from "node:fs";

import { without } from "../../web/distribution/pyodideConstants.mjs";
import { read, write } from "../../web/distribution/wasm.mjs";

const BASE = 1024; // where Emscripten puts the data
const [of, trimmed, made] = process.argv.slice(2);
const { unread } = JSON.parse(readFileSync(of, "utf8"));
writeFileSync(made, write(without(read(readFileSync(trimmed)), unread, BASE, 0xa5)));
console.log(unread.reduce((sum, [from, to]) => sum + to - from, 0));
