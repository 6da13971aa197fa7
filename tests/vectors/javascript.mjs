// What Python makes of JavaScript's values: `node tests/vectors/javascript.mjs <package>` prints it as JSON. The package
// is one of web/package.json.

import { FOLDERS, files } from "./files.mjs";

const nested = (levels) => {
  let value = "x";
  for (let level = 0; level < levels; level++) value = level % 2 ? [value] : { a: value };
  return value;
};
const circle = {};
circle.itself = [circle];
class Point {
  x = 1;
}

globalThis.cases = {
  null: null,
  undefined: undefined,
  text: "é✓🙂",
  number: 5,
  fraction: 0.1,
  boolean: true,
  bigint: 12345678901234567890n,
  date: new Date(1795445150673),
  object: { a: null, b: undefined, "c-d": "é", e: { f: [] }, __proto: 1 },
  array: [null, undefined, 1, "x", [], {}],
  holes: [1, , 3],
  inside: { date: new Date(0), bigint: 10n ** 20n, small: 5n, large: 2 ** 53, larger: 2 ** 60, tiny: 1e-7, minus: -5 },
  boxed: [new Number(1.5), new String("x"), new Boolean(false)],
  instance: new Point(),
  bare: Object.create(null),
  deep: nested(50),
  deeper: { a: nested(50) },
  circle,
  functions: { f: () => 1 },
  symbol: [Symbol("x")],
  map: { m: new Map() },
  set: new Set(),
  bytes: [new Uint8Array(2)],
  expression: /x/,
  invalid: { when: new Date(NaN) },
  nan: { n: [NaN] },
  infinity: { n: -Infinity },
};
const names = JSON.stringify(Object.keys(globalThis.cases));

const micropython = async (module) => {
  const python = await module.loadMicroPython();
  for (const folder of FOLDERS) python.FS.mkdir(folder.replace(/\/$/, ""));
  return python;
};
const pyodide = async (module) => {
  const python = await module.loadPyodide();
  for (const folder of FOLDERS) python.FS.mkdirTree(folder);
  return python;
};

const [name] = process.argv.slice(2);
const isSmall = name.includes("micropython");
const module = await import(`../../web/node_modules/${name}/${isSmall ? "micropython" : "pyodide"}.mjs`);
const python = await (isSmall ? micropython : pyodide)(module);
for (const [path, text] of files()) python.FS.writeFile(path, text);
python.globals.set("names", names);
python.runPython("import sys\nsys.path.append('/lib')\nimport javascript\nresult = javascript.found(names)");
console.log(python.globals.get("result"));
