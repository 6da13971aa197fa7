// Pyodide, in a worker of its own: the page is never blocked, and goes on doing all that touches it. One file for both
// sides, `pyodide/rudderanalytics.mjs`: a page imports it and gets `boot`; the worker that `boot` starts runs it.
// Where there can be no worker, Pyodide runs on the page's main thread.

import { attempt } from "../attempt.js";
import { fromText, toText, uncheckedFiles } from "./files.js";
import { remember } from "./memory.js";

export { createCore } from "../core.js";

/** @import {Runtime} from "../types" */

const HERE = import.meta.url;
/** Where Pyodide looks for its files. A script that is a Blob has nothing beside it: then there is no such place. */
const FOLDER = attempt(() => new URL(".", HERE).href) || "https://rudderanalytics.invalid/";
const NAME = "rudderanalytics.worker";
/** Every window has a document that nothing can stand in for; its name, and a name like that of a worker's function, anybody can give it. */
const IN_WORKER = typeof document === "undefined" && "importScripts" in globalThis;
const WASM = "pyodide.asm.wasm";
const LIBRARY = "rudderanalytics.zip";
/** What is fetched. A worker is told where these are in its name, behind `NAME`. */
const FILES = ["pyodide.mjs", "pyodide.asm.js", WASM, LIBRARY];
const MEMORIES = ["rudderanalytics.snapshot", "rudderanalytics.snapshot.gz"];

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

/**
 * Pyodide with the core in it, on this thread: from a memory, or else from a library.
 * @param {import("./files").Files} [files] @returns {Promise<any>} undefined where the memory is of no use: what was started is lost
 */
export const open = async (files = uncheckedFiles(beside)) => {
  const { at } = files;
  const script = scripts(at);
  script.catch(() => {}); // it is waited for later
  const remembered = IN_WORKER ? await remember(files, beside(WASM), HERE) : null;
  const { options } = remembered || { options: { stdLibURL: at(LIBRARY) } };
  const loadPyodide = await script;
  const ask = fetch;
  // Pyodide asks for its WebAssembly in one folder, where a bundler may not have left it, and checks nothing.
  /** @type {Record<string, string>} */
  const ours = remembered ? {} : { [beside(WASM)]: WASM, [at(LIBRARY)]: LIBRARY };
  // Where one of them fails, Pyodide would go on, or wait for ever.
  return new Promise((settle, reject) => {
    remembered?.filled.catch(() => settle(undefined));
    if (!remembered) globalThis.fetch = (asked, ...more) => {
      const name = ours[String(asked)];
      if (!name) return ask(asked, ...more);
      return files.ask(name).catch((error) => {
        reject(error);
        return new Promise(() => {});
      });
    };
    loadPyodide(/** @type {any} */ ({ indexURL: FOLDER, lockFileContents: __LOCK__, ...options })).then(settle, reject);
  }).finally(() => {
    if (!remembered) globalThis.fetch = ask;
  });
};

/** @param {import("./files").Files} files @returns {Promise<Runtime & {handle(text: string): string} | undefined>} undefined as `open` says */
const load = async (files) => {
  const pyodide = await open(files);
  if (!pyodide) return undefined;
  const { handle } = pyodide.pyimport("rudderanalytics.core.boundary");
  return { name: `pyodide ${pyodide.version}`, handle };
};

/**
 * The worker's side: says that it is there, then its name, then answers each text with a text; an object is an error. In
 * place of its name it says nothing where the memory that it got is of no use: then it is of none either.
 */
const serve = async () => {
  const fail = (/** @type {unknown} */ error) => postMessage({ error: String(error) });
  postMessage("");
  try {
    const runtime = await load(fromText(self.name.slice(NAME.length)));
    if (!runtime) return postMessage("");
    const { name, handle } = runtime;
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
 * Makes the address of a worker what a page with `require-trusted-types-for 'script'` takes, where it allows our policy:
 * only this script and what imports it go through.
 * @returns {(address: string) => string}
 */
const trusting = () => {
  const { trustedTypes } = /** @type {any} */ (globalThis);
  /** @param {string} address */
  const createScriptURL = (address) => address;
  const policy = attempt(() => trustedTypes.createPolicy("rudderanalytics", { createScriptURL }));
  return policy ? policy.createScriptURL.bind(policy) : createScriptURL;
};

/**
 * A worker of this address that is there, or null: a policy of the page's, or an old browser, has none for us.
 * @param {string} address @param {string} files @returns {Promise<Worker | null>}
 */
const start = (address, files) =>
  new Promise((settle) => {
    try {
      const worker = new Worker(address, { type: "module", name: NAME + files });
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

/** Makes workers, each of which is told of some files. */
const hiring = () => {
  const trusted = trusting();
  return async (/** @type {string} */ files) => (await start(trusted(HERE), files)) || start(trusted(detour()), files);
};

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

/**
 * @param {unknown} _compiled none, as a worker compiles for itself
 * @param {import("./files").Address} [at] where a file is, if not beside this one
 * @param {import("./files").Files} [files] those that are checked (integrity.js) @returns {Promise<Runtime>}
 */
export const boot = async (_compiled, at = beside, files = uncheckedFiles(at)) => {
  const hire = hiring();
  let worker = await hire(toText([...FILES, ...MEMORIES], files));
  let name = worker && (await next(worker));
  if (worker && !name) {
    worker.terminate();
    worker = await hire(toText(FILES, files));
    name = worker && (await next(worker));
  }
  if (!worker || !name) {
    console.warn("[rudderanalytics]", "no worker can start here: Python runs on the page's main thread");
    return /** @type {Promise<Runtime>} */ (load(files));
  }
  const those = worker;
  const handle = (/** @type {string} */ text) => {
    those.postMessage(text);
    return next(those);
  };
  return { name, handle };
};

// Only in a worker of ours: nobody else has the other end of it, and no other page can give it a name.
if (IN_WORKER && String(self.name).startsWith(NAME)) serve();
