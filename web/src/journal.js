// The journal: undelivered calls and messages in localStorage. The only code that writes them, and that knows their
// keys. Written first, then sent: what is here survives the page, and another page adopts it (adoption.js, tabs.js).
//
// A key is `rudderanalytics.<write key>.<owner>.<count>.<at>[.call|.identity]`: the owner is the page that was called (a
// UUID; tabs.js), counts have ten digits, so that keys are in the order of its calls, `at` is when it was called (epoch ms).
// Without an ending it holds a message; `.call` a call that Python has not turned into a message, with the visitor at
// its moment, so that it is acted on as it was made, on whatever page; `.identity` such a visitor, where that is large,
// for all calls that name its count (sharedIdentities.js).
// `rudderanalytics.<write key>.coolUntil` says until when the data plane wants nothing.

import { attempt } from "./attempt.js";
import { Map } from "./builtins.js";
import { toText } from "./json.js";

/** @typedef {import("./types").Call} Call */
/** @typedef {{key: string, owner: string, count: number, at: number, kind: "call" | "identity" | "message"}} Entry */

/** What all that is stored here begins with, of every write key, and the names of locks. */
export const BEGINS = "rudderanalytics.";
const REST = /^([0-9a-f-]{36})\.(\d{10})\.(\d+)(?:\.(call|identity))?$/;
/** Calls that may wait for Python, stored, of all pages: where it never comes, page after page adds to them. It is some 1 MB. */
const MOST_CALLS = 1_000;

/** @typedef {{key: string, size: number, kind: "call" | "message", identity?: string}} Place where it is stored, in how many characters, and the key of the identity that it names */

/** What a key says; null where it is none of these. @param {string} prefix what all keys of the journal begin with @param {string} key @returns {Entry | null} */
export const entryOf = (prefix, key) => {
  const [, whose, number, at, kind = "message"] = REST.exec(key.slice(prefix.length)) || [];
  return whose ? { key, owner: whose, count: +number, at: +at, kind: /** @type {Entry["kind"]} */ (kind) } : null;
};

/** What is stored under keys that begin so, of every page. @param {import("./page").FirstPage} page @param {string} [begin] */
export const keysOf = (page, begin = BEGINS) => (attempt(() => Object.keys(/** @type {Storage} */ (page.storage("localStorage")))) || []).filter((key) => key.startsWith(begin));

/** @typedef {{keep: (call: Call) => {kept?: object, key?: string}, refer: (key: string, by: number) => void, count: (key: string, number: number) => void}} Shared see sharedIdentities.js */

/**
 * What comes later: `free` lets go of the lock of its first name, once that is this page's; null where another page had it
 * before. `shared` stores a large identity once; it comes with the core, and until then each call has its own.
 * @typedef {{free?: ((nothing?: unknown) => void) | null, shared?: Shared}} Later
 */

/**
 * @param {import("./storage").BrowserStorage} storage @param {string} owner
 * @param {() => void} refused hears that the browser takes nothing more
 */
export const createJournal = (storage, owner, refused) => {
  let prefix = "";
  let count = 1_000_000_000; // ten digits, so that keys are in order
  /** How many calls are stored, by all pages; counted when the first of this page is. @type {number | undefined} */
  let calls;
  /** Characters that this page's messages take. */
  const used = { message: 0 };
  /** By the id of the call or message. @type {Map<string, Place>} */
  const places = new Map();

  /** @param {string} line @param {string} ending @param {string} text @returns {string} its key; "" where it is not stored */
  const write = (line, ending, text) => {
    if (storage.isQuiet()) return "";
    const key = prefix + line + ending;
    if (storage.write("localStorage", key, text)) return key;
    refused();
    return "";
  };

  /** @param {Place} place @param {string} [anew] the key under which it is stored anew */
  const drop = ({ key, size, kind, identity }, anew) => {
    if (kind === "message") used.message -= size;
    else if (calls) calls--;
    if (key !== anew) storage.write("localStorage", key, null);
    if (identity) /** @type {Later} */ (journal).shared?.refer(identity, -1);
  };

  const journal = {
    /** Whose name it is that what is stored from now on bears (tabs.js). */
    owner,
    used,
    write,

    /** @param {string} writeKey whose undelivered calls and messages these are */
    open: (writeKey) => void (prefix = `${BEGINS}${writeKey}.`),

    /** What all its keys begin with; "" before `open`. */
    prefix: () => prefix,

    /** The next place in line, which a call keeps, and then its message: a key without what it begins and ends with. @param {number} at epoch ms */
    line: (at) => `${journal.owner}.${++count}.${at - (at % 1)}`,

    /** @param {string} id @returns {Place | undefined} */
    place: (id) => places.get(id),

    /** @param {string} id @param {Place} place of what is this page's now, here or by adoption */
    own(id, place) {
      const before = places.get(id);
      places.set(id, place);
      if (place.identity) /** @type {Later} */ (journal).shared?.refer(place.identity, 1); // first: it may be the one that it named before
      if (before) drop(before, place.key); // after it is stored anew: a page may die between the two
      if (place.kind === "message") used.message += place.size;
    },

    /** @param {string} id @param {"call" | "message"} kind @param {string} text @param {string} line @param {string} [identity] the key of one @returns {boolean} is it stored? */
    put(id, kind, text, line, identity) {
      const key = write(line, kind === "call" ? ".call" : "", text);
      if (key) journal.own(id, { key, size: text.length, kind, identity });
      return key !== "";
    },

    /** Stores a call that waits for Python, with the identity of its moment. @param {Call} call @param {boolean} [anew] is what is stored of it true no more? It stays where there is no room */
    keepCall(call, anew) {
      // A decision is not made again on another page.
      if ((!anew && places.has(call.id)) || storage.isQuiet() || call.type === "consent") return;
      calls ??= storage.countCalls();
      if (calls >= MOST_CALLS) return;
      const { kept = call, key = "" } = /** @type {Later} */ (journal).shared?.keep(call) || {};
      if (journal.put(call.id, "call", toText(kept), /** @type {string} */ (call.line), key)) calls++;
      else if (key) /** @type {Later} */ (journal).shared?.refer(key, 0);
    },

    /** It is delivered or dropped, or was no message. @param {string} id */
    letGo(id) {
      const place = places.get(id);
      places.delete(id);
      if (place) drop(place);
    },
  };
  return /** @type {typeof journal & Later} */ (journal);
};

/** @typedef {ReturnType<typeof createJournal>} Journal */
