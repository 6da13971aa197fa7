// Usercentrics, web CMP v2: `UC_UI.getServicesBaseInfo()`, each service by its name. Version 3 answers by a promise only:
// docs/privacy.md has a recipe.

/** @type {import("../consentManagers").Manager} */
export const usercentrics = {
  purposes: ({ window }) => Object.fromEntries(window.UC_UI.getServicesBaseInfo().map((/** @type {any} */ { name, consent }) => [name, consent.status])),
  listen: (page, changed) => page.listen("window", "UC_UI_CMP_EVENT", changed),
};
