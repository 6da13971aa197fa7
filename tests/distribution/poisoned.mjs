// `node poisoned.mjs <image> <trimmed> <made>`: the trimmed module, with other bytes where constants were left out.

import { readFileSync, writeFileSync } from "node:fs";

import { unread } from "../../web/distribution/constants.mjs";
import { memoryOf, withMemory } from "../../web/distribution/image.mjs";
import { read, write } from "../../web/distribution/wasm.mjs";

const [image, trimmed, made] = process.argv.slice(2);
const module = read(readFileSync(trimmed));
const memory = memoryOf(module);
const whole = read(readFileSync(image));
for (const { range: [from, to] } of unread(module, memoryOf(whole), whole)) memory.fill(0xa5, from, to);
writeFileSync(made, write(withMemory(module, memory)));
