// The globals of a worker by script, for what runs where there is no page: files of the origin, IndexedDB, locks. What a
// browser keeps when a worker ends is in `disk`: two workers of one disk are one after the other.

/** Errors of the browser's have names. */
const named = (name) => Object.assign(new Error(name), { name });

/** `quota`: bytes that a file may have. */
export const createDisk = ({ quota = Infinity } = {}) => ({ files: new Map(), rows: new Map(), quota });

const createHandle = (disk, file) => ({
  getSize: () => file.bytes.length,
  read(into, { at }) {
    into.set(file.bytes.subarray(at, at + into.length));
    return into.length;
  },
  write(bytes, { at }) {
    const room = Math.min(bytes.length, disk.quota - at);
    if (room <= 0 && bytes.length) throw named("QuotaExceededError");
    const grown = new Uint8Array(Math.max(file.bytes.length, at + room));
    grown.set(file.bytes);
    grown.set(bytes.subarray(0, room), at);
    file.bytes = grown;
    return room;
  },
  truncate: (size) => void (file.bytes = file.bytes.slice(0, size)),
});

/** `isDedicated`: only there a file has a handle. */
const createDirectory = (disk, isDedicated, held) => ({
  async getFileHandle(name, { create } = {}) {
    if (!disk.files.has(name) && !create) throw named("NotFoundError");
    if (!disk.files.has(name)) disk.files.set(name, { bytes: new Uint8Array(0), isHeld: false });
    const file = disk.files.get(name);
    const createSyncAccessHandle = async () => {
      if (file.isHeld) throw named("NoModificationAllowedError");
      file.isHeld = true;
      held.push(file);
      return createHandle(disk, file);
    };
    return { ...(isDedicated && { createSyncAccessHandle }), getFile: async () => ({ text: async () => new TextDecoder().decode(file.bytes) }) };
  },
  removeEntry: async (name) => void disk.files.delete(name),
});

const answered = (result) => {
  const request = { result };
  queueMicrotask(() => request.onsuccess?.());
  return request;
};

const createIndexedDB = (disk) => {
  let isMade = disk.isMade;
  const store = {
    getAllKeys: () => answered([...disk.rows.keys()]),
    getAll: () => answered([...disk.rows.values()]),
    put: (text, key) => void disk.rows.set(key, text),
    delete: (key) => void disk.rows.delete(key),
    clear: () => void disk.rows.clear(),
  };
  const transaction = () => {
    const made = { objectStore: () => store, error: named("QuotaExceededError") };
    queueMicrotask(() => (disk.isFull ? made.onabort?.() : made.oncomplete?.()));
    return made;
  };
  const database = { createObjectStore: () => (isMade = disk.isMade = true), transaction, close() {} };
  return {
    databases: async () => (disk.isMade ? [{ name: "rudderanalytics.worker" }] : []),
    open() {
      const request = answered(database);
      const { onsuccess } = request;
      queueMicrotask(() => isMade || request.onupgradeneeded?.());
      return Object.assign(request, { onsuccess });
    },
  };
};

/** @returns the globals, and `end`, which ends the worker */
export const createWorkerScope = (disk = createDisk(), { isDedicated = true, over = {}, locks = undefined } = {}) => {
  const held = [];
  const lines = [];
  const listeners = [];
  const say = (level) => (...words) => lines.push([level, ...words].join(" "));
  const scope = {
    console: { warn: say("warn"), error: say("error"), log: say("log") },
    crypto: globalThis.crypto,
    performance: { now: () => 12.5 },
    navigator: { userAgent: "Mozilla/5.0", language: "en-US", storage: { getDirectory: async () => createDirectory(disk, isDedicated, held) }, locks },
    indexedDB: createIndexedDB(disk),
    setTimeout: (action) => setImmediate(action),
    addEventListener: (name, listener) => void listeners.push([name, listener]),
    fetch: async () => ({}),
    ...over,
  };
  const end = () => {
    for (const file of held) file.isHeld = false;
  };
  return { scope, lines, listeners, end };
};
