import assert from "node:assert/strict";
import test from "node:test";
import { createLedger, NAMES } from "../../web/src/ledger.js";
import { settle } from "./browser.js";

const create = () => {
  const lines = [];
  return { lines, ledger: createLedger((...words) => lines.push(words.map(String).join(" "))) };
};

test("listeners hear of what they listen to, until they are taken off", () => {
  const { ledger } = create();
  const heard = [];
  const off = NAMES.map((name) => ledger.on(name, (detail) => heard.push([name, detail])));
  ledger.tell("ready");
  ledger.tell("message", { a: 1 });
  ledger.open.add("one").add("two");
  ledger.settle("one", "delivered");
  ledger.settle("two", "dropped", "rejected");
  assert.deepEqual(heard, [
    ["ready", undefined],
    ["message", { a: 1 }],
    ["delivered", { messageId: "one" }],
    ["dropped", { messageId: "two", reason: "rejected" }],
  ]);
  for (const each of off) each();
  ledger.tell("ready");
  assert.equal(heard.length, 4);
});

test("one that throws is one line, and keeps the others from nothing", () => {
  const { ledger, lines } = create();
  let heard = 0;
  ledger.on("ready", () => {
    throw new Error("its own");
  });
  ledger.on("ready", () => heard++);
  ledger.tell("ready");
  assert.equal(heard, 1);
  assert.deepEqual(lines, ["ERROR callback failed: Error: its own"]);
});

test("one that takes itself off while it is told", () => {
  const { ledger } = create();
  const heard = [];
  const off = ledger.on("ready", () => {
    heard.push(1);
    off();
  });
  ledger.on("ready", () => heard.push(2));
  ledger.tell("ready");
  ledger.tell("ready");
  assert.deepEqual(heard, [1, 2, 2]);
});

test("what became of all calls", () => {
  const { ledger } = create();
  for (const id of ["a", "b", "c", "d", "e"]) ledger.open.add(id);
  ledger.settle("a", "delivered");
  ledger.settle("b", "dropped", "expired");
  ledger.settle("c", "dropped", "expired");
  ledger.settle("d"); // no message
  ledger.counts.accepted = 3;
  assert.deepEqual(ledger.stats(), { accepted: 3, delivered: 1, retried: 0, dropped: { expired: 2 }, pending: 1 });
});

/** A promise, and what it came to so far. */
const watch = (promise) => {
  const watched = { came: undefined };
  promise.then((value) => (watched.came = value));
  return watched;
};

test("flush settles when what was called so far is delivered or dropped", async () => {
  const { ledger } = create();
  for (const id of ["a", "b", "c"]) ledger.open.add(id);
  const flush = watch(ledger.flush(false));
  ledger.open.add("later");
  ledger.settle("a", "delivered");
  ledger.settle("c");
  await settle();
  assert.equal(flush.came, undefined);
  ledger.settle("b", "dropped", "rejected");
  await settle();
  assert.deepEqual(flush.came, { delivered: 1, dropped: 1, pending: 0 }, "it does not count what was called later");
});

test("flush says what became of the calls since the flush before, and nothing twice", async () => {
  const { ledger } = create();
  ledger.open.add("a").add("b");
  ledger.settle("a", "delivered");
  ledger.settle("b", "dropped", "rejected");
  assert.deepEqual(await ledger.flush(false), { delivered: 1, dropped: 1, pending: 0 });
  assert.deepEqual(await ledger.flush(false), { delivered: 0, dropped: 0, pending: 0 });
  ledger.open.add("c");
  const [one, other] = [ledger.flush(false), ledger.flush(false)];
  ledger.settle("c", "delivered");
  assert.deepEqual([await one, await other], [{ delivered: 1, dropped: 0, pending: 0 }, { delivered: 1, dropped: 0, pending: 0 }], "both waited for it");
  assert.deepEqual(await ledger.flush(false), { delivered: 0, dropped: 0, pending: 0 });
});

test("where nothing more will come flush says what is left", async () => {
  const { ledger } = create();
  ledger.open.add("a").add("b");
  const early = ledger.flush(false);
  ledger.open.add("c");
  ledger.settle("a", "delivered");
  ledger.giveUp();
  assert.deepEqual(await early, { delivered: 1, dropped: 0, pending: 1 });
  assert.deepEqual(await ledger.flush(true), { delivered: 0, dropped: 0, pending: 2 });
});
