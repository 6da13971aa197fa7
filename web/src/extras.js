// What few pages need, in a script of its own: those that do fetch it.

export { readLink } from "./ampLinker.js";
export { askForHints } from "./clientHints.js";
export { followConsentManager } from "./consentManagers.js";
export { openLegacy } from "./legacyCookies.js";
export { movedTo } from "./redirect.js";
export { createRememberedConsent } from "./rememberedConsent.js";
export { startServerCookies } from "./serverCookies.js";
export { takeOutbox } from "./workersOutbox.js";
