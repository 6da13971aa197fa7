// What long values cost in MicroPython, with the heap that a PyScript page has: `node tests/vectors/memory.mjs <package>`
// prints [[piece, times, bytes of the input, bytes of the heap], ...]; then whether an input of every size is taken.

import { FOLDERS, files } from "./files.mjs";

const { loadMicroPython } = await import(`../../web/node_modules/${process.argv[2]}/micropython.mjs`);

/** Characters that cross at once; a page gives longer texts in pieces. */
const MOST = 250_000;
/** As they are in JSON: one, two, three bytes, and escapes. */
const PIECES = ["x", "é", "✓", "\\n", '\\"', "\\u0001", "\\ud800"];

const start = async () => {
  const python = await loadMicroPython();
  for (const folder of FOLDERS) python.FS.mkdir(folder.replace(/\/$/, ""));
  for (const [path, text] of files()) python.FS.writeFile(path, text);
  python.runPython("import sys\nsys.path.append('/lib')\nimport memory");
  return python;
};

const python = await start();
const memory = python.globals.get("memory");
const found = [];
for (const piece of PIECES) {
  for (const times of [10_000, 40_000]) found.push([piece, times, ...JSON.parse(memory.measure(piece, times))]);
}
// A heap that was never larger, and a text that is.
const taken = [];
for (const size of [900_000, 1_200_000, 3_900_000]) {
  const fresh = await start();
  fresh.globals.get("memory").measure("x", 1);
  const { handle } = fresh.globals.get("memory").boundary;
  let text = fresh.globals.get("memory").identify("@");
  text = text.replace("@", () => "x".repeat(size));
  for (; text.length > MOST; text = text.slice(MOST)) handle("+" + text.slice(0, MOST));
  taken.push(handle(text).includes('"accept"'));
}
console.log(JSON.stringify({ found, taken }));
