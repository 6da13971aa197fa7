// Client hints that the browser gives later only [js 2.4].

import { attempt } from "./attempt.js";

const HINTS = ["architecture", "bitness", "brands", "mobile", "model", "platform", "platformVersion", "uaFullVersion", "fullVersionList", "wow64"];

/** @param {Record<string, any>} window @returns {Promise<object | undefined>} */
export const askForHints = async (window) => attempt(() => window.navigator.userAgentData?.getHighEntropyValues?.(HINTS));
