// Tabs that open at the same moment on a first visit: each of them finds no anonymousId and makes one, or finds that of
// one that was a little faster, before it can know of the others. They are one visitor. So before Python hears of the first
// call they agree: one after the other (a Web Lock) each looks whether one of them has said which it is, and if none has,
// takes its own. Each says what was agreed, and which it had before, by the name of a lock that it holds for a while, since
// that is what all pages see alike and at once; cookies and storage may be read before they are written elsewhere. All go
// on with that one, in their calls and in what is stored. It is said for as long as one of them is there: the first one may
// be closed at once. A visitor is new as long as the session is: a few seconds. The write key does not matter: clients of
// several keys, on one page or more, have one visitor.
//
// A call may have read what another of these tabs stored before it agreed (`isMade`): that is no other visitor.
// What such a tab called and left to others before it could agree is of that visitor, too (`isNew`).
//
// An anonymousId that a call of the page gave (`setAnonymousId`, `reset`) is no such thing: nobody goes back behind it. With
// it the agreement is over, for all tabs: the locks that say it are taken away (`disagree`). But the page that was called
// may do so late, or be gone; and a tab that opened before may agree, and say so, after that. So who finds an anonymousId
// that is no tab's takes it for one that a call gave, and does not agree with tabs that say another.

import { attempted } from "./attempt.js";
import { parse, Promise, stringify } from "./builtins.js";
import { BEGINS } from "./journal.js";

/** ms. Tabs that open at the same moment have agreed by then, however long their scripts take. */
export const AGREED = 60_000;
/** ms. So long after the session began a visitor is new. */
const NEW = 10_000;

/** Was the visitor new at this time? @param {Record<string, any> | undefined} identity @param {number} at epoch ms */
export const isNew = (identity, at) => Math.abs(at - identity?.sessionInfo?.id) < NEW;

/** Does it give the visitor another anonymousId? @param {{type: string, arguments?: any}} call @returns {boolean} */
export const isAnother = ({ type, arguments: given }) => type === "setAnonymousId" || (type === "reset" && (given[0] === true || Object(given[0]).entries?.anonymousId === true));

/** The lock of those who agree. */
const TURN = `${BEGINS}visitor`;
/** What the name of the lock begins with that says it: followed by a JSON list. */
const SAYS = `${TURN}.[`;

/** @param {LockManager} locks @returns {Promise<string[]>} names of all that are held or asked for */
const namesOf = async (locks) => {
  const { held = [], pending = [] } = await locks.query();
  return [...held, ...pending].map(({ name = "" }) => name);
};

/** What was agreed is over: the visitor is another. @param {import("./page").Page} page @returns {Promise<void>} */
export const disagree = async ({ locks }) => {
  const end = async () => {
    for (const name of await namesOf(/** @type {LockManager} */ (locks))) if (name.startsWith(SAYS)) attempted(() => locks?.request(name, { steal: true }, () => {}));
  };
  if (locks) await attempted(end); // pages put all kinds of things in their place
};

/**
 * Settles with the anonymousId of all tabs that open now, and whether another one was made by one of them: a tab makes the
 * name of its first lock (client.js).
 * @param {import("./page").Page} page
 * @param {(isMade: (id: string) => boolean, isSaid: boolean) => string} choose gives the one that this tab made, or found; "": it does not agree. Is one said already?
 * @param {(free: () => void) => void} keep is given what ends saying it
 * @returns {Promise<{own: string, agreed: string, isMade: (id: string) => boolean}>}
 */
export const agree = async ({ locks, uuid }, choose, keep) => {
  /** @type {string | undefined} */
  let own;
  let agreed = "";
  /** @type {string[]} */
  let names = [];
  /** What was agreed, and what the tab that says it had before. @type {[string, string][]} */
  let said = [];
  /** Settles once it is said. @returns {Promise<void>} */
  const say = () =>
    new Promise((settle) => {
      const held = () => {
        settle();
        return new Promise((free) => keep(/** @type {() => void} */ (free)));
      };
      // Each tab says it under a name of its own.
      const ask = async () => {
        await attempted(() => locks?.request(`${TURN}.${stringify([agreed, own, uuid()])}`, held));
        settle();
      };
      ask();
    });
  const inTurn = async () => {
    names = await namesOf(/** @type {LockManager} */ (locks));
    said = names.filter((name) => name.startsWith(SAYS)).map((name) => parse(name.slice(TURN.length + 1)));
    own = choose(isMade, said.length > 0);
    agreed = own && said.length ? said[0][0] : own;
    if (own) await say();
  };
  /** @param {string} id */
  const isMade = (id) => said.some((ids) => ids.includes(id)) || names.some((name) => name.startsWith(BEGINS) && name.endsWith(`.${id}`));
  // Pages put all kinds of things in their place.
  await attempted(() => locks?.request(TURN, inTurn));
  if (own === undefined) agreed = own = choose(isMade, false); // nobody else is to be known
  return { own, agreed, isMade };
};
