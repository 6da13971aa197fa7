// How long what is stored has been seen waiting, across pages. Nothing expires that was not seen waiting for 7 days (the
// core has the rule), and a clock may be wrong by more than that. So each page measures (`page.elapsed`), and leaves to
// the next one what it measured, under `<name>.waited` for all that bears a name (tabs.js). Only the page that holds the
// name writes it, so that time which two tabs see is counted once. It is written as the page is hidden or left, and once
// an hour: a page that is killed loses an hour of it at most, and what is lost makes nothing expire too early.
//
// It is a list of [count, seconds] in the order of counts: messages up to this count, and after the one before, have waited
// for at least so long. Those that waited for the same hours are one, so that it stays short: 7 days are 168 hours.

import { attempt } from "./attempt.js";
import { parse, stringify } from "./builtins.js";
import { Map, Set } from "./collections.js";
import { entryOf } from "./journal.js";

/** ms. */
export const HOUR = 3_600_000;
/** ms. Where nothing waits for longer nothing is written: a page that is left has something on its way as a rule. */
export const SHORT = 10_000;

/** @param {unknown} run */
const isRun = (run) => Array.isArray(run) && run.every((number) => Number.isInteger(number) && number >= 0);

/**
 * @param {import("./page").Page} page @param {import("./storage").BrowserStorage} storage
 * @param {import("./journal").Journal} journal
 * @param {(key: string) => boolean} isCeded do others have what begins so?
 */
export const createWaiting = (page, storage, journal, isCeded) => {
  /** Since when each message waits, by `page.elapsed`; before the page was opened it is less than 0. @type {Map<string, number>} */
  const since = new Map();
  /** Names of which something is written. @type {Set<string>} */
  const noted = new Set();
  /** ms; a page whose browser cannot measure sees nothing. */
  const elapsed = () => page.elapsed() ?? 0;
  let last = elapsed();

  /** @param {string} name @returns {string} */
  const keyOf = (name) => `${journal.prefix()}${name}.waited`;

  /** @param {string} name */
  const forget = (name) => {
    noted.delete(name);
    if (!isCeded(keyOf(name))) storage.write("localStorage", keyOf(name), null);
  };

  /** What waits, by name, in the order of counts. @returns {Map<string, {count: number, ms: number}[]>} */
  const waits = () => {
    /** @type {Map<string, {count: number, ms: number}[]>} */
    const found = new Map();
    for (const [id, from] of since) {
      const entry = entryOf(journal.prefix(), journal.place(id)?.key || "");
      if (!entry || isCeded(entry.key)) continue;
      const all = found.get(entry.owner) || [];
      all.push({ count: entry.count, ms: elapsed() - from });
      found.set(entry.owner, all);
    }
    for (const all of found.values()) all.sort((one, other) => one.count - other.count);
    return found;
  };

  /** @param {{count: number, ms: number}[]} all */
  const runsOf = (all) => {
    /** @type {[number, number][]} */
    const runs = [];
    let hours = -1;
    for (const { count, ms } of all) {
      const seconds = Math.max(0, Math.floor(ms / 1000));
      if (Math.floor(ms / HOUR) === hours) {
        const run = runs[runs.length - 1];
        run[0] = count;
        run[1] = Math.min(run[1], seconds);
      } else runs.push([count, seconds]);
      hours = Math.floor(ms / HOUR);
    }
    return runs;
  };

  /** Nothing stays written of a name of which nothing waits. */
  const sweep = (found = noted.size ? waits() : new Map()) => {
    for (const name of [...noted]) if (!found.has(name)) forget(name);
  };

  const note = () => {
    last = elapsed();
    const found = waits();
    sweep(found);
    for (const [name, all] of found) {
      if (!noted.has(name) && all.every(({ ms }) => ms < SHORT)) continue;
      noted.add(name);
      storage.write("localStorage", keyOf(name), stringify(runsOf(all)));
    }
  };

  return {
    /** A message waits from now on. @param {string} id @param {number} [before] ms that pages before this one saw it waiting */
    begin(id, before = 0) {
      if (!since.has(id)) since.set(id, elapsed() - before);
    },

    /** @param {string} id */
    end: (id) => void since.delete(id),

    /**
     * What the page that had this name saw. @param {string} name now this page's
     * @returns {(count: number) => number} ms that a message of this count was seen waiting
     */
    seen(name) {
      const text = storage.read("localStorage", keyOf(name));
      if (text !== null) noted.add(name);
      const found = attempt(() => parse(text || "[]"));
      const runs = Array.isArray(found) ? found.filter(isRun) : [];
      return (count) => (runs.find(([latest]) => count <= latest)?.[1] || 0) * 1000;
    },

    /** Writes it. */
    note,

    /** Writes it, if that was an hour ago. */
    noteAtTimes() {
      if (elapsed() - last >= HOUR) note();
    },

    sweep: () => sweep(),
  };
};
