// Runs the vectors inside Pyodide: `node tests/vectors/pyodide.mjs` prints {"ran", "failures"}.

import { loadPyodide } from "../../web/node_modules/pyodide/pyodide.mjs";
import { SUM, files } from "./files.mjs";

const python = await loadPyodide();
for (const folder of ["/lib/rudderanalytics", "/vectors"]) python.FS.mkdirTree(folder);
for (const [path, text] of files()) python.FS.writeFile(path, text);
python.runPython(SUM);
console.log(python.globals.get("result"));
