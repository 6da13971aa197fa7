// Pyodide, in a worker of its own: the page is never blocked, and goes on doing all that touches it. One file for both
// sides, `pyodide/rudderanalytics.mjs`: a page imports it and gets `boot`; the worker that `boot` starts runs it.
// Where there can be no worker, Pyodide runs on the page's main thread.

import { remember } from "./memory.js";

/** @import {Runtime} from "../types" */

const HERE = import.meta.url;
const FOLDER = new URL(".", HERE).href;
const NAME = "rudderanalytics.worker";
const IN_WORKER = "importScripts" in globalThis;

/** Pyodide's own script, which is no business of a page that has a worker for it, nor of one without WebAssembly. */
const pyodide = () => {
  if (!globalThis.WebAssembly) throw new ReferenceError("WebAssembly is not defined");
  return import(FOLDER + "pyodide.mjs");
};

/** Pyodide with the core in it, on this thread: from a memory, or else from a library. */
export const open = async () => {
  const script = pyodide();
  const remembered = IN_WORKER && (await remember(FOLDER, HERE));
  const options = remembered || { stdLibURL: FOLDER + "rudderanalytics.zip" };
  const { loadPyodide } = await script;
  return loadPyodide(/** @type {any} */ ({ indexURL: FOLDER, lockFileContents: __LOCK__, ...options }));
};

/** @returns {Promise<Runtime & {handle(text: string): string}>} */
const load = async () => {
  const pyodide = await open();
  const { handle } = pyodide.pyimport("rudderanalytics.core.boundary");
  return { name: `pyodide ${pyodide.version}`, handle };
};

/** The worker's side: says that it is there, then its name, then answers each text with a text; an object is an error. */
const serve = async () => {
  const fail = (/** @type {unknown} */ error) => postMessage({ error: String(error) });
  postMessage("");
  try {
    const { name, handle } = await load();
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
 * @param {string} address @returns {Promise<Worker | null>}
 */
const hire = (address) =>
  new Promise((settle) => {
    try {
      const worker = new Worker(address, { type: "module", name: NAME });
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

/** @returns {Promise<Runtime>} */
export const boot = async () => {
  const worker = (await hire(HERE)) || (await hire(detour()));
  if (!worker) {
    console.warn("[rudderanalytics]", "no worker can start here: Python runs on the page's main thread");
    return load();
  }
  const name = await next(worker);
  const handle = (/** @type {string} */ text) => {
    worker.postMessage(text);
    return next(worker);
  };
  return { name, handle };
};

if (self.name === NAME) serve();
