// The door for Python's `import rudderanalytics`: text and functions only, no objects (sdk/rudderanalytics/browser.py).

import { parse, stringify } from "./builtins.js";
import { toText } from "./json.js";
import { keep } from "./runtimes/host.js";

/** @param {import("./client").Client} client @param {boolean} isHost does the page's own Python hold the core? */
export const createDoor = ({ api, attach, review }, isHost) => ({
  /** Python's core becomes the client's. @param {any} handle @param {string} name of the interpreter, with its version */
  attach(handle, name) {
    if (isHost) attach({ name, handle: keep(handle) });
  },
  /** @param {string} text [method, ...arguments] @returns {string} what it returns, as JSON */
  call(text) {
    const [method, ...given] = parse(text);
    return toText(api[method](...given) ?? null);
  },
  /** A listener; without a name, the `before_send` of the next `load`. @param {string} name @param {any} listener */
  on(name, listener) {
    const kept = keep(listener);
    /** @param {unknown} detail */
    const told = (detail) => kept(toText(detail ?? null));
    if (name) api.on(name, told);
    else review((/** @type {unknown} */ message) => parse(told(message)));
  },
  /** @param {number} [timeout] ms */
  flush: async (timeout) => stringify(await api.flush(timeout)),
});
