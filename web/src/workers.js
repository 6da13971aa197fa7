// Python in a worker that has no document: a notebook's, an app's, one of the page's own. It speaks to this page over a
// channel of the origin, in texts; the page is the one client, with its cookies, its address and its consent.
//
// A worker asks `who` is there, chooses one page of those that say `here`, and goes on with it until that page says that it
// is `gone` (sdk/rudderanalytics/worker.py). It makes the ids and the times of its calls and says them again where nobody
// took them; a page that has taken one answers again, and does not take it twice (workerCalls.js, which comes with the first
// worker: what it says meanwhile waits).

import { attempt } from "./attempt.js";
import { parse, stringify } from "./builtins.js";
import { isObject } from "./cookies.js";

const NAME = "rudderanalytics";

/**
 * @param {import("./page").Page} page
 * @param {() => Promise<((say: (said: object) => void) => (said: any) => void) | undefined>} bringCalls fetches what hears a worker's calls; undefined where it cannot be had
 * @param {() => void} revoked hears that the visitor took everything back, in another tab
 * @param {boolean} isFirst of the page's clients, which is the one for workers
 * @returns {() => void} tells other tabs so
 */
export const listenToWorkers = (page, bringCalls, revoked, isFirst) => {
  const me = page.uuid();
  /** @type {BroadcastChannel | undefined} */
  let channel;

  /** @param {object} said */
  const say = (said) => void attempt(() => channel?.postMessage(stringify({ from: me, ...said })));
  const here = () => say({ type: "here", focused: page.isFocused(), visible: !page.isHidden(), worker: page.isWorker });

  /** Hears calls, once it has come. @type {((said: any) => void) | undefined} */
  let hearCall;
  /** What workers said meanwhile, in order; `isRevoked`: before the visitor took everything back. @type {any[]} */
  const waiting = [];
  let isComing = false;
  const startCalls = async () => {
    isComing = true;
    hearCall = (await bringCalls())?.(say);
    isComing = false;
    const heard = waiting.splice(0); // without what hears it nobody answers: it is said again, and what hears it fetched again
    for (const said of hearCall ? heard : []) page.alone(() => hearCall?.(said));
  };

  /** @param {any} said */
  const hear = (said) => {
    if (said.type === "revoked") {
      for (const before of waiting) before.isRevoked = true;
      return revoked();
    }
    if (!isFirst) return undefined;
    if (said.type === "who") return here();
    if (said.to !== me || typeof said.from !== "string") return undefined;
    if (hearCall) return hearCall(said);
    waiting.push(said);
    return isComing ? undefined : void page.alone(startCalls);
  };

  const open = () => {
    channel = page.openChannel(NAME, (data) => {
      const said = attempt(() => parse(data));
      if (isObject(said)) hear(said);
    });
    if (isFirst) here();
  };

  // A page in the back/forward cache takes no calls, and an open channel may cost it that place.
  page.listen("window", "pagehide", () => {
    say({ type: "gone" });
    waiting.splice(0); // it is said to another page
    channel?.close();
    channel = undefined;
  });
  page.listen("window", "pageshow", ({ persisted }) => persisted && open());
  // Python in this very worker is answered at once (standalone.js).
  if (page.isWorker) page.alone(async () => (await startCalls(), open()));
  else open();
  return () => say({ type: "revoked" });
};
