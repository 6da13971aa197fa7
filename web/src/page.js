// What the browser gives: the one object through which the rest touches the page, so that tests can give another. It
// checks what it reads, and never throws: pages and other scripts replace functions or take them away, and elements with
// a name or an id stand in for properties of `document` and `window`. What only comes with Python needs is in events.js.

import { plain } from "./arguments.js";
import { attempt, attempted } from "./attempt.js";
import { Promise } from "./builtins.js";

/** @param {unknown} value */
const text = (value) => (typeof value === "string" ? value : "");

/** Where the browser itself has what a document has, whatever the page's elements are called, and whatever a library has made of the name `Document` (MooTools). */
const inherited = () => Object.getPrototypeOf(document);
/** A property, or a method that is bound to nothing. @param {string} name @returns {any} */
export const ofDocument = (name) => attempt(() => Reflect.get(inherited(), name, document));
/** @param {string} name @returns {any} */
export const ofNavigator = (name) => attempt(() => /** @type {any} */ (navigator)[name]);

/**
 * The script tag that we came by: the one that runs, or else the first module that has our source, or else, where another
 * script runs all scripts, the first that has it: an element that does not run is none as a rule. No other element is one,
 * whatever it is called.
 * @returns {HTMLScriptElement | undefined}
 */
export const ownScript = () =>
  attempt(() => {
    const current = ofDocument("currentScript");
    if (current instanceof HTMLScriptElement) return current;
    const ours = [...ofDocument("scripts")].filter(({ src }) => /\/rudderanalytics\.js/.test(src));
    return ours.find(({ type }) => type === "module") || ours[0];
  });

/** @param {Element | undefined} element @param {string} name @returns {string | null | undefined} */
export const attributeOf = (element, name) => attempt(() => Object.getPrototypeOf(element).getAttribute.call(element, name));

/** An absolute address. @param {string} address @param {string} [base] the page's own, where there is none @returns {string} */
export const resolved = (address, base) => attempt(() => new URL(address, base || location.href).href) || "";

/**
 * WebAssembly, compiled while it comes; undefined where that cannot be. A page may have asked for it already (docs/script-tag.md).
 * @param {string} url @returns {Promise<WebAssembly.Module | undefined>}
 */
export const compiled = (url) => attempted(() => WebAssembly.compileStreaming(window.rudderanalyticsWasm || fetch(url)));

/** @typedef {{runtime?: Promise<import("./types").Runtime>, createCore: typeof import("./core").createCore}} Booted without a runtime: the page's own Python will come */

/**
 * @param {object} ours what differs by how the SDK came into the page
 * @param {string} ours.installType "script", "python" or "npm"
 * @param {(options: Record<string, unknown>) => Promise<Booted>} ours.boot starts a runtime, with the options of `load`
 * @param {(name: string) => Promise<any>} ours.bring a module that few pages need, as `extras.mjs`
 * @param {Window & typeof globalThis} [scope] a worker's globals, where there is no page (workerPage.js)
 */
export const createPage = (ours, scope = window) => {
  // As they were when we came.
  const { console: ownConsole, crypto: ownCrypto } = scope;

  return {
    ...ours,
    /** Epoch ms, without `Date.now`, of which Datejs and others make something else. */
    now: () => +new Date(),
    /** Undefined where there are none (insecure contexts). @type {LockManager | undefined} */
    locks: ofNavigator("locks"),

    /** A UUID v4. `crypto.randomUUID` exists in secure contexts only, `getRandomValues` everywhere; in case it does nothing, chance is added. */
    uuid() {
      const bytes = new Uint8Array(36);
      attempt(() => ownCrypto.getRandomValues(bytes));
      /** @param {string} digit @param {number} at */
      const chance = (digit, at) => {
        const byte = bytes[at] ^ (Math.random() * 256);
        return (digit > "0" ? 8 + (byte & 3) : byte & 15).toString(16);
      };
      return "00000000-0000-4000-8000-000000000000".replace(/[08]/g, chance);
    },

    /** @param {string} level of which the console has one of the same name @param {unknown[]} words */
    log(level, ...words) {
      attempt(() => ownConsole[/** @type {"log"} */ (level.toLowerCase())]("[rudderanalytics]", ...words));
    },

    /** After what runs now. @param {() => void} action */
    async soon(action) {
      await undefined;
      attempt(action);
    },

    /** Is the page prerendered, for a visitor who may never come? Then the action runs as they come. @param {() => void} action @returns {boolean} */
    awaitsVisitor(action) {
      return ofDocument("prerendering") && !ofDocument("addEventListener").call(document, "prerenderingchange", action);
    },

    /** Settles after so many ms; never, where that is no time that a browser waits. @param {any} ms anything @returns {Promise<unknown>} */
    after: (ms) => new Promise((settle) => attempt(() => ms != null && ms < 2 ** 31 && setTimeout(settle, ms))),

    /** Undefined in a page that took it away. */
    fetch: attempt(() => scope.fetch.bind(scope)),

    readCookies: () => text(ofDocument("cookie")),
    /** @param {string} cookie */
    writeCookie: (cookie) => attempt(() => Reflect.set(inherited(), "cookie", cookie, document)),
    /** @param {"localStorage" | "sessionStorage"} area @returns {Storage | undefined} */
    storage: (area) =>
      attempt(() => {
        const there = scope[area];
        return "getItem" in there ? there : undefined;
      }),

    location: () => location,
    privacySignals: () => ({ gpc: ofNavigator("globalPrivacyControl") === true, dnt: ofNavigator("doNotTrack") === "1" }),

    /** Where other scripts keep what they say. @type {Record<string, any>} */
    window: /** @type {any} */ (scope),

    /** What the page sees at this moment, as it is; observed.js takes it apart. @returns {import("./types").Seen} */
    observe() {
      const { screen, devicePixelRatio: density, innerWidth, innerHeight } = scope;
      const sizes = { width: attempt(() => screen.width), height: attempt(() => screen.height), density, innerWidth, innerHeight };
      return {
        href: location.href,
        title: text(ofDocument("title")),
        referrer: text(ofDocument("referrer")),
        canonical: text(attempt(() => ofDocument("querySelector").call(document, "link[rel=canonical]")?.getAttribute("href"))),
        userAgent: text(ofNavigator("userAgent")),
        locale: text(ofNavigator("language")),
        date: String(new Date()),
        screen: plain(sizes).value, // any of them may be a variable of the page's
      };
    },
  };
};

/**
 * What the first script has; events.js has the rest. `waiting`: cookies that are still to be written (storage.js), `listener`:
 * the client that hears workers (core.js), `partitioned`: are cookies those of this page in its top page only (storage.js)?
 * `isWorker`: it is none, but a worker that has no page (workerPage.js).
 * @typedef {ReturnType<typeof createPage> & {waiting?: Map<string, any>, listener?: object, partitioned?: boolean, isWorker?: boolean}} FirstPage
 */
/** @typedef {FirstPage & import("./events").Events} Page */
