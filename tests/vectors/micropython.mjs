// Runs the vectors inside MicroPython: `node tests/vectors/micropython.mjs <package>` prints {"ran", "failures"}. The
// package is one of web/package.json.

import { FOLDERS, SUM, files } from "./files.mjs";

const { loadMicroPython } = await import(`../../web/node_modules/${process.argv[2]}/micropython.mjs`);

// Stack and heap are as in a page: what nests too deeply for them must be refused, not crash.
const python = await loadMicroPython({ heapsize: 16 * 2 ** 20 });
for (const folder of FOLDERS) python.FS.mkdir(folder.replace(/\/$/, ""));
for (const [path, text] of files()) python.FS.writeFile(path, text);
python.runPython(SUM);
console.log(python.globals.get("result"));
