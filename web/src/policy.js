// What holds until Python is there, and what Python is then told: whether anything is done at all, whether anything may
// be stored, where each of the nine values may be kept, and what messages may show before consent [js 3.4, 7.2]. Pure:
// it knows neither the browser nor storage. Vectors: tests/vectors/policy.json.

import { byStateKey, KEYS } from "./cookies.js";

/**
 * @typedef {object} Policy
 * @property {boolean | undefined} muted calls do nothing
 * @property {boolean} quiet nothing may be stored or removed
 * @property {boolean} buffers nothing is sent
 * @property {boolean} hides messages are sent without what may not be kept
 * @property {string[]} visible the state keys that messages may show while it hides
 * @property {Record<string, string>} places state key -> where its value is kept: a type of storage, or "held": in memory until consent
 */

/**
 * @param {import("./options").LoadOptions} options
 * @param {{gpc?: boolean, dnt?: boolean}} browser what the visitor tells every page
 * @param {import("./options").Places} [decided] where the last `consent` wants values kept; none: there was none yet
 * @returns {Policy}
 */
export const policyOf = (options, browser, decided) => {
  const pending = !decided && options.preConsent && options.managesConsent && !options.isDecided;
  const muted = (browser.gpc && options.respectGPC) || (browser.dnt && options.respectDNT);
  const quiet = pending && !options.visible.length;
  const buffers = pending && options.buffers;
  const hides = pending && !buffers;
  const visible = pending ? options.visible : Object.keys(KEYS);
  // What `consent` says of storage counts for all where it says something.
  const wanted = decided && Object.values(decided).some(Boolean) ? decided : options.places;
  const allowed = byStateKey((key) => (muted ? "none" : wanted[key] || wanted.type || "cookieStorage"));
  const places = byStateKey((key) => (allowed[key] === "none" || visible.includes(key) ? allowed[key] : "held"));
  return {
    muted,
    quiet,
    buffers,
    hides,
    visible,
    places,
  };
};
