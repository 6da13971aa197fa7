// The browser's storage: reads what is asked, writes what it is told. It never throws: storage can be blocked, full,
// or taken away while the page is open.

import { attempt } from "./attempt.js";

/** @import {CookieAttributes, Stored} from "./types" */

const NAMES = "user_id trait anonymous_id group_id group_trait page_init_referrer page_init_referring_domain session auth_token";

/** The nine keys of the official SDK [js 3.1]. */
const KEYS = NAMES.split(" ").map((name) => "rl_" + name);

/** @type {Record<string, string | null>} */
const memory = {};

/** @param {string} key @param {string | null} value @param {Partial<CookieAttributes>} attributes */
const writeCookie = (key, value, { path = "/", domain, expires, samesite, secure }) => {
  let text = `${key}=${encodeURIComponent(value ?? "")}; path=${path}`;
  if (domain) text += `; domain=${domain}`;
  if (expires != null) text += `; expires=${new Date(expires).toUTCString()}`;
  if (samesite) text += `; samesite=${samesite}`;
  if (secure) text += "; secure";
  attempt(() => (document.cookie = text));
};

/** Cookies on their way: each costs the browser a round, so a row of calls writes the last of each name. @type {Record<string, [string | null, any]>} */
let late = {};

/** A text of the official SDK's first version [js 3.2.3], or one of those as v3. */
const LEGACY = /^"?(RudderEncrypt:|RS_ENC_v3_IlJ1ZGRlckVuY3J5cHQ6)/;

/** What such texts say, once they are opened. @type {Record<string, string>} */
export const opened = {};

/** All cookies of the page by name; of two alike the last, as with the official SDK: the path is the same, and it is the latest. */
export const readCookies = () => {
  /** @type {Record<string, string>} */
  const found = {};
  for (const pair of (attempt(() => document.cookie) || "").split(/; */)) {
    const [name, value] = attempt(() => pair.split("=", 2).map(decodeURIComponent)) || [];
    if (value !== undefined) found[name] = value;
  }
  return found;
};

/** @param {string} key @param {string} [domain] */
const takesCookie = (key, domain) => {
  const attributes = { domain, samesite: "Lax" };
  writeCookie(key, "1", attributes);
  const taken = readCookies()[key] === "1";
  writeCookie(key, null, { ...attributes, expires: 0 });
  return taken;
};

/** Nothing may be stored: not before `load` has said so, nor until `consent()` where it said that. */
let quiet = true;

/** @param {"localStorage" | "sessionStorage"} name @returns {Storage | undefined} */
const open = (name) =>
  attempt(() => {
    if (quiet) return window[name];
    window[name].setItem("test_rudder", "true");
    window[name].removeItem("test_rudder");
    return window[name];
  }) || attempt(() => (window[name].length ? window[name] : undefined)); // full storage can still be read and emptied

const find = () => ({
  cookie: quiet ? navigator.cookieEnabled : takesCookie("test_rudder_cookie"),
  localStorage: open("localStorage"),
  sessionStorage: open("sessionStorage"),
});

/** @type {any} */
let tried;

/** What the browser has to store in: found by trying, once that is allowed, and as late as can be, for it takes long. */
const areas = () => (tried ||= find());

/** @param {boolean} value @param {object} [decided] options of `consent`, which count in place of those of `load` */
export const hush = (value, decided) => {
  options = { ...options, ...decided };
  quiet = value;
  tried = undefined;
};

/**
 * The widest domain of this page that takes cookies, found by trying [js 3.3]; null: cookies of this host only.
 * Browsers refuse a cookie for a public suffix, so `co.uk` fails and `example.co.uk` is found.
 */
export const topDomain = () => {
  const { hostname } = location;
  let domain = "";
  for (const label of quiet || /^[\d.]+$|:/.test(hostname) ? [] : hostname.split(".").reverse()) {
    domain = "." + label + domain;
    if (takesCookie("__tld__", domain)) return domain;
  }
  return null;
};

/** @typedef {"localStorage" | "sessionStorage"} Area */

/** @param {string} key @param {Area} [area] @returns {string | null} */
export const read = (key, area = "localStorage") => attempt(() => areas()[area].getItem(key)) ?? null;

/** @param {string} key @param {string | null} value @param {Area} [area] @returns {boolean} is it stored? */
export const write = (key, value, area = "localStorage") =>
  attempt(() => {
    const there = areas()[area];
    if (value === null) there.removeItem(key);
    else if (quiet) return false;
    else there.setItem(key, value);
    return true;
  }) || false;

/** The keys of localStorage, in order. @returns {string[]} */
export const keys = () => attempt(() => Object.keys(areas().localStorage).sort()) || [];

/** What `load` was told, and of `storage` what `consent` was. @type {any} */
let options = {};

/** @param {any} given load options */
export const keepAs = (given) => (options = { ...given });

/** What the nine keys hold, and texts that may be the anonymousId of others [js 3.5, 3.8]. @returns {Stored} */
export const stored = () => {
  const cookies = readCookies();
  /** @type {any} */
  const texts = { memory };
  for (const [area, there] of Object.entries(areas())) {
    texts[area] = there ? {} : null;
    for (const key of there ? [...KEYS, "ajs_anonymous_id", options.externalAnonymousIdCookieName] : []) {
      const text = area === "cookie" ? (late[key] || [cookies[key]])[0] : read(key, /** @type {Area} */ (area));
      if (text != null) texts[area][key] = opened[text] ?? text;
    }
  }
  return texts;
};

/** The legacy texts that can be opened: WebCrypto is there in secure contexts only. */
export const sealed = () => {
  const texts = Object.values(stored()).flatMap((area) => Object.values(area || {}));
  return crypto.subtle && options.storage?.migrate !== false ? texts.filter((text) => LEGACY.test(text)) : [];
};

/** Performs a `store` effect. @param {Extract<import("./types").Effect, {type: "store"}>} effect */
export const store = async ({ area, key, value, attributes }) => {
  if (area === "cookie") {
    late[key] = [value, attributes];
    await 0;
    for (const name of KEYS) if (late[name]) writeCookie(name, ...late[name]);
    const kept = readCookies();
    for (const name of KEYS) if (!kept[name]) memory[name] = late[name]?.[0] ?? memory[name]; // the browser refuses it
    late = {};
  } else if (area === "memory" || !write(key, value, area)) {
    write(key, null, /** @type {any} */ (area)); // not the one before
    memory[key] = value;
  }
};

/**
 * What one of the nine holds, decoded: for the getters, which answer before Python is there too. The core has the full
 * decoder (`cookies.py`); what this one cannot read counts as absent. "" where it is not to be kept, or cannot be known yet.
 * @param {string} key @param {string} name as in the load option `storage.entries` @returns {any}
 */
export const value = (key, name) => {
  const { entries, type: usual } = Object(options.storage);
  const type = entries?.[name]?.type ?? usual;
  if (type === "none") return "";
  const found = /** @type {Record<string, any>} */ (stored());
  for (const texts of [memory, found[type], ...Object.values(found)]) {
    const text = texts?.[key];
    if (LEGACY.test(text) && sealed()[0]) return ""; // not known yet
    const decoded = attempt(() => {
      const [, base64] = /^"?RS_ENC_v3_([^"]*)/.exec(text) || [];
      const bytes = base64 && Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
      return JSON.parse(bytes ? new TextDecoder().decode(bytes) : text);
    });
    if (decoded || (decoded === "" && texts === memory)) return decoded;
  }
  return null;
};
