// What was on its way when a page was left must neither be lost nor, as a rule, be sent again: RudderStack counts what
// arrives twice. A page that is left never sees the answer, and no other page can: so it is judged by evidence.
//
// What we know. A browser carries a request with `keepalive` to its end although the page is gone. So what can go wrong is
// the data plane, or the way to it. Whether they were well at that moment is told by what was answered near it, in time
// and in number:
//
// - As a page is left in order (`pagehide`) it notes each request that has no answer: its messages, and when it started;
//   and only those that were sent with keepalive, not long ago, while there was a network, and where nothing has failed
//   among the last ENOUGH answers that this browser's pages had. A page that crashes leaves no note.
// - It writes the note first as it is about to be left (`beforeunload`), with what went out then: Firefox may end a page
//   whose tab is closed before what `pagehide` stores is stored, or what it starts is started (docs/delivery.md). What is
//   answered meanwhile is stored no more, and a failure counts as ever.
// - Only of messages that were sent alone: a refusal (400, 403 and the like) of several would cost those that came along,
//   unheard. So what a page sends as it is hidden or left goes one
//   by one (core.js), and what it began with, too, until it has had some answers (core/delivery/outbox.py); a batch that is
//   on its way is sent again.
// - Browsers tell a page that goes that its requests failed, at once, in or before its last `pagehide` listener: Chromium
//   does. They did not: they go on. So what fails is believed in the browser's next turn (`page.later`), which a page that
//   is left does not have. What the browser refuses itself, because the budget for keepalive is used up, is known then.
// - The page that adopts what was left tells Python nothing of what is noted: it is held apart, stored under a key of its
//   own, and sent by nobody. The rest is sent as ever.
// - Of the rest, what was on its way all the same is doubtful: it may have arrived. The note names it (`tried`), and so do
//   the notes of the pages after this one until it has an answer. It is sent again, but not once more as a page is left,
//   when nobody sees an answer (core/delivery/outbox.py): where requests fail now and then, each page would send, and
//   leave, all that waits.
// - Each answer is evidence. Any failure, and any moment offline: all that is held is sent again, for a fault was near.
//   A good one within NEAR of the moment says that the data plane was well then; where none came, before or after, it is
//   sent again. After ENOUGH good ones and no failure, what is held has arrived, and goes. A refusal is no evidence: it is
//   about what one message says.
//
// So a fault is near a message that was left without an answer when one of the last ENOUGH answers that this browser's
// pages saw before it was a failure (no answer, 5xx, a redirect to a GET, 401, 404, 408, 425, 429), or one of the first
// ENOUGH after it, or when there was no network in between, or when no good answer came within NEAR of it. Such a
// message is sent again, and so is one whose own answer failed (tests/browser/attempts.py looks at each repeat), and
// what nobody carries for sure: what was on its way as its page crashed, in a batch, without keepalive, for SLOW, or
// beside more than MOST. What has had ENOUGH good ones on both sides is not sent again, whatever fails later.
//
// NEAR is counted where somebody could have heard of something. A page that is left before its Python is up sends
// nothing and hears nothing; on a slow machine all pages of a visit may be such. Such a page leaves calls that no
// Python has acted on. From one of them to the next, and while a page waits for its Python, silence says nothing: the
// verdict waits.
//
// The first answer alone would not do, though it is right with a data plane that is well: where one request of five
// fails, both its neighbours are well in six of ten cases, and the message would be lost. Where p of all requests fail,
// p * (1 - p) ** 60 of what was left are lost with ENOUGH on both sides: none at a fifth, 0.6% at the worst p, which is
// 1.6%. (A browser that has seen no answer yet is taken for well: there it is p * (1 - p) ** 30.) Fewer would send
// fewer again after a single fault, and lose more. It costs nothing but a place in storage: meanwhile the messages are
// where they should be.
//
// It is held across pages: the next one goes on where this one is left, and adopts what it held with what it stored
// (tabs.js): each page writes only what bears a name whose lock is its own, so that two tabs do not undo one another's.
// A page that comes back from the back/forward cache takes its note back, and sees the answer itself. But where it is
// back WebKit tells it nothing of what was on its way, nor Firefox of what was started in `pagehide`. So after a moment it
// holds apart what it would have left to another page, tries the rest again, and goes on. Where an answer comes all the
// same, it counts.
//
// As the page is left for another page of its site (departure.js), which can send it and see the answer, nothing is
// started where a fault was near: it would be sent again. With a fifth of all requests failing that takes 100 clicks,
// each with a page view, from 107 repeats to 13 (MicroPython) and from 174 to 6 (Pyodide). Where all is well it is
// started: the next page may never come (the visitor closes the tab, the server fails, it has no SDK), and what is held
// apart costs no repeat.

import { attempt } from "./attempt.js";
import { parse, stringify } from "./builtins.js";
import { Map, Set } from "./collections.js";

/** Good answers in a row that are evidence. */
export const ENOUGH = 30;
/** ms between a delivery and an answer that says something of it. */
export const NEAR = 60_000;
/** ms. What has no answer for so long when the page is left is in trouble. */
const SLOW = 10_000;
/** Characters of messages that are held apart; what is more is sent again. */
const MOST = 262_144;

/** @typedef {{id: string, text: string, at: number}} Left a message that is to be sent (again) */
/** @typedef {Left & {left: number, near: boolean, run: number}} Held `left`: when it was sent, `near`: a good answer came near it, `run`: good answers before it was held */
/** @typedef {{ids: string[], at: number, near: boolean}} Noted a delivery without an answer; the last one may be `{ids: [], tried: string[]}` */
/** @typedef {{current: () => string, name: () => string}} Names whose name what this page stores bears: `current` is "" where nothing waits, `name` takes one then */

/**
 * @param {import("./page").Page} page @param {import("./storage").BrowserStorage} storage
 * @param {import("./journal").Journal} journal @param {Names} names
 * @param {boolean} resends is all that has no answer sent again, always?
 */
export const createLeaving = (page, storage, journal, names, resends) => {
  /** Requests without an answer. @type {Map<unknown, {ids: string[], at: number, isCarried: boolean}>} */
  const unanswered = new Map();
  /** Messages that were on their way as a page was left, and have no answer since. @type {Set<string>} */
  const doubtful = new Set();
  /** When the last good answer came. */
  let well = -Infinity;
  /** When this page was opened, and since when it has Python: before that it could not have heard of anything. */
  const opened = page.now() - (page.elapsed() ?? 0);
  /** @type {number | undefined} */
  let awake;

  /** @param {string} name @returns {any} */
  const read = (name) => attempt(() => parse(storage.read("localStorage", journal.prefix() + name) || "null"));
  /** Touches nothing where there is nothing to do: before consent a page may not. @param {string} name @param {unknown} value null: nothing @returns {boolean} */
  const write = (name, value) => {
    const key = journal.prefix() + name;
    if (value !== null) return storage.write("localStorage", key, stringify(value));
    return storage.read("localStorage", key) === null || storage.write("localStorage", key, null);
  };

  /** Good answers in a row; a browser that has seen none has seen no failure. @returns {number} */
  const run = () => {
    const counted = read("run");
    return Number.isInteger(counted) ? counted : ENOUGH;
  };

  /** What is held apart under a name. Storage may hold anything. @param {string} name @returns {Held[]} */
  const heldBy = (name) => {
    const found = name ? read(`${name}.held`) : [];
    return Array.isArray(found) ? found.filter((each) => typeof each?.id === "string" && typeof each.text === "string" && typeof each.at === "number") : [];
  };

  const held = () => heldBy(names.current());

  /** Is the data plane well, and the way to it, as far as this browser's pages know? */
  const isWell = () => !resends && page.isOnline() && run() >= ENOUGH;

  /** Is it not long ago, but for the time in which this page had no Python? @param {number} moment */
  const isNear = (moment) => {
    const from = opened - moment < NEAR ? Math.max(moment, awake ?? page.now()) : moment;
    return Math.abs(page.now() - from) < NEAR;
  };

  /** @param {Held[]} all */
  const keep = (all) => (all.length ? write(`${names.name()}.held`, all) : !names.current() || write(`${names.current()}.held`, null));

  /** Those that need not wait any longer, as nothing came near them. @param {Held[]} all @returns {Held[]} */
  const forsaken = (all) => (resends || run() < ENOUGH ? all : all.filter(({ near, left }) => !near && !isNear(left)));

  return {
    isWell,
    doubtful,

    /** Python is there: from now on silence says something. */
    wake: () => void (awake = page.now()),

    /** @param {unknown} request @param {string[]} ids @param {boolean} isCarried does the browser bring each of them, whatever becomes of the page and of the others? */
    started: (request, ids, isCarried) => void unanswered.set(request, { ids, at: page.now(), isCarried }),

    /**
     * A request has its answer, or will have none. What follows for what is held: `arrived`, and what is to be sent `again`.
     * It stays held until `forget`: a page may die before it has stored what it sends.
     * @param {unknown} request @param {boolean | undefined} isGood undefined: refused for what it says, which is no evidence @returns {{arrived: string[], again: Left[]}}
     */
    answered(request, isGood) {
      const own = unanswered.get(request)?.ids || [];
      unanswered.delete(request);
      if (isGood === undefined) return { arrived: [], again: [] };
      const all = held();
      const counted = isGood ? run() + 1 : 0;
      write("run", all.length || counted < ENOUGH ? counted : null); // where nothing is to be counted nothing is stored
      if (!isGood) return { arrived: [], again: all };
      well = page.now();
      if (!all.length) return { arrived: [], again: [] };
      for (const each of all) each.near ||= isNear(each.left);
      const arrived = all.filter((each) => own.includes(each.id) || (each.near && counted - each.run >= ENOUGH));
      const rest = all.filter((each) => !arrived.includes(each));
      const again = forsaken(rest);
      keep(rest);
      return { arrived: arrived.map(({ id }) => id), again };
    },

    /** There is no network: what was on its way may not have arrived. @returns {Left[]} what is to be sent again */
    offline: held,

    /** These are not held any longer. @param {string[]} ids */
    forget: (ids) => void keep(held().filter(({ id }) => !ids.includes(id))),

    /** Is anything held apart? */
    holds: () => held().length > 0,

    /**
     * The page is left, or about to be: notes what is on its way of what bears this name; of what is not stored nobody would know.
     * @param {string} name @param {number} [parting] when it was about to be left; the note that it is left may never be stored
     */
    note(name, parting) {
      const now = page.now();
      const begins = journal.prefix() + name;
      /** @param {string} id */
      const isStored = (id) => journal.place(id)?.key.startsWith(begins);
      const all = [...unanswered.values()];
      const sure = isWell() ? all.filter(({ isCarried, at }) => isCarried && Math.abs(now - at) < SLOW) : [];
      const noted = sure.map(({ ids, at }) => ({ ids: ids.filter(isStored), at, near: Math.abs(at - well) < NEAR }));
      /** @type {object[]} */
      const said = noted.filter(({ ids }) => ids.length);
      const isSure = new Set(noted.flatMap(({ ids }) => ids));
      const sent = new Set([...doubtful, ...all.flatMap(({ ids }) => ids)]);
      const tried = [...sent].filter((id) => isStored(id) && !isSure.has(id));
      if (tried.length && !resends) said.push({ ids: [], tried });
      if (parting === undefined) write(`${name}.left`, said.length ? said : null);
      else write(`${name}.left`, { parting, said });
    },

    /**
     * Holds apart what these pages noted, and what they held. @param {string[]} gone their owners @param {(Left | {id: string, at: number})[]} left what they left; calls have no text
     * @param {unknown} [request] the page's own, which it would have noted: it is back, and has no answer
     * @returns {Set<string>} the ids of what is held apart of what they left
     */
    hold(gone, left, request) {
      const { ids: own = [], at = 0 } = unanswered.get(request) || {};
      /** @type {Map<string, Noted>} */
      const notes = new Map(own.map((id) => [id, { ids: own, at, near: Math.abs(at - well) < NEAR }]));
      for (const other of gone) {
        const note = read(`${other}.left`);
        const noted = Array.isArray(note) ? note : note?.said;
        for (const each of Array.isArray(noted) ? noted : []) {
          for (const id of Array.isArray(each?.ids) ? each.ids : []) notes.set(id, each);
          for (const id of Array.isArray(each?.tried) ? each.tried : []) doubtful.add(id);
        }
      }
      // Calls that no Python has acted on: of pages that could not have heard of anything either.
      const deaf = left.flatMap((each) => ("text" in each ? [] : each.at)).sort((one, other) => one - other);
      /** @param {number} moment @returns {number} of the last of those pages that followed on one another from then on */
      const heardUntil = (moment) => deaf.reduce((last, at) => (at > last && at - last < NEAR ? at : last), moment);
      const mine = held();
      const theirs = gone.filter((other) => other !== names.current()).flatMap(heldBy);
      const all = [...new Map([...theirs, ...mine].map((each) => [each.id, { ...each, left: heardUntil(each.left) }])).values()]; // a page died between two writes
      let size = all.reduce((sum, { text }) => sum + text.length, 0);
      const counted = run();
      const ids = new Set();
      for (const each of left) {
        const note = notes.get(each.id);
        if (!note || resends || counted < ENOUGH || !("text" in each) || (size += each.text.length) > MOST) continue;
        const { id, text, at } = each;
        const last = heardUntil(note.at);
        if (note.near !== true && !isNear(last)) continue;
        all.push({ id, text, at, left: last, near: note.near === true, run: counted });
        ids.add(id);
      }
      const isNews = ids.size || theirs.length || (deaf.length && mine.length);
      const isKept = !isNews || (keep(all) && (!ids.size || write("run", counted)));
      if (!isKept) ids.clear();
      for (const id of ids) journal.letGo(id); // once it is stored apart
      for (const id of notes.keys()) if (!ids.has(id)) doubtful.add(id);
      for (const other of gone) {
        write(`${other}.left`, null);
        if (isKept && other !== names.current()) write(`${other}.held`, null);
      }
      return ids;
    },

    /** What pages before this one held, and is not to be held any longer. @returns {Left[]} */
    release: () => forsaken(held()),
  };
};

/** @typedef {ReturnType<typeof createLeaving>} Leaving */
