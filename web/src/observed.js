// What the page saw when a call was made, taken apart for Python; which of it a message says is Python's business.

import { attempt } from "./attempt.js";

/** @import {Observed, Place, Seen} from "./types" */

/** What other scripts keep there may be anything. @param {() => unknown} read @returns {string | undefined} */
const text = (read) => {
  const value = attempt(read);
  return typeof value === "string" ? value : undefined;
};

/** @param {string} address @returns {URL | undefined} */
const absolute = (address) => (address ? attempt(() => new URL(address)) : undefined);

/** @param {URL | undefined} url @returns {Place | null} */
const place = (url) => (url ? { origin: url.origin, path: url.pathname, search: url.search } : null);

/** @param {Seen} seen @param {Record<string, any>} window @param {object | undefined} hints of the browser [js 2.4] @returns {Observed} */
export const observedOf = ({ canonical, date, ...seen }, window, hints) => {
  const url = absolute(seen.href); // a worker that has no page has none
  const sizes = Object.entries(seen.screen).filter(([, size]) => typeof size === "number");
  return {
    ...seen,
    screen: Object.fromEntries(sizes),
    .../** @type {Place} */ (place(url)),
    query: [...(url?.searchParams || [])],
    referrerHost: absolute(seen.referrer)?.host || "",
    canonical: place(absolute(canonical)),
    timezone: /[A-Z]+[+-]\d+/.exec(date)?.[0] || "NA",
    os: { name: text(() => window.navigator.userAgentData.platform) || "", version: "" },
    brave: Boolean(attempt(() => window.navigator.brave)),
    snippetVersion: text(() => window.RudderSnippetVersion),
    uaCh: hints,
  };
};
