// What the load option `autoTrack` makes of what happens in the page, in a script of its own: pages that ask for it fetch it.

import { createAddresses } from "./addresses.js";
import { createPageErrors } from "./pageErrors.js";
import { createPageUnload, EVENT } from "./pageUnload.js";
import { createPageViews } from "./pageViews.js";

/**
 * @typedef {object} Parts
 * @property {import("./page").Page} page
 * @property {import("./core").Parts["take"]} take
 * @property {(level: string, ...words: unknown[]) => void} log
 * @property {(level: string, text: string) => void} logOnce
 * @property {(action: (left: boolean) => void) => void} atHide acts as the page is hidden or, if `left`, left: before what waits is sent
 * @property {{at: number, page: import("./types").Seen}} opened when `load` happened, and what the page saw then
 */

/** Is `Page Unloaded` asked for [js 1.13]? @param {any} wanted the load option, accepted and complete @returns {boolean} */
const tracksUnload = ({ enabled, pageLifecycle: { enabled: own, events } }) => (own ?? enabled) && (!events.length || events.includes(EVENT));

/**
 * @param {Parts} parts
 * @param {any} wanted the load option, accepted and complete
 * @param {any} given the load option as the page gave it: with its functions
 */
export const autoTrack = (parts, wanted, given) => {
  if (wanted.errors) createPageErrors(parts);
  if (tracksUnload(wanted)) createPageUnload(parts, { ...wanted.options, ...wanted.pageLifecycle.options });
  if (wanted.pageViews.enabled) createPageViews(parts, createAddresses(parts.page), wanted.pageViews, Object(Object(given).pageViews).before);
};
