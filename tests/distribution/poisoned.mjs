// `node poisoned.mjs <image> <trimmed> <made>`: the trimmed module, with other bytes where constants were left out.

import { readFileSync, writeFileSync } from "node:fs";

import { unread } from "../../web/distribution/constants.mjs";
import { descriptionOf, memoryOf, withMemory } from "../../web/distribution/image.mjs";
import { unreached } from "../../web/distribution/objects.mjs";
import { read, write } from "../../web/distribution/wasm.mjs";

const [image, trimmed, made] = process.argv.slice(2);
const module = read(readFileSync(trimmed));
const memory = memoryOf(module);
const whole = read(readFileSync(image));
const before = memoryOf(whole);
const objects = unreached(module, before, whole, descriptionOf(whole));
for (const { range: [from, to] } of objects) before.fill(0, from, to);
for (const { range: [from, to] } of [...objects, ...unread(module, before, whole)]) memory.fill(0xa5, from, to);
writeFileSync(made, write(withMemory(module, memory)));
