import assert from "node:assert/strict";
import test from "node:test";
import { createJournal } from "../../web/src/journal.js";
import { createStorage } from "../../web/src/storage.js";
import { watchTabs } from "../../web/src/tabs.js";
import { createBrowser, NOW, settle } from "./browser.js";

const owner = (number) => `${number}b3f6a52-2d29-4c1f-8a5e-0f7c6f4f0d11`;
const key = (number, at = NOW) => `rudderanalytics.KEY.${owner(number)}.1000000001.${at}`;

/** A tab with its journal, which holds its lock as client.js makes it. */
const open = (browser, number, how) => {
  const page = browser.open(undefined, how);
  const storage = createStorage(page);
  storage.hush(false);
  const journal = createJournal(storage, owner(number), () => {});
  journal.hush(false);
  journal.open("KEY");
  page.locks?.request(journal.prefix() + owner(number), () => new Promise(() => {}));
  const late = [];
  const tab = { page, journal, late, write: (at = NOW) => page.storage("localStorage").setItem(key(number, at), "{}") };
  tab.watch = () => watchTabs(page, journal, owner(number), (gone) => late.push(...gone));
  return tab;
};

test("owners without a lock are gone, those with one are not", async () => {
  const browser = createBrowser();
  const [dead, alive, us] = [1, 2, 3].map((number) => open(browser, number));
  dead.write();
  alive.write();
  us.write();
  dead.page.close(true);
  assert.deepEqual(await us.watch(), [owner(1)]);
  assert.deepEqual(us.late, []);
});

test("one that goes later is told of then", async () => {
  const browser = createBrowser();
  const [other, us] = [1, 2].map((number) => open(browser, number));
  other.write();
  assert.deepEqual(await us.watch(), []);
  other.page.close(true);
  await settle();
  assert.deepEqual(us.late, [owner(1)]);
});

test("of two that wait one gets what is left, and the other when that one goes, too", async () => {
  const browser = createBrowser();
  const [other, one, two] = [1, 2, 3].map((number) => open(browser, number));
  other.write();
  await one.watch();
  await two.watch();
  other.page.close(true);
  await settle();
  assert.deepEqual([one.late, two.late], [[owner(1)], []]);
  one.page.close(true);
  await settle();
  assert.deepEqual(two.late, [owner(1)]);
});

test("one that is seen to store is watched from then on", async () => {
  const browser = createBrowser();
  const us = open(browser, 1);
  await us.watch();
  const other = open(browser, 2);
  other.write();
  await settle();
  assert.deepEqual(us.late, []);
  other.page.close(true);
  await settle();
  assert.deepEqual(us.late, [owner(2)]);
});

test("one that stored and is gone before it is seen", async () => {
  const browser = createBrowser();
  const us = open(browser, 1);
  await us.watch();
  const other = open(browser, 2);
  other.write();
  other.page.close(true);
  await settle();
  assert.deepEqual(us.late, [owner(2)]);
});

for (const [name, event] of [
  ["a plain event, as apps dispatch it", {}],
  ["a key that is no text", { key: 5, newValue: "x" }],
  ["an empty storage", { key: null, newValue: null }],
  ["a removal", { key: key(2), newValue: null }],
  ["a value that is an object", { key: key(2), newValue: {} }],
  ["a key of another", { key: "rl_user_id", newValue: "x" }],
  ["a key of another write key", { key: key(2).replace("KEY", "KEY2"), newValue: "x" }],
  ["a key of another grammar", { key: "rudderanalytics.KEY.coolUntil", newValue: "5" }],
  ["ourselves", { key: key(1), newValue: "x" }],
]) {
  test(`an event that says nothing of another tab: ${name}`, async () => {
    const us = open(createBrowser(), 1);
    await us.watch();
    us.page.fire("window", "storage", event);
    await settle();
    assert.deepEqual(us.late, []);
  });
}

// Without Web Locks

const INSECURE = { secure: false };

test("without locks one that stored nothing for a minute is gone", async () => {
  const browser = createBrowser();
  const [old, young, us] = [1, 2, 3].map((number) => open(browser, number, INSECURE));
  old.write(NOW - 60_000);
  young.write(NOW - 59_999);
  assert.deepEqual(await us.watch(), [owner(1)]);
  await browser.advance(59_999);
  assert.deepEqual(us.late, []);
  await browser.advance(1);
  assert.deepEqual(us.late, [owner(2)]);
});

test("without locks one that goes on storing lives", async () => {
  const browser = createBrowser();
  const [other, us] = [1, 2].map((number) => open(browser, number, INSECURE));
  other.write(NOW);
  await us.watch();
  await browser.advance(50_000);
  other.write(browser.now());
  await browser.advance(50_000);
  assert.deepEqual(us.late, []);
  await browser.advance(100_000);
  assert.deepEqual(us.late, [owner(1)]);
});

for (const [name, request] of [
  ["refuses", () => Promise.reject(new Error("SecurityError"))],
  ["throws", () => { throw new Error("no"); }],
  ["answers nothing", () => undefined],
  ["answers nothing later", async () => undefined],
]) {
  test(`a lock manager that ${name}: nobody counts as gone`, async () => {
    const browser = createBrowser();
    const [other, us] = [1, 2].map((number) => open(browser, number));
    other.write();
    other.page.close(true);
    us.page.locks.request = request;
    assert.deepEqual(await Promise.race([us.watch(), settle().then(() => "late")]), []);
    assert.deepEqual(us.late, []);
  });
}
