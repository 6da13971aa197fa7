import assert from "node:assert/strict";
import test from "node:test";
import { createLedger, NAMES } from "../../web/src/ledger.js";
import { createOutcomes } from "../../web/src/outcomes.js";

const create = () => {
  const lines = [];
  const ledger = createLedger((...words) => lines.push(words.map(String).join(" ")));
  return { lines, ledger, tell: createOutcomes(ledger).tell };
};

test("listeners hear of what they listen to, until they are taken off", () => {
  const { ledger, tell } = create();
  const heard = [];
  const off = NAMES.map((name) => ledger.on(name, (detail) => heard.push([name, detail])));
  tell("ready");
  tell("message", { a: 1 });
  assert.deepEqual(heard, [
    ["ready", undefined],
    ["message", { a: 1 }],
  ]);
  for (const each of off) each();
  tell("ready");
  assert.equal(heard.length, 2);
});

test("one that throws is one line, and keeps the others from nothing", () => {
  const { ledger, lines, tell } = create();
  let heard = 0;
  ledger.on("ready", () => {
    throw new Error("its own");
  });
  ledger.on("ready", () => heard++);
  tell("ready");
  assert.equal(heard, 1);
  assert.deepEqual(lines, ["ERROR callback failed: Error: its own"]);
});

test("one that takes itself off while it is told", () => {
  const { ledger, tell } = create();
  const heard = [];
  const off = ledger.on("ready", () => {
    heard.push(1);
    off();
  });
  ledger.on("ready", () => heard.push(2));
  tell("ready");
  tell("ready");
  assert.deepEqual(heard, [1, 2, 2]);
});
