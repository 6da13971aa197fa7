import assert from "node:assert/strict";
import test from "node:test";
import { toText } from "../../web/src/json.js";

const VALUE = { a: [1, "x", null, [{ b: true }]], c: {}, d: undefined };

/** A page that has given these prototypes a `toJSON`. */
const withToJSON = (prototypes, run) => {
  for (const prototype of prototypes) Object.defineProperty(prototype, "toJSON", { value: () => "changed", configurable: true });
  try {
    run();
  } finally {
    for (const prototype of prototypes) delete prototype.toJSON;
  }
};

test("JSON", () => {
  for (const value of [VALUE, [], "x", 5, null]) assert.equal(toText(value), JSON.stringify(value));
  assert.equal(toText(undefined), undefined);
});

test("JSON is the same whatever a page has given to arrays and objects", () => {
  const text = JSON.stringify(VALUE);
  for (const prototypes of [[Array.prototype], [Object.prototype], [Array.prototype, Object.prototype]]) withToJSON(prototypes, () => assert.equal(toText(VALUE), text));
});
