// Who the visitor is after a call: pure transitions of the nine values [js 1.8 to 1.10], for what the page must know
// before Python does. The core has the same rules (core/visitor), and one set of vectors (tests/vectors/identity.json).

import { empty, isEmpty, isObject } from "./cookies.js";
import { canonical } from "./overloads.js";
import * as session from "./session.js";

/** @typedef {Record<string, any>} Identity the nine values by state key */
/** @typedef {{type: string, id: string, at: number, arguments: unknown[]}} Moment */

/** Calls that become messages. */
export const MESSAGES = ["identify", "track", "page", "group", "alias"];

/** What `reset` does not forget, unless its entries say so [js 1.9]. */
const KEPT = ["anonymousId", "initialReferrer", "initialReferringDomain"];

/**
 * `left` with `right` over it, plain objects merged at every depth; all else on the right, arrays too, replaces. Members
 * are own ones, whatever their names.
 * @param {Record<string, any>} left @param {Record<string, any>} right @returns {Record<string, any>}
 */
export const merge = (left, right) => ({
  ...left,
  ...Object.fromEntries(
    Object.entries(right).map(([key, value]) => [key, isObject(value) && isObject(left[key]) ? merge(left[key], value) : value]),
  ),
});

/** Does a reset forget it? @param {string} stateKey @param {Record<string, unknown>} entries @returns {boolean} */
export const isForgotten = (stateKey, entries) => {
  const said = entries[stateKey];
  return typeof said === "boolean" ? said : !KEPT.includes(stateKey);
};

/** @param {Identity} identity @param {Record<string, unknown>} entries @param {string} freshId @returns {Identity} */
export const reset = (identity, entries, freshId) => {
  const changed = { ...identity };
  for (const [key, value] of Object.entries({ ...empty(), anonymousId: freshId })) {
    if (isForgotten(key, entries)) changed[key] = value;
  }
  return changed;
};

/** Another user than the stored one starts afresh. @param {Identity} identity @param {string | null} userId @param {object | null} traits @returns {Identity} */
export const identify = (identity, userId, traits) => {
  const known = userId && identity.userId && userId !== identity.userId ? reset(identity, {}, "") : identity;
  return { ...known, userId: userId ?? known.userId, userTraits: merge(known.userTraits, traits || {}) };
};

/** @param {Identity} identity @param {string | null} groupId @param {object | null} traits @returns {Identity} */
export const group = (identity, groupId, traits) => ({
  ...identity,
  groupId: groupId ?? identity.groupId,
  groupTraits: merge(identity.groupTraits, traits || {}),
});

/** @param {string} address @returns {string} "" where it has none */
const hostOf = (address) => /:\/\/([^/?#]*)/.exec(address)?.[1] || "";

/**
 * A page was opened: an anonymousId where there is none, and the first referrer ever, kept for good [js 3.6].
 * @param {Identity} identity @param {string} freshId @param {string} referrer of the page, "" where it has none @returns {Identity}
 */
export const arrive = (identity, freshId, referrer) => {
  const initialReferrer = identity.initialReferrer || referrer || "$direct";
  const initialReferringDomain = (identity.initialReferrer && identity.initialReferringDomain) || hostOf(initialReferrer);
  return { ...identity, anonymousId: identity.anonymousId || freshId, initialReferrer, initialReferringDomain };
};

/** @param {Identity} before @param {Record<string, any>} call canonical @param {Moment} moment @returns {Identity} */
const changed = (before, call, { type, id, at }) => {
  if (type === "identify") return identify(before, call.userId, call.traits);
  if (type === "group") return group(before, call.groupId, call.traits);
  if (type === "reset") return reset(before, call.entries, id);
  if (type === "setAnonymousId") return { ...before, anonymousId: call.anonymousId || id };
  if (type === "setAuthToken") return { ...before, authToken: call.token || "" };
  if (type === "startSession") return { ...before, sessionInfo: session.start(call.sessionId || at) };
  if (type === "endSession") return { ...before, sessionInfo: {} };
  return before;
};

/**
 * The identity after a call that was made at a moment; as before where it is refused. Without `sessions` (the load
 * option) a message does not extend the session.
 * @param {Identity} before @param {Moment} moment @param {session.Sessions} sessions @param {boolean} extends_
 * @returns {Identity}
 */
export const after = (before, moment, sessions, extends_) => {
  const { type, at } = moment;
  const call = canonical(type, moment.arguments);
  if (!call) return before;
  const identity = { ...changed(before, call, moment) };
  const isLost = isEmpty(identity.sessionInfo) && !isEmpty(before.sessionInfo);
  if (isLost && type !== "endSession") identity.sessionInfo = session.renew(before.sessionInfo, sessions, at);
  if (MESSAGES.includes(type) && extends_) identity.sessionInfo = session.extend(identity.sessionInfo, sessions, at);
  return identity;
};
