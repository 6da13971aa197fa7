// CookieYes: `getCkyConsent().categories`, category -> true or false.

/** @type {import("../consentManagers").Manager} */
export const cookieYes = {
  purposes: ({ window }) => window.getCkyConsent().categories,
  listen: (page, changed) => page.listen("document", "cookieyes_consent_update", changed),
};
