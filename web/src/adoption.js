// What pages that are gone left in the journal, read and checked: what another page stored may be of another version,
// half written, or tampered with. It is acted on as it was called: each call carries the identity of its moment.

import { attempt } from "./attempt.js";
import { parse } from "./builtins.js";
import { Map, Set } from "./collections.js";
import { empty, isObject, isOfItsKind, isSound } from "./cookies.js";
import { entryOf, keysOf } from "./journal.js";
import { bytesOf } from "./json.js";
import { MESSAGES } from "./visitor.js";

/** @typedef {import("./types").Call} Call */
/** @typedef {{id: string, type: string, anonymousId: string, at: number, size: number}} Adopted a message as Python is told of it; `size` in bytes */

/** Of these something is to be done, also on a page after the one that was called. */
export const CALLS = [...MESSAGES, "reset", "setAnonymousId", "startSession", "endSession", "setAuthToken", "revoke"];

/** @param {string | null | undefined} text @returns {any} an object, or null */
const parsed = (text) => {
  const value = attempt(() => parse(text || ""));
  return isObject(value) ? value : null;
};

/** @param {unknown} value */
const isText = (value) => typeof value === "string" && value !== "";

/** Times that a calendar has, in epoch ms. @param {unknown} value */
const isTime = (value) => typeof value === "number" && value >= 0 && value <= 8.64e15;

/** What a page saw (page.js). @param {any} page @param {boolean} [isWorker] which has no address */
const isPage = (page, isWorker) =>
  isObject(page) && isObject(page.screen) && ["title", "referrer", "canonical", "userAgent", "locale", "date"].every((name) => typeof page[name] === "string") && ((isWorker && page.href === "") || Boolean(attempt(() => new URL(String(page.href)))));

/** @param {any} value @param {boolean} [isWorker] @returns {string} the id of a stored call; "" where it is none */
const idOfCall = (value, isWorker) =>
  value && isText(value.id) && CALLS.includes(value.type) && Array.isArray(value.arguments) && isSound(value.arguments) && isPage(value.page, isWorker) && isTime(value.at) ? value.id : "";

/** @param {any} value @returns {string} the id of a stored message; "" where it is none */
const idOfMessage = (value) =>
  value && isText(value.messageId) && MESSAGES.includes(value.type) && typeof value.anonymousId === "string" && ["userId", "groupId", "previousId"].every((name) => typeof (value[name] ?? "") === "string") ? value.messageId : "";

/** A stored visitor: of what is there, what is of its kind. @param {any} value @returns {Record<string, any> | undefined} */
const visitorOf = (value) =>
  isObject(value) ? Object.fromEntries(Object.entries(empty()).map(([key, usual]) => [key, isOfItsKind(value[key], key) && isSound(value[key]) ? value[key] : usual])) : undefined;

/** What is stored, in order. @param {import("./page").Page} page @param {import("./journal").Journal} journal @returns {import("./journal").Entry[]} */
export const entriesOf = (page, journal) => {
  const own = keysOf(page, journal.prefix()).sort();
  return /** @type {import("./journal").Entry[]} */ (own.map((key) => entryOf(journal.prefix(), key)).filter(Boolean));
};

/** Whose all that is. @param {import("./page").Page} page @param {import("./journal").Journal} journal @returns {Set<string>} */
export const ownersOf = (page, journal) => new Set(entriesOf(page, journal).map(({ owner }) => owner));

/** The key of a call or a message without what tells them apart. @param {string} key */
export const lineOf = (key) => key.replace(".call", "");

/** A clock that was set back must not change the order in which one page was called. @param {import("./journal").Entry[]} entries */
const inOrder = (entries) => {
  /** @type {Record<string, number>} */
  const latest = {};
  for (const entry of entries) {
    entry.at = latest[entry.owner] = Math.max(entry.at, latest[entry.owner] || 0);
  }
  return entries.sort((one, other) => one.at - other.at);
};

/** A stored message as Python is told of it, but for its time; null where it is none. @param {string} text @returns {Omit<Adopted, "at"> | null} */
export const messageOf = (text) => {
  const value = parsed(text);
  return idOfMessage(value) ? told(value, text) : null;
};

/** @param {any} message @param {string} text of it @returns {Omit<Adopted, "at">} */
const told = ({ messageId: id, type, anonymousId }, text) => ({ id, type, anonymousId, size: bytesOf(text) });

/**
 * What these owners left, in the order in which it was called. It is this page's from now on. What cannot be read, or is
 * there twice (a page died between storing a message and removing its call), is removed.
 * @param {import("./page").Page} page @param {import("./journal").Journal} journal
 * @param {import("./storage").BrowserStorage} storage
 * @param {string[]} owners @param {(id: string) => boolean} isKnown ids that this page has already
 * @returns {{left: (Call | (Adopted & {text: string, line: string}))[], unreadable: number}} calls, and messages, which have a text
 */
export const adoptLeft = (page, journal, storage, owners, isKnown) => {
  const entries = inOrder(entriesOf(page, journal).filter((entry) => owners.includes(entry.owner)));
  const identities = new Map(entries.filter(({ kind }) => kind === "identity").map(({ owner, count, key }) => [owner + count, key]));
  /** @type {(Call | (Adopted & {text: string, line: string}))[]} */
  const left = [];
  const seen = new Set();
  /** The identities that these name, once for each call. @type {string[]} */
  const naming = [];
  let unreadable = 0;
  for (const { key, owner, at, kind } of entries) {
    if (kind === "identity") continue;
    const text = storage.read("localStorage", key)?.trim();
    const value = parsed(text);
    const id = kind === "call" ? idOfCall(value, page.isWorker) : idOfMessage(value);
    const place = journal.place(id);
    // It was this page's before, and others had it meanwhile: perhaps they made a message of the call.
    // Or others stored it anew under a name of theirs, and are gone: then what this page had stored is there no more.
    const isOurs = place !== undefined && !seen.has(id) && (lineOf(place.key) === lineOf(key) || storage.read("localStorage", place.key) === null);
    const identityKey = (kind === "call" && id && identities.get(owner + value.identity)) || "";
    if (isOurs && isKnown(id)) {
      seen.add(id);
      if (place.key !== key && text !== undefined) journal.own(id, { key, size: text.length, kind, identity: identityKey });
      naming.push(identityKey);
      continue;
    }
    if (text === undefined || !id || isKnown(id) || (place && !isOurs)) {
      if (!id && text !== undefined) unreadable++;
      storage.write("localStorage", key, null);
      continue;
    }
    seen.add(id);
    journal.own(id, { key, size: text.length, kind, identity: identityKey });
    naming.push(identityKey);
    const line = lineOf(key).slice(journal.prefix().length);
    if (kind === "message") left.push({ line, ...told(value, text), at, text });
    else {
      const identity = identityKey ? parsed(storage.read("localStorage", identityKey)) : value.identity;
      left.push({ ...value, line, identity: visitorOf(identity), recovered: true });
    }
  }
  // Where this page had them before, others may have removed calls meanwhile. Those that no call names go.
  for (const key of identities.values()) journal.shared?.count(key, naming.filter((named) => named === key).length);
  return { left, unreadable };
};
