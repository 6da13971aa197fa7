// What became of every call: counts, those who listen, and those who wait in `flush`.

/** @typedef {{delivered: number, dropped: number, pending: number}} Flushed */

/** What can be listened to. */
export const NAMES = ["ready", "message", "delivered", "dropped"];

/** @param {(level: string, ...words: unknown[]) => void} log */
export const createLedger = (log) => {
  /** Calls of this page, and messages that pages before it left, not yet delivered or dropped. @type {Set<string>} */
  const open = new Set();
  /** `retried` counts each message as often as it is tried again, `dropped` goes by reason. */
  const counts = { accepted: 0, delivered: 0, retried: 0, dropped: /** @type {Record<string, number>} */ ({}) };
  /** @type {Map<string, Set<(detail: any) => void>>} */
  const listeners = new Map(NAMES.map((name) => [name, new Set()]));
  /** What became of calls that nobody waited for when it did: the next flush says it. */
  let untold = { delivered: 0, dropped: 0 };
  /** Those who wait: for which ids, and what became of them so far. @type {Set<{ids: Set<string>, became: {delivered: number, dropped: number}, done: () => void}>} */
  const waiting = new Set();

  /** Runs code of the page; what it throws is its own and must not break delivery. @param {Function} code @param {unknown} [detail] */
  const guard = (code, detail) => {
    try {
      code(detail);
    } catch (error) {
      log("ERROR", "callback failed:", error);
    }
  };

  /** @param {string} name @param {unknown} [detail] */
  const tell = (name, detail) => {
    for (const listener of [...(listeners.get(name) || [])]) guard(listener, detail);
  };

  return {
    open,
    counts,
    guard,
    tell,

    /** @param {string} name @param {(detail: any) => void} listener @returns {() => void} takes the listener off again */
    on(name, listener) {
      listeners.get(name)?.add(listener);
      return () => void listeners.get(name)?.delete(listener);
    },

    /** What became of a call; without an outcome it was no message. @param {string} messageId @param {"delivered" | "dropped"} [outcome] @param {string} [reason] */
    settle(messageId, outcome, reason = "") {
      if (outcome === "dropped") counts.dropped[reason] = (counts.dropped[reason] || 0) + 1;
      else if (outcome) counts.delivered++;
      open.delete(messageId);
      const concerned = [...waiting].filter((flush) => flush.ids.delete(messageId));
      if (outcome) for (const became of concerned.length ? concerned.map((flush) => flush.became) : [untold]) became[outcome]++;
      for (const flush of concerned) if (!flush.ids.size) flush.done();
      if (outcome) tell(outcome, outcome === "dropped" ? { messageId, reason } : { messageId });
    },

    /** What became of all that this page called or adopted. */
    stats: () => ({ ...counts, dropped: { ...counts.dropped }, pending: open.size }),

    /** Settles when everything called or adopted so far is delivered or dropped: how many are, since the flush before. @param {boolean} isOver nothing more will come of it @returns {Promise<Flushed>} */
    flush: (isOver) =>
      new Promise((resolve) => {
        const flush = {
          ids: new Set(open),
          became: untold,
          done: () => {
            waiting.delete(flush);
            resolve({ ...flush.became, pending: flush.ids.size });
          },
        };
        untold = { delivered: 0, dropped: 0 };
        waiting.add(flush);
        if (isOver || !flush.ids.size) flush.done();
      }),

    /** Nothing more will come of it: those who wait are told so. */
    giveUp() {
      for (const flush of [...waiting]) flush.done();
    },
  };
};

/** @typedef {ReturnType<typeof createLedger>} Ledger */
