import assert from "node:assert/strict";
import test from "node:test";
import { createLedger } from "../../web/src/ledger.js";
import { createOutcomes } from "../../web/src/outcomes.js";
import { settle } from "./browser.js";

const create = () => {
  const ledger = createLedger(assert.fail);
  const outcomes = createOutcomes(ledger);
  /** Waits for all that is open now. */
  const flush = (isOver = false, until = new Promise(() => {})) => outcomes.flush([...ledger.open], isOver, until);
  return { ledger, outcomes, flush };
};

test("listeners hear what became of each call", () => {
  const { ledger, outcomes } = create();
  const heard = [];
  for (const name of ["delivered", "dropped"]) ledger.on(name, (detail) => heard.push([name, detail]));
  for (const id of ["one", "two", "three"]) ledger.open.add(id);
  outcomes.settle("one", "delivered");
  outcomes.settle("two", "dropped", "rejected");
  outcomes.settle("three");
  assert.deepEqual(heard, [
    ["delivered", { messageId: "one" }],
    ["dropped", { messageId: "two", reason: "rejected" }],
  ]);
  assert.equal(ledger.open.size, 0);
});

test("flush until nobody waits any more says what is pending", async () => {
  const { ledger, outcomes } = create();
  for (const id of ["a", "b"]) ledger.open.add(id);
  let stop;
  const flushed = outcomes.flush(["a", "b"], false, new Promise((settle) => (stop = settle)));
  outcomes.settle("a", "delivered");
  stop();
  assert.deepEqual(await flushed, { delivered: 1, dropped: 0, pending: 1 });
});

test("a try that failed is told", () => {
  const { ledger, outcomes } = create();
  const heard = [];
  ledger.on("failed", (detail) => heard.push(detail));
  assert.equal("lastFailure" in outcomes.stats(), false);
  outcomes.fail(["a"], { status: 0, reason: "no answer", nextTry: 5 });
  assert.deepEqual(heard, [{ messageIds: ["a"], status: 0, reason: "no answer", nextTry: 5 }]);
  assert.equal(outcomes.stats().lastFailure, "no answer");
});

test("an interpreter that was replaced is counted, and is news once", () => {
  const { outcomes } = create();
  assert.deepEqual([outcomes.fellBack(0), "fallbacks" in outcomes.stats()], [false, false]);
  assert.deepEqual([outcomes.fellBack(1), outcomes.fellBack(1), outcomes.stats().fallbacks], [true, false, 1]);
});

test("what became of all calls", () => {
  const { ledger, outcomes, flush } = create();
  for (const id of ["a", "b", "c", "d", "e"]) ledger.open.add(id);
  outcomes.settle("a", "delivered");
  outcomes.settle("b", "dropped", "expired");
  outcomes.settle("c", "dropped", "expired");
  outcomes.settle("d"); // no message
  outcomes.counts.accepted = 3;
  assert.deepEqual(outcomes.stats(), { accepted: 3, delivered: 1, retried: 0, repeated: 0, dropped: { expired: 2 }, pending: 1 });
});

/** A promise, and what it came to so far. */
const watch = (promise) => {
  const watched = { came: undefined };
  promise.then((value) => (watched.came = value));
  return watched;
};

test("flush settles when what was called so far is delivered or dropped", async () => {
  const { ledger, outcomes, flush } = create();
  for (const id of ["a", "b", "c"]) ledger.open.add(id);
  const flushed = watch(flush());
  ledger.open.add("later");
  outcomes.settle("a", "delivered");
  outcomes.settle("c");
  await settle();
  assert.equal(flushed.came, undefined);
  outcomes.settle("b", "dropped", "rejected");
  await settle();
  assert.deepEqual(flushed.came, { delivered: 1, dropped: 1, pending: 0 }, "it does not count what was called later");
});

test("flush says what became of the calls since the flush before, and nothing twice", async () => {
  const { ledger, outcomes, flush } = create();
  ledger.open.add("a").add("b");
  outcomes.settle("a", "delivered");
  outcomes.settle("b", "dropped", "rejected");
  assert.deepEqual(await flush(), { delivered: 1, dropped: 1, pending: 0 });
  assert.deepEqual(await flush(), { delivered: 0, dropped: 0, pending: 0 });
  ledger.open.add("c");
  const [one, other] = [flush(), flush()];
  outcomes.settle("c", "delivered");
  assert.deepEqual([await one, await other], [{ delivered: 1, dropped: 0, pending: 0 }, { delivered: 1, dropped: 0, pending: 0 }], "both waited for it");
  assert.deepEqual(await flush(), { delivered: 0, dropped: 0, pending: 0 });
});

test("where nothing more will come flush says what is left", async () => {
  const { ledger, outcomes, flush } = create();
  ledger.open.add("a").add("b");
  const early = flush();
  ledger.open.add("c");
  outcomes.settle("a", "delivered");
  outcomes.giveUp();
  assert.deepEqual(await early, { delivered: 1, dropped: 0, pending: 1 });
  assert.deepEqual(await flush(true), { delivered: 0, dropped: 0, pending: 2 });
});

test("what was settled before flush waited for it is told by it", async () => {
  const { ledger, outcomes } = create();
  const ids = ["a", "b"];
  for (const id of ids) ledger.open.add(id);
  outcomes.settle("a", "delivered");
  const flushed = outcomes.flush(ids, false, new Promise(() => {}));
  outcomes.settle("b", "delivered");
  assert.deepEqual(await flushed, { delivered: 2, dropped: 0, pending: 0 });
});

test("flush waits no longer than it is told", async () => {
  const { ledger, outcomes, flush } = create();
  ledger.open.add("a").add("b");
  let late;
  const flushed = flush(false, new Promise((settled) => (late = settled)));
  outcomes.settle("a", "delivered");
  late();
  assert.deepEqual(await flushed, { delivered: 1, dropped: 0, pending: 1 });
  outcomes.settle("b", "delivered");
  assert.deepEqual(await flush(), { delivered: 1, dropped: 0, pending: 0 }, "what it did not wait for is told by the next");
});

test("a try that failed is told, and the last one is known", () => {
  const { ledger, outcomes } = create();
  const heard = [];
  ledger.on("failed", (detail) => heard.push(detail));
  assert.ok(!("lastFailure" in outcomes.stats()));
  outcomes.fail(["a"], { status: 503, reason: "unavailable", nextTry: 5, more: 1 });
  assert.deepEqual(heard, [{ messageIds: ["a"], status: 503, reason: "unavailable", nextTry: 5 }]);
  assert.equal(outcomes.stats().lastFailure, "unavailable");
});
