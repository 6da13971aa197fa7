// `node snapshot.mjs modules <runtime>`: the modules of the standard library that Pyodide has read when the core can be
// imported. `node snapshot.mjs memory <runtime> <library> <module> <made>`: its memory with this module of the core
// imported, booted from that library, as web/src/runtimes/memory.js reads it; prints how many bytes of a memory there are,
// and of a fresh one up to nothing but zeros.

import nodeCrypto from "node:crypto";
import { writeFileSync } from "node:fs";

const [wanted, runtime, library, module, made] = process.argv.slice(2);
const { loadPyodide } = await import(`${runtime}/pyodide.mjs`);

const MODULES = `
import json, sys
json  # the core's, too
"\\n".join(name for name, module in sys.modules.items() if getattr(module, "__file__", None))`;

const modules = async () => (await loadPyodide({ indexURL: `${runtime}/` })).runPython(MODULES);

/** Pyodide's instance has this memory, as soon as it is there and its data is told where it is. @returns {{words?: Uint32Array}} */
const fresh = () => {
  const found = {};
  const { instantiate } = WebAssembly;
  WebAssembly.instantiate = async (source, imports) => {
    const made = await instantiate(source, imports);
    if (imports?.env?.memory) {
      (made.instance || made).exports.__wasm_apply_data_relocs();
      found.words = new Uint32Array(imports.env.memory.buffer.slice());
    }
    return made;
  };
  return found;
};

const PAGE = 4096; // bytes; of a shorter gap, the zeros cost less than to say where it is

/** What is not zero: how many pieces, where each begins and how long it is, and then the pieces. @param {Uint8Array} memory */
const pieces = (memory) => {
  const found = [];
  for (let at = 0; at < memory.length; at += PAGE) {
    const last = found.at(-1);
    if (memory.subarray(at, at + PAGE).every((byte) => !byte)) continue;
    if (last && last.at + last.length === at) last.length += PAGE;
    else found.push({ at, length: PAGE });
  }
  const places = Uint32Array.from([found.length, ...found.flatMap(({ at, length }) => [at, Math.min(length, memory.length - at)])]);
  return Buffer.concat([new Uint8Array(places.buffer), ...found.map(({ at, length }) => memory.subarray(at, at + length))]);
};

/** The same each time: whatever chance and time it began with, every visitor gets. */
const fixed = () => {
  nodeCrypto.randomFillSync = (array) => array.fill(0); // Pyodide's source of chance in Node
  Date.now = () => 0;
  performance.now = () => 0;
};

const memory = async () => {
  fixed();
  const before = fresh();
  // The memory holds a name of the program; without one given, it would be this one's path.
  const own = { stdLibURL: library, _makeSnapshot: true, _sysExecutable: "python", env: { HOME: "/home/pyodide", PYTHONHASHSEED: "0" } };
  const python = await loadPyodide({ indexURL: `${runtime}/`, ...own });
  python.pyimport(module);
  const snapshot = python.makeMemorySnapshot();
  const used = before.words.findLastIndex((word) => word) + 1;
  const [, header] = new Uint32Array(snapshot.buffer, 0, 2);
  const heap = new Uint32Array(snapshot.buffer, header);
  for (let at = 0; at < used; at++) heap[at] ^= before.words[at];
  writeFileSync(made, pieces(snapshot));
  return JSON.stringify({ memory: snapshot.length, fresh: 4 * used });
};

console.log(await (wanted === "modules" ? modules() : memory()));
