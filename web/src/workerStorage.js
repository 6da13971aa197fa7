// What takes the place of localStorage in a worker that has its own client: texts by their keys, in a file of the origin
// (dedicated workers), or in IndexedDB (shared workers, and browsers without such files).
//
// - **A file is written before the call returns** (`createSyncAccessHandle`): what was called survives the worker, however
//   it ends. IndexedDB is written a moment later: what was called within that moment of the end is lost.
// - **The file is a log**, a line for each change: `["key","text"]`, or `["key"]` where it was removed. When it is long
//   and little of it still counts, it is written anew, over its beginning, and then cut off. A worker that ends between the
//   two leaves the end of the old log behind the new one. That does no harm: a key's last line there is its last of all,
//   and what is left of a line is no JSON that begins with `["`, as texts have their quotes escaped.
// - **All is in one place.** Whoever opens one takes over what is in the other. So only one may have it open, and holds
//   the lock of its name: a worker (standalone.js), or a page that takes what is undelivered (workersOutbox.js).

import { attempt, attempted } from "./attempt.js";
import { Map, parse, Promise, stringify } from "./builtins.js";
import { BEGINS } from "./journal.js";

/** Of the file, of the database, and of the lock of the worker that has them open. */
export const NAME = `${BEGINS}worker`;
const STORE = "texts";
/** Bytes of a log that is written anew, if it is several times as long as what counts. */
const LONG = 262_144;
const TIMES = 4;
/** A handle that a worker had is free a moment after the worker's end: tries, and ms between them. */
const TRIES = 50;
const PAUSE = 20;

/** @typedef {(key: string, text: string | null) => void} Write null removes it; throws where it is not stored */
/** @typedef {{texts: [string, string][], write: Write}} Opened */

/** @param {IDBRequest} request @returns {Promise<any>} */
const settled = (request) =>
  new Promise((settle, fail) => {
    request.onsuccess = () => settle(request.result);
    request.onerror = () => fail(request.error);
  });

/** @param {string} key @param {string | null} text */
const lineOf = (key, text) => `${stringify(text === null ? [key] : [key, text])}\n`;

/** What a log says. @param {string} log @returns {Record<string, string>} */
export const readLog = (log) => {
  /** @type {Record<string, string>} */
  const texts = Object.create(null);
  for (const line of log.split("\n")) {
    const change = line.startsWith('["') ? attempt(() => parse(line)) : null;
    if (!Array.isArray(change)) continue;
    const [key, text] = change;
    if (typeof text === "string") texts[key] = text;
    else delete texts[key];
  }
  return texts;
};

/**
 * The file, for dedicated workers.
 * @param {Window & typeof globalThis} scope a worker's globals @returns {Promise<Opened>} rejects where there is none
 */
const openFile = async ({ navigator, setTimeout }) => {
  const directory = await navigator.storage.getDirectory();
  /** @type {any} */
  const file = await directory.getFileHandle(NAME, { create: true });
  /** @type {any} */
  let handle;
  for (let tries = 1; !handle; tries++) {
    try {
      handle = await file.createSyncAccessHandle();
    } catch (error) {
      if (tries >= TRIES || /** @type {Error} */ (error).name !== "NoModificationAllowedError") throw error;
      await new Promise((settle) => setTimeout(settle, PAUSE));
    }
  }
  const found = new Uint8Array(handle.getSize());
  handle.read(found, { at: 0 });
  const texts = readLog(new TextDecoder().decode(found));
  let size = found.length;
  /** What counts, in bytes. */
  let used = 0;
  /** @param {string} key */
  const sizeOf = (key) => (key in texts ? new TextEncoder().encode(lineOf(key, texts[key])).length : 0);
  for (const key of Object.keys(texts)) used += sizeOf(key);

  /** @param {Uint8Array} bytes @param {number} at */
  const put = (bytes, at) => {
    const written = handle.write(bytes, { at });
    if (written < bytes.length) throw new Error("the disk is full");
  };
  const writeAnew = () => {
    const bytes = new TextEncoder().encode(Object.entries(texts).map(([key, text]) => lineOf(key, text)).join(""));
    put(bytes, 0);
    handle.truncate(bytes.length);
    size = bytes.length;
  };

  /** @type {Write} */
  const write = (key, text) => {
    const bytes = new TextEncoder().encode(lineOf(key, text));
    put(bytes, size);
    size += bytes.length;
    used -= sizeOf(key);
    if (text === null) delete texts[key];
    else texts[key] = text;
    used += sizeOf(key);
    if (!used || (size > LONG && size > TIMES * used)) writeAnew(); // also where all was taken back: of that nothing may be left
  };
  // What a worker that ended in the middle of a line has left must not be the beginning of the next one.
  if (size && found[size - 1] !== 10) put(new TextEncoder().encode("\n"), size++);
  return { texts: Object.entries(texts), write };
};

/** @param {Window & typeof globalThis} scope @returns {Promise<IDBDatabase>} rejects where there is none */
const openDatabase = ({ indexedDB }) => {
  const request = indexedDB.open(NAME, 1);
  request.onupgradeneeded = () => void request.result.createObjectStore(STORE);
  return settled(request);
};

/** @param {IDBDatabase} database @returns {Promise<[string, string][]>} */
const allOf = async (database) => {
  const store = database.transaction(STORE).objectStore(STORE);
  const [keys, texts] = await Promise.all([settled(store.getAllKeys()), settled(store.getAll())]);
  return keys.map((/** @type {string} */ key, /** @type {number} */ at) => [key, texts[at]]);
};

/** What a dedicated worker left in the file, for a worker that has no such handle. @param {Window & typeof globalThis} scope @param {(texts: [string, string][]) => Promise<unknown>} take */
const takeFile = async ({ navigator }, take) => {
  const directory = await navigator.storage.getDirectory();
  const file = await (await directory.getFileHandle(NAME)).getFile();
  await take(Object.entries(readLog(await file.text())));
  await directory.removeEntry(NAME);
};

/**
 * @param {Window & typeof globalThis} scope a worker's globals @param {(text: string) => void} failed hears of what is not stored
 * @returns {Promise<Opened>} rejects where there is neither
 */
const open = async (scope, failed) => {
  const file = await attempted(() => openFile(scope));
  const database = await attempted(() => openDatabase(scope));
  if (!file && !database) throw "this worker has neither files nor IndexedDB";
  const before = database ? await allOf(database) : [];
  if (!database) return /** @type {Opened} */ (file);
  /** @param {(store: IDBObjectStore) => void} act @returns {Promise<void>} */
  const change = (act) =>
    new Promise((settle, fail) => {
      const transaction = database.transaction(STORE, "readwrite");
      transaction.oncomplete = () => settle();
      transaction.onabort = () => fail(transaction.error);
      act(transaction.objectStore(STORE));
    });
  if (file) {
    const known = new Map(file.texts);
    const fresh = before.filter(([key]) => !known.has(key));
    for (const [key, text] of fresh) file.write(key, text);
    if (before.length) await change((store) => store.clear());
    database.close();
    return { texts: [...file.texts, ...fresh], write: file.write };
  }
  const known = new Map(before);
  /** @param {[string, string][]} texts */
  const take = async (texts) => {
    const fresh = texts.filter(([key]) => !known.has(key));
    await change((store) => fresh.forEach(([key, text]) => store.put(text, key)));
    for (const [key, text] of fresh) known.set(key, text);
  };
  await attempted(() => takeFile(scope, take));
  /** @type {Write} */
  const write = async (key, text) => {
    try {
      await change((store) => (text === null ? store.delete(key) : store.put(text, key)));
    } catch (error) {
      failed(String(error));
    }
  };
  return { texts: [...known], write };
};

/**
 * @param {Window & typeof globalThis} scope a worker's globals @param {(text: string) => void} failed hears of what is not stored
 * @returns {Promise<Storage>} its own keys are those of what is stored, as with localStorage; rejects where nothing can be stored
 */
export const openStorage = async (scope, failed) => {
  const { texts, write } = await open(scope, failed);
  const storage = Object.create({
    getItem: (/** @type {string} */ key) => (storage.propertyIsEnumerable(key) ? storage[key] : null),
    setItem(/** @type {string} */ key, /** @type {string} */ text) {
      if (storage.getItem(key) === text) return;
      write(key, text);
      storage[key] = text;
    },
    removeItem(/** @type {string} */ key) {
      if (storage.getItem(key) === null) return;
      delete storage[key]; // first: where the disk is full it is gone for this worker all the same
      write(key, null);
    },
  });
  for (const [key, text] of texts) storage[key] = text;
  return storage;
};
