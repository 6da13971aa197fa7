import assert from "node:assert/strict";
import test from "node:test";
import { keep } from "../../web/src/runtimes/host.js";

test("a function that Python passed is kept beyond the call: Pyodide's as a copy", () => {
  const copy = () => {};
  assert.equal(keep(Object.assign(() => {}, { copy: () => copy })), copy);
  assert.equal(keep(copy), copy, "MicroPython's has none");
});
