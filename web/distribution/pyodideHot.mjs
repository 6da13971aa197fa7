// `node pyodideHot.mjs <wasm> <made.json> <sessions> <list> [<inputs>]`: the list of Pyodide's functions that run as
// it starts from that memory, and when the core is given these sessions, so many inputs that the fuzz makes of them, and pages
// that live long. One instance serves them all: it gets its first memory back before each.

import { readFileSync, writeFileSync } from "node:fs";

import { hashOfCode } from "./code.mjs";
import { fuzzed, lives } from "./fuzz.mjs";
import { instrumented, partsOf, ran } from "./instrument.mjs";
import { recalled } from "./pyodide.mjs";
import { firstInstruction, read, write } from "./wasm.mjs";

/** @import {Session} from "./fuzz.mjs" */

const MANY = 60_000; // inputs of the fuzz; its last half runs three functions that nothing before it did
const SEED = 1;
const LIVES = 100; // pages that live long

const [wasm, made, recorded, list, inputs = MANY] = process.argv.slice(2);
const whole = read(readFileSync(wasm));
/** A function's first part is the function: no more is asked. @param {Uint8Array} body */
const first = (body) => [firstInstruction(body)];
const python = await recalled(await WebAssembly.compile(write(instrumented(whole, first))), { ...JSON.parse(readFileSync(made, "utf8")), unread: [] });
const start = python.save();
/** @type {Session[]} */
const sessions = JSON.parse(readFileSync(recorded, "utf8"));

/** @param {Iterable<Session>} sessions */
const run = (sessions) => {
  for (const session of sessions) {
    python.restore(start);
    for (const input of session) {
      try {
        python.handle(input);
      } catch {
        break; // an interpreter that raised has no more to say
      }
    }
  }
};

run(sessions);
run(fuzzed(sessions, SEED, Number(inputs)));
if (Number(inputs)) run(lives(sessions, SEED, LIVES));
const functions = ran(python.instance.exports, partsOf(whole, first), python.memory).map(({ number }) => number);
writeFileSync(list, `{\n"sha256": "${hashOfCode(whole)}",\n"functions": ${JSON.stringify(functions)}\n}\n`);
console.log(functions.length);
