// Runs vectors (tests/vectors) on the page's own functions: the same data that the core runs on its interpreters.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import test from "node:test";

const FOLDER = new URL("../vectors/", import.meta.url);

/** `{"repeat": [text, times]}` is a long text, `{"nested": [levels, value]}` a value inside that many arrays. */
const expanded = (value) => {
  if (Array.isArray(value)) return value.map(expanded);
  if (typeof value !== "object" || value === null) return value;
  const { repeat, nested } = value;
  if (repeat && Object.keys(value).length === 1) return repeat[0].repeat(repeat[1]);
  if (nested && Object.keys(value).length === 1) return Array.from({ length: nested[0] }).reduce((inner) => [inner], nested[1]);
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, expanded(each)]));
};

/** Does JavaScript have every number in it? Python has whole numbers of any size. */
const isHeld = (value) => {
  if (typeof value === "object" && value) return Object.values(value).every(isHeld);
  return !Number.isInteger(value) || Number.isSafeInteger(value);
};

/** The vectors of a file that JavaScript can hold. */
export const vectorsOf = (name) => expanded(JSON.parse(readFileSync(new URL(`${name}.json`, FOLDER), "utf8"))).filter(isHeld);

/**
 * A test for each vector of a file that is of one of these functions, and one that there are some of each. `functions`:
 * name in the vectors -> what runs a vector.
 */
export const runVectors = (name, functions) => {
  const ran = new Set();
  for (const vector of vectorsOf(name)) {
    if (!functions[vector.function]) continue;
    ran.add(vector.function);
    test(`${name}.json: ${vector.name}`, () => functions[vector.function](vector));
  }
  test(`${name}.json has vectors of ${Object.keys(functions).join(", ")}`, () => assert.deepEqual(ran, new Set(Object.keys(functions))));
};

/** Runs a function that takes what a vector gives, and changes nothing of it; `expected` says what comes out. */
export const compare =
  (run, expected = ({ gives }) => gives) =>
  (vector) => {
    const given = structuredClone(vector.given);
    assert.deepEqual(run(...given), expected(vector));
    assert.deepEqual(given, vector.given, "what is given changed");
  };

/** The members of these names. */
export const only = (names, value) => Object.fromEntries(Object.entries(value).filter(([name]) => names.includes(name)));
