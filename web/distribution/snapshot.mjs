// `node snapshot.mjs <runtime> modules`: the modules of the standard library that Pyodide has read when the core can be
// imported. `node snapshot.mjs <runtime> <library> <made>`: its memory with the core imported, booted from that library,
// as web/src/runtimes/memory.js reads it; prints how many bytes of a fresh memory are not zero.

import { writeFileSync } from "node:fs";

const [runtime, library, made] = process.argv.slice(2);
const { loadPyodide } = await import(`${runtime}/pyodide.mjs`);

let fresh;
const { instantiate } = WebAssembly;
WebAssembly.instantiate = async (source, imports) => {
  const found = await instantiate(source, imports);
  if (imports?.env?.memory) fresh = new Uint32Array(imports.env.memory.buffer.slice());
  return found;
};

// The memory holds a name of the program; without one given, it would be this one's path.
const own = made ? { stdLibURL: library, _makeSnapshot: true, _sysExecutable: "python" } : {};
const python = await loadPyodide({ indexURL: `${runtime}/`, ...own });
if (made) {
  python.pyimport("rudderanalytics.core.boundary");
  const memory = python.makeMemorySnapshot();
  const used = fresh.findLastIndex((word) => word) + 1;
  const [, header] = new Uint32Array(memory.buffer, 0, 2);
  const heap = new Uint32Array(memory.buffer, header);
  for (let at = 0; at < used; at++) heap[at] ^= fresh[at];
  writeFileSync(made, memory);
  console.log(4 * used);
} else {
  console.log(
    python.runPython(`
import json, sys
json  # the core's, too
"\\n".join(name for name, module in sys.modules.items() if getattr(module, "__file__", None))`),
  );
}
