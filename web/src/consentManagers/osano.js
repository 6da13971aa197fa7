// Osano: `Osano.cm.getConsent()`, category -> "ACCEPT" or "DENY".

/** @type {import("../consentManagers").Manager} */
export const osano = {
  purposes: ({ window }) => Object.fromEntries(Object.entries(window.Osano.cm.getConsent()).map(([name, said]) => [name, said === "ACCEPT"])),
  listen: ({ window }, changed) => window.Osano.cm.addEventListener("osano-cm-consent-saved", changed),
};
