// `node answers.mjs <original> <image> <trimmed> <sessions> [<seed> <inputs>]`: how the trimmed MicroPython's answers compare,
// as JSON; with a seed, to so many inputs that the fuzz makes of the sessions.

import { readFileSync } from "node:fs";

import { compare } from "../../web/distribution/compare.mjs";
import { fuzzed } from "../../web/distribution/fuzz.mjs";

const [original, image, trimmed, recorded, seed, inputs] = process.argv.slice(2);
const compiled = (path) => WebAssembly.compile(readFileSync(path));
const modules = { original: await compiled(original), image: await compiled(image), trimmed: await compiled(trimmed) };
const sessions = JSON.parse(readFileSync(recorded, "utf8"));
const given = seed === undefined ? sessions : fuzzed(sessions, Number(seed), Number(inputs));
console.log(JSON.stringify(await compare(modules, given)));
