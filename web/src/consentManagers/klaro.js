// Klaro: `klaro.getManager().consents`, service -> true or false.

/** @type {import("../consentManagers").Manager} */
export const klaro = {
  purposes: ({ window }) => window.klaro.getManager().consents,
  listen: ({ window }, changed) => window.klaro.getManager().watch({ update: (/** @type {unknown} */ _, /** @type {string} */ name) => name === "saveConsents" && changed() }),
};
