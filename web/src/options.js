// The options that the page needs before Python is there, read: what is of the wrong type has its default, but what
// protects the visitor counts as asked for, however it is written, for nobody writes it to be tracked. optionTable.js,
// which comes with Python, has all options and says what is wrong with them; tests/vectors/options.json holds both together.

import { attempt } from "./attempt.js";
import { byStateKey, isObject } from "./cookies.js";
import { toText } from "./json.js";

export const LEVELS = ["LOG", "INFO", "DEBUG", "WARN", "ERROR", "NONE"];
export const STORAGE_TYPES = ["cookieStorage", "localStorage", "sessionStorage", "memoryStorage", "none"];
export const SAME_SITE = ["Strict", "Lax", "None"];
export const SEGMENT = ["segment", "Segment"];
/**
 * What is said, as JSON, in options that are none, or by a name that there is not, by a page that asks for protection. Of
 * options that end with a brace, as the wrong quotes leave them, nobody knows what they ask for.
 */
export const PROTECTED = /consent|respect|{"$/i;

/** @typedef {ReturnType<typeof readLoad>} LoadOptions what the page needs of them */
/** @typedef {Record<string, string | null>} Places where values are kept: all (`type`), or by state key; null where nothing is said */

/** What has no such members is as good as an object without any. @type {(value: unknown) => Record<string, any>} */
const members = Object;
/** @template T @param {unknown} value @param {string[]} known @param {T} usual @returns {string | T} */
const oneOf = (value, known, usual) => (known.includes(/** @type {string} */ (value)) ? /** @type {string} */ (value) : usual);
/** @param {any} value @param {number} usual @returns {number} */
const whole = (value, usual) => (Number.isInteger(value) && value >= 0 ? value : usual);
/** @param {unknown} value @param {string} [usual] @returns {string | undefined} */
const text = (value, usual) => (typeof value === "string" && value ? value : usual);
/** @param {unknown} value */
const areTexts = (value) => Array.isArray(value) && value.every((item) => typeof item === "string");
/** Asked for, in whatever words. @param {unknown} value */
const asked = (value) => value !== undefined && value !== null && value !== false;
/** Whatever the member `enabled` of a table is called. @param {unknown} value @returns {boolean} */
export const enabled = (value) => asked(isObject(value) ? (value.enabled ?? Object.values(value).includes(true)) : value);
/** Does the member `events` of preConsent, or one that there is not, ask for it that messages wait for the decision? @param {unknown} value */
export const buffer = (value) => asked(value) && value !== "immediate";
/** @param {unknown} storage the option @returns {Places} */
export const readPlaces = (storage) => {
  const { type, entries } = members(storage);
  /** @param {unknown} value */
  const read = (value) => oneOf(value, STORAGE_TYPES, null);
  return { type: read(type), ...byStateKey((key) => read(members(members(entries)[key]).type)) };
};

/** No cut-off before the timeout [js 3.9]. @param {unknown} given */
const sessions = (given) => {
  const { autoTrack, timeout, cutOff } = members(given);
  const { enabled: isWanted, duration: wanted } = members(cutOff);
  const read = { autoTrack: autoTrack !== false, timeout: whole(timeout, 1_800_000) };
  const duration = whole(wanted, 43_200_000);
  return { ...read, cutOff: { enabled: isWanted === true && duration >= read.timeout, duration } };
};

/** @param {unknown} given options of `load`; a text is one that is no JSON */
export const readLoad = (given) => {
  const { storage, preConsent, consentManagement, respectGPC, respectDNT, ...others } = members(given);
  /** It asks for protection in a form that cannot be read, or by a name that there is not. */
  const protects = PROTECTED.test(toText(isObject(given) ? Object.keys(others) : given));
  const before = protects || preConsent;
  const management = protects || consentManagement;
  const { cookie, encryption } = members(storage);
  const { maxage, expires, path, domain, samesite, secure, partitioned } = members(cookie);
  const { enabled: captures, source } = members(members(others.anonymousIdOptions).autoCapture);
  const { allowedConsentIds: allowed, deniedConsentIds: denied } = members(management);
  const { events, enabled: _, storage: kept, ...unknown } = members(before);
  const { strategy } = members(kept);
  return {
    logLevel: oneOf(others.logLevel, LEVELS, "WARN"),
    sessions: sessions(others.sessions),
    places: readPlaces(storage),
    /** What is set in `storage.cookie` wins [js 3.3]. */
    cookie: {
      path: text(path, "/"),
      samesite: oneOf(samesite, SAME_SITE, oneOf(others.sameSiteCookie, SAME_SITE, "Lax")),
      secure: typeof secure === "boolean" ? secure : others.secureCookie === true,
      expires: text(expires),
      partitioned: partitioned === true,
    },
    /** Null: cookies of this host only; undefined: of the widest domain that there is. */
    domain: others.sameDomainCookiesOnly === true ? null : text(domain, text(others.setCookieDomain)),
    lifetime: whole(maxage, 31_536_000_000),
    encodes: members(encryption).version !== "legacy",
    capturesSegment: captures === true && SEGMENT.includes(source),
    queryStringApi: others.queryStringApi ?? !protects,
    externalAnonymousIdCookieName: text(others.externalAnonymousIdCookieName),
    preConsent: enabled(before),
    /** The state keys that may be kept before consent. */
    visible: strategy === "session" ? ["sessionInfo"] : strategy === "anonymousId" ? [strategy] : [],
    buffers: isObject(before) ? Object.values({ ...unknown, ...(isObject(events) ? events : { events }) }).some(buffer) : asked(before),
    managesConsent: enabled(management),
    /** Does `load` bring what the visitor decided before? With half of it wrong, nobody knows what that was. */
    isDecided: [allowed ?? denied, denied ?? allowed].every(areTexts),
    respectGPC: asked(protects || respectGPC),
    respectDNT: asked(protects || respectDNT),
  };
};

/** @param {unknown} value @returns {string} the write key; "" where there is none */
export const writeKeyOf = (value) => (typeof value === "string" ? value.trim() : "");

/** @param {any} value @returns {string} the data plane URL without query, fragment and slashes at its end; "" where it is none */
export const dataPlaneUrlOf = (value) => {
  // Browsers take the path of `https:///path` for the host.
  const url = /^\s*https?:\/\/[^/]/i.test(value) && attempt(() => new URL(value));
  return url && !url.username ? (url.origin + url.pathname).replace(/\/+$/, "") : "";
};
