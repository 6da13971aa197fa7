// What a worker gives its own client in place of a page: no document, no cookies, no address; what is stored is in
// workerStorage.js. What its client says to other workers (workers.js) Python in this worker hears at once, and answers are
// there as a call returns.

import { attempt } from "./attempt.js";
import { createPage } from "./page.js";

/** The worker's own address is no page's. */
const NOWHERE = /** @type {Location} */ ({ href: "", hostname: "", pathname: "/", protocol: "" });

/**
 * @param {Parameters<typeof createPage>[0]} ours @param {Window & typeof globalThis} scope the worker's globals
 * @param {Storage} storage @param {(text: string) => void} told Python in this worker, that hears what the client says
 */
export const createWorkerPage = (ours, scope, storage, told) => {
  const page = createPage(ours, scope);
  /** @type {(text: string) => void} */
  let toClient = () => {};
  /** @template {any[]} Given @param {(...given: Given) => void} listener @returns {(...given: Given) => void} */
  const guarded = (listener) => (...given) => {
    try {
      listener(...given);
    } catch (error) {
      page.log("ERROR", "JavaScript failed:", error);
    }
  };

  return {
    ...page,
    isWorker: true,
    /** Python in this worker says something to the client. @param {string} text */
    hear: (text) => toClient(text),

    /** @param {"localStorage" | "sessionStorage"} area @returns {Storage | undefined} */
    storage: (area) => (area === "localStorage" ? storage : undefined),
    location: () => NOWHERE,
    elapsed: () => Math.floor(scope.performance.now()),
    isLeaving: () => false,
    isHidden: () => false,
    isFocused: () => false,

    /** @returns {import("./types").Seen} */
    observe: () => ({ ...page.observe(), href: "", screen: {} }),

    /** A worker hears of the network only. @param {"window" | "document"} _where @param {string} name @param {(event: any) => void} listener */
    listen: (_where, name, listener) => void scope.addEventListener(name, guarded(listener)),

    /** @param {string} name @param {(data: any) => void} hear */
    openChannel(name, hear) {
      const channel = attempt(() => new scope.BroadcastChannel(name));
      if (channel) channel.onmessage = guarded(({ data }) => hear(data));
      toClient = guarded(hear);
      return /** @type {BroadcastChannel} */ ({
        postMessage(/** @type {string} */ text) {
          told(text);
          channel?.postMessage(text);
        },
        close: () => channel?.close(),
      });
    },
  };
};
