import assert from "node:assert/strict";
import test from "node:test";
import { inNextTurn } from "../../web/src/nextTurn.js";
import { inWindow } from "./window.js";

test("an action runs in the next turn, once, and nothing stays open", async () => {
  const ran = [];
  await new Promise((settle) => {
    assert.equal(inNextTurn(() => settle(ran.push("later"))), true);
    ran.push("now");
  });
  assert.deepEqual(ran, ["now", "later"]);
});

for (const [name, MessageChannel] of [["none", undefined], ["one that does nothing", class {}]])
  test(`a page that has ${name} hears of it`, () => inWindow({ over: { MessageChannel } }, () => assert.throws(() => inNextTurn(() => {}))));
