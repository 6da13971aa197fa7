// What is said where something is wrong, and what `debug()` shows, in a script of its own: pages that are right never fetch it.

export { inWords, isSaid, isSaidOnce, levelOf } from "./advice.js";
export { createDebug } from "./debug.js";
