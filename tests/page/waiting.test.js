import assert from "node:assert/strict";
import test from "node:test";
import { createJournal } from "../../web/src/journal.js";
import { createStorage } from "../../web/src/storage.js";
import { createWaiting, HOUR, SHORT } from "../../web/src/waiting.js";
import { createBrowser } from "./browser.js";

const OWNER = "5b3f6a52-2d29-4c1f-8a5e-0f7c6f4f0d11";
const KEY = `rudderanalytics.KEY.${OWNER}.waited`;

/** A page that stores under this name. */
const open = (browser, isCeded = () => false) => {
  const page = browser.open();
  const opened = browser.now();
  page.elapsed = () => browser.now() - opened;
  const storage = createStorage(page);
  storage.hush(false);
  const journal = createJournal(storage, OWNER, () => {});
  journal.open("KEY");
  const waiting = createWaiting(page, storage, journal, isCeded);
  return {
    page,
    waiting,
    store(id, before) {
      journal.put(id, "message", "{}", journal.line(browser.now()));
      waiting.begin(id, before);
    },
    settle(id) {
      journal.letGo(id);
      waiting.end(id);
    },
  };
};
const noted = (browser) => JSON.parse(browser.stored()[KEY] || "null");
const COUNT = 1_000_000_000;

test("what was seen waiting is noted, in seconds, and the next page goes on from there", async () => {
  const browser = createBrowser();
  const one = open(browser);
  one.store("a");
  await browser.advance(2 * HOUR);
  one.store("b");
  one.store("c");
  await browser.advance(SHORT + 999);
  one.waiting.note();
  assert.deepEqual(noted(browser), [[COUNT + 1, 7_210], [COUNT + 3, 10]]);
  const next = open(browser);
  const seen = next.waiting.seen(OWNER);
  assert.deepEqual([1, 2, 3, 4].map((count) => seen(COUNT + count)), [7_210_000, 10_000, 10_000, 0]);
  next.store("a", seen(COUNT + 1));
  await browser.advance(1_000);
  next.waiting.note();
  assert.deepEqual(noted(browser), [[COUNT + 1, 7_211]]);
});

test("what is younger, or has waited for as many hours, counts for the least of them", async () => {
  const browser = createBrowser();
  const { waiting, store } = open(browser);
  store("a");
  await browser.advance(60_000);
  store("b");
  await browser.advance(60_000);
  waiting.note();
  assert.deepEqual(noted(browser), [[COUNT + 2, 60]]);
});

test("where nothing waits for long nothing is written", async () => {
  const browser = createBrowser();
  const { waiting, store } = open(browser);
  store("a");
  await browser.advance(SHORT - 1);
  waiting.note();
  assert.equal(noted(browser), null);
});

test("it is written once an hour", async () => {
  const browser = createBrowser();
  const { waiting, store } = open(browser);
  store("a");
  await browser.advance(HOUR - 1);
  waiting.noteAtTimes();
  assert.equal(noted(browser), null);
  await browser.advance(1);
  waiting.noteAtTimes();
  assert.deepEqual(noted(browser), [[COUNT + 1, 3_600]]);
});

for (const [name, ends] of [
  ["nothing waits", ({ waiting }) => waiting.sweep()],
  ["nothing of that name does", ({ waiting }) => waiting.note()],
]) {
  test(`it goes when ${name} any more`, async () => {
    const browser = createBrowser();
    const us = open(browser);
    us.store("a");
    await browser.advance(HOUR);
    us.waiting.note();
    us.settle("a");
    ends(us);
    assert.deepEqual(browser.stored(), {});
  });
}

test("a page before that noted something is tidied up after", () => {
  const browser = createBrowser();
  browser.open().storage("localStorage").setItem(KEY, "[[1,2]]");
  const { waiting } = open(browser);
  waiting.seen(OWNER);
  waiting.sweep();
  assert.deepEqual(browser.stored(), {});
});

test("what others have is theirs to note", async () => {
  const browser = createBrowser();
  let isCeded = false;
  const us = open(browser, () => isCeded);
  us.store("a");
  await browser.advance(HOUR);
  us.waiting.note();
  isCeded = true;
  await browser.advance(HOUR);
  us.waiting.note();
  us.waiting.sweep();
  assert.deepEqual(noted(browser), [[COUNT + 1, 3_600]]);
});

for (const text of ["", "null", "{}", "5", "[", '[["1000000009",5]]', "[[1000000009,-5]]", "[[1000000009,1.5]]", "[[1000000009,1e999]]", "[5]", "[[]]"]) {
  test(`what is no such note says nothing: ${text}`, () => {
    const browser = createBrowser();
    browser.open().storage("localStorage").setItem(KEY, text);
    assert.equal(open(browser).waiting.seen(OWNER)(COUNT), 0);
  });
}

test("a browser that cannot measure has seen nothing", async () => {
  const browser = createBrowser();
  const { page, waiting, store } = open(browser);
  page.elapsed = () => undefined;
  store("a");
  await browser.advance(HOUR);
  waiting.note();
  waiting.noteAtTimes();
  assert.equal(noted(browser), null);
});
