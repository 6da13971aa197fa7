// What the browser tells the page while it is open, and timers: the part of page.js that only what comes with Python needs.

import { attempt } from "./attempt.js";
import { ofDocument, ofNavigator } from "./page.js";

export const createEvents = () => ({
  /** @param {"window" | "document"} where @param {string} name @param {(event: any) => void} listener */
  listen: (where, name, listener) => attempt(() => EventTarget.prototype.addEventListener.call(where === "window" ? window : document, name, listener)),

  /** ms since the page was opened, whatever the clock says; undefined where nobody measures. @returns {number | undefined} */
  elapsed: () => attempt(() => Math.floor(window.performance.now())),

  isHidden: () => ofDocument("hidden") === true,
  isFocused: () => attempt(() => Document.prototype.hasFocus.call(document)) === true,
  /** To all that is open of this origin; undefined where there is none. @param {string} name @returns {BroadcastChannel | undefined} */
  openChannel: (name) => attempt(() => new BroadcastChannel(name)),
  isOnline: () => ofNavigator("onLine") !== false,

  /** In the browser's next turn: a page that is left has none, one that comes back from the back/forward cache has. @param {() => void} action */
  later(action) {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      action();
    };
    port2.postMessage("");
  },

  /** @param {() => void} action @param {number} ms @returns {unknown} */
  setTimer: (action, ms) => attempt(() => setTimeout(action, ms)),
  /** @param {any} timer */
  clearTimer: (timer) => attempt(() => clearTimeout(timer)),
});

/** @typedef {ReturnType<typeof createEvents>} Events */
