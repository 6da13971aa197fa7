// Is the page about to be left for another page of its site? The browser says so before it goes (the Navigation API:
// Chromium while a click is handled; Firefox too late for links, in time for what a script starts; WebKitGTK 2.50 has none).
// What is started then has no answer that a page could see; the next page can send it, and sees its answer. leaving.js says
// when that is better.

import { attempt } from "./attempt.js";
import { STAYED } from "./tabs.js";

/** @param {import("./page").Page} page */
export const createDeparture = (page) => {
  /** Does the page go to another one of its site? */
  let isNear = false;
  /** What is not started yet. @type {(() => void)[]} */
  const waiting = [];
  /** @type {unknown} */
  let timer;

  const start = () => {
    for (const action of waiting.splice(0)) action();
  };

  /** The page stays, is back, or goes where nobody may send for it. */
  const stay = () => {
    page.clearTimer(timer);
    isNear = false;
    start();
  };

  /** @param {any} event a NavigateEvent */
  const look = ({ destination, downloadRequest }) => {
    if (destination.sameDocument || typeof downloadRequest === "string") return;
    const isOfSite = new URL(destination.url).origin === page.location().origin;
    if (!isOfSite) return stay();
    page.clearTimer(timer);
    isNear = true;
    // It may be intercepted, answered by a download or by nothing, or take long: the page is still there then.
    timer = page.setTimer(stay, STAYED);
  };

  page.listen("navigation", "navigate", (event) => void attempt(() => look(event)));
  for (const end of ["navigatesuccess", "navigateerror"]) page.listen("navigation", end, stay);

  return {
    stay,

    isNear: () => isNear,

    /** In the browser's next turn, as a click calls first and then leaves; not as the page is left for another one of its site. @param {() => void} action */
    postpone(action) {
      waiting.push(action);
      page.later(() => isNear || start());
    },

    /** There may be no next turn. */
    hurry: () => void (isNear || start()),
  };
};
