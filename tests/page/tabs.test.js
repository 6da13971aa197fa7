import assert from "node:assert/strict";
import test from "node:test";
import { createJournal } from "../../web/src/journal.js";
import { createStorage } from "../../web/src/storage.js";
import { createTabs, MOMENT, RELEASED, SPREAD, STAYED } from "../../web/src/tabs.js";
import { createBrowser, NOW, settle } from "./browser.js";

const owner = (number) => `${number}b3f6a52-2d29-4c1f-8a5e-0f7c6f4f0d11`;
const key = (number, at = NOW) => `rudderanalytics.KEY.${owner(number)}.1000000001.${at}`;

/** A tab with its journal, which asks for its first lock as client.js does. */
const open = (browser, number, how) => {
  const page = browser.open(undefined, how);
  const storage = createStorage(page);
  storage.hush(false);
  const journal = createJournal(storage, owner(number), () => {});
  journal.open("KEY");
  page.locks?.request(journal.prefix() + owner(number), { ifAvailable: true }, (lock) => new Promise((free) => (journal.free = lock && free)));
  const late = [];
  const retaken = [];
  const lost = [];
  const tab = { page, isLeft: false, journal, late, retaken, lost, store: (name) => journal.put(name, "message", "{}", journal.line(browser.now())), write: (at = NOW) => page.storage("localStorage").setItem(key(number, at), "{}") };
  const tabs = createTabs(page, storage, journal, (gone) => late.push(...gone), (name, isOurs) => (isOurs ? retaken : lost).push(name), () => tab.isLeft);
  return Object.assign(tab, { tabs, watch: tabs.watch, isCeded: (name) => tabs.isCeded(journal.place(name).key) });
};

/** One that has let go of its first name: what it stores next bears another. */
const rested = async (browser) => {
  const us = open(browser, 1);
  await settle();
  us.tabs.rest();
  await browser.advance(SPREAD);
  return us;
};

const locked = (browser) => [...browser.locksOf("https://www.example.com").held.keys()].map((name) => name.replace("rudderanalytics.KEY.", ""));
const notes = (browser) => Object.keys(browser.stored()).filter((each) => each.endsWith(".left"));

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
  await browser.advance(SPREAD);
  assert.deepEqual(us.late, [owner(1)]);
});

test("of two that wait one gets what is left, and the other when that one goes, too", async () => {
  const browser = createBrowser();
  const [other, one, two] = [1, 2, 3].map((number) => open(browser, number));
  other.write();
  await one.watch();
  await two.watch();
  other.page.close(true);
  await browser.advance(SPREAD);
  assert.deepEqual([one.late, two.late], [[owner(1)], []]);
  one.page.close(true);
  await browser.advance(SPREAD);
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
  await browser.advance(SPREAD);
  assert.deepEqual(us.late, [owner(2)]);
});

test("one that stored and is gone before it is seen", async () => {
  const browser = createBrowser();
  const us = open(browser, 1);
  await us.watch();
  const other = open(browser, 2);
  other.write();
  other.page.close(true);
  await browser.advance(SPREAD);
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

// A name is used once

test("a page where nothing waits holds no lock, and stores under another name then, with its lock", async () => {
  const browser = createBrowser();
  const us = open(browser, 1);
  await settle();
  assert.deepEqual(locked(browser), [owner(1)]);
  us.tabs.rest();
  await browser.advance(SPREAD);
  assert.deepEqual([locked(browser), us.tabs.name()], [[], ""]);
  us.store("a");
  await settle();
  const name = us.tabs.name();
  assert.ok(name && name !== owner(1));
  assert.deepEqual(locked(browser), [name]);
  assert.ok(us.journal.place("a").key.includes(name));
  us.tabs.rest();
  await browser.advance(SPREAD);
  assert.deepEqual(locked(browser), []);
});

test("a name whose messages are delivered before its lock is there wants none any more", async () => {
  const browser = createBrowser();
  const us = open(browser, 1);
  await settle();
  us.tabs.rest();
  us.store("a");
  us.tabs.rest();
  await browser.advance(SPREAD);
  assert.deepEqual(locked(browser), []);
});

test("nobody takes what is stored before the request for its lock has reached the browser", async () => {
  const browser = createBrowser();
  const [other, us] = [1, 2].map((number) => open(browser, number));
  await settle();
  other.tabs.rest();
  await us.watch();
  await browser.advance(SPREAD);
  const { request } = other.page.locks;
  let pass;
  const taskIsOver = new Promise((over) => (pass = over));
  other.page.locks.request = async (...all) => {
    await taskIsOver;
    return request(...all);
  };
  other.store("a"); // under another name
  await settle();
  await settle();
  pass();
  await browser.advance(SPREAD);
  assert.deepEqual(us.late, []);
  assert.deepEqual([other.isCeded("a"), notes(browser)], [false, []]);
  const its = other.tabs.name();
  other.page.close(true);
  await browser.advance(SPREAD);
  assert.deepEqual(us.late, [its]);
});

test("one that waits for a page that rests gets nothing, and lets go of the lock", async () => {
  const browser = createBrowser();
  const [other, us] = [1, 2].map((number) => open(browser, number));
  other.store("a");
  await us.watch();
  other.journal.letGo("a");
  other.tabs.rest();
  await browser.advance(2 * SPREAD);
  assert.deepEqual(us.late, [owner(1)]); // who looks, finds nothing
  us.tabs.rest();
  await browser.advance(SPREAD);
  assert.deepEqual(locked(browser), []);
});

// Whose it is

test("what others adopted before the page had its first lock is ceded, what comes later is not", async () => {
  const browser = createBrowser();
  const other = open(browser, 2);
  other.page.locks.request(`rudderanalytics.KEY.${owner(1)}`, () => new Promise(() => {}));
  const late = open(browser, 1); // its request came later than what it stored
  late.store("a");
  await late.tabs.settle();
  assert.equal(late.isCeded("a"), true);
  late.store("c");
  assert.equal(late.isCeded("c"), false);
  assert.notEqual(late.tabs.name(), owner(1));
});

test("a first lock that comes when its name is ceded is let go, and what is left under it adopted", async () => {
  const browser = createBrowser();
  const other = open(browser, 2);
  let free;
  other.page.locks.request(`rudderanalytics.KEY.${owner(1)}`, () => new Promise((settle) => (free = settle)));
  const us = open(browser, 1);
  await us.tabs.settle();
  free();
  await settle();
  us.tabs.rest();
  await browser.advance(SPREAD);
  assert.deepEqual(us.late, [owner(1)]);
  us.tabs.rest();
  await browser.advance(SPREAD);
  assert.deepEqual(locked(browser), [owner(2)]);
});

test("a first lock that another page had is ceded, though that one has delivered all and let go of it", async () => {
  const browser = createBrowser();
  const other = open(browser, 2);
  let free;
  other.page.locks.request(`rudderanalytics.KEY.${owner(1)}`, () => new Promise((settle) => (free = settle)));
  const us = open(browser, 1);
  us.store("a");
  await settle();
  free();
  await settle();
  await us.tabs.settle();
  assert.equal(us.isCeded("a"), true);
});

test("a page that has its first lock cedes nothing", async () => {
  const browser = createBrowser();
  const us = open(browser, 1);
  us.store("a");
  await us.tabs.settle();
  assert.deepEqual([us.isCeded("a"), us.tabs.name()], [false, owner(1)]);
});

for (const request of [undefined, () => Promise.reject(new Error("no")), () => undefined]) {
  test(`without real locks nothing is ceded: ${request}`, async () => {
    const us = open(createBrowser(), 1, INSECURE);
    if (request) us.page.locks = { request };
    us.store("a");
    await us.tabs.settle();
    assert.equal(us.isCeded("a"), false);
  });
}

// Leaving

test("a page that is about to be left lets go of its locks, and others wait until it says what was on its way", async () => {
  const browser = createBrowser();
  const [us, other] = [1, 2].map((number) => open(browser, number));
  us.store("a");
  await other.watch();
  us.page.fire("window", "beforeunload");
  await browser.advance(SPREAD);
  assert.deepEqual([locked(browser), notes(browser).length, other.late], [[owner(2)], 1, []]);
  us.tabs.leave((name) => us.page.storage("localStorage").removeItem(`rudderanalytics.KEY.${name}.left`));
  await browser.advance(SPREAD);
  assert.deepEqual(other.late, [owner(1)]);
});

test("one that opens meanwhile waits, too, and not for ever", async () => {
  const browser = createBrowser();
  const us = open(browser, 1);
  us.store("a");
  await settle();
  us.page.fire("window", "beforeunload");
  us.page.close(true);
  const other = open(browser, 2);
  assert.deepEqual([await other.watch(), other.late], [[], []]);
  await browser.advance(MOMENT + SPREAD);
  assert.deepEqual(other.late, [owner(1)]);
});

test("a page that stays has its locks again, and nobody has taken anything", async () => {
  const browser = createBrowser();
  const [us, other] = [1, 2].map((number) => open(browser, number));
  us.store("a");
  await other.watch();
  us.page.fire("window", "beforeunload");
  await browser.advance(STAYED);
  assert.deepEqual([locked(browser).toSorted(), notes(browser), us.retaken], [[owner(1), owner(2)], [], [owner(1)]]);
  await browser.advance(60_000);
  assert.deepEqual([other.late, us.isCeded("a")], [[], false]);
  us.page.close(true);
  await browser.advance(SPREAD);
  assert.deepEqual(other.late, [owner(1)]);
});

test("a page that comes back has what nobody took", async () => {
  const browser = createBrowser();
  const us = open(browser, 1);
  us.store("a");
  await settle();
  us.tabs.leave(() => {});
  await settle();
  us.page.fire("window", "pageshow");
  assert.equal(us.tabs.areClear(), false);
  await settle();
  assert.equal(us.tabs.areClear(), true);
  assert.deepEqual([us.isCeded("a"), us.retaken, us.tabs.name(), locked(browser)], [false, [owner(1)], owner(1), [owner(1)]]);
});

test("a page that is back before it heard that it had a lock has it", async () => {
  const browser = createBrowser();
  const us = await rested(browser);
  us.store("a"); // under another name
  us.tabs.leave(() => {});
  us.page.fire("window", "pageshow");
  await browser.advance(RELEASED);
  assert.deepEqual([us.isCeded("a"), us.tabs.areClear(), locked(browser)], [false, true, [us.tabs.name()]]);
  us.tabs.rest();
  await browser.advance(SPREAD);
  assert.deepEqual([locked(browser), notes(browser)], [[], []]);
});

test("what is stored as the page is left has a note, and no lock; where it comes back it is the page's again", async () => {
  const browser = createBrowser();
  const us = await rested(browser);
  us.isLeft = true;
  us.store("a");
  assert.deepEqual(notes(browser), [`rudderanalytics.KEY.${us.tabs.name()}.left`]);
  us.tabs.leave(() => {});
  await settle();
  assert.deepEqual(locked(browser), []);
  us.isLeft = false;
  us.page.fire("window", "pageshow");
  await settle();
  assert.deepEqual([us.isCeded("a"), us.tabs.areClear(), locked(browser), notes(browser)], [false, true, [us.tabs.name()], []]);
});

test("where it does not, others take it", async () => {
  const browser = createBrowser();
  const us = await rested(browser);
  const other = open(browser, 2);
  us.isLeft = true;
  us.store("a");
  const name = us.tabs.name();
  await browser.advance(SPREAD);
  assert.deepEqual(other.late, [], "it may still be at it");
  us.tabs.leave(() => us.page.storage("localStorage").removeItem(`rudderanalytics.KEY.${name}.left`));
  us.page.close(true);
  await browser.advance(SPREAD);
  assert.deepEqual(other.late, [name]);
});

test("a page that comes back cedes what others took", async () => {
  const browser = createBrowser();
  const us = open(browser, 1);
  us.store("a");
  await settle();
  us.tabs.leave((name) => us.page.storage("localStorage").removeItem(`rudderanalytics.KEY.${name}.left`));
  await settle();
  const other = open(browser, 2);
  assert.deepEqual(await other.watch(), [owner(1)]);
  us.page.fire("window", "pageshow");
  await browser.advance(RELEASED);
  assert.deepEqual([us.isCeded("a"), us.retaken, us.lost, us.tabs.name(), us.tabs.areClear()], [true, [], [owner(1)], "", true]);
  us.store("b");
  assert.equal(us.isCeded("b"), false);
});

test("what a page ceded is its own again where those are gone who took it", async () => {
  const browser = createBrowser();
  const us = open(browser, 1);
  us.store("a");
  await settle();
  us.tabs.leave((name) => us.page.storage("localStorage").removeItem(`rudderanalytics.KEY.${name}.left`));
  await settle();
  const other = open(browser, 2);
  await other.watch();
  us.page.fire("window", "pageshow");
  await browser.advance(RELEASED);
  other.page.close(true);
  await browser.advance(SPREAD);
  assert.deepEqual([us.late, us.isCeded("a")], [[owner(1)], false]);
});

test("what is called while a page is left needs no lock", async () => {
  const browser = createBrowser();
  const us = open(browser, 1);
  await settle();
  us.tabs.rest();
  us.store("a");
  us.page.fire("window", "beforeunload"); // before its lock is there
  us.store("b");
  await settle();
  assert.deepEqual([locked(browser), notes(browser).length], [[], 1]);
});

test("what a page stores that is gone already is adopted, too", async () => {
  const browser = createBrowser();
  const us = open(browser, 1);
  us.store("a");
  await settle();
  us.tabs.leave((name) => us.page.storage("localStorage").removeItem(`rudderanalytics.KEY.${name}.left`));
  await settle();
  const other = open(browser, 2);
  await other.watch();
  us.store("b");
  await settle();
  assert.deepEqual(other.late, [owner(1)]);
});
