// What consent managers say [js 7.1]: OneTrust and Ketch and iubenda keep it in globals, or in cookies of their own. And
// the functions that the official SDK puts into the page for two of them, so that the visitor may change the mind. Those
// that the official SDK does not know have a module each; RudderStack's destinations know them as `custom`.

import { attempt } from "./attempt.js";
import { parse } from "./builtins.js";
import { cookiebot } from "./consentManagers/cookiebot.js";
import { cookieYes } from "./consentManagers/cookieYes.js";
import { googleConsentMode } from "./consentManagers/googleConsentMode.js";
import { klaro } from "./consentManagers/klaro.js";
import { osano } from "./consentManagers/osano.js";
import { usercentrics } from "./consentManagers/usercentrics.js";
import { fromBase64, isObject } from "./cookies.js";

/** @typedef {{allowed: string[], denied: string[]}} Told consent ids */
/** @typedef {Record<string, unknown>} Purposes by name: is it allowed? */

/**
 * A consent manager: what it says now (it throws where it is not there), and who hears when the visitor changes it.
 * @typedef {{purposes: (page: import("./page").Page) => Purposes, listen: (page: import("./page").Page, changed: () => void) => unknown}} Manager
 */

/** Those with a module. @type {Record<string, Manager>} */
const MANAGERS = { cookiebot, cookieYes, googleConsentMode, klaro, osano, usercentrics };

/** @param {Purposes} purposes @returns {Told} */
const byPurpose = (purposes) => {
  const names = Object.keys(purposes).sort();
  return { allowed: names.filter((name) => purposes[name]), denied: names.filter((name) => !purposes[name]) };
};

/** @param {import("./page").FirstPage} page @param {RegExp} name @returns {string} the cookie's text */
const cookie = (page, name) => {
  const pairs = page.readCookies().split(/; */).map((pair) => pair.split("=", 2));
  const found = pairs.find(([key]) => name.test(key));
  if (!found) throw new Error("no such cookie");
  return decodeURIComponent(found[1]);
};

/** By provider; each throws what comes where there is nothing of the kind. @type {Record<string, (page: import("./page").FirstPage) => Told>} */
const PROVIDERS = {
  oneTrust(page) {
    /** @type {string[]} */
    const groups = page.window.OneTrust.GetDomainData().Groups.map((/** @type {any} */ { CustomGroupId }) => CustomGroupId);
    const allowed = page.window.OnetrustActiveGroups.split(",").filter(Boolean);
    return { allowed, denied: groups.filter((group) => !allowed.includes(group)) };
  },
  ketch(page) {
    const told = page.window.ketchConsent;
    if (isObject(told)) return byPurpose(told);
    const kept = parse(fromBase64(cookie(page, /^_ketch_consent_v1_$/)));
    return byPurpose(Object.fromEntries(Object.keys(kept).map((name) => [name, kept[name].status === "granted"])));
  },
  iubenda(page) {
    const told = page.window._iub?.cs?.consent?.purposes;
    return byPurpose(isObject(told) ? told : parse(cookie(page, /^_iub_cs-\d+$/)).purposes);
  },
};

/** @param {Manager} manager @param {import("./page").Page} page @returns {Told | undefined} */
const ask = (manager, page) => {
  const purposes = manager.purposes(page);
  return Object.keys(purposes).length ? byPurpose(purposes) : undefined;
};

/** @param {string} provider @param {import("./page").FirstPage} page @returns {Told | null} null where it says nothing that can be read */
export const askConsentManager = (provider, page) =>
  attempt(() => (MANAGERS[provider] ? ask(MANAGERS[provider], /** @type {import("./page").Page} */ (page)) : PROVIDERS[provider](page))) || null;

/**
 * Hears when the visitor changes the mind, of those that have a module.
 * @param {string} provider @param {import("./page").Page} page @param {(told: Told) => void} update @returns {boolean} is there one to listen to?
 */
export const listenToConsentManager = (provider, page, update) => {
  const changed = () => {
    const told = askConsentManager(provider, page);
    if (told) update(told);
  };
  const listens = () => {
    MANAGERS[provider].listen(page, changed);
    return true;
  };
  return attempt(listens) || false;
};

/** Those that have functions of the official SDK in the page. @type {Record<string, string>} */
const NAMES = { ketch: "Ketch", iubenda: "Iubenda" };

/**
 * @param {string} provider @param {import("./page").FirstPage} page @param {() => {allowedConsentIds: string[], deniedConsentIds: string[]}} current what messages say now
 * @param {(told: Told) => void} update the visitor changed the mind
 */
export const installFunctions = (provider, page, current, update) => {
  const name = NAMES[provider];
  if (!name) return;
  const functions = {
    [`get${name}UserConsentedPurposes`]: () => [...current().allowedConsentIds],
    [`get${name}UserDeniedPurposes`]: () => [...current().deniedConsentIds],
    [`update${name}Consent`]: (/** @type {unknown} */ purposes) => attempt(() => isObject(purposes) && update(byPurpose(purposes))),
  };
  // A page may forbid it.
  attempt(() => Object.assign(page.window, functions));
};

/**
 * What a consent manager says now, null where it is nothing that can be read; from then on the visitor may change the mind there.
 * @param {string} provider @param {import("./page").Page} page @param {{has(provider: string): boolean, add(provider: string): unknown}} heard those that are listened to already
 * @param {() => {allowedConsentIds: string[], deniedConsentIds: string[]}} current what messages say now
 * @param {(told: Told) => void} update the visitor changed the mind @returns {Told | null}
 */
export const followConsentManager = (provider, page, heard, current, update) => {
  const told = askConsentManager(provider, page);
  installFunctions(provider, page, current, update);
  if (!heard.has(provider) && listenToConsentManager(provider, page, update)) heard.add(provider);
  return told;
};
