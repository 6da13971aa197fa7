// What the browser gives: the one object through which the rest touches the page, so that tests can give another. It
// checks what it reads, and never throws: pages and other scripts replace functions, and elements with a name or an id
// stand in for properties of `document` and `window`.

import { attempt } from "./attempt.js";

/** A property as the browser itself has it, whatever the page's elements are called. @param {any} prototype @param {string} name @param {any} object @returns {any} */
const own = (prototype, name, object) =>
  attempt(() => {
    const getter = Object.getOwnPropertyDescriptor(prototype, name)?.get;
    return getter ? getter.call(object) : object[name];
  });

/** @param {unknown} value */
const text = (value) => (typeof value === "string" ? value : "");

/** @typedef {{runtime?: Promise<import("./types").Runtime>, createCore: typeof import("./core").createCore}} Booted without a runtime: the page's own Python will come */

/**
 * @param {object} ours what differs by how the SDK came into the page
 * @param {string} ours.installType "script", "python" or "npm"
 * @param {() => Promise<Booted>} ours.boot starts a runtime
 * @param {() => Promise<typeof import("./extras")>} ours.extras what few pages need
 */
export const createPage = ({ installType, boot, extras }) => {
  // As they were when we came.
  const { console: ownConsole } = window;
  const request = attempt(() => window.fetch.bind(window));
  const ownCrypto = window.crypto;

  /** @param {number} count */
  const randomBytes = (count) =>
    attempt(() => ownCrypto.getRandomValues(new Uint8Array(count))) || Uint8Array.from({ length: count }, () => Math.random() * 256);

  return {
    installType,
    boot,
    extras,
    now: () => Date.now(),
    locks: /** @type {LockManager | undefined} */ (navigator.locks),
    subtle: ownCrypto?.subtle,

    /** A UUID v4. `crypto.randomUUID` exists in secure contexts only, `getRandomValues` everywhere. */
    uuid() {
      const bytes = randomBytes(36);
      /** @param {string} digit @param {number} at */
      const chance = (digit, at) => (digit === "8" ? 8 + (bytes[at] & 3) : bytes[at] & 15).toString(16);
      return "00000000-0000-4000-8000-000000000000".replace(/[08]/g, chance);
    },

    /** @param {string} level of which the console has one of the same name @param {unknown[]} words */
    log(level, ...words) {
      const name = /** @type {"log"} */ (level.toLowerCase());
      attempt(() => ownConsole[name]("[rudderanalytics]", ...words));
    },

    /** @param {() => void} action @param {number} ms @returns {unknown} */
    setTimer: (action, ms) => setTimeout(action, ms),
    /** @param {any} timer */
    clearTimer: (timer) => clearTimeout(timer),
    /** After what runs now. @param {() => void} action */
    soon: (action) => void Promise.resolve().then(action),

    /** Undefined in a page that took it away. */
    fetch: request,

    readCookies: () => text(own(Document.prototype, "cookie", document)),
    /** @param {string} cookie */
    writeCookie(cookie) {
      attempt(() => {
        const setter = Object.getOwnPropertyDescriptor(Document.prototype, "cookie")?.set;
        if (setter) setter.call(document, cookie);
        else document.cookie = cookie;
      });
    },
    cookiesEnabled: () => navigator.cookieEnabled === true,
    /** @param {"localStorage" | "sessionStorage"} area @returns {Storage | undefined} */
    storage(area) {
      const there = attempt(() => window[area]);
      return there instanceof Storage ? there : undefined;
    },

    location: () => location,
    isHidden: () => own(Document.prototype, "hidden", document) === true,
    isOnline: () => navigator.onLine !== false,
    privacySignals: () => ({ gpc: navigator.globalPrivacyControl === true, dnt: navigator.doNotTrack === "1" }),

    /** @param {"window" | "document"} where @param {string} name @param {(event: any) => void} listener */
    listen: (where, name, listener) => EventTarget.prototype.addEventListener.call(where === "window" ? window : document, name, listener),

    /** Where other scripts keep what they say. @type {Record<string, any>} */
    window: /** @type {any} */ (window),

    /** What the page sees at this moment, as it is; observed.js takes it apart. @returns {import("./types").Seen} */
    observe: () => ({
      href: location.href,
      title: text(own(Document.prototype, "title", document)),
      referrer: text(own(Document.prototype, "referrer", document)),
      canonical: text(attempt(() => document.querySelector('link[rel="canonical"]')?.getAttribute("href"))),
      userAgent: text(navigator.userAgent),
      locale: text(navigator.language),
      date: String(new Date()),
      screen: { width: screen.width, height: screen.height, density: devicePixelRatio, innerWidth, innerHeight },
    }),
  };
};

/** @typedef {ReturnType<typeof createPage>} Page */
