// What few pages need, in a script of its own: those that do fetch it.

export { askForHints } from "./clientHints.js";
export { askConsentManager, installFunctions, listenToConsentManager } from "./consentManagers.js";
export { createCore } from "./core.js"; // the others get it with their runtime
export { openLegacy } from "./legacyCookies.js";
export { createServerCookies, serviceOf } from "./serverCookies.js";
export { takeOutbox } from "./workersOutbox.js";
