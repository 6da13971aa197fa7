// What the page saw at a moment. It observes; which of it a message says is the core's business.

/** @import {Page, Place} from "./types" */

/** A UUID v4. `crypto.randomUUID` exists in secure contexts only, `getRandomValues` everywhere. */
export const uuid = () => {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 15) | 64;
  bytes[8] = (bytes[8] & 63) | 128;
  const hex = Array.from(bytes, (byte) => (byte + 256).toString(16).slice(1)).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
};

/** @param {string | null | undefined} text @returns {URL | null} */
const absolute = (text) => {
  try {
    return new URL(text || "");
  } catch {
    return null;
  }
};

/** @param {URL | Location | null} url @returns {Place | null} */
const place = (url) => url && { origin: url.origin, path: url.pathname, search: url.search };

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
