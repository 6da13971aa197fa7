// `node answers.mjs <original> <image> <trimmed> <sessions> [<seed> <inputs>]`: how the trimmed MicroPython's answers compare,
// as JSON; with a seed, to so many inputs that the fuzz makes of the sessions. With Pyodide's made.json as <image>: Pyodide's.

import { readFileSync } from "node:fs";

import { compare, micropythons } from "../../web/distribution/compare.mjs";
import { fuzzed } from "../../web/distribution/fuzz.mjs";
import { pyodides } from "../../web/distribution/pyodide.mjs";

const [original, image, trimmed, recorded, seed, inputs] = process.argv.slice(2);
const compiled = (path) => WebAssembly.compile(readFileSync(path));
const modules = { original: await compiled(original), trimmed: await compiled(trimmed) };
const isPyodide = image.endsWith(".json");
const begin = isPyodide ? (await pyodides(modules, JSON.parse(readFileSync(image, "utf8")))).begin : micropythons({ ...modules, image: await compiled(image) });
const sessions = JSON.parse(readFileSync(recorded, "utf8"));
const given = seed === undefined ? sessions : fuzzed(sessions, Number(seed), Number(inputs));
console.log(JSON.stringify(await compare(begin, given)));
