// Whose stored messages are whose. Each page owns what it stores for as long as it lives, which a Web Lock proves: the
// browser releases it when the page is gone, however it went. Then whoever gets the lock adopts what was left.
// A page in the back/forward cache keeps its lock, and loses its place in the cache to a page that asks for the lock.

import { keys } from "./storage.js";

/** ms. Without Web Locks (insecure contexts) a page that stored nothing for this long counts as gone. */
const OLD = 60_000;

/** @param {string} prefix `rudderanalytics.<write key>.` @param {string} key */
const entry = (prefix, key) => {
  const found = key.startsWith(prefix) && /^([0-9a-f-]{36})\.\d{10}\.(\d+)(\.call)?$/.exec(key.slice(prefix.length));
  return found ? [{ key, owner: found[1], at: Number(found[2]), isCall: found[3] ? 1 : 0 }] : [];
};

/** @param {string} prefix */
const entries = (prefix) => keys().flatMap((key) => entry(prefix, key));

/** @typedef {ReturnType<typeof entries>} Entries */

/**
 * Holds our own lock, and gives what pages left that are gone.
 * @param {string} prefix @param {string} owner
 * @param {(left: Entries) => void} adopt called with what pages leave later
 * @returns {Promise<Entries>}
 */
export const own = async (prefix, owner, adopt) => {
  const locks = /** @type {LockManager | undefined} */ (navigator.locks);
  const known = new Set([owner]);
  const forever = new Promise(() => {});

  /**
   * Settles when the lock is ours, for as long as this page lives, or (`ifAvailable`) somebody else's.
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
        const alive = entries(prefix).some((entry) => entry.owner === other && Date.now() - entry.at < OLD);
        if (!alive || ifAvailable) settle(alive ? undefined : other);
        else setTimeout(look, OLD);
      };
      if (!locks) return look();
      locks.request(prefix + other, { ifAvailable }, granted).catch(() => settle(undefined));
    });

  /** What those of these owners left that are gone; waits for the others. @param {string[]} others */
  const watch = async (others) => {
    const fresh = [...new Set(others)].filter((other) => !known.has(other));
    for (const other of fresh) known.add(other);
    const gone = await Promise.all(fresh.map((other) => inherit(other, true)));
    for (const other of fresh) {
      if (!gone.includes(other)) inherit(other, false).then((late) => adopt(left([late])));
    }
    return left(gone);
  };

  /** What these owners left, in the order in which it was called. @param {(string | undefined)[]} owners */
  const left = (owners) => {
    const found = owners.length ? entries(prefix).filter((entry) => owners.includes(entry.owner)) : [];
    /** @type {Record<string, number>} */
    const latest = {};
    // A clock that was set back must not change the order in which one page called.
    for (const entry of found) {
      const line = entry.owner + entry.isCall;
      entry.at = latest[line] = Math.max(entry.at, latest[line] || 0);
    }
    return found.sort((one, other) => one.isCall - other.isCall || one.at - other.at);
  };

  locks?.request(prefix + owner, () => forever).catch(() => {});
  addEventListener("storage", ({ key, newValue }) => {
    if (newValue !== null) watch(entry(prefix, /** @type {string} */ (key)).map((stored) => stored.owner)).then(adopt);
  });
  return watch(entries(prefix).map((stored) => stored.owner));
};
