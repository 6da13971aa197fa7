// `node poisoned.mjs <trimmed> <made>`: the same module, with other bytes where constants were left out.

import { readFileSync, writeFileSync } from "node:fs";

import { descriptionOf, memoryOf, withMemory } from "../../web/distribution/image.mjs";
import { read, write } from "../../web/distribution/wasm.mjs";

const [trimmed, made] = process.argv.slice(2);
const module = read(readFileSync(trimmed));
const memory = memoryOf(module);
for (const [from, to] of descriptionOf(module).empty) memory.fill(0xa5, from, to);
writeFileSync(made, write(withMemory(module, memory)));
