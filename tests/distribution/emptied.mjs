// `node emptied.mjs <wasm> <list> <made>`: the module with the functions of a list only, whatever it answers then.

import { readFileSync, writeFileSync } from "node:fs";

import { emptied } from "../../web/distribution/trim.mjs";
import { read, write } from "../../web/distribution/wasm.mjs";

const [wasm, list, made] = process.argv.slice(2);
writeFileSync(made, write(emptied(read(readFileSync(wasm)), JSON.parse(readFileSync(list, "utf8")).functions)));
