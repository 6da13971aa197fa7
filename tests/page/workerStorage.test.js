import assert from "node:assert/strict";
import test from "node:test";
import { openStorage, readLog } from "../../web/src/workerStorage.js";
import { createDisk, createWorkerScope } from "./worker.js";

const NAME = "rudderanalytics.worker";
const encode = (text) => new TextEncoder().encode(text);
const logOf = (disk) => new TextDecoder().decode(disk.files.get(NAME).bytes);

const open = async (disk, how) => {
  const worker = createWorkerScope(disk, how);
  const failed = [];
  return { ...worker, failed, storage: await openStorage(worker.scope, (text) => failed.push(text)) };
};
const DATABASE = { isDedicated: false };

for (const [what, how] of [["a file", {}], ["IndexedDB", DATABASE]]) {
  test(`${what} keeps what was stored for the next worker`, async () => {
    const disk = createDisk();
    const { storage, end } = await open(disk, how);
    storage.setItem("a", '"1"');
    storage.setItem("b", "2\n[\"é");
    storage.setItem("a", "3");
    storage.removeItem("c");
    storage.setItem("d", "4");
    storage.removeItem("d");
    assert.deepEqual([Object.keys(storage), storage.getItem("a"), storage.getItem("d"), storage.getItem("toString")], [["a", "b"], "3", null, null]);
    await new Promise(setImmediate);
    end();
    const { storage: next } = await open(disk, how);
    assert.deepEqual({ ...next }, { a: "3", b: "2\n[\"é" });
  });
}

test("a file has it before the call returns", async () => {
  const disk = createDisk();
  const { storage } = await open(disk);
  storage.setItem("a", "1");
  assert.equal(logOf(disk), '["a","1"]\n');
  storage.setItem("a", "1");
  assert.equal(logOf(disk), '["a","1"]\n', "what is there already is not written again");
});

for (const [from, to] of [[{}, DATABASE], [DATABASE, {}]]) {
  test(`what is in ${from.isDedicated === false ? "IndexedDB" : "a file"} is taken over by a worker of the other kind`, async () => {
    const disk = createDisk();
    const first = await open(disk, from);
    first.storage.setItem("a", "1");
    await new Promise(setImmediate);
    first.end();
    const second = await open(disk, to);
    second.storage.setItem("b", "2");
    await new Promise(setImmediate);
    second.end();
    assert.deepEqual({ ...(await open(disk, from)).storage }, { a: "1", b: "2" });
    const places = [disk.files.has(NAME) && logOf(disk) !== "", disk.rows.size > 0];
    assert.deepEqual(places, [from.isDedicated !== false, from.isDedicated === false], "it is in one place");
  });
}

test("a worker waits for the handle of one that has just ended", async () => {
  const disk = createDisk();
  const first = await open(disk);
  first.storage.setItem("a", "1");
  setImmediate(() => setImmediate(first.end));
  assert.equal((await open(disk)).storage.getItem("a"), "1");
});

test("where another one has the handle all the time, IndexedDB stands in; where there is neither, nothing can be stored", async () => {
  const disk = createDisk();
  await open(disk);
  const second = await open(disk);
  second.storage.setItem("a", "1");
  assert.equal(disk.rows.get("a"), "1");
  await assert.rejects(open(createDisk(), { over: { navigator: {}, indexedDB: undefined } }), (reason) => reason === "this worker has neither files nor IndexedDB");
});

test("a file without IndexedDB", async () => {
  const { storage } = await open(createDisk(), { over: { indexedDB: undefined } });
  storage.setItem("a", "1");
  assert.equal(storage.getItem("a"), "1");
});

test("what does not fit is not there, and what is written next is whole", async () => {
  const disk = createDisk({ quota: 30 });
  const { storage, end } = await open(disk);
  storage.setItem("a", "1");
  assert.throws(() => storage.setItem("long", "x".repeat(100)));
  assert.equal(storage.getItem("long"), null);
  disk.quota = Infinity;
  end();
  const next = await open(disk);
  next.storage.setItem("b", "2");
  next.end();
  assert.deepEqual({ ...(await open(disk)).storage }, { a: "1", b: "2" });
});

test("what IndexedDB does not take is said", async () => {
  const disk = createDisk();
  const { storage, failed } = await open(disk, DATABASE);
  disk.isFull = true;
  storage.setItem("a", "1");
  await new Promise(setImmediate);
  assert.deepEqual(failed, ["QuotaExceededError: QuotaExceededError"]);
});

test("a long log is written anew, and nothing is left of what was all taken back", async () => {
  const disk = createDisk();
  const { storage, end } = await open(disk);
  storage.setItem("kept", "1");
  for (let n = 0; n < 400; n++) storage.setItem("a", `${n}${"x".repeat(1000)}`);
  assert.ok(logOf(disk).length < 300_000);
  end();
  const next = await open(disk);
  assert.deepEqual([next.storage.getItem("kept"), next.storage.getItem("a").slice(0, 3)], ["1", "399"]);
  next.storage.removeItem("a");
  next.storage.removeItem("kept");
  assert.equal(logOf(disk), "");
});

/** Changes of a few keys, with texts that look like lines of a log. */
const changes = (count) => {
  const texts = ['["a","b"]\n', "é€", "\\\"", '"]', '["', "plain"];
  return Array.from({ length: count }, (_, n) => [`key ${n % 5}`, n % 7 === 3 ? null : texts[(n * n) % texts.length] + n]);
};
const linesOf = (all) => all.map(([key, text]) => `${JSON.stringify(text === null ? [key] : [key, text])}\n`);
const stateOf = (all) => {
  const state = {};
  for (const [key, text] of all) if (text === null) delete state[key];
  else state[key] = text;
  return state;
};

test("a log that ends anywhere says what its whole lines say", () => {
  const all = changes(40);
  const lines = linesOf(all);
  const bytes = encode(lines.join(""));
  let whole = 0;
  let end = encode(lines[0]).length;
  for (let size = 0; size <= bytes.length; size++) {
    while (whole < all.length && size >= end) end += encode(lines[++whole] ?? "").length;
    const found = { ...readLog(new TextDecoder().decode(bytes.slice(0, size))) };
    // Of the last line only its end may be missing.
    const states = [stateOf(all.slice(0, whole)), stateOf(all.slice(0, whole + 1))].map((each) => JSON.stringify(Object.entries(each).sort()));
    assert.ok(states.includes(JSON.stringify(Object.entries(found).sort())), `${size} bytes`);
  }
});

test("what is left of an old log behind a new one does no harm, wherever it begins", () => {
  for (let count = 1; count <= 60; count++) {
    const all = changes(count);
    const state = stateOf(all);
    const anew = encode(linesOf(Object.entries(state)).join(""));
    for (const more of [0, 1, 2, 3, 5, 8, 13, 21]) {
      const bytes = encode(linesOf([...Array.from({ length: more }, () => ["key 9", null]), ...all]).join(""));
      if (bytes.length < anew.length) continue;
      bytes.set(anew);
      assert.deepEqual({ ...readLog(new TextDecoder().decode(bytes)) }, state, `${count} changes, ${more} before`);
    }
  }
});
