// The storage format of the nine values, shared with the official SDK [js 3.1, 3.2]. This is the one place that knows
// their names and their encoding; Python sees decoded values only.

import { attempt } from "./attempt.js";
import { atob, btoa, escape, parse, unescape } from "./builtins.js";
import { toText } from "./json.js";

/** State key -> storage key. @type {Record<string, string>} */
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

/** Keeps the decision of the visitor, without an id (rememberedConsent.js). */
export const DECISION = "rl_consent";

/** The state keys whose value is an object; the others are texts. */
const OBJECTS = /Traits|session/;

/** Bytes that a browser keeps of one cookie's name and value together (RFC 6265bis, section 5.6). */
export const LARGEST = 4096;

/** What an encoded text begins with. */
export const V3 = "RS_ENC_v3_";
/** A text of the official SDK's first version [js 3.2.3], or one of those inside a v3 text. */
const LEGACY = /^"?(RudderEncrypt:|RS_ENC_v3_IlJ1ZGRlckVuY3J5cHQ6)/;

/** State key -> what is made for each. @template T @param {(stateKey: string) => T} make @returns {Record<string, T>} */
export const byStateKey = (make) => Object.fromEntries(Object.keys(KEYS).map((key) => [key, make(key)]));

/** The values of a visitor never seen; a value that equals its default here is not stored [js 3.1]. @returns {Record<string, any>} by state key */
export const empty = () => byStateKey((key) => (OBJECTS.test(key) ? {} : ""));

/**
 * Nothing that shows: an id that is made of it is refused, as by the gateway [server 1.5]. The core has the same
 * (core/ids.py).
 */
export const BLANK = /^[\p{Cc}\p{Cf}\p{Co}\p{Z}\p{DI}\u2800]+$/u;

/** Is it what a state key has? @param {unknown} value @param {string} stateKey */
export const isOfItsKind = (value, stateKey) => (OBJECTS.test(stateKey) ? isObject(value) : typeof value === "string" && !BLANK.test(value));

/** @param {unknown} value of one of the nine */
export const isEmpty = (value) => !value || (typeof value === "object" && !Object.keys(value).length);

/** @param {unknown} value @returns {value is Record<string, unknown>} */
export const isObject = (value) => typeof value === "object" && value !== null && !Array.isArray(value);

/**
 * Can Python take what was read? MicroPython recurses some 60 levels deep, and JSON has no number beyond all numbers.
 * @param {unknown} value @param {number} [levels] that it may nest @returns {boolean}
 */
export const isSound = (value, levels = 50) => {
  if (typeof value === "object" && value) return levels > 0 && Object.values(value).every((each) => isSound(each, levels - 1));
  return typeof value !== "number" || Number.isFinite(value);
};

// `unescape` and `escape` are what makes bytes of percent signs, and back, in every browser; TextEncoder gives no text.

/** @param {string} text @returns {string} of its UTF-8 */
const toBase64 = (text) => btoa(unescape(encodeURIComponent(text)));

/** Throws where the text is no base64, or its bytes are no UTF-8. @param {string} base64 @returns {string} */
export const fromBase64 = (base64) => decodeURIComponent(escape(atob(base64)));

/**
 * `RS_ENC_v3_` and the base64 of the value's JSON; or the JSON, for the official SDK's first version, because we do not
 * encrypt and every version of it reads that [js 3.2.4].
 * @param {unknown} value @param {boolean} [encodes]
 */
export const encode = (value, encodes = true) => {
  const text = toText(value);
  return encodes ? V3 + toBase64(text) : text;
};

/** Is it in the AES of the official SDK's first version? @param {any} text @returns {boolean} */
export const isLegacy = (text) => LEGACY.test(text);

/** Would this value, once stored, be read as another, or not at all? @param {unknown} value */
export const isEncoded = (value) => /^"(RudderEncrypt:|RS_ENC_v3_)/.test(toText(value));

/**
 * The value in a stored text: v3, however often it was encoded, or plain JSON. Null where the text says null; undefined
 * where it cannot be read, or holds another kind of value than the key's: it was tampered with, is foreign or cut off.
 * @param {string} text @param {string} stateKey @returns {unknown}
 */
export const decode = (text, stateKey) =>
  attempt(() => {
    // Browsers forgive bad base64 in part, and what is cut off would pass for a whole value.
    const base64 = text.startsWith(V3) ? text.slice(V3.length) : "";
    if (base64.length % 4) return undefined;
    let value = parse(base64 ? fromBase64(base64) : text);
    if (!isSound(value)) return undefined;
    // An id: the official SDK stores what it gets.
    if (typeof value === "number") value = String(value);
    if (typeof value === "string" && value.startsWith(V3)) return decode(value, stateKey);
    return value === null || (isOfItsKind(value, stateKey) && !isEncoded(value)) ? value : undefined;
  });

/** What `localStorage` held, without the extra layer of JSON [js 3.2.6]; a text that lacks the layer as it is. @param {string} text */
export const unquote = (text) => {
  const inner = text.startsWith('"') ? attempt(() => parse(text)) : undefined;
  // A plain JSON text without the layer looks like the layer: then the quotes belong to the value.
  return typeof inner === "string" && /^(RS_ENC_v3_|"|\{)/.test(inner) ? inner : text;
};

/** Bytes of name and value as a cookie holds them: what counts against `LARGEST`. @param {string} key @param {string} text */
export const size = (key, text) => key.length + 1 + encodeURIComponent(text).length;
