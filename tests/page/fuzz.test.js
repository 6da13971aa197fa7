import assert from "node:assert/strict";
import test from "node:test";
import { diceOf, runCase } from "./fuzz.js";

/** In so many pieces: each is a test, so that one that hangs is found. */
const PIECES = 20;
const CASES = 100;

for (let piece = 0; piece < PIECES; piece++) {
  test(`pages by dice, ${piece + 1} of ${PIECES}`, async () => {
    for (let at = piece * CASES; at < (piece + 1) * CASES; at++) {
      await runCase(`7 page ${at}`).catch((error) => assert.fail(`7 page ${at}: ${error.message}\n${error.stack}`));
    }
  });
}

test("the same seed is the same dice", () => {
  const rolled = (seed) => Array.from({ length: 5 }, diceOf(seed).random);
  assert.deepEqual(rolled("a"), rolled("a"));
  assert.notDeepEqual(rolled("a"), rolled("b"));
});
