// Client hints that the browser gives later only [js 2.4].

import { attempt } from "./attempt.js";

const HINTS = ["architecture", "bitness", "brands", "mobile", "model", "platform", "platformVersion", "uaFullVersion", "fullVersionList", "wow64"];

/** @param {import("./page").Page} page is told what they say */
export const askForHints = (page) => void attempt(() => page.userAgentData()?.getHighEntropyValues?.(HINTS).then(page.hint, () => {}));
