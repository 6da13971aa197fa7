// Client hints that the browser gives later only [js 2.4].

import { attempted } from "./attempt.js";

const HINTS = ["architecture", "bitness", "brands", "mobile", "model", "platform", "platformVersion", "uaFullVersion", "fullVersionList", "wow64"];

/** @param {Record<string, any>} window @returns {Promise<object | undefined>} undefined where it gives none */
export const askForHints = (window) => attempted(() => window.navigator.userAgentData?.getHighEntropyValues?.(HINTS));
