// `node snapshot.mjs <runtime> modules`: the modules of the standard library that Pyodide has read when the core can be
// imported. `node snapshot.mjs <runtime> <library> <made>`: its memory with the core imported, booted from that library.

import { writeFileSync } from "node:fs";

const [runtime, library, made] = process.argv.slice(2);
const { loadPyodide } = await import(`${runtime}/pyodide.mjs`);
const own = made ? { stdLibURL: library, _makeSnapshot: true } : {};
// An error here would end this program; the page's own lock file is for packages, of which there are none.
const python = await loadPyodide({ indexURL: `${runtime}/`, ...own });
if (made) {
  python.pyimport("rudderanalytics.boundary");
  writeFileSync(made, python.makeMemorySnapshot());
} else {
  console.log(
    python.runPython(`
import json, sys
json  # the core's, too
"\\n".join(name for name, module in sys.modules.items() if getattr(module, "__file__", None))`),
  );
}
