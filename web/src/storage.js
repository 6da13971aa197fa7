// The browser's storage as areas of texts: cookies, localStorage, sessionStorage, and memory for what none of them takes.
// It never throws: storage can be blocked, full, or taken away while the page is open.
//
// A cookie that the browser refuses (its domain, its size), or that stays although it was removed (one of the same name
// on another domain or path), must not bring an older visitor back. So what was written is read again: the texts that are
// there all the same are stale, and count as absent for as long as this page lives, by their value: another text under
// the name is another tab's, and counts. scopes.js, which comes later, tries to remove them.

import { attempt } from "./attempt.js";
import { Map } from "./builtins.js";

/** @typedef {"cookie" | "localStorage" | "sessionStorage" | "memory"} Area */
/** @typedef {{path?: string, domain?: string | null, expires?: number | string | null, samesite?: string, secure?: boolean, partitioned?: boolean}} CookieAttributes */
/** @typedef {{text: string | null, attributes: CookieAttributes}} Written null: removed */

/** @type {Area[]} */
export const AREAS = ["cookie", "localStorage", "sessionStorage", "memory"];

/** What the names of cookies begin with that only try whether they are taken. */
export const TRY = "__tld__";

/** @param {string} text */
const decoded = (text) => attempt(() => decodeURIComponent(text));

/** The domains that a page of this host can set cookies for, widest first. @param {string} hostname @returns {string[]} */
export const domainsOf = (hostname) => {
  const labels = /^[\d.]+$|:/.test(hostname) ? [] : hostname.split(".");
  return labels.map((_, at) => "." + labels.slice(at).join(".")).reverse();
};

/** A cookie as `document.cookie` takes it. @param {string} name @param {string} raw its text, encoded @param {CookieAttributes} attributes */
export const cookieOf = (name, raw, { path = "/", domain, expires, samesite, secure, partitioned }) =>
  [
    `${name}=${raw}; path=${path}`,
    domain && `domain=${domain}`,
    expires != null && `expires=${new Date(expires).toUTCString()}`,
    samesite && `samesite=${samesite}`,
    secure && "secure",
    partitioned && "partitioned; samesite=None; secure", // browsers take it with these only; the last one counts
  ]
    .filter(Boolean)
    .join("; ");

/** @param {import("./page").FirstPage} page */
export const createStorage = (page) => {
  /** Nothing is written, not even to try whether it could be. */
  let quiet = true;
  /** @type {Record<string, string>} */
  const memory = Object.create(null);
  /** Cookie texts that do not count, by name. @type {Map<string, string[]>} */
  const stale = new Map();
  /** Cookies on their way, the last of each name: each costs the browser a round. All clients of the page see them. @type {Map<string, Written>} */
  const waiting = (page.waiting ||= new Map());
  /** Does it take cookies? Found by trying, once, and as late as can be, for it takes long. @type {boolean | undefined} */
  let takesCookies;
  /** Areas that were seen to keep what is written. @type {Record<string, boolean>} */
  const keeps = {};
  /** What was read last, and what it said: most calls find the same cookies. @type {{raw: string, texts: Map<string, string[]>}} */
  let seen = { raw: "", texts: new Map() };
  /** Hears of what the browser did not do as it was told. @type {(name: string, written: Written) => void} */
  let refused = () => {};

  /** @param {string} name @param {string | null} text @param {CookieAttributes} attributes */
  const setCookie = (name, text, attributes) => page.writeCookie(cookieOf(name, encodeURIComponent(text ?? ""), text === null ? { ...attributes, expires: 0 } : attributes));

  /** Every text of every name as it is now; none for what cannot be read. */
  const cookies = () => {
    const raw = page.readCookies();
    if (raw === seen.raw) return seen.texts;
    seen = { raw, texts: new Map() };
    for (const pair of raw.split(/; */)) {
      const [name, text] = pair.split("=", 2).map(decoded);
      if (name !== undefined && text !== undefined) seen.texts.set(name, [...(seen.texts.get(name) || []), text]);
    }
    return seen.texts;
  };

  /** @param {string} name */
  const textsOf = (name) => cookies().get(name) || [];

  /** @param {string} [domain] */
  const takesCookie = (domain) => {
    const attributes = { domain, samesite: "Lax", partitioned: page.partitioned };
    const name = TRY + page.uuid(); // other tabs may try at the same moment
    setCookie(name, name, attributes);
    const taken = cookies().has(name);
    setCookie(name, null, attributes);
    return taken;
  };

  /** What was written is read again. @param {string} name @param {Written} written */
  const verify = (name, { text, attributes }) => {
    const isThere = () => text === null || textsOf(name).includes(text);
    if (!isThere()) setCookie(name, text, attributes); // another tab may have written its own in between
    const others = textsOf(name).filter((there) => there !== text);
    stale.set(name, others);
    if (!isThere()) memory[name] = /** @type {string} */ (text);
    else if (text !== null) delete memory[name];
    if (others.length || !isThere()) refused(name, { text, attributes });
  };

  const writeWaiting = () => {
    const written = [...waiting];
    waiting.clear();
    for (const [name, { text, attributes }] of written) setCookie(name, text, attributes);
    for (const [name, each] of written) verify(name, each);
  };

  return {
    setCookie,
    textsOf,
    verify,

    /** @param {typeof refused} hear */
    onRefused: (hear) => void (refused = hear),

    /** @param {boolean} value nothing may be written from now on, or everything again */
    hush: (value) => void (quiet = value),
    isQuiet: () => quiet,

    takesCookies: () => !quiet && (takesCookies ??= takesCookie()),

    /** Are there two cookies of a name? Which of them counts is found out by what comes later (scopes.js). */
    isDoubled: () => [...cookies().values()].some((texts) => texts.length > 1),

    /** Reads the cookies anew: each time costs the browser a round, so what follows is read from what was seen. */
    look: () => void cookies(),

    /** The text of a name in an area; of two cookies the last, as with the official SDK. @param {Area} area @param {string} name @returns {string | null} */
    read(area, name) {
      if (area === "memory") return memory[name] ?? null;
      if (area !== "cookie") {
        const text = attempt(() => page.storage(area)?.getItem(name));
        return typeof text === "string" ? text : null;
      }
      const late = waiting.get(name);
      if (late) return late.text;
      const texts = (seen.texts.get(name) || []).filter((text) => !stale.get(name)?.includes(text));
      return texts[texts.length - 1] ?? null;
    },

    /** @param {string} name @param {string | null} text null removes it @param {CookieAttributes} attributes */
    writeCookie(name, text, attributes) {
      if (quiet) return;
      if (!waiting.size) page.soon(writeWaiting);
      waiting.set(name, { text, attributes });
    },

    /** @param {Exclude<Area, "cookie">} area @param {string} name @param {string | null} text null removes it @returns {boolean} is it done? */
    write(area, name, text) {
      if (area === "memory") {
        if (text === null) delete memory[name];
        else memory[name] = text;
        return true;
      }
      return attempt(() => {
        const there = /** @type {Storage} */ (page.storage(area));
        if (text === null) there.removeItem(name);
        else if (!quiet) {
          there.setItem(name, text);
          return (keeps[area] ||= there.getItem(name) === text); // some take it and keep nothing
        }
        return text === null;
      }) || false;
    },

    /** How many calls localStorage holds. @returns {number} */
    countCalls: () => attempt(() => Object.keys(/** @type {Storage} */ (page.storage("localStorage"))).filter((key) => /\.call$/.test(key)).length) || 0,

    /**
     * The widest domain of this page that takes cookies, found by trying [js 3.3]; null: cookies of this host only.
     * Browsers refuse a cookie for a public suffix, so `co.uk` fails and `example.co.uk` is found.
     */
    widestDomain: () => (quiet ? null : (domainsOf(page.location().hostname).find(takesCookie) ?? null)),
  };
};

/** @typedef {ReturnType<typeof createStorage>} BrowserStorage */
