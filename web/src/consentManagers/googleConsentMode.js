// Google Consent Mode: `gtag("consent", "default" | "update", {ad_storage: "granted", ...})`, as it stands in the data layer.
// A default for a region counts for nothing: no page knows where its visitor is.

/** @param {import("../page").Page} page @returns {any[][]} */
const said = ({ window }) => [...window.dataLayer].map((each) => Array.from(Object(each))).filter(([name]) => name === "consent");

/** @type {import("../consentManagers").Manager} */
export const googleConsentMode = {
  purposes(page) {
    /** @type {Record<string, boolean>} */
    const found = {};
    for (const [, how, signals] of said(page)) {
      if (how === "default" && signals.region) continue;
      for (const [name, value] of Object.entries(Object(signals))) if (value === "granted" || value === "denied") found[name] = value === "granted";
    }
    return found;
  },

  listen({ window }, changed) {
    const layer = (window.dataLayer ||= []);
    const { push } = layer;
    layer.push = (/** @type {any[]} */ ...entries) => {
      const length = push.apply(layer, entries);
      if (entries.some((each) => each?.[0] === "consent")) changed();
      return length;
    };
  },
};
