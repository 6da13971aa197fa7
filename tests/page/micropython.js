// The real core, in the real interpreter that pages have: MicroPython, as web/src/runtimes/interpreter.js runs it.

import { readdirSync, readFileSync } from "node:fs";
import { start } from "../../web/src/runtimes/interpreter.js";

const WASM = new URL("../../web/node_modules/@micropython/micropython-webassembly-pyscript/micropython.wasm", import.meta.url);
const CORE = new URL("../../sdk/rudderanalytics/", import.meta.url);

/** The sources of the package, as Python finds them, by path. */
const sources = (folder = CORE, into = "/lib/rudderanalytics/") =>
  readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    if (entry.isDirectory()) return sources(new URL(`${entry.name}/`, folder), `${into}${entry.name}/`);
    return entry.name.endsWith(".py") ? [[into + entry.name, new Uint8Array(readFileSync(new URL(entry.name, folder)))]] : [];
  });

const compiled = WebAssembly.compile(readFileSync(WASM));
const files = Object.fromEntries(sources());

/** An interpreter with the sources of the package, 4 MB of heap. */
export const openInterpreter = async () => {
  const python = await start(await compiled, files, 4 * 1024 * 1024);
  python.run("import sys; sys.path.append('/lib')");
  return python;
};

/** A runtime whose core is Python's. */
export const openCore = async () => {
  const python = await openInterpreter();
  return { name: "micropython 1.27", handle: python.get("rudderanalytics.core.boundary", "handle") };
};
