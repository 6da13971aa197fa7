// Cookiebot (Usercentrics' other one): `Cookiebot.consent`, four categories.

const CATEGORIES = ["necessary", "preferences", "statistics", "marketing"];

/** @type {import("../consentManagers").Manager} */
export const cookiebot = {
  purposes: ({ window }) => Object.fromEntries(CATEGORIES.map((name) => [name, window.Cookiebot.consent[name]])),
  listen(page, changed) {
    for (const name of ["CookiebotOnAccept", "CookiebotOnDecline"]) page.listen("window", name, changed);
  },
};
