// What few pages need, in a script of its own: those that do fetch it.

export { anonymousIdBy } from "./ampLinker.js";
export { askForHints } from "./clientHints.js";
export { askConsentManager, installFunctions, listenToConsentManager } from "./consentManagers.js";
export { openLegacy } from "./legacyCookies.js";
export { createRememberedConsent } from "./rememberedConsent.js";
export { createServerCookies, serviceOf } from "./serverCookies.js";
export { createWorkerCalls } from "./workerCalls.js";
