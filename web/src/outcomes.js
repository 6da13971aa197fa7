// What became of every call: counts, and those who wait in `flush`.

import { attempted } from "./attempt.js";
import { Promise } from "./builtins.js";
import { Set } from "./collections.js";

/** @typedef {{delivered: number, dropped: number, pending: number}} Flushed */

/** @param {import("./ledger").Ledger} ledger */
export const createOutcomes = (ledger) => {
  /** `retried` counts each message as often as it is tried again, `repeated` as often as nobody knows whether it had arrived; `dropped` goes by reason. */
  const counts = { accepted: 0, delivered: 0, retried: 0, repeated: 0, dropped: /** @type {Record<string, number>} */ ({}) };
  /** How often the trimmed interpreter lacked something (runtimes/replay.js). */
  let fallbacks = 0;
  /** What became of calls that nobody waited for when it did: the next flush says it. */
  let untold = { delivered: 0, dropped: 0 };
  /** Those who wait: for which ids, and what became of them so far. @type {Set<{ids: Set<string>, became: {delivered: number, dropped: number}, done: () => void}>} */
  const waiting = new Set();

  /** Why the last try failed. @type {string | undefined} */
  let lastFailure;

  /** @param {string} name one of those that can be listened to @param {unknown} [detail] */
  const tell = (name, detail) => {
    for (const listener of [...ledger.listeners[name]]) ledger.guard(listener, detail);
  };

  return {
    counts,
    tell,

    /** A try failed. @param {string[]} messageIds @param {import("./types").Failed} failed */
    fail(messageIds, { status, reason, nextTry }) {
      lastFailure = reason;
      tell("failed", { messageIds, status, reason, nextTry });
    },

    /** What became of a call; without an outcome it was no message. @param {string} messageId @param {"delivered" | "dropped"} [outcome] @param {string} [reason] */
    settle(messageId, outcome, reason = "") {
      if (outcome === "dropped") counts.dropped[reason] = (counts.dropped[reason] || 0) + 1;
      else if (outcome) counts.delivered++;
      ledger.open.delete(messageId);
      const concerned = [...waiting].filter((flush) => flush.ids.delete(messageId));
      if (outcome) for (const became of concerned.length ? concerned.map((flush) => flush.became) : [untold]) became[outcome]++;
      for (const flush of concerned) if (!flush.ids.size) flush.done();
      if (outcome) tell(outcome, outcome === "dropped" ? { messageId, reason } : { messageId });
    },

    /** @param {number} count of them so far @returns {boolean} is that news? */
    fellBack(count) {
      const isNew = count > fallbacks;
      fallbacks = count;
      return isNew;
    },

    /** What became of all that this page called or adopted. */
    stats: () => ({
      ...counts,
      dropped: { ...counts.dropped },
      ...(lastFailure !== undefined && { lastFailure }),
      ...(fallbacks && { fallbacks }),
      pending: ledger.open.size,
    }),

    /**
     * Settles when these calls are delivered or dropped, with how many are, since the flush before; or earlier.
     * @param {string[]} ids @param {boolean} isOver nothing more will come of it
     * @param {Promise<unknown>} until when nobody waits any more @returns {Promise<Flushed>}
     */
    flush: (ids, isOver, until) =>
      new Promise((resolve) => {
        const flush = {
          ids: new Set(ids.filter((id) => ledger.open.has(id))),
          became: untold,
          done: () => {
            waiting.delete(flush);
            resolve({ ...flush.became, pending: flush.ids.size });
          },
        };
        untold = { delivered: 0, dropped: 0 };
        waiting.add(flush);
        if (isOver || !flush.ids.size) flush.done();
        else
          attempted(async () => {
            await until;
            flush.done();
          });
      }),

    /** Nothing more will come of it: those who wait are told so. */
    giveUp() {
      for (const flush of [...waiting]) flush.done();
    },
  };
};
