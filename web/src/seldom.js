// What few pages need, in a script of its own: those that do fetch it before anything is handled.

import { asked } from "./address.js";
import { attempt } from "./attempt.js";
import { open } from "./legacy.js";

const HINTS = "architecture bitness brands mobile model platform platformVersion uaFullVersion fullVersionList wow64";

/** What consent managers keep in globals [js 7.1]; the core knows what it means. */
const consents = () => {
  const { OneTrust, OnetrustActiveGroups, ketchConsent, _iub } = /** @type {any} */ (window);
  return {
    // Of much that it says; not before it is there, and it may fail.
    groups: attempt(() => OneTrust.GetDomainData().Groups.map((/** @type {any} */ { CustomGroupId }) => ({ CustomGroupId }))),
    active: OnetrustActiveGroups,
    ketch: ketchConsent,
    iubenda: _iub?.cs?.consent?.purposes,
  };
};

/** Those that have functions of the official SDK in the page [js 7.1]. @type {Record<string, string>} */
const NAMES = { ketch: "Ketch", iubenda: "Iubenda" };

/** @typedef {{provider: string, allowedConsentIds: string[], deniedConsentIds: string[]}} Decided */

/** Installs them; the core says what it knows whenever that changes. @param {typeof import("./bridge").signal} signal */
const functions = (signal) => (/** @type {Decided} */ { provider, allowedConsentIds: allowed, deniedConsentIds: denied }) => {
  const name = NAMES[provider];
  if (!name) return;
  Object.assign(window, {
    [`get${name}UserConsentedPurposes`]: () => [...allowed],
    [`get${name}UserDeniedPurposes`]: () => [...denied],
    [`update${name}Consent`]: (/** @type {unknown} */ purposes) =>
      signal("consents", { consents: { [provider]: purposes } }),
  });
};

/**
 * @param {string[]} sealed legacy texts @param {Record<string, string>} opened takes what they say
 * @param {unknown} level the load option `uaChTrackLevel` [js 2.4]
 * @param {(hints: object) => void} hint takes the client hints, when the browser has them
 * @param {typeof import("./bridge").on} on @param {typeof import("./bridge").signal} signal
 * @returns the calls that the page's address asks for, and what tells what was decided
 */
export const prepare = async (sealed, opened, level, hint, on, signal) => {
  on("consents", functions(signal));
  if (level === "full") navigator.userAgentData?.getHighEntropyValues?.(HINTS.split(" ")).then(hint, () => {});
  for (const text of sealed) opened[text] = await open(text);
  return { calls: asked(), consents };
};
