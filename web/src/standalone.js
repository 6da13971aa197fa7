// A client of the worker's own, where no page has our script tag and `load` was called with `standalone`: Python in this
// worker holds the core. It answers as a page does (workers.js): to Python in this worker at once, to other workers of the
// origin over the channel. One worker at a time has it, which a Web Lock proves: when that worker ends, another one goes on
// with the visitor and with what is undelivered, or a page of ours delivers that (workersOutbox.js).

import { parse, Promise } from "./builtins.js";
import { createClient } from "./client.js";
import { isObject } from "./cookies.js";
import { keep } from "./runtimes/host.js";
import { createWorkerPage } from "./workerPage.js";
import { NAME, openStorage } from "./workerStorage.js";

/** There are no cookies here. @param {any} options of `load` @returns {any} */
const withoutCookies = (options) => {
  const { storage = {} } = options;
  if (!isObject(storage) || (storage.type ?? "cookieStorage") !== "cookieStorage") return options;
  return { ...options, storage: { ...storage, type: "localStorage" } };
};

/**
 * @param {Parameters<typeof createWorkerPage>[0]} ours @param {Window & typeof globalThis} scope the worker's globals
 */
export const createStandalone = (ours, scope) => {
  /** @type {ReturnType<typeof createWorkerPage> | undefined} */
  let page;

  /** @param {string} text */
  const warn = (text) => scope.console.warn("[rudderanalytics]", text);

  return {
    /** What Python in this worker says to the client, as JSON. @param {string} text */
    hear: (text) => void page?.hear(text),

    /**
     * Makes the client as soon as no other worker has it.
     * @param {string} loaded what `load` was called with, as JSON @param {any} handle Python's core
     * @param {string} name of the interpreter, with its version @param {any} told hears what the client says, as JSON
     * @returns {Promise<void>} settles where there can be none
     */
    async open(loaded, handle, name, told) {
      const [kept, toldKept] = [keep(handle), keep(told)];
      const make = async () => {
        try {
          page = createWorkerPage(ours, scope, await openStorage(scope, (text) => warn(`IndexedDB: ${text}`)), toldKept);
        } catch (error) {
          return warn(`standalone: ${error}; calls wait for a page`);
        }
        const client = createClient(page, __VERSION__);
        client.attach({ name, handle: kept });
        const [writeKey, dataPlaneUrl, options] = parse(loaded);
        client.api.load(writeKey, dataPlaneUrl, withoutCookies(options));
        return new Promise(() => {}); // the lock is this worker's while it lives
      };
      const { locks } = scope.navigator;
      await (locks ? locks.request(NAME, make) : make());
    },
  };
};
