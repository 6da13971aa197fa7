// The arguments of a call as JSON values [js 1.4]. A message must never be lost because of what a caller put into it.

import { attempt } from "./attempt.js";

// Levels of nesting. What is deeper goes as JSON text, because MicroPython can recurse some 60 levels only.
const DEEPEST = 40;

/** @param {any} value @param {unknown[]} ancestors @returns {unknown} */
export const plain = (value, ancestors) => {
  if (typeof value === "bigint") return "[BigInt]";
  if (typeof value !== "object" || value === null) return value;
  if (value instanceof Number || value instanceof String || value instanceof Boolean) return value.valueOf();
  if (ancestors.includes(value)) return "[Circular Reference]";
  // The browser's own stack ends at some thousands of levels.
  if (ancestors.length > DEEPEST) return attempt(() => JSON.stringify(value)) ?? "[Too Deep]";
  const line = [...ancestors, value];
  if (Array.isArray(value)) return value.map((item) => plain(item, line) ?? null);
  if (typeof value.toJSON === "function") return attempt(() => plain(value.toJSON(), line)) ?? null; // dates become text
  /** @type {Record<string, unknown>} */
  const copy = {};
  for (const key of Object.keys(value)) {
    // A getter that throws: this one member is left out.
    attempt(() => (copy[key] = plain(value[key], line)));
  }
  return copy;
};

// These take no ids: a number that JSON has not is null there, and text elsewhere, to show that it is no id. So is a
// date an array elsewhere: as text it would pass for an id.
const WITHOUT_IDS = ["track", "page"];

/**
 * Splits a call's arguments into JSON values and the callback that may follow them: the first function after the
 * first argument, or with `page` the first one [js 1.5].
 * @param {string} method @param {unknown[]} given @returns {{values: unknown[], callback?: Function}}
 */
export const untangle = (method, given) => {
  const at = given.findIndex((argument, index) => typeof argument === "function" && (index || method === "page"));
  const values = (at < 0 ? given : given.slice(0, at)).map((argument) => {
    if (typeof argument === "function") return null;
    const value = plain(argument, []) ?? null;
    if (WITHOUT_IDS.includes(method)) return value;
    if (typeof argument === "number" && !isFinite(argument)) return String(argument);
    return argument instanceof Date ? [value] : value;
  });
  return at < 0 ? { values } : { values, callback: /** @type {Function} */ (given[at]) };
};
