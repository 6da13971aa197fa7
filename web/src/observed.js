// What the page saw when a call was made, taken apart for Python; which of it a message says is Python's business.

import { attempt } from "./attempt.js";

/** @import {Observed, Place, Seen} from "./types" */

/** @param {string} address @returns {URL | undefined} */
const absolute = (address) => (address ? attempt(() => new URL(address)) : undefined);

/** @param {URL | undefined} url @returns {Place | null} */
const place = (url) => (url ? { origin: url.origin, path: url.pathname, search: url.search } : null);

/** @param {Seen} seen @returns {Observed} */
export const observedOf = ({ canonical, date, platform, ...seen }) => {
  const url = /** @type {URL} */ (absolute(seen.href));
  return {
    ...seen,
    .../** @type {Place} */ (place(url)),
    query: [...url.searchParams],
    referrerHost: absolute(seen.referrer)?.host || "",
    canonical: place(absolute(canonical)),
    timezone: /[A-Z]+[+-]\d+/.exec(date)?.[0] || "NA",
    os: { name: platform, version: "" },
  };
};
