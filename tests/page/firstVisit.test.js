import assert from "node:assert/strict";
import test from "node:test";
import { agree, disagree, isAnother } from "../../web/src/firstVisit.js";
import { createBrowser, settle } from "./browser.js";

const open = (browser, how) => {
  const tab = { page: browser.open(undefined, how), free: () => {} };
  tab.meet = (madeId) => agree(tab.page, () => madeId, (free) => (tab.free = free));
  tab.agree = async (madeId) => (await tab.meet(madeId)).agreed;
  return tab;
};

test("the first one says it, the others go on with that", async () => {
  const browser = createBrowser();
  const tabs = [1, 2, 3].map(() => open(browser));
  assert.deepEqual(await Promise.all(tabs.map((tab, n) => tab.agree(`id${n}`))), ["id0", "id0", "id0"]);
});

test("one that comes later does, too, as long as it is said", async () => {
  const browser = createBrowser();
  const [first, second, third] = [1, 2, 3].map(() => open(browser));
  await first.agree("a");
  assert.equal(await second.agree("b"), "a");
  first.free();
  second.free();
  await settle();
  assert.equal(await third.agree("c"), "c");
});

test("it is said for as long as one of them is there", async () => {
  const browser = createBrowser();
  const [first, second, third] = [1, 2, 3].map(() => open(browser));
  await Promise.all([first.agree("a"), second.agree("b")]);
  first.page.close(true);
  assert.equal(await third.agree("c"), "a");
});

test("which ids tabs that opened at once made: those that they had before, and the names of their locks", async () => {
  const browser = createBrowser();
  const [first, second, third, unsettled] = [1, 2, 3, 4].map(() => open(browser));
  unsettled.page.locks.request("rudderanalytics.KEY.theirs", () => new Promise(() => {}));
  await Promise.all([first.agree("a"), second.agree("b")]);
  const { agreed, isMade } = await third.meet("c");
  assert.deepEqual([agreed, ...["a", "b", "theirs", "given"].map(isMade)], ["a", true, true, true, false]);
});

test("before it chooses, a tab knows whether one is said", async () => {
  const browser = createBrowser();
  const told = [];
  for (const id of ["a", ""]) {
    const { agreed } = await agree(browser.open(), (isMade, isSaid) => told.push([isMade("a"), isSaid]) && id, () => {});
    assert.equal(agreed, id);
  }
  assert.deepEqual(told, [[false, false], [true, true]]);
});

test("when a tab makes the visitor another, nobody says it any more", async () => {
  const browser = createBrowser();
  const [first, second, third] = [1, 2, 3].map(() => open(browser));
  await first.agree("a");
  await second.agree("b");
  await disagree(second.page);
  await settle();
  assert.deepEqual((await second.page.locks.query()).held, []);
  assert.equal(await third.agree("c"), "c");
  first.free();
});

for (const [call, is] of [
  [["setAnonymousId", "x"], true],
  [["setAnonymousId"], true],
  [["reset", true], true],
  [["reset", { entries: { anonymousId: true } }], true],
  [["reset"], false],
  [["reset", { entries: { anonymousId: false } }], false],
  [["reset", "yes"], false],
  [["identify", "u1"], false],
  [["track", "x"], false],
]) {
  const [type, ...given] = call;
  test(`does it make the visitor another: ${JSON.stringify(call)}`, () => assert.equal(isAnother({ type, arguments: given }), is));
}

for (const [name, locks] of [
  ["there are none", undefined],
  ["they refuse", { request: () => Promise.reject(new Error("no")) }],
  ["they throw", { request: () => { throw new Error("no"); } }],
  ["they answer nothing", { request: () => undefined }],
  ["nobody can ask who holds which", { request: async (name, run) => run({}) }],
  ["they hold nothing", { request: async (name, run) => run({}), query: async () => ({}) }],
]) {
  test(`where locks are of no use each has its own: ${name}`, async () => {
    const tab = open(createBrowser());
    tab.page.locks = locks;
    assert.equal(await tab.agree("a"), "a");
    await disagree(tab.page);
  });
}
