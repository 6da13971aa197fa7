// Tabs that open at the same moment on a first visit: each of them finds no anonymousId and makes one, or finds that of
// one that was a little faster, before it can know of the others. They are one visitor. So before Python hears of the first
// call they agree: one after the other (a Web Lock) each looks whether one of them has said which it is, and if none has,
// says its own: by the name of a lock that it holds for a while, since that is what all pages see alike and at once; cookies
// and storage may be read before they are written elsewhere. The others go on with that one, in their calls and in what is
// stored. A visitor is new as long as the session is: a few seconds.
//
// What such a tab called and left to others before it could agree is of that visitor, too (`isNew`).

import { attempt } from "./attempt.js";
import { Promise } from "./builtins.js";

/** ms. Tabs that open at the same moment have agreed by then, however long their scripts take. */
export const AGREED = 60_000;
/** ms. So long after the session began a visitor is new. */
const NEW = 10_000;

/** Was the visitor new at this time? @param {Record<string, any> | undefined} identity @param {number} at epoch ms */
export const isNew = (identity, at) => Math.abs(at - identity?.sessionInfo?.id) < NEW;

/**
 * Settles with the anonymousId of all tabs that open now.
 * @param {import("./page").Page} page @param {import("./journal").Journal} journal
 * @param {string} own that this tab made, or found
 * @param {(free: () => void) => void} keep is given what ends saying it
 * @returns {Promise<string>}
 */
export const agree = async (page, journal, own, keep) => {
  const begins = `${journal.prefix()}visitor.`;
  const { locks } = page;
  /** @returns {Promise<string | undefined>} what one of them has said */
  const said = async () => {
    const { held } = await /** @type {LockManager} */ (locks).query();
    return held?.find(({ name }) => name?.startsWith(begins))?.name?.slice(begins.length);
  };
  /** Settles once it is said. @returns {Promise<void>} */
  const say = () =>
    new Promise((settle, reject) => {
      const held = () => {
        settle();
        return new Promise((free) => keep(/** @type {() => void} */ (free)));
      };
      /** @type {LockManager} */ (locks).request(begins + own, held).catch(reject);
    });
  let agreed = own;
  const inTurn = async () => {
    const other = await said();
    if (other) agreed = other;
    else await say();
  };
  // Pages put all kinds of things in their place.
  await attempt(() => locks?.request(`${journal.prefix()}visitor`, inTurn).catch(() => {}));
  return agreed;
};
