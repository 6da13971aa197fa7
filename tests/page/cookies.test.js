import assert from "node:assert/strict";
import test from "node:test";
import * as cookies from "../../web/src/cookies.js";
import { compare, runVectors, vectorsOf } from "./vectors.js";

runVectors("cookies", {
  "cookies.encode": compare((value, version) => cookies.encode(value, version !== "legacy")),
  // Python's error is undefined here: a text that cannot be read.
  "cookies.decode": compare(cookies.decode, (vector) => (vector.raises ? undefined : vector.gives)),
  "cookies.quote_local": compare(JSON.stringify),
  "cookies.unquote_local": compare(cookies.unquote),
  "cookies.size": compare(cookies.size),
  "cookies.is_legacy": compare(cookies.isLegacy),
});

for (const { name, constant, gives } of vectorsOf("cookies").filter((vector) => vector.constant)) {
  test(`cookies.json: ${name}`, () => assert.deepEqual({ "cookies.KEYS": cookies.KEYS }[constant], gives));
}
