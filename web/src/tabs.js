// Whose stored messages are whose. Each page owns what it stores for as long as it lives, which a Web Lock proves: the
// browser releases it when the page is gone, however it went. Then whoever gets the lock adopts what was left.
// A page in the back/forward cache keeps its lock, and loses its place in the cache to a page that asks for the lock.

import { entriesOf } from "./adoption.js";
import { Promise, Set } from "./builtins.js";

/** ms. Without Web Locks (insecure contexts) a page that stored nothing for this long counts as gone. */
const OLD = 60_000;

/** @param {import("./journal").Journal} journal @param {string} owner @returns {string} the name of its lock */
const lockOf = (journal, owner) => journal.prefix() + owner;

/**
 * Tells of pages that are gone.
 * @param {import("./page").Page} page @param {import("./journal").Journal} journal @param {string} owner
 * @param {(gone: string[]) => void} adopt called with owners that go later
 * @returns {Promise<string[]>} the owners that are gone already
 */
export const watchTabs = (page, journal, owner, adopt) => {
  const { locks } = page;
  const known = new Set([owner]);
  const forever = new Promise(() => {});

  /** What was stored in the future is of a clock that was wrong. @param {string} other */
  const isAlive = (other) => entriesOf(page, journal).some((entry) => entry.owner === other && Math.abs(page.now() - entry.at) < OLD);

  /**
   * Settles when the other's lock is ours, for as long as this page lives, or (`ifAvailable`) somebody else's.
   * @param {string} other @param {boolean} ifAvailable @returns {Promise<string | undefined>} the owner that is gone
   */
  const inherit = (other, ifAvailable) =>
    new Promise((settle) => {
      /** @param {Lock | null} lock */
      const granted = (lock) => {
        settle(lock ? other : undefined);
        return lock ? forever : undefined;
      };
      const look = () => {
        if (ifAvailable || !isAlive(other)) settle(isAlive(other) ? undefined : other);
        else page.setTimer(look, OLD);
      };
      const unknown = () => settle(undefined);
      const ask = async () => locks?.request(lockOf(journal, other), { ifAvailable }, granted);
      if (locks) ask().then(unknown, unknown); // whatever the page has put in their place
      else look();
    });

  /** Those of these owners that are gone; waits for the others. @param {string[]} others @returns {Promise<string[]>} */
  const watch = async (others) => {
    const fresh = others.filter((other) => other && !known.has(other));
    for (const other of fresh) known.add(other);
    const gone = await Promise.all(fresh.map((other) => inherit(other, true)));
    for (const other of fresh) {
      if (!gone.includes(other)) inherit(other, false).then((late) => late && adopt([late]));
    }
    return /** @type {string[]} */ (gone.filter(Boolean));
  };

  /** @param {string} key @returns {string} "" where it is none of this journal's */
  const ownerOf = (key) => (key.startsWith(journal.prefix()) && journal.entryOf(key)?.owner) || "";

  page.listen("window", "storage", (/** @type {StorageEvent} */ { key, newValue }) => {
    if (typeof key !== "string" || typeof newValue !== "string") return;
    watch([ownerOf(key)]).then((gone) => gone.length && adopt(gone));
  });
  return watch([...new Set(entriesOf(page, journal).map((entry) => entry.owner))]);
};
