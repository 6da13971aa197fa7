// What the browser says of the addresses that an app goes to within one page, how the page was opened, and when its title
// changes. With page.js and events.js the only code that touches the browser; it comes with autoTrack.js.
//
// The Navigation API tells of every change, whoever makes it, and nothing of the page's is replaced. Browsers before it
// tell of none that a script makes: there `pushState` and `replaceState` are wrapped.

import { attempt } from "./attempt.js";
import { ofDocument } from "./page.js";

/** @typedef {"navigate" | "reload" | "back_forward" | "prerender" | "back_forward_cache" | "push" | "replace" | "traverse"} NavigationType the browser's words for how an address came */
/** @typedef {(type: NavigationType) => void} Moved */

/** @param {import("./page").Page} page */
export const createAddresses = (page) => {
  /** @param {Moved} moved @returns {boolean} is there such a thing? */
  const hearNavigation = (moved) => {
    const { navigation } = /** @type {any} */ (window);
    // In a document without an origin of its own it is there, and says nothing.
    if (!navigation?.currentEntry) return false;
    navigation.addEventListener("currententrychange", (/** @type {any} */ { navigationType }) => navigationType && page.alone(() => moved(navigationType)));
    return true;
  };

  /** @param {"pushState" | "replaceState"} name @param {() => void} moved */
  const wrap = (name, moved) => {
    const { history } = window;
    const before = history[name];
    /** @param {any[]} given */
    history[name] = function (...given) {
      Reflect.apply(before, this, given); // what it throws is the page's
      page.alone(moved);
    };
  };

  return {
    /** How the page was opened. @returns {NavigationType} */
    opened() {
      const [entry] = attempt(() => /** @type {any[]} */ (window.performance.getEntriesByType("navigation"))) || [];
      return entry?.activationStart > 0 ? "prerender" : (entry?.type ?? "navigate");
    },

    /** Did the browser open the page again by itself, after it had thrown it away to save memory? */
    isReopened: () => ofDocument("wasDiscarded") === true,

    /** Hears of each change of the address, also of one that leaves it as it was. @param {Moved} moved */
    hear(moved) {
      if (attempt(() => hearNavigation(moved))) return;
      attempt(() => wrap("pushState", () => moved("push")));
      attempt(() => wrap("replaceState", () => moved("replace")));
      for (const name of ["popstate", "hashchange"]) page.listen("window", name, () => moved("traverse"));
    },

    /** Hears when the title becomes another one. @param {() => void} changed @returns {() => void} ends it */
    hearTitle(changed) {
      const before = ofDocument("title");
      const observer = attempt(() => new MutationObserver(() => ofDocument("title") === before || page.alone(changed)));
      attempt(() => observer?.observe(ofDocument("head"), { childList: true, subtree: true, characterData: true }));
      return () => observer?.disconnect();
    },
  };
};

/** @typedef {ReturnType<typeof createAddresses>} Addresses */
