// Pyodide, in a worker of its own: the page is never blocked, and goes on doing all that touches it. One file for both
// sides, `pyodide/rudderanalytics.mjs`: a page imports it and gets `boot`; the worker that `boot` starts runs it.
// Where there can be no worker, Pyodide runs on the page's main thread.
//
// A worker starts from a memory (memory.js), in which only those of Pyodide's functions run that the core was seen to need
// (web/distribution/pyodideLean.mjs): `rudderanalytics.wasm`. Where it stops at another one, the whole `pyodide.asm.wasm` goes on.

import { attempt } from "../attempt.js";
import { compile, insist } from "./compile.js";
import { fromText, toText, uncheckedFiles } from "./files.js";
import { remember } from "./memory.js";
import { replayed } from "./replay.js";

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
const LEAN = "rudderanalytics.wasm";
/** What a worker needs more that is to start from a memory. */
const REMEMBERED = [LEAN, "rudderanalytics.snapshot", "rudderanalytics.snapshot.gz"];
/** Characters of inputs after which the memory is copied: twenty megabytes, some 5 ms. */
const OFTEN = 2 ** 21;

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

/** What Pyodide is started with in any case. */
const OPTIONS = { indexURL: FOLDER, lockFileContents: __LOCK__ };

/**
 * Pyodide with the core in it, on this thread, from a library.
 * @param {import("./files").Files} [files] @returns {Promise<any>}
 */
export const open = async (files = uncheckedFiles(beside)) => {
  const { at } = files;
  const loadPyodide = await scripts(at);
  const ask = fetch;
  // Pyodide asks for its WebAssembly in one folder, where a bundler may not have left it, and checks nothing.
  /** @type {Record<string, string>} */
  const ours = { [beside(WASM)]: WASM, [at(LIBRARY)]: LIBRARY };
  // Where one of them fails, Pyodide would go on, or wait for ever.
  return new Promise((settle, reject) => {
    globalThis.fetch = (asked, ...more) => {
      const name = ours[String(asked)];
      if (!name) return ask(asked, ...more);
      return files.ask(name).catch((error) => {
        reject(error);
        return new Promise(() => {});
      });
    };
    loadPyodide(/** @type {any} */ ({ ...OPTIONS, stdLibURL: at(LIBRARY) })).then(settle, reject);
  }).finally(() => {
    globalThis.fetch = ask;
  });
};

/** The core in it; `door` is kept, as what is no longer used is taken out of the memory at any time. @param {any} pyodide */
const coreOf = (pyodide) => {
  const door = pyodide.pyimport("rudderanalytics.core.boundary");
  return { name: `pyodide ${pyodide.version}`, door, handle: /** @type {(text: string) => string} */ (door.handle) };
};

/**
 * Pyodide with the core in it, from a memory; undefined where that is of no use: what was started is lost.
 * @param {import("./files").Files} files @param {Promise<WebAssembly.Module>} module @param {Promise<Response>} [lean] how it came, where that is known
 */
const recall = async (files, module, lean) => {
  const script = scripts(files.at);
  script.catch(() => {}); // it is waited for later
  const remembered = await remember(files, module, lean, beside(WASM), HERE);
  if (!remembered) return undefined;
  const { options, filled, heap } = remembered;
  const loadPyodide = await script;
  const loaded = loadPyodide(/** @type {any} */ ({ ...OPTIONS, ...options }));
  // Where one of these does not come, Pyodide may wait for it for ever.
  const pyodide = await Promise.race([loaded, module.then(() => loaded), filled.then(() => loaded, () => undefined)]);
  return pyodide && { ...coreOf(pyodide), ...(await heap), api: pyodide._api };
};

/**
 * @param {import("./files").Files} files @param {Promise<WebAssembly.Module | undefined>} given what the page compiled while it came
 * @returns {Promise<Runtime | undefined>} undefined as `recall` says
 */
const remembering = async (files, given) => {
  /** @type {Response | undefined} */
  let answer;
  const ask = async () => (answer = await files.ask(LEAN));
  // Where files are checked, the page compiles none.
  const asked = files.integrity && ask();
  const module = asked ? compile(asked, ask) : given.then((compiled) => compiled || compile(ask(), ask));
  const lean = await recall(files, module, asked).catch((error) => {
    // One that stops as it starts is of no use, nor is one that is not there. Where a page's policy forbids it, the whole one is, too.
    if (error?.isChangedFile || (answer?.ok && !(error instanceof WebAssembly.RuntimeError))) throw error;
  });
  if (!lean) return undefined;
  // Pyodide would tell the console what it stopped at, at length.
  attempt(() => (lean.api.fatal_error = raise));
  const core = replayed(lean, OFTEN, async (memory) => {
    const whole = await recall(files, insist(files, WASM));
    if (!whole) throw new Error("what Pyodide is to start from did not come again");
    if (memory) whole.restore(memory);
    return whole.handle;
  });
  return {
    name: lean.name,
    handle: core.handle,
    get fallbacks() {
      return core.fallbacks;
    },
  };
};

/** @param {unknown} error */
const raise = (error) => {
  throw error;
};

/** @param {import("./files").Files} files @returns {Promise<Runtime>} */
const load = async (files) => coreOf(await open(files));

/**
 * The worker's side: says that it is there, hears what the page compiled, if it starts from a memory, says its name, then
 * answers each text with a text, and how often it needed the whole Pyodide; `error` is in their place. In place of its name it
 * says nothing where the memory that it got is of no use: then it is of none either.
 */
const serve = async () => {
  const fail = (/** @type {unknown} */ error) => postMessage({ error: String(error) });
  /** @type {Promise<WebAssembly.Module | undefined>} */
  const given = new Promise((settle) => (onmessage = (event) => settle(event["data"])));
  postMessage("");
  try {
    const files = fromText(self.name.slice(NAME.length));
    const runtime = await (files.at(LEAN) ? remembering(files, given) : load(files));
    if (!runtime) return postMessage("");
    onmessage = async (event) => {
      try {
        postMessage({ answer: await runtime.handle(event["data"]), fallbacks: runtime.fallbacks });
      } catch (error) {
        fail(error);
      }
    };
    postMessage(runtime.name);
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

/** What the worker says next. @param {Worker} worker @returns {Promise<any>} */
const next = (worker) =>
  new Promise((settle, reject) => {
    worker.onerror = reject;
    worker.onmessage = (event) => {
      const said = event["data"];
      if ("error" in Object(said)) reject(said.error);
      else settle(said);
    };
  });

/** Gives a worker what was compiled; where that cannot be, it compiles for itself. @param {Worker} worker @param {WebAssembly.Module | undefined} module */
const hand = (worker, module) => {
  try {
    worker.postMessage(module);
  } catch {
    worker.postMessage(undefined);
  }
};

/**
 * @param {WebAssembly.Module | Promise<WebAssembly.Module | undefined>} [compiled] rudderanalytics.wasm, if it could be compiled while it came
 * @param {import("./files").Address} [at] where a file is, if not beside this one
 * @param {import("./files").Files} [files] those that are checked (integrity.js) @returns {Promise<Runtime>}
 */
export const boot = async (compiled, at = beside, files = uncheckedFiles(at)) => {
  const hire = hiring();
  let worker = await hire(toText([...FILES, ...REMEMBERED], files));
  if (worker) Promise.resolve(compiled).then(hand.bind(null, worker));
  let name = worker && (await next(worker));
  if (worker && !name) {
    worker.terminate();
    worker = await hire(toText(FILES, files));
    name = worker && (await next(worker));
  }
  if (!worker || !name) {
    console.warn("[rudderanalytics]", "no worker can start here: Python runs on the page's main thread");
    return load(files);
  }
  const those = worker;
  let fallbacks = 0;
  return {
    name,
    async handle(text) {
      those.postMessage(text);
      const said = await next(those);
      fallbacks = said.fallbacks;
      return said.answer;
    },
    get fallbacks() {
      return fallbacks;
    },
  };
};

// Only in a worker of ours: nobody else has the other end of it, and no other page can give it a name.
if (IN_WORKER && String(self.name).startsWith(NAME)) serve();
