// What the page saw at a moment. It observes; which of it a message says is the core's business.

import { attempt } from "./attempt.js";

/** @import {Page, Place} from "./types" */

/** A UUID v4. `crypto.randomUUID` exists in secure contexts only, `getRandomValues` everywhere. */
export const uuid = () => {
  const bytes = crypto.getRandomValues(new Uint8Array(36));
  /** @param {string} digit @param {number} at */
  const chance = (digit, at) => (digit === "8" ? 8 + (bytes[at] & 3) : bytes[at] & 15).toString(16);
  return "00000000-0000-4000-8000-000000000000".replace(/[08]/g, chance);
};

/** @param {string | null | undefined} text @returns {any} */
const absolute = (text) => text && attempt(() => new URL(text)); // an exception is dear

/** @param {URL | Location | undefined} url @returns {Place | null} */
const place = (url) => (url ? { origin: url.origin, path: url.pathname, search: url.search } : null);

/** What `context["ua-ch"]` says. @type {object | undefined} */
let hints;

/** @param {object | undefined} found client hints [js 2.4] */
export const hint = (found) => void (hints = found);

/** @returns {Page} */
export const observe = () => ({
  .../** @type {Place} */ (place(location)),
  href: location.href,
  query: [...new URLSearchParams(location.search)],
  title: document.title,
  referrer: document.referrer,
  referrerHost: absolute(document.referrer)?.host || "",
  canonical: place(absolute(document.querySelector('link[rel="canonical"]')?.getAttribute("href"))),
  userAgent: navigator.userAgent,
  brave: !!navigator.brave,
  snippetVersion: window.RudderSnippetVersion,
  locale: navigator.language,
  timezone: /[A-Z]+[+-]\d+/.exec(String(new Date()))?.[0] || "NA",
  uaCh: hints,
  os: { name: navigator.userAgentData?.platform || "", version: "" },
  screen: {
    width: screen.width,
    height: screen.height,
    density: devicePixelRatio,
    innerWidth,
    innerHeight,
  },
});
