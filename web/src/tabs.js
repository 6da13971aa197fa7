// Whose stored messages are whose. What a page stores bears a name, and the page holds the Web Lock of that name, which
// the browser releases when the page is gone, however it went. Then whoever gets the lock adopts what was left.
//
// - **A name is used once.** When nothing of it waits any more the page lets go of its lock, and takes another name and
//   lock with its next call. So a lock that is free means: all of it was delivered, or its page is gone. A page where
//   nothing waits has no lock, which would cost it the back/forward cache (Firefox).
// - **The lock is asked for before anything is stored under the name**: whoever sees what is stored, and then asks, comes
//   later in the browser's line. But WebKit shows at once what is stored, and passes a request on only when the page's
//   task is over: so the page writes a note first (below), and removes it once it has the lock.
// - **With the first lock of a page this is not sure**: the browser looks whether the page may have locks at all, and other
//   pages may see what is stored before its request is in line. That is the one name that is taken before this code has
//   come (client.js). So the page finds out before its first message is sent (`settle`): if another page has the lock, that
//   page has adopted what was stored, with the visitor of each call, and sends it. It is ceded: this page does not send it,
//   and goes on under another name. The lock decides; both see it the same way. Until this code has come the lock is held,
//   and nothing lets go of it: what waits cannot be taken by others.
// - **A page that is about to be left lets go of its locks** (`beforeunload`): a page that holds one as it is left may have
//   its last requests cut off (Firefox; docs/delivery.md). Until `pagehide`, or until it is clear that nobody leaves, it
//   lives on for a moment without them. So it first writes a note, `<name>.left`: others who get the lock give it back, and
//   wait until the note says that it is left (leaving.js), is removed, or is older than MOMENT. What it stores as it is
//   left has a note, and no lock: Firefox would give the lock to the page, and never tell it, should it come back.
// - **Where the page stays** (the navigation was cancelled, a download) **or comes back** (from the back/forward cache) it
//   asks for its locks again, and takes no for an answer: then others have adopted what it had. It is ceded, as above.
//
// Browsers with several processes are in no hurry to tell one page what another has stored, or removed: a lock may be there
// sooner. So a name that is done with stays locked for SPREAD more, and who has waited for a lock waits SPREAD before it
// looks at what it got.
//
// Without Web Locks (insecure contexts) a page that stored nothing for OLD counts as gone.

import { entriesOf, ownersOf } from "./adoption.js";
import { attempt, attempted } from "./attempt.js";
import { parse, Promise, stringify } from "./builtins.js";
import { Map, Set } from "./collections.js";
import { entryOf, keysOf } from "./journal.js";

/** ms. */
const OLD = 60_000;
/** ms. So long a page that is about to be left keeps what it stored without its lock. */
export const MOMENT = 5_000;
/** ms. A page that is still there so long after it was about to be left has stayed. */
export const STAYED = 2_000;
/** ms. After so long every page sees what one has stored. */
export const SPREAD = 1_000;
/** ms. After so long the browser knows that a lock was let go of. */
export const RELEASED = 50;
/** Characters of a name. */
const NAME = 36;
const NOTED = /^([0-9a-f-]{36})\.(?:left|held|waited)$/;

/**
 * @param {import("./page").Page} page @param {import("./storage").BrowserStorage} storage
 * @param {import("./journal").Journal} journal
 * @param {(gone: string[]) => void} adopt called with owners that go later
 * @param {(name: string, isOurs: boolean) => void} cleared it is clear whose what is stored under this name is, after the
 *   page was to be left: this page's again (others may have delivered some), or others'
 * @param {() => boolean} isLeft
 */
export const createTabs = (page, storage, journal, adopt, cleared, isLeft) => {
  const { locks } = page;
  const first = journal.owner;
  /** What this page stores from now on bears this name; "": none yet. */
  let name = first;
  /** What lets go of the locks that this page holds, by name: its own, and those of pages that are gone. @type {Map<string, () => void>} */
  const held = new Map();
  /** Those of locks that it holds for a while only. @type {Set<() => void>} */
  const done = new Set();
  /** Names whose locks it let go of as it was about to be left. @type {Set<string>} */
  const parted = new Set();
  /** Names that it let go of before their locks had come: it asks for them again. @type {Set<string>} */
  const renounced = new Set();
  /** Those of them that it asks for again, and has no answer. @type {Set<string>} */
  const asked = new Set();
  /** Names that this page has had. @type {Set<string>} */
  const borne = new Set([first]);
  /** Names that others have adopted. @type {Set<string>} */
  const ceded = new Set();
  /** Names that this page knows, so that it asks for each lock once. @type {Set<string>} */
  const known = new Set([first]);
  /** Those who wait for a page that is about to be left, by its name. @type {Map<string, () => void>} */
  const expected = new Map();
  /** Will this page deliver nothing any more? */
  let isOver = false;
  /** @type {unknown} */
  let timer;

  /** @param {string} other @returns {string} */
  const noteOf = (other) => `${journal.prefix()}${other}.left`;

  /** That this page, which bears the name, may be left at any moment. @param {string} other @returns {boolean} is it stored? */
  const writeNote = (other) => storage.write("localStorage", noteOf(other), stringify({ parting: page.now() }));

  /** @param {string} other */
  const removeNote = (other) => storage.write("localStorage", noteOf(other), null);

  /** @param {string} other @param {LockOptions} options @param {(lock: Lock | null) => unknown} answered @returns {Promise<unknown>} rejects where there are none, or no real ones */
  const request = async (other, options, answered) => await locks?.request(journal.prefix() + other, options, answered);

  /** Does any page hold it now? @param {string} other @returns {Promise<boolean>} */
  const isHeld = async (other) => {
    const found = await attempted(() => /** @type {LockManager} */ (locks).query());
    return Boolean(found?.held?.some((lock) => lock.name === journal.prefix() + other));
  };

  /**
   * Asks for a lock, if it is free. In Firefox a request that is answered with null costs the page the back/forward cache,
   * and cuts off its last requests, for as long as it lives: so what is held is not asked for.
   * @param {string} other @param {(lock: Lock | null) => unknown} answered @returns {Promise<unknown>}
   */
  const requestFree = async (other, answered) => ((await isHeld(other)) ? answered(null) : await request(other, { ifAvailable: true }, answered));

  /** The lock is this page's, for as long as it wants it. @param {string} other @returns {Promise<unknown>} */
  const hold = (other) => new Promise((free) => held.set(other, /** @type {() => void} */ (free)));

  /** The first name's lock came (client.js), perhaps when it was not wanted any more. */
  const lookAtFirst = () => {
    const { free } = journal;
    if (!free) return;
    journal.free = undefined;
    if (name === first && !renounced.has(first)) held.set(first, free);
    else free();
  };

  /** The name of what is stored next. @returns {string} */
  const nameOfNext = () => {
    if (name) return name;
    const fresh = page.uuid();
    name = fresh;
    known.add(fresh);
    borne.add(fresh);
    if (isLeft()) release(fresh);
    else askFor(fresh);
    return fresh;
  };

  /** Asks for the lock of a name under which something is stored next. @param {string} fresh */
  const askFor = async (fresh) => {
    // Before consent a page may not touch storage, not even to remove what is not there.
    let isNoted = Boolean(locks) && writeNote(fresh);
    const isThrough = () => {
      if (isNoted && !renounced.has(fresh)) removeNote(fresh);
      isNoted = false;
    };
    await attempted(() =>
      request(fresh, {}, () => {
        isThrough();
        // Where the page is about to be left meanwhile, or has delivered all, it is not wanted any more.
        return name === fresh && !renounced.has(fresh) && !isOver ? hold(fresh) : undefined;
      }),
    );
    isThrough(); // also where there is no lock to be had
  };

  Object.defineProperty(journal, "owner", { get: nameOfNext });

  /** What was stored in the future is of a clock that was wrong. @param {string} other */
  const isAlive = (other) => entriesOf(page, journal).some((entry) => entry.owner === other && Math.abs(page.now() - entry.at) < OLD);

  /** Is its page about to be left, and may still be there? @param {string} other */
  const isParting = (other) => {
    const { parting } = Object(attempt(() => parse(storage.read("localStorage", noteOf(other)) || "")));
    return typeof parting === "number" && Math.abs(page.now() - parting) < MOMENT;
  };

  /**
   * Settles when the other's lock is ours, or (`ifAvailable`) somebody else's.
   * @param {string} other @param {boolean} ifAvailable @returns {Promise<string | undefined>} the owner that is gone
   */
  const inherit = (other, ifAvailable) =>
    new Promise((settle) => {
      /** @param {Lock | null} lock */
      const granted = async (lock) => {
        if (lock && !ifAvailable && !isOver) await page.after(SPREAD);
        const isFree = lock && !isOver && !isParting(other);
        if (isFree) ceded.delete(other);
        settle(isFree ? other : undefined);
        return isFree ? await hold(other) : undefined;
      };
      const look = () => {
        if (ifAvailable || !isAlive(other)) settle(isAlive(other) ? undefined : other);
        else page.setTimer(look, OLD);
      };
      const ask = async () => {
        await attempted(() => (ifAvailable ? requestFree(other, granted) : request(other, {}, granted)));
        settle(undefined); // whatever the page has put in their place
      };
      if (locks) ask();
      else look();
    });

  /** Waits until it is gone. @param {string} other */
  const awaitEnd = async (other) => {
    if (isOver) return;
    if (isParting(other)) {
      await new Promise((settle) => {
        expected.set(other, /** @type {() => void} */ (settle));
        page.setTimer(/** @type {() => void} */ (settle), MOMENT);
      });
      expected.delete(other);
    }
    const late = await inherit(other, false);
    if (late) adopt([late]);
    else if (isParting(other)) page.alone(() => awaitEnd(other));
  };

  /** Those of these owners that are gone; waits for the others. @param {string[]} others @returns {Promise<string[]>} */
  const watch = async (others) => {
    const fresh = others.filter((other) => other && !known.has(other));
    for (const other of fresh) known.add(other);
    const asked = fresh.map((other) => inherit(other, true));
    const gone = [];
    for (const each of asked) gone.push(await each);
    for (const other of fresh) if (!gone.includes(other)) page.alone(() => awaitEnd(other));
    return /** @type {string[]} */ (gone.filter(Boolean));
  };

  /** The same; tells of those that are gone. @param {string[]} others */
  const notice = (others) =>
    page.alone(async () => {
      const gone = await watch(others);
      if (gone.length) adopt(gone);
    });

  /** @param {string} key @returns {string} "" where it is none of this journal's */
  const ownerOf = (key) => (key.startsWith(journal.prefix()) && entryOf(journal.prefix(), key)?.owner) || "";

  page.listen("window", "storage", (/** @type {StorageEvent} */ { key, newValue }) => {
    if (typeof key !== "string") return;
    if (key.startsWith(journal.prefix()) && key.endsWith(".left")) {
      const other = key.slice(journal.prefix().length, -".left".length);
      if (!isParting(other)) expected.get(other)?.();
    }
    if (typeof newValue !== "string") return;
    const owner = ownerOf(key);
    // A page that was gone, or in the back/forward cache, stored one thing more.
    if (owner !== name && held.has(owner)) return adopt([owner]);
    notice([owner]);
  });

  /** @param {string} other others wait with what bears this name, and may get its lock */
  const release = (other) => {
    writeNote(other);
    parted.add(other);
  };

  /** Its page is about to be left: others get its locks, and wait. */
  const part = () => {
    lookAtFirst();
    // The lock of its own name may be on its way still.
    const names = new Set(name ? [name, ...held.keys()] : held.keys());
    for (const other of names) {
      release(other);
      if (!held.has(other)) renounced.add(other);
    }
    for (const free of held.values()) free();
    held.clear();
    for (const free of done) free();
    done.clear();
    page.clearTimer(timer);
    timer = page.setTimer(retake, STAYED);
  };

  /** It stays, or is back. */
  const retake = () => {
    page.clearTimer(timer);
    const names = [...parted];
    parted.clear();
    for (const other of names) asked.add(other);
    for (const other of names) {
      /** @param {boolean} isOurs */
      const isClear = (isOurs) => {
        asked.delete(other);
        cleared(other, isOurs);
      };
      const isBack = () => {
        if (storage.read("localStorage", noteOf(other)) !== null) removeNote(other);
        isClear(true);
        if (other !== name) adopt([other]); // who bore it, and was away, too, may have stored one thing more
      };
      /** @param {Lock | null} lock */
      const answered = (lock) => {
        if (!lock) {
          cede(other);
          return isClear(false);
        }
        if (isOver) return isClear(true); // as before it was left: nobody has it yet
        isBack();
        return hold(other);
      };
      const ask = async () => {
        await attempted(() => requestFree(other, answered));
        if (asked.has(other)) isBack(); // whatever the page has put in their place
      };
      const askAgain = async () => {
        // It may not be through yet that this page itself let go.
        if (await isHeld(other)) page.setTimer(() => page.alone(ask), RELEASED);
        else await ask();
      };
      if (locks) page.alone(askAgain);
      else isBack();
    }
  };

  /** @param {string} other others have adopted what bears this name */
  const cede = (other) => {
    ceded.add(other);
    if (name === other) name = "";
    page.alone(() => awaitEnd(other)); // they may be gone before they have sent it
  };

  page.listen("window", "beforeunload", part);
  page.listen("window", "pageshow", retake);

  return {
    /** The name of what is stored now; "" where there is none. */
    name: () => name,

    /** Is it known whose all that is, which this page stored? Not for a moment after it was to be left, and stays. */
    areClear: () => !asked.size,

    /** @param {string} key of the journal @returns {boolean} have others adopted it? */
    isCeded: (key) => ceded.has(key.slice(journal.prefix().length, journal.prefix().length + NAME)),

    /** Settles when it is clear whether what was stored before is this page's; at once, where nothing can be clear. @returns {Promise<void>} */
    async settle() {
      if (!locks) return;
      await isHeld(first);
      lookAtFirst();
      if (held.has(first)) return;
      await new Promise((settle) => {
        const end = () => settle(undefined);
        // This request is answered after the first one (client.js).
        const answered = (/** @type {Lock | null} */ lock) => {
          lookAtFirst();
          // Who had it first may have delivered all, and let go of it since.
          if ((!lock || journal.free === null) && !isOver && !held.has(first) && !parted.has(first) && name === first) cede(first);
          end();
          return lock && name === first && !isOver ? hold(first) : undefined;
        };
        page.alone(async () => {
          await attempted(() => request(first, { ifAvailable: true }, answered));
          end();
        });
      });
    },

    /** Settles with the owners that are gone already; tells of others later. @returns {Promise<string[]>} */
    watch() {
      const noted = keysOf(page, journal.prefix()).map((key) => NOTED.exec(key.slice(journal.prefix().length))?.[1] || "");
      return watch([...new Set([...ownersOf(page, journal), ...noted])]);
    },

    /** Lets go of a lock after so many ms, or as the page is about to be left. @param {() => void} free @param {number} ms */
    keep(free, ms) {
      done.add(free);
      const end = () => {
        done.delete(free);
        free();
      };
      page.setTimer(end, ms);
    },

    /** The page is about to be left, and has said so: what is on its way is said, too. @param {(name: string, parting: number) => void} note writes both */
    noteParting(note) {
      for (const other of parted) note(other, page.now());
    },

    /** The page is left, for good or for the back/forward cache. @param {(name: string) => void} note writes what is on its way, or that nothing is */
    leave(note) {
      part();
      for (const other of new Set([name, ...parted])) if (other) note(other);
    },

    /** This page will deliver nothing any more: others get its locks, and with them what it stored. */
    end() {
      isOver = true;
      lookAtFirst();
      for (const [, free] of held) free();
      held.clear();
    },

    /** Nothing waits any more. */
    rest() {
      lookAtFirst();
      const over = [...held];
      if (over.length) {
        const end = () => {
          for (const [other, free] of over) {
            free();
            done.delete(free);
            known.delete(other);
          }
          // A page that was gone may have stored one thing more meanwhile.
          const stored = ownersOf(page, journal);
          notice(over.map(([other]) => other).filter((other) => stored.has(other) && !borne.has(other)));
        };
        for (const [, free] of over) done.add(free);
        page.setTimer(end, SPREAD);
      }
      for (const other of parted) removeNote(other);
      held.clear();
      parted.clear();
      name = "";
    },
  };
};

/** @typedef {ReturnType<typeof createTabs>} Tabs */
