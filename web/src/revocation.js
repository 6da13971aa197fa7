// The visitor takes back what they allowed: by a decision that allows less than the one before, or by `revoke()`, after
// which nothing of ours is left in this browser, as if they had not decided yet.
//
// What may no longer be kept is removed at once. What waits and is no longer allowed is dropped, reason `consent`: a
// message that shows a value which may not be kept any more, or, where fewer of the consent ids are allowed than before, one
// that was made for ids of which none is left. Where some are, it says the new decision. A decision for other ids is
// another one, not less; so is the first. What is on its way already is not tried again.
//
// Other tabs hear of `revoke()` by the channel that workers use (workers.js). A tab that opens at that moment does not
// listen yet: so the page that revokes holds a lock whose name says when. A page that comes back from the back/forward
// cache may have missed both: where all of ours is gone, and consent is asked for, it does the same.

import { attempted } from "./attempt.js";
import { parse, Promise, stringify } from "./builtins.js";
import { byStateKey, DECISION, KEYS } from "./cookies.js";
import { BEGINS, keysOf } from "./journal.js";
import { pathsOf, removeEverywhere } from "./scopes.js";
import { TRY } from "./storage.js";

/** All that we may have stored under a fixed name. */
const NAMES = [...Object.values(KEYS), DECISION];
const REVOKED = `${BEGINS}revoked.`;

/** What holds after `revoke()`: nothing is stored or sent until `consent()`. @returns {import("./policy").Policy} */
export const revoked = () => ({ muted: false, quiet: true, buffers: true, hides: false, visible: [], places: byStateKey(() => "held") });

/**
 * Removes what is stored under these names: cookies of every domain and path that this page can have set them on.
 * @param {import("./page").Page} page @param {import("./storage").BrowserStorage} storage @param {string[]} names
 * @param {string | undefined} ownPath of this page's cookies, which it may not be told of
 */
export const erase = (page, storage, names, ownPath = "/") => {
  for (const name of names) {
    for (const area of /** @type {const} */ (["localStorage", "sessionStorage"])) storage.write(area, name, null);
    const paths = storage.textsOf(name).length ? [ownPath, ...pathsOf(page.location().pathname)] : [ownPath];
    for (const partitioned of [false, true]) removeEverywhere(page, storage, name, paths, { partitioned });
  }
};

/** Removes all of ours. @param {import("./page").Page} page @param {import("./storage").BrowserStorage} storage @param {string} [ownPath] */
export const eraseAll = (page, storage, ownPath) => {
  const tries = page.readCookies().split(/[=; ]+/).filter((name) => name.startsWith(TRY)); // of pages that ended meanwhile
  erase(page, storage, [...NAMES, ...tries], ownPath);
  for (const key of keysOf(page)) storage.write("localStorage", key, null);
};

/** State key -> what a message shows of it. @type {Record<string, (message: any) => unknown>} */
const SHOWN = {
  userId: ({ userId }) => userId,
  userTraits: ({ context }) => Object.keys(Object(context?.traits)).length,
  anonymousId: ({ anonymousId }) => anonymousId,
  groupId: ({ groupId }) => groupId,
  groupTraits: ({ type, traits }) => type === "group" && Object.keys(Object(traits)).length,
  sessionInfo: ({ context }) => context?.sessionId,
  initialReferrer: ({ context }) => context?.page?.initial_referrer,
  initialReferringDomain: ({ context }) => context?.page?.initial_referring_domain,
};

/** @param {string | undefined} place of a value (policy.js) */
const isKept = (place) => place !== "none" && place !== "held";

/**
 * What a decision takes back of the one before; null where it takes back nothing.
 * @param {{places: Record<string, string>, allowed: string[]}} before ids: none before the first decision
 * @param {{places: Record<string, string>, consents: import("./consent").Consents, onlyDenies: boolean}} now `onlyDenies`: it says
 *   nothing of what is allowed, so what it does not deny still is
 */
export const lessOf = (before, { places, consents, onlyDenies }) => {
  const lost = Object.keys(KEYS).filter((key) => places[key] === "none" && isKept(before.places[key]));
  const allowed = onlyDenies ? before.allowed.filter((id) => !consents.deniedConsentIds.includes(id)) : consents.allowedConsentIds;
  const hasFewer = allowed.length < before.allowed.length && allowed.every((id) => before.allowed.includes(id));
  if (!lost.length && !hasFewer) return null;
  return {
    /** May a call not become a message any more? @param {Record<string, any>} identity of its moment */
    takesCall: (identity) => lost.some((key) => Object.keys(Object(identity[key])).length > 0) || (hasFewer && !allowed.length),

    /** What a message says from now on: null where it is not allowed any more, the same where nothing changes. @param {string} text @returns {string | null} */
    retold(text) {
      const message = parse(text);
      if (lost.some((key) => SHOWN[key]?.(message))) return null;
      const said = message.context?.consentManagement;
      /** @type {string[]} */
      const had = said?.allowedConsentIds || [];
      if (!hasFewer || had.every((id) => allowed.includes(id))) return text;
      if (!had.some((id) => allowed.includes(id))) return null;
      message.context.consentManagement = { ...(said.provider === consents.provider && said), ...consents };
      return stringify(message);
    },
  };
};

/** Says to pages that open now that everything was revoked. @param {import("./page").Page} page @param {number} at epoch ms @param {(free: () => void) => void} keep is given what ends saying it */
export const sayRevoked = ({ locks }, at, keep) =>
  attempted(() => locks?.request(REVOKED + at, { mode: "shared" }, () => new Promise((free) => keep(/** @type {() => void} */ (free)))));

/** Was everything revoked since? @param {import("./page").Page} page @param {number} since epoch ms @returns {Promise<boolean>} */
export const wasRevoked = async ({ locks }, since) => {
  const found = await attempted(() => /** @type {LockManager} */ (locks).query());
  return Boolean(found?.held?.some(({ name = "" }) => name.startsWith(REVOKED) && Number(name.slice(REVOKED.length)) > since));
};
