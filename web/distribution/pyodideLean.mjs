// `node pyodideLean.mjs <wasm> <made.json> <list> <sessions> <made>`: Pyodide's WebAssembly with those of its functions only
// that the core was seen to need, where it starts from that memory, and without constants that no function reads any longer; prints
// where those are in the memory. The list (pyodide.hot.json, which `make hot`
// writes) is of one Pyodide, by the hash of its code: with another one nothing is made. Nor is it where the answers are not
// those of the whole one, or where it stops in one of MicroPython's sessions.

import { readFileSync, writeFileSync } from "node:fs";

import { hashOfCode } from "./code.mjs";
import { requireAlike } from "./compare.mjs";
import { pyodides, recalled } from "./pyodide.mjs";
import { placed, unread, without } from "./pyodideConstants.mjs";
import { emptied } from "./trim.mjs";
import { read, write } from "./wasm.mjs";

const [wasm, of, list, known, made] = process.argv.slice(2);
const whole = read(readFileSync(wasm));
const { sha256, functions } = JSON.parse(readFileSync(list, "utf8"));
if (hashOfCode(whole) !== sha256) throw new Error(`${list} is of another Pyodide: run \`make hot\``);
const original = await WebAssembly.compile(readFileSync(wasm));
const memory = JSON.parse(readFileSync(of, "utf8"));
const python = await recalled(original, { ...memory, unread: [] });
const ranges = unread(whole, new Set(functions), python.save(), python.base);
const bytes = write(without(placed(emptied(whole, functions), python.fresh, python.base), ranges, python.base));
const { sessions } = JSON.parse(readFileSync(known, "utf8"));
const { begin, asked } = await pyodides({ trimmed: await WebAssembly.compile(bytes), original }, { ...memory, unread: ranges });
await requireAlike(begin, sessions, list);
if (asked.size) throw new Error(`the core asked for time or chance: ${[...asked]}`);
writeFileSync(made, bytes);
console.log(JSON.stringify(ranges));
