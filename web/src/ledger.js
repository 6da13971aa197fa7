// Which calls are open, and those who listen to what becomes of them; what did become of them, and who is told: outcomes.js,
// which comes later.

import { Set } from "./builtins.js";

/** What can be listened to. */
export const NAMES = ["ready", "message", "delivered", "dropped", "failed"];

/** @param {(level: string, ...words: unknown[]) => void} log */
export const createLedger = (log) => {
  /** @type {Record<string, Set<(detail: any) => void>>} */
  const listeners = Object.fromEntries(NAMES.map((name) => [name, new Set()]));

  /** Runs code of the page; what it throws is its own and must not break delivery. @param {Function} code @param {unknown} [detail] */
  const guard = (code, detail) => {
    try {
      code(detail);
    } catch (error) {
      log("ERROR", "callback failed:", error);
    }
  };

  return {
    /** Calls of this page, and messages that pages before it left, not yet delivered or dropped. @type {Set<string>} */
    open: new Set(),

    guard,
    listeners,

    /** @param {string} name one of these @param {(detail: any) => void} listener @returns {() => void} takes the listener off again */
    on(name, listener) {
      listeners[name].add(listener);
      return () => void listeners[name].delete(listener);
    },
  };
};

/** @typedef {ReturnType<typeof createLedger>} Ledger */
