// Puts a client into the page as `window.rudderanalytics`, in place of what stands there: nothing, the loading snippet's
// array of calls [js 1.11], or a client that is there already, which stays: a page has one.

import { attempt } from "./attempt.js";
import { createClient } from "./client.js";
import { createPage } from "./page.js";
import { createDoor } from "./python.js";

/**
 * @param {Parameters<typeof createPage>[0]} ours @param {boolean} isHost does the page's own Python hold the core?
 * @param {(api: any, log: (level: string, text: string) => void) => void} loadNow loads it, where that is asked for, before what was buffered is replayed
 */
export const install = (ours, isHost, loadNow) => {
  const page = createPage(ours);
  try {
    const before = attempt(() => page.window.rudderanalytics);
    if (attempt(() => typeof before.python.call === "function")) return loadNow(before, page.log);
    const client = createClient(page, __VERSION__);
    const { api, log } = client;
    api.python = createDoor(client, isHost);
    attempt(() => (page.window.rudderanalytics = api));
    loadNow(api, log);
    // Consent goes first [js 1.12].
    for (const isFirst of Array.isArray(before) ? [true, false] : []) {
      for (const entry of before) if (isFirst === (attempt(() => entry[0]) === "consent")) api.push(entry);
    }
  } catch (error) {
    page.log("ERROR", "JavaScript failed:", error);
  }
  return undefined;
};
