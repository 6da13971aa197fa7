// `node hot.mjs <image> <sessions> <made> [<inputs>]`: the list of MicroPython's functions that run when the core is given these
// sessions (tests/inputs.py records them), so many inputs that the fuzz makes of them, pages that live long, and the large ones again
// where memory does not grow; and of the parts of those functions that do not run.
// With the list go as few sessions as it takes to run nearly each function of it: `make build` compares answers on them.

import { readFileSync, writeFileSync } from "node:fs";

import { call, describe, instantiate } from "../src/runtimes/interpreter.js";
import { hashOfCode } from "./code.mjs";
import { fuzzed, lives } from "./fuzz.mjs";
import { instrumented, partsOf, ran } from "./instrument.mjs";
import { untilEnd } from "./trim.mjs";
import { importedFunctions, read, write } from "./wasm.mjs";

/** @import {Session} from "./fuzz.mjs" */

const MANY = 40_000; // inputs of the fuzz; of the last half, one in ten thousand needs a function that none before it did
const SEED = 1;
const LARGE = 100_000; // characters of an input that makes the memory grow
const SHORT = 10_000; // characters of a session that is worth to be kept
const WORTH = 12; // bytes of a part that is worth to be left out
const LIVES = 100; // pages that live long

const [image, recorded, made, inputs = MANY] = process.argv.slice(2);
const whole = read(readFileSync(image));
const imported = importedFunctions(whole);
const module = await WebAssembly.compile(write(instrumented(whole)));
/** @type {Session[]} */
const sessions = JSON.parse(readFileSync(recorded, "utf8"));

const all = partsOf(whole);
/** @type {Set<number>} */
const hot = new Set();
/** Parts that never ran. */
const cold = new Set(all);
/** @type {{session: Session, functions: number[]}[]} */
const notes = [];

/** The functions that a session runs. @param {Session} session @param {Record<string, Function>} [asked] in place of the usual */
const run = async (session, asked = {}) => {
  const wasm = await instantiate(module, () => asked);
  const handle = call(wasm, describe(module));
  for (const input of session) {
    try {
      handle(input);
    } catch {
      break; // an interpreter that raised has no more to say
    }
  }
  const parts = ran(wasm, all);
  for (const part of parts) cold.delete(part);
  return [...new Set(parts.map(({ number }) => number))];
};

/** @param {Iterable<Session>} sessions */
const note = async (sessions) => {
  for (const session of sessions) {
    const functions = await run(session);
    notes.push({ session, functions });
    for (const index of functions) hot.add(index);
  }
  return hot.size;
};

const scarce = { emscripten_resize_heap: () => 0 };
const large = sessions.filter((session) => session.some((input) => input.length > LARGE));
// Which parts of C's `malloc` and `free` run depends on all that was before, in a page that lives long too.
const long = Number(inputs) ? lives(sessions, SEED, LIVES) : [];
const found = { recorded: await note(sessions), fuzzed: await note(fuzzed(sessions, SEED, Number(inputs))), lived: await note(long), scarce: 0 };
for (const session of large) for (const index of await run(session, scarce)) hot.add(index);
found.scarce = hot.size;

/** As few characters of sessions as it takes, nearly, to run what short ones run. @returns {Session[]} */
const needed = () => {
  const short = notes.filter(({ session }) => session.join("").length < SHORT);
  const left = new Set(short.flatMap(({ functions }) => functions));
  const chosen = [];
  while (left.size) {
    const worth = short.map(({ session, functions }) => functions.filter((index) => left.has(index)).length / (1 + session.join("").length));
    const { session, functions } = short[worth.indexOf(Math.max(...worth))];
    for (const index of functions) left.delete(index);
    chosen.push(session);
  }
  return chosen;
};

/** Where the parts begin that never ran, by function. */
const rare = () => {
  /** @type {Record<number, number[]>} */
  const found = {};
  let last = { number: -1, end: 0 }; // of those found
  for (const { number, at } of cold) {
    const isInside = number === last.number && at < last.end;
    if (isInside || !hot.has(number)) continue;
    const length = untilEnd(whole.bodies[number - imported], at);
    if (length < WORTH) continue;
    (found[number] ||= []).push(at);
    last = { number, end: at + length };
  }
  return found;
};

const lines = [
  `"sha256": "${hashOfCode(whole)}"`,
  `"functions": ${JSON.stringify([...hot].sort((one, other) => one - other))}`,
  `"rare": {\n${Object.entries(rare()).map(([number, places]) => `"${number}": ${JSON.stringify(places)}`).join(",\n")}\n}`,
  `"sessions": [\n${needed().map((session) => JSON.stringify(session)).join(",\n")}\n]`,
];
writeFileSync(made, `{\n${lines.join(",\n")}\n}\n`);
console.log(JSON.stringify(found));
