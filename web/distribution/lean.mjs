// `node lean.mjs <micropython.wasm> <image> <loose> <list> <made>`: the image that preset.mjs made, with those of MicroPython's
// functions only that the core was seen to need, without their large parts that never ran, and without the constants that no
// function reads any longer; C's jumps are its own (jumps.mjs). The list (micropython.hot.json, which `make hot` writes) is of
// one MicroPython, by the hash of its code: with another one nothing is made. Nor is it where the trimmed module's answers are
// not those of the whole one, whose memory is as Python left it, or where it stops in a session that the list was made of.

import { readFileSync, writeFileSync } from "node:fs";

import { hashOfCode } from "./code.mjs";
import { micropythons, requireAlike } from "./compare.mjs";
import { unread } from "./constants.mjs";
import { descriptionOf, memoryOf, withDescription, withMemory } from "./image.mjs";
import { withOwnJumps } from "./jumps.mjs";
import { withoutHashes } from "./names.mjs";
import { unreached } from "./objects.mjs";
import { trim } from "./trim.mjs";
import { read, write } from "./wasm.mjs";

/** What web/src/runtimes/interpreter.js asks for. */
const EXPORTS = ["memory", "malloc", "free", "proxy_c_to_js_call", "emscripten_stack_init"];
/** What tells how C jumps (jumps.mjs). */
const JUMPS = ["setThrew", "emscripten_stack_get_current"];
/** Time and chance: with them, an input given again could be answered otherwise. */
const OUTSIDE = ["mp_js_ticks_ms", "mp_js_time_ms", "mp_js_random_u32"];
const SPARE = 64 * 1024; // bytes of memory beyond what is set, for what C allocates at first

const [original, image, loose, list, made] = process.argv.slice(2);
const whole = read(readFileSync(image));
const { sha256, functions, rare, sessions } = JSON.parse(readFileSync(list, "utf8"));
if (hashOfCode(whole) !== sha256) throw new Error(`${list} is of another MicroPython: run \`make hot\``);
const lean = trim(...withOwnJumps(trim(whole, functions, [...EXPORTS, ...JUMPS], rare)), EXPORTS);
const foreign = lean.imports.map(({ name }) => name).filter((name) => OUTSIDE.includes(name));
if (foreign.length) throw new Error(`the core asked for time or chance: ${foreign}`);
const memory = memoryOf(whole);
const description = descriptionOf(whole);
// Objects first: what only they said is unread then.
for (const { range: [from, to] } of unreached(lean, memory, whole, description)) memory.fill(0, from, to);
for (const { range: [from, to] } of unread(lean, memory, whole)) memory.fill(0, from, to);
const bytes = write(withDescription(withMemory(lean, withoutHashes(memory, description.names), SPARE), description));

const compile = async (/** @type {Uint8Array} */ module) => WebAssembly.compile(module);
const modules = {
  trimmed: await compile(bytes),
  image: await compile(readFileSync(loose)),
  original: await compile(readFileSync(original)),
};
await requireAlike(micropythons(modules), sessions, list);
writeFileSync(made, bytes);
