import assert from "node:assert/strict";
import test from "node:test";
import { attempt } from "../../web/src/attempt.js";

test("what an action gives", () => assert.equal(attempt(() => 5), 5));
test("undefined where it throws, whatever it throws", () => {
  for (const thrown of [new Error("x"), null, undefined, "text"]) {
    assert.equal(
      attempt(() => {
        throw thrown;
      }),
      undefined,
    );
  }
});
