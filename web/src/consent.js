// The visitor's decision [js 7]: what messages say of it, and what may be stored from then on (policy.js).

import { decode, KEYS } from "./cookies.js";
import { readPlaces } from "./options.js";
import { checkConsent } from "./optionTable.js";
import { policyOf } from "./policy.js";
import { AREAS } from "./storage.js";

/** Is nothing of the visitor kept? Then messages say so [js 2.4]. @param {import("./policy").Policy} policy */
export const isAnonymous = ({ hides, quiet, places }) => (hides && quiet) || Object.values(places).every((place) => place === "none");

/** @typedef {{provider: string | null, allowedConsentIds: string[], deniedConsentIds: string[]}} Consents what messages say; without a provider nothing */

/**
 * @param {import("./core").Parts} parts
 * @param {{provider: string | null, allowedConsentIds: string[] | null, deniedConsentIds: string[] | null, enabled: boolean}} management the load option
 * @param {(found: import("./optionTable").Checked) => any} checked says what is wrong with options
 * @param {(level: string, text: string) => void} logOnce @param {(type: string, detail: Record<string, unknown>) => void} signal
 */
export const createConsent = ({ page, identity, journal, inputs, options, policy, setPolicy, madeId, take }, management, checked, logOnce, signal) => {
  /** @type {typeof import("./extras") | undefined} */
  let extras;
  /** @type {Consents} */
  let consents = { provider: null, allowedConsentIds: [], deniedConsentIds: [] };

  /**
   * These ids count from now on, or what the consent manager says.
   * @param {string | null} provider @param {string[] | null} allowed @param {string[] | null} denied
   */
  const learn = (provider, allowed, denied) => {
    const isAsked = provider !== null && provider !== "custom" && allowed === null && denied === null;
    const told = isAsked ? extras?.askConsentManager(provider, page) : undefined;
    if (isAsked && !told) logOnce("WARN", `${provider} says nothing that can be read`);
    if (isAsked) extras?.installFunctions(provider, page, () => consents, changeMind);
    consents = { provider, allowedConsentIds: allowed || told?.allowed || [], deniedConsentIds: denied || told?.denied || [] };
  };

  /** The visitor used the consent manager again: it changes what messages say, and is no decision. @param {{allowed: string[], denied: string[]}} told */
  const changeMind = (told) => {
    learn(consents.provider, told.allowed, told.denied);
    signal("consents", { consents });
  };

  /** What a page before this one, or beside it, stored. @param {string} stateKey @returns {any} undefined where there is nothing that can be read */
  const storedOf = (stateKey) => {
    const text = AREAS.slice(0, 3).map((area) => identity.textIn(area, KEYS[stateKey])).find((each) => each !== null);
    return text ? decode(text, stateKey) : undefined;
  };

  /** What is held in memory moves to where it may be kept now. */
  const settle = () => {
    const held = identity.read();
    identity.move(policy().places);
    // A page whose visitor decided before knows them for longer: its anonymousId counts, where the one here was only made
    // meanwhile, and its first referrer.
    if (held.anonymousId === madeId()) held.anonymousId = storedOf("anonymousId") || held.anonymousId;
    const initialReferrer = storedOf("initialReferrer");
    if (initialReferrer) Object.assign(held, { initialReferrer, initialReferringDomain: storedOf("initialReferringDomain") || "" });
    identity.keep(held, true);
  };

  return {
    /** @param {typeof extras} loaded what asks consent managers, where it is needed */
    start(loaded) {
      extras = loaded;
      learn(management.enabled ? management.provider : null, management.allowedConsentIds, management.deniedConsentIds);
    },

    /** What Python is told of it, with `load` and with a decision. */
    told() {
      const { buffers, hides, visible } = policy();
      const anonymous = isAnonymous(policy());
      return { policy: { buffers, hides, visible, anonymous }, consents };
    },

    /** The visitor decided: from now on what is called is stored. @param {import("./types").Call} call becomes the input */
    decide(call) {
      const decided = checked(checkConsent(call.arguments[0]));
      setPolicy(policyOf(options, page.privacySignals(), readPlaces(decided.storage)));
      settle();
      // What is to be discarded must not be found by another page, should this one be left before Python has done so.
      const kept = decided.discardPreConsentEvents ? [] : inputs.queue.filter((waiting) => waiting.page && waiting.type !== "consent");
      for (const waiting of kept) journal.keepCall(/** @type {any} */ (waiting));
      const { provider, allowedConsentIds, deniedConsentIds } = decided.consentManagement;
      learn(management.enabled ? provider || consents.provider : null, allowedConsentIds, deniedConsentIds);
      Object.assign(call, this.told(), { discard: decided.discardPreConsentEvents, integrations: decided.integrations });
      if (decided.trackConsent) page.soon(() => take("track", ["Consent Management Interaction"]));
      if (decided.sendPageEvent) page.soon(() => take("page", []));
    },
  };
};
