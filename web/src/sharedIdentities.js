// Identities that many stored calls have: a visitor with large traits, and many calls that wait. The identity of a call's
// moment is stored with it (journal.js); where it is large, it is stored once, under a key of its own, and the calls name it.
// It goes with the last of them.

import { Map } from "./collections.js";
import { toText } from "./json.js";
import { entryOf } from "./journal.js";

/** @typedef {import("./types").Call} Call */

/** Characters of an identity that is stored once. */
const LARGE = 1_000;

/** @param {import("./storage").BrowserStorage} storage @param {import("./journal").Journal} journal @returns {import("./journal").Shared} */
export const createSharedIdentities = (storage, journal) => {
  /** How many stored calls name a stored identity, by its key. @type {Map<string, number>} */
  const references = new Map();
  /** The identity that was stored last. */
  let latest = { key: "", text: "" };

  /** @param {string} key @param {number} number */
  const count = (key, number) => {
    references.set(key, number);
    if (number > 0) return;
    if (key === latest.key) latest = { key: "", text: "" };
    storage.write("localStorage", key, null);
  };

  return {
    /** So many stored calls name it; where none does, it goes. @param {string} key @param {number} number */
    count,

    /** A call as it is stored, and the key of the identity that it names. @param {Call} call @returns {{kept?: object, key?: string}} nothing where it has its own */
    keep(call) {
      const text = toText(call.identity) || "";
      if (text.length <= LARGE) return {};
      // Others may have had what this page stored, while it was away, and removed what they needed no more. Who adopts calls
      // finds the identities of the same name only, and this page may bear another name than when it was called (tabs.js).
      const name = `${call.line?.split(".")[0]}.`;
      const isThere = text === latest.text && latest.key.startsWith(journal.prefix() + name) && storage.read("localStorage", latest.key) !== null;
      if (!isThere) {
        const line = journal.line(call.at);
        if (!line.startsWith(name)) return {};
        latest = { key: journal.write(line, ".identity", text), text };
      }
      const { key } = latest;
      return key ? { kept: { ...call, identity: entryOf(journal.prefix(), key)?.count }, key } : {};
    },

    /** So many calls more name it. @param {string} key @param {number} by */
    refer: (key, by) => count(key, (references.get(key) || 0) + by),
  };
};
