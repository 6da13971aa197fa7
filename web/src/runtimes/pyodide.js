// Pyodide, in a worker of its own: the page is never blocked, and goes on doing all that touches it. One file for both
// sides, `pyodide/rudderanalytics.mjs`: a page imports it and gets `boot`; the worker that `boot` starts runs it.
// Where there can be no worker, Pyodide runs on the page's main thread.

import { attempt } from "../attempt.js";
import { remember } from "./memory.js";

export { createCore } from "../core.js";

/** @import {Runtime} from "../types" */

const HERE = import.meta.url;
const FOLDER = new URL(".", HERE).href;
const NAME = "rudderanalytics.worker";
const IN_WORKER = "importScripts" in globalThis;
const WASM = "pyodide.asm.wasm";
/** What is fetched. A worker is told where these are in its name, behind `NAME`. */
const FILES = ["pyodide.mjs", "pyodide.asm.js", WASM, "rudderanalytics.snapshot", "rudderanalytics.snapshot.gz", "rudderanalytics.zip"];

/** Where a file is: beside this one. @param {string} name */
const beside = (name) => FOLDER + name;

/**
 * Pyodide's own scripts, which are no business of a page that has a worker for it, nor of one without WebAssembly. Pyodide
 * looks for the second one beside its WebAssembly, unless it is there already.
 * @param {(name: string) => string} at
 */
const scripts = async (at) => {
  if (!globalThis.WebAssembly) throw new ReferenceError("WebAssembly is not defined");
  const [{ loadPyodide }] = await Promise.all([import(at("pyodide.mjs")), at("pyodide.asm.js") === beside("pyodide.asm.js") || import(at("pyodide.asm.js"))]);
  return loadPyodide;
};

/** Pyodide with the core in it, on this thread: from a memory, or else from a library. @param {(name: string) => string} [at] where a file is, if not beside this one */
export const open = async (at = beside) => {
  const script = scripts(at);
  const remembered = IN_WORKER && (await remember(at, beside(WASM), HERE));
  const options = remembered || { stdLibURL: at("rudderanalytics.zip") };
  const loadPyodide = await script;
  const ask = fetch;
  // Pyodide asks for its WebAssembly in one folder, where a bundler may not have left it.
  const isElsewhere = !remembered && at(WASM) !== beside(WASM);
  if (isElsewhere) globalThis.fetch = (asked, ...more) => ask(String(asked) === beside(WASM) ? at(WASM) : asked, ...more);
  try {
    return await loadPyodide(/** @type {any} */ ({ indexURL: FOLDER, lockFileContents: __LOCK__, ...options }));
  } finally {
    if (isElsewhere) globalThis.fetch = ask;
  }
};

/** @param {(name: string) => string} at @returns {Promise<Runtime & {handle(text: string): string}>} */
const load = async (at) => {
  const pyodide = await open(at);
  const { handle } = pyodide.pyimport("rudderanalytics.core.boundary");
  return { name: `pyodide ${pyodide.version}`, handle };
};

/** The worker's side: says that it is there, then its name, then answers each text with a text; an object is an error. */
const serve = async () => {
  const fail = (/** @type {unknown} */ error) => postMessage({ error: String(error) });
  postMessage("");
  try {
    const files = JSON.parse(self.name.slice(NAME.length));
    const { name, handle } = await load((name) => files[name]);
    onmessage = (event) => {
      try {
        postMessage(handle(event["data"]));
      } catch (error) {
        fail(error);
      }
    };
    postMessage(name);
  } catch (error) {
    fail(error);
  }
};

/**
 * A worker of this address that is there, or null: a policy of the page's, or an old browser, has none for us.
 * @param {string} address @param {(name: string) => string} at @returns {Promise<Worker | null>}
 */
const hire = (address, at) =>
  new Promise((settle) => {
    try {
      const worker = new Worker(address, { type: "module", name: NAME + JSON.stringify(Object.fromEntries(FILES.map((name) => [name, attempt(() => at(name))]))) });
      worker.onmessage = () => settle(worker);
      worker.onerror = () => settle(null);
    } catch {
      settle(null);
    }
  });

/**
 * A page takes no worker from another origin, nor, where it is cross-origin isolated, from a server that does not say
 * the same of the worker; what the worker imports may come from there.
 */
const detour = () => URL.createObjectURL(new Blob([`import ${JSON.stringify(HERE)};`], { type: "text/javascript" }));

/** What the worker says next. @param {Worker} worker @returns {Promise<string>} */
const next = (worker) =>
  new Promise((settle, reject) => {
    worker.onerror = reject;
    worker.onmessage = (event) => {
      const said = event["data"];
      if (typeof said === "string") settle(said);
      else reject(said.error);
    };
  });

/** @param {unknown} _compiled none, as a worker compiles for itself @param {(name: string) => string} [at] where a file is, if not beside this one @returns {Promise<Runtime>} */
export const boot = async (_compiled, at = beside) => {
  const worker = (await hire(HERE, at)) || (await hire(detour(), at));
  if (!worker) {
    console.warn("[rudderanalytics]", "no worker can start here: Python runs on the page's main thread");
    return load(at);
  }
  const name = await next(worker);
  const handle = (/** @type {string} */ text) => {
    worker.postMessage(text);
    return next(worker);
  };
  return { name, handle };
};

// Only in a worker: a window can have any name.
if (IN_WORKER && String(self.name).startsWith(NAME)) serve();
