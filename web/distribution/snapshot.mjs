// `node snapshot.mjs modules <runtime>`: the modules of the standard library that Pyodide has read when the core can be
// imported. `node snapshot.mjs memory <runtime> <library> <module> <made>`: its memory with this module of the core
// imported, booted from that library, as web/src/runtimes/memory.js reads it; prints how many bytes of a fresh memory are
// not zero.

import { writeFileSync } from "node:fs";

const [wanted, runtime, library, module, made] = process.argv.slice(2);
const { loadPyodide } = await import(`${runtime}/pyodide.mjs`);

const MODULES = `
import json, sys
json  # the core's, too
"\\n".join(name for name, module in sys.modules.items() if getattr(module, "__file__", None))`;

const modules = async () => (await loadPyodide({ indexURL: `${runtime}/` })).runPython(MODULES);

/** Pyodide's instance, as soon as it is there, has this memory. @returns {{words?: Uint32Array}} */
const fresh = () => {
  const found = {};
  const { instantiate } = WebAssembly;
  WebAssembly.instantiate = async (source, imports) => {
    const instance = await instantiate(source, imports);
    if (imports?.env?.memory) found.words = new Uint32Array(imports.env.memory.buffer.slice());
    return instance;
  };
  return found;
};

const memory = async () => {
  const before = fresh();
  // The memory holds a name of the program; without one given, it would be this one's path.
  const own = { stdLibURL: library, _makeSnapshot: true, _sysExecutable: "python" };
  const python = await loadPyodide({ indexURL: `${runtime}/`, ...own });
  python.pyimport(module);
  const snapshot = python.makeMemorySnapshot();
  const used = before.words.findLastIndex((word) => word) + 1;
  const [, header] = new Uint32Array(snapshot.buffer, 0, 2);
  const heap = new Uint32Array(snapshot.buffer, header);
  for (let at = 0; at < used; at++) heap[at] ^= before.words[at];
  writeFileSync(made, snapshot);
  return 4 * used;
};

console.log(await (wanted === "modules" ? modules() : memory()));
