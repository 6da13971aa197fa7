// The visitor's decision [js 7]: what messages say of it. What may be stored from then on the client has
// settled already (client.js, policy.js).

import { Set } from "./builtins.js";
import { checkConsent } from "./optionTable.js";

/** Those that RudderStack's destinations know by name. */
const NAMED = ["oneTrust", "ketch", "iubenda", "custom"];

/** Is nothing of the visitor kept? Then messages say so [js 2.4]. @param {import("./policy").Policy} policy */
export const isAnonymous = ({ hides, quiet, places }) => (hides && quiet) || Object.values(places).every((place) => place === "none");

/** @typedef {{provider: string | null, allowedConsentIds: string[], deniedConsentIds: string[]}} Consents what messages say; without a provider nothing */

/**
 * @param {import("./core").Parts} parts
 * @param {{provider: string | null, allowedConsentIds: string[] | null, deniedConsentIds: string[] | null, enabled: boolean}} management the load option
 * @param {(found: import("./optionTable").Checked) => any} checked says what is wrong with options
 * @param {(mistake: import("./optionTable").Mistake) => void} say @param {(type: string, detail: Record<string, unknown>) => void} signal
 */
export const createConsent = ({ page, take }, management, checked, say, signal) => {
  /** @type {typeof import("./extras") | undefined} */
  let extras;
  /** Keeps the decision, where that is asked for. @type {import("./rememberedConsent").RememberedConsent | undefined} */
  let remembered;
  /** The consent manager of the last decision. @type {string | null} */
  let manager = null;
  /** Those that are listened to. @type {Set<string>} */
  const heard = new Set();
  /** @type {Consents} */
  let consents = { provider: null, allowedConsentIds: [], deniedConsentIds: [] };

  /**
   * These ids count from now on, or what the consent manager says.
   * @param {string | null} named the provider @param {string[] | null} allowed @param {string[] | null} denied
   */
  const learn = (named, allowed, denied) => {
    // Ids that come without a provider are the page's own.
    const provider = management.enabled && (allowed || denied) ? named || "custom" : named;
    manager = provider;
    const isAsked = provider !== null && provider !== "custom" && allowed === null && denied === null;
    const told = isAsked ? extras?.followConsentManager(provider, /** @type {import("./page").Page} */ (page), heard, () => consents, (said) => changeMind(provider, said)) : undefined;
    if (isAsked && !told) say({ kind: "silent", name: provider });
    consents = { provider: provider && !NAMED.includes(provider) ? "custom" : provider, allowedConsentIds: allowed || told?.allowed || [], deniedConsentIds: denied || told?.denied || [] };
  };

  /** What the last decision says of storage and destinations; none: there was none yet. @type {{storage?: unknown, integrations?: unknown} | undefined} */
  let decision;

  const remember = () => void (decision && remembered?.keep({ ...decision, consentManagement: consents }));

  /** The visitor used the consent manager again: it changes what messages say, and is no decision. @param {string} provider @param {{allowed: string[], denied: string[]}} told */
  const changeMind = (provider, told) => {
    learn(provider, told.allowed, told.denied);
    signal("consents", { consents });
    remember();
  };

  return {
    /** What messages say now. */
    current: () => consents,

    /** The visitor took everything back: as if nothing had been decided. @param {import("./types").Call} call becomes the input */
    revoke(call) {
      decision = undefined;
      learn(management.enabled ? management.provider : null, [], []);
      const told = this.told(/** @type {import("./policy").Policy} */ (call.policy));
      Object.assign(call, told, { type: "consent", arguments: [], discard: true, integrations: {} });
    },

    /** @param {typeof extras} loaded what asks consent managers, where it is needed @param {typeof remembered} kept */
    start(loaded, kept) {
      extras = loaded;
      remembered = kept;
      learn(management.enabled ? management.provider : null, management.allowedConsentIds, management.deniedConsentIds);
    },

    /** What Python is told of it, with `load` and with a decision. @param {import("./policy").Policy} policy that of then */
    told(policy) {
      const { buffers, hides, visible } = policy;
      return { policy: { buffers, hides, visible, anonymous: isAnonymous(policy) }, consents };
    },

    /** The visitor decided, and the client has acted on it: what messages say of it. @param {import("./types").Call} call becomes the input */
    decide(call) {
      const decided = checked(checkConsent(call.arguments[0]));
      const { provider, allowedConsentIds, deniedConsentIds } = decided.consentManagement;
      learn(management.enabled ? provider || manager : null, allowedConsentIds, deniedConsentIds);
      const { storage, integrations } = Object(call.arguments[0]);
      decision = { storage, integrations };
      remember();
      Object.assign(call, this.told(/** @type {import("./policy").Policy} */ (call.policy)), { discard: decided.discardPreConsentEvents, integrations: decided.integrations });
      if (decided.trackConsent) page.soon(() => take("track", ["Consent Management Interaction"]));
      if (decided.sendPageEvent) page.soon(() => take("page", []));
    },
  };
};
