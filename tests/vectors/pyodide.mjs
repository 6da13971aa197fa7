// Runs the vectors inside Pyodide: `node tests/vectors/pyodide.mjs <package> <wheel>` prints {"ran", "failures"}. The
// package is one of web/package.json; without a wheel, the core is as it lies in sdk/.

import { readFileSync } from "node:fs";
import { FOLDERS, SUM, files } from "./files.mjs";

const { loadPyodide } = await import(`../../web/node_modules/${process.argv[2]}/pyodide.mjs`);

const python = await loadPyodide();
for (const folder of process.argv[3] ? ["/lib", "/vectors"] : FOLDERS) python.FS.mkdirTree(folder);
for (const [path, text] of files(!process.argv[3])) python.FS.writeFile(path, text);
if (process.argv[3]) python.unpackArchive(new Uint8Array(readFileSync(process.argv[3])), "wheel");
python.runPython(SUM);
console.log(python.globals.get("result"));
