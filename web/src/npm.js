// The npm package's entry: the same client as the script tag's, for apps that have a bundler. The page has one client,
// `window.rudderanalytics`, whoever made it; it is made when it is first asked for anything. On a server, where there is
// no page, nothing is done, and getters answer as for a visitor who is not known.
//
// A bundler gives each file that it copies an address of its own, so that nothing lies beside anything any more: what
// needs files is told where each of them is.

import { install } from "./install.js";
import { keep } from "./runtimes/host.js";

/** @import {Booted} from "./page" */

const IN_A_PAGE = typeof window === "object" && typeof document === "object";

const RUNTIMES = ["pyodide", "micropython", "host"];
/** Methods that answer with a text. */
const TEXTS = ["identify", "track", "page", "group", "alias", "getUserId", "getAnonymousId", "getGroupId"];

/** Where the package's files are; written in full, as bundlers find them by these words. @type {Record<string, () => URL>} */
const FILES = {
  "autoTrack.mjs": () => new URL("./assets/autoTrack.mjs", import.meta.url),
  "core.mjs": () => new URL("./assets/core.mjs", import.meta.url),
  "extras.mjs": () => new URL("./assets/extras.mjs", import.meta.url),
  "micropython/rudderanalytics.mjs": () => new URL("./assets/micropython/rudderanalytics.mjs", import.meta.url),
  "micropython/rudderanalytics.wasm": () => new URL("./assets/micropython/rudderanalytics.wasm", import.meta.url),
  "micropython/micropython.wasm": () => new URL("./assets/micropython/micropython.wasm", import.meta.url),
  "pyodide/rudderanalytics.mjs": () => new URL("./assets/pyodide/rudderanalytics.mjs", import.meta.url),
  "pyodide/rudderanalytics.wasm": () => new URL("./assets/pyodide/rudderanalytics.wasm", import.meta.url),
  "pyodide/rudderanalytics.snapshot.gz": () => new URL("./assets/pyodide/rudderanalytics.snapshot.gz", import.meta.url),
  "pyodide/rudderanalytics.zip": () => new URL("./assets/pyodide/rudderanalytics.zip", import.meta.url),
  "pyodide/pyodide.mjs": () => new URL("./assets/pyodide/pyodide.mjs", import.meta.url),
  "pyodide/pyodide.asm.js": () => new URL("./assets/pyodide/pyodide.asm.js", import.meta.url),
  "pyodide/pyodide.asm.wasm": () => new URL("./assets/pyodide/pyodide.asm.wasm", import.meta.url),
  "words.mjs": () => new URL("./assets/words.mjs", import.meta.url),
};

/** Is the module at an address that only the page knows; no bundler is to look for it. @param {string} address */
const bring = (address) => import(/* @vite-ignore */ /* webpackIgnore: true */ address);

/** @param {string} runtime @param {(name: string) => string} file its address, as `micropython/rudderanalytics.wasm` @returns {Promise<Booted>} */
const start = async (runtime, file) => {
  if (runtime === "host") return bring(file("core.mjs")); // the page's own Python comes when it is imported
  const at = (/** @type {string} */ name) => file(`${runtime}/${name}`);
  const ahead = WebAssembly.compileStreaming(fetch(at("rudderanalytics.wasm"))).catch(() => undefined);
  const { createCore, boot } = await bring(at("rudderanalytics.mjs"));
  return { createCore, runtime: boot(ahead, at) };
};

/** The page's client: the one that is there, or a new one whose `load` takes `runtime` and `assetsUrl`. @returns {any} */
const findOrMake = () => {
  const before = /** @type {any} */ (window).rudderanalytics;
  let runtime = "pyodide";
  let assets = "";
  /** What the page's own Python said before it was clear that it is to hold the core. @type {[any, string] | undefined} */
  let offered;
  /** @type {any} */
  let api;

  const file = (/** @type {string} */ name) => (assets ? new URL(name, assets) : FILES[name]()).href;
  /** A further client may name a runtime of its own. @param {Record<string, unknown>} options of `load` */
  const runtimeOf = (options) => (RUNTIMES.includes(/** @type {string} */ (options.runtime)) ? /** @type {string} */ (options.runtime) : runtime);

  /** @param {any} made */
  const prepare = (made) => {
    api = made;
    if (made === before) return;
    const { load: loadClient } = made;
    const { attach } = made.python;
    made.python.attach = (/** @type {any} */ handle, /** @type {string} */ name) => {
      if (runtime === "host") attach(handle, name);
      else offered = [keep(handle), name];
    };
    made.load = (/** @type {unknown[]} */ ...given) => {
      const options = Object(given[2]);
      runtime = runtimeOf(options);
      if (typeof options.assetsUrl === "string") assets = new URL(options.assetsUrl.replace(/\/*$/, "/"), location.href).href;
      if (runtime === "host" && offered) attach(...offered);
      loadClient(...given);
    };
  };

  install({ installType: "npm", boot: (options) => start(runtimeOf(options), file), bring: (name) => bring(file(name)) }, true, prepare);
  return api;
};

/** What is made when it is first asked for. @param {() => any} make */
const once = (make) => {
  /** @type {any} */
  let made;
  return () => (made ||= make());
};

/** The page's client; on a server, one that does nothing. */
const client = once(() => (IN_A_PAGE ? findOrMake() : nobody()));

/** What there is on a server: no page, no visitor. */
const nobody = () => {
  const nothing = { delivered: 0, dropped: 0, pending: 0 };
  /** @type {Record<string, () => unknown>} */
  const answers = {
    getUserTraits: () => ({}),
    getGroupTraits: () => ({}),
    getSessionId: () => null,
    flush: async () => nothing,
    stats: () => ({ accepted: 0, retried: 0, repeated: 0, ...nothing, dropped: {} }),
    on: () => () => {},
  };
  for (const name of TEXTS) answers[name] = () => "";
  /** @type {any} */
  const one = new Proxy(answers, { get: (there, /** @type {string} */ name) => there[name] || (() => {}) });
  answers.getAnalyticsInstance = () => one;
  return one;
};

/** @param {string} name @returns {(...given: unknown[]) => any} */
const method = (name) => (...given) => client()[name](...given);

export const load = method("load");
export const ready = method("ready");
export const identify = method("identify");
export const track = method("track");
export const page = method("page");
export const group = method("group");
export const alias = method("alias");
export const reset = method("reset");
export const getUserId = method("getUserId");
export const getUserTraits = method("getUserTraits");
export const getAnonymousId = method("getAnonymousId");
export const setAnonymousId = method("setAnonymousId");
export const getGroupId = method("getGroupId");
export const getGroupTraits = method("getGroupTraits");
export const getSessionId = method("getSessionId");
export const startSession = method("startSession");
export const endSession = method("endSession");
export const setAuthToken = method("setAuthToken");
export const consent = method("consent");
export const revoke = method("revoke");
export const flush = method("flush");
export const on = method("on");
export const stats = method("stats");
export const debug = method("debug");
export const push = method("push");
export const getAnalyticsInstance = method("getAnalyticsInstance");

/**
 * The official SDK's way: `new RudderAnalytics()` is the page's one client, however often it is made, until it loads another
 * write key than that: from then on it is a client of its own.
 */
export class RudderAnalytics {
  version = __VERSION__;
  /** The client that it has loaded. @type {any} */
  #loaded;
  /** @param {string} name @returns {(...given: any[]) => any} */
  #method = (name) => (...given) => (this.#loaded || client())[name](...given);
  /** @param {unknown[]} given the write key, the data plane URL, options */
  load = (...given) => {
    this.#loaded ||= client().getAnalyticsInstance?.(given[0]) || client(); // a script tag of before knows none
    this.#loaded.load(...given);
  };
  ready = this.#method("ready");
  identify = this.#method("identify");
  track = this.#method("track");
  page = this.#method("page");
  group = this.#method("group");
  alias = this.#method("alias");
  reset = this.#method("reset");
  getUserId = this.#method("getUserId");
  getUserTraits = this.#method("getUserTraits");
  getAnonymousId = this.#method("getAnonymousId");
  setAnonymousId = this.#method("setAnonymousId");
  getGroupId = this.#method("getGroupId");
  getGroupTraits = this.#method("getGroupTraits");
  getSessionId = this.#method("getSessionId");
  startSession = this.#method("startSession");
  endSession = this.#method("endSession");
  setAuthToken = this.#method("setAuthToken");
  consent = this.#method("consent");
  revoke = this.#method("revoke");
  flush = this.#method("flush");
  on = this.#method("on");
  stats = this.#method("stats");
  debug = this.#method("debug");
  push = this.#method("push");
  getAnalyticsInstance = this.#method("getAnalyticsInstance");
}
