// The public overloads of the calls that change who the visitor is, untangled [js 1.5]: for what the page must know
// before Python does. The core has the same rules for all calls (core/calls), and one set of vectors
// (tests/vectors/calls.json). Arguments are JSON values already; null stands for a call that is refused.

import { BLANK, isEncoded, isObject } from "./cookies.js";

const NO_NUMBER = /^(NaN|-?Infinity)$/;
/** The shortest session id has ten digits [js 1.10]. */
const SHORTEST_SESSION_ID = 1_000_000_000;

/** An id as text, null where none is given; undefined where it is none. @param {any} value @returns {string | null | undefined} */
const text = (value) => {
  if (value === null || value === undefined) return null;
  if (typeof value === "object" || NO_NUMBER.test(value)) return undefined;
  return String(value);
};

/** @param {unknown} value @returns {string | null | undefined} */
const userId = (value) => {
  const id = /** @type {any} */ (text(value));
  return id === "" || BLANK.test(id) ? undefined : id;
};

/** @param {unknown} value */
const object = (value) => (isObject(value) ? value : null);

/** The traits of identify and group, whose id can be left out. @param {unknown[]} given */
const traits = (given) => object(isObject(given[0]) ? given[0] : given[1]);

/** @type {Record<string, (given: any[]) => Record<string, any> | null>} */
const METHODS = {
  identify(given) {
    const id = isObject(given[0]) ? null : userId(given[0]);
    return id === undefined ? null : { userId: id, traits: traits(given) };
  },
  group(given) {
    const id = isObject(given[0]) ? null : text(given.length ? given[0] : "");
    return id === undefined ? null : { groupId: id, traits: traits(given) };
  },
  alias: (given) => (userId(given[0]) === undefined || (!isObject(given[1]) && userId(given[1]) === undefined) ? null : {}),
  reset(given) {
    if (typeof given[0] === "boolean") return { entries: { anonymousId: given[0] } };
    return { entries: object(object(given[0])?.entries) || {} };
  },
  // A blank one would make the gateway refuse every message of the visitor [server 1.5]: it counts as none. What a linker
  // says core.js has put in its place.
  setAnonymousId: ([id]) => ({ anonymousId: (typeof id === "string" && userId(id)) || null }),
  startSession: ([id]) => ({ sessionId: Number.isInteger(id) && id >= SHORTEST_SESSION_ID ? id : null }),
  setAuthToken: ([token]) => ({ token: typeof token === "string" && token ? token : null }),
};

/** An anonymousId that another one says, as a call would take it: null where it is none. @param {unknown} id @returns {string | null | undefined} */
export const anonymousIdOf = (id) => canonical("setAnonymousId", [id])?.anonymousId;

/**
 * What a call says of the visitor: the members of the canonical call that count for that; {} for other calls.
 * @param {string} method @param {unknown[]} given @returns {Record<string, any> | null}
 */
export const canonical = (method, given) => {
  if (!METHODS[method]) return {};
  return isEncoded(given[0]) ? null : METHODS[method](given);
};
