// What the browser tells the page while it is open, and timers: the part of page.js that only what comes with Python needs.
// What goes wrong in what the browser calls, or in what nobody waits for, is said, and none of it reaches the page.

import { attempt } from "./attempt.js";
import { inNextTurn } from "./nextTurn.js";
import { ofDocument, ofNavigator } from "./page.js";

/** @param {(error: unknown) => void} failed hears of it */
export const createEvents = (failed) => {
  /** @param {(event?: any) => void} action */
  const guarded = (action) => (/** @type {any} */ event = undefined) => {
    try {
      action(event);
    } catch (error) {
      failed(error);
    }
  };

  /** @param {() => void} action @param {number} ms @returns {unknown} */
  const setTimer = (action, ms) => attempt(() => setTimeout(guarded(action), ms));

  return {
    /** Undefined where there are none (insecure contexts). @type {SubtleCrypto | undefined} */
    subtle: attempt(() => crypto.subtle),

    /** Nothing is heard of what the browser has not. @param {"window" | "document" | "navigation"} where @param {string} name @param {(event: any) => void} listener */
    listen: (where, name, listener) =>
      attempt(() => {
        const target = { window, document, navigation: /** @type {any} */ (window).navigation }[where];
        return target && ofDocument("addEventListener").call(target, name, guarded(listener));
      }),

    /** Nobody waits for what comes of it. @param {() => unknown} action @returns {Promise<void>} */
    async alone(action) {
      try {
        await action();
      } catch (error) {
        failed(error);
      }
    },

    /** ms since the page was opened, whatever the clock says; undefined where nobody measures. @returns {number | undefined} */
    elapsed() {
      const ms = attempt(() => Math.floor(window.performance.now()));
      return typeof ms === "number" && ms >= 0 ? ms : undefined;
    },

    /** Do those who hear that the page is left hear it now? */
    isLeaving: () => attempt(() => /** @type {any} */ (window).event.type) === "pagehide",

    isHidden: () => ofDocument("hidden") === true,
    isFocused: () => attempt(() => ofDocument("hasFocus").call(document)) === true,

    /** To all that is open of this origin; undefined where there is none. What it hears is guarded. @param {string} name @param {(data: any) => void} hear @returns {BroadcastChannel | undefined} */
    openChannel: (name, hear) =>
      attempt(() => {
        const channel = new BroadcastChannel(name);
        channel.onmessage = guarded(({ data }) => hear(data));
        return channel;
      }),

    isOnline: () => ofNavigator("onLine") !== false,

    /** In the browser's next turn: a page that is left has none, one that comes back from the back/forward cache has. @param {() => void} action */
    later: (action) => void (attempt(() => inNextTurn(guarded(action))) || setTimer(action, 0)),

    setTimer,
    /** @param {any} timer */
    clearTimer: (timer) => attempt(() => clearTimeout(timer)),
  };
};

/** @typedef {ReturnType<typeof createEvents>} Events */
