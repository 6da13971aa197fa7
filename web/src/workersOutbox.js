// What a worker that had no page left undelivered (standalone.js), for a page that comes later: it becomes the page's own,
// as if another page had left it (tabs.js). Who that worker's visitor is stays where it is, for the next worker; a page on
// a first visit takes that worker's anonymousId (core.js).
//
// While a worker has it open the page waits for that worker's end. A page that is left does not: in the back/forward cache it
// could be given the lock, and would do nothing with it.
//
// It is stored here first, and removed there then: of a page that dies in between, both have it, and it is delivered again.

import { attempted } from "./attempt.js";
import { decode, KEYS, unquote } from "./cookies.js";
import { openStorage, NAME } from "./workerStorage.js";

/** What follows the beginning of all keys in those of calls, messages and notes of what is on its way: whose it is. */
const OWNED = /^[0-9a-f-]{36}\./;

/**
 * @param {import("./page").Page} page @param {import("./storage").BrowserStorage} storage
 * @param {string} prefix what all keys of the page's journal begin with
 * @param {() => void} later is called when it was taken after a worker's end
 * @returns {Promise<string>} the anonymousId of that worker's visitor; "" where there is none, or a worker has it open
 */
export const takeOutbox = async (page, storage, prefix, later) => {
  const { locks } = page;
  let anonymousId = "";
  let isTaken = false;
  /** @param {Lock | null} lock none: a worker has it open, and delivers it itself */
  const take = async (lock) => {
    if (!lock) return;
    isTaken = true;
    const left = await openStorage(/** @type {Window & typeof globalThis} */ (page.window), (text) => page.log("WARN", `IndexedDB: ${text}`));
    for (const key of Object.keys(left)) {
      const isOurs = key.startsWith(prefix) && OWNED.test(key.slice(prefix.length));
      if (isOurs && storage.write("localStorage", key, left[key])) left.removeItem(key);
    }
    anonymousId = String(decode(unquote(left[KEYS.anonymousId] ?? ""), "anonymousId") ?? "");
  };
  await locks?.request(NAME, { ifAvailable: true }, take);
  if (locks && !isTaken) {
    const wait = new AbortController();
    page.listen("window", "pagehide", () => wait.abort());
    page.alone(async () => {
      await attempted(() => locks.request(NAME, { signal: wait.signal }, take));
      if (isTaken) later();
    });
  }
  return anonymousId;
};
