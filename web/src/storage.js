// The browser's storage: reads what is asked, writes what it is told. It never throws: storage can be blocked, full,
// or taken away while the page is open.

/** @import {CookieAttributes, Stored} from "./types" */

/** The nine keys of the official SDK [js 3.1]. */
export const KEYS = {
  userId: "rl_user_id",
  userTraits: "rl_trait",
  anonymousId: "rl_anonymous_id",
  groupId: "rl_group_id",
  groupTraits: "rl_group_trait",
  initialReferrer: "rl_page_init_referrer",
  initialReferringDomain: "rl_page_init_referring_domain",
  sessionInfo: "rl_session",
  authToken: "rl_auth_token",
};

/** @type {Record<string, string>} */
const memory = {};

/** @template T @param {() => T} action @returns {T | undefined} */
const attempt = (action) => {
  try {
    return action();
  } catch {
    return undefined;
  }
};

/** @param {string} key @param {string | null} value @param {Partial<CookieAttributes>} attributes */
const writeCookie = (key, value, { path = "/", domain, expires, samesite, secure }) => {
  let text = `${encodeURIComponent(key)}=${encodeURIComponent(value ?? "")}; path=${path}`;
  if (domain) text += `; domain=${domain}`;
  if (expires !== undefined) text += `; expires=${new Date(expires).toUTCString()}`;
  if (samesite) text += `; samesite=${samesite}`;
  if (secure) text += "; secure";
  attempt(() => (document.cookie = text));
};

/** All cookies of the page by name; the first wins, as the most specific path comes first. */
const readCookies = () => {
  /** @type {Record<string, string>} */
  const found = {};
  for (const pair of (attempt(() => document.cookie) || "").split(/; */)) {
    const [name, value] = pair.split("=");
    const decoded = attempt(() => [decodeURIComponent(name), decodeURIComponent(value)]);
    if (decoded && value !== undefined && !(decoded[0] in found)) found[decoded[0]] = decoded[1];
  }
  return found;
};

/** @param {string} key @param {Partial<CookieAttributes>} attributes */
const takesCookie = (key, attributes) => {
  writeCookie(key, "1", attributes);
  const taken = readCookies()[key] === "1";
  writeCookie(key, null, { ...attributes, expires: 0 });
  return taken;
};

const cookiesWork = () => takesCookie("test_rudder_cookie", { samesite: "Lax" });

/** @type {Storage | undefined} */
const local = attempt(() => {
  localStorage.setItem("test_rudder_ls", "true");
  localStorage.removeItem("test_rudder_ls");
  return localStorage;
}) || attempt(() => (localStorage.length ? localStorage : undefined)); // full storage can still be read and emptied

let takesCookies = cookiesWork();

/**
 * The widest domain of this page that takes cookies, found by trying [js 3.3]; null: cookies of this host only.
 * Browsers refuse a cookie for a public suffix, so `co.uk` fails and `example.co.uk` is found.
 */
export const topDomain = () => {
  const labels = location.hostname.split(".");
  if (/^[\d.]+$|:/.test(location.hostname)) return null;
  for (let from = labels.length - (labels.length > 1 ? 2 : 1); from >= 0; from--) {
    const domain = "." + labels.slice(from).join(".");
    if (takesCookie("__tld__", { domain, samesite: "Lax" })) return domain;
  }
  return null;
};

/** @param {string} key @returns {string | null} */
export const read = (key) => attempt(() => local?.getItem(key)) ?? null;

/** @param {string} key @param {string | null} value @returns {boolean} whether it is stored */
export const write = (key, value) =>
  attempt(() => {
    if (value === null) local?.removeItem(key);
    else local?.setItem(key, value);
    return !!local;
  }) || false;

/** The keys of localStorage, in order. @returns {string[]} */
export const keys = () => attempt(() => Object.keys(local || {}).sort()) || [];

/** What the nine keys hold. @returns {Stored} */
export const stored = () => {
  const cookies = takesCookies ? readCookies() : null;
  /** @type {Stored} */
  const found = { cookie: cookies && {}, localStorage: local ? {} : null, memory };
  for (const key of Object.values(KEYS)) {
    if (cookies && key in cookies) /** @type {Record<string, string>} */ (found.cookie)[key] = cookies[key];
    const text = read(key);
    if (text !== null) /** @type {Record<string, string>} */ (found.localStorage)[key] = text;
  }
  return found;
};

/** Performs a `store` effect. @param {Extract<import("./types").Effect, {type: "store"}>} effect */
export const store = ({ area, key, value, attributes }) => {
  if (area === "cookie") writeCookie(key, value, attributes || {});
  else if (area === "localStorage") write(key, value);
  else if (value === null) delete memory[key];
  else memory[key] = value;
};

/**
 * What one of the nine holds, decoded: for the getters, which answer before Python is there too. The core has the full
 * decoder (`cookies.py`); what this one cannot read counts as absent.
 * @param {keyof typeof KEYS} name @returns {any}
 */
export const value = (name) => {
  const { cookie, localStorage: texts } = stored();
  const key = KEYS[name];
  for (let text of [cookie?.[key], texts?.[key], memory[key]]) {
    const found = attempt(() => {
      if (text?.startsWith('"RS_ENC')) text = JSON.parse(text);
      const json = text?.startsWith("RS_ENC_v3_")
        ? new TextDecoder().decode(Uint8Array.from(atob(text.slice(10)), (character) => character.charCodeAt(0)))
        : text;
      return JSON.parse(json || "");
    });
    if (found != null) return found;
  }
  return null;
};
