// What the page gives, made plain: the arguments of a call as JSON values [js 1.4]. A message must never be lost because
// of what a caller put into it, and no value may hang the page: graphs are walked within a budget, each object once.

import { attempt } from "./attempt.js";

/** Levels of nesting. What is deeper goes as JSON text, because MicroPython can recurse some 60 levels only. */
const DEEPEST = 40;
/** Levels that are walked at all: the browser's own stack ends, too. */
const HOPELESS = 1_000;
/** Values in all, as they would be written: an object that many others know is written by each of them. */
const MOST = 50_000;

/** What stands for an object of the browser's that is a graph of all others; "" for any other. @param {any} value */
const asPlace = (value) => {
  if (attempt(() => value.window === value)) return "[Window]";
  if (attempt(() => typeof value.nodeType === "number" && typeof value.nodeName === "string")) return `[${value.nodeName}]`;
  return "";
};

/**
 * A value as JSON has it. What cannot be read is left out; what is too much is said in place of it.
 * @param {unknown} value @returns {{value: any, tooLarge: string}} `tooLarge`: the member that the budget did not reach for, or ""
 */
export const plain = (value) => {
  let written = 0;
  let tooLarge = "";
  /** Objects that were copied, and how many values each is. @type {Map<object, {copy: unknown, values: number}>} */
  const copied = new Map();

  /** @param {any} each @param {unknown[]} line its ancestors @param {string} path @returns {unknown} */
  const copyOf = (each, line, path) => {
    written++;
    if (typeof each === "bigint") return "[BigInt]";
    if (typeof each !== "object" || each === null) return each;
    if (line.includes(each)) return "[Circular Reference]";
    const before = copied.get(each);
    if (written + (before?.values || 0) > MOST) {
      tooLarge ||= path || "an argument";
      return "[Too Large]";
    }
    if (before) {
      written += before.values;
      return before.copy;
    }
    const start = written;
    const copy = objectOf(each, line, path);
    copied.set(each, { copy, values: written - start });
    return copy;
  };

  /** @param {any} each @param {unknown[]} line @param {string} path @returns {unknown} */
  const objectOf = (each, line, path) => {
    if (each instanceof Number || each instanceof String || each instanceof Boolean) return each.valueOf();
    const place = asPlace(each);
    if (place) return place;
    if (line.length > HOPELESS) return "[Too Deep]";
    const copy = membersOf(each, [...line, each], path);
    return line.length === DEEPEST + 1 ? JSON.stringify(copy) : copy;
  };

  /** @param {any} each @param {unknown[]} line with itself @param {string} path @returns {unknown} */
  const membersOf = (each, line, path) => {
    if (Array.isArray(each)) return Array.from(each, (item) => copyOf(item, line, path) ?? null);
    if (typeof each.toJSON === "function") return attempt(() => copyOf(each.toJSON(), line, path)) ?? null; // dates become text
    // A getter that throws: this one member is left out. Members are own ones, whatever their names.
    return Object.fromEntries(Object.keys(each).map((key) => [key, attempt(() => copyOf(each[key], line, path || key))]));
  };

  // A revoked proxy throws at every touch.
  const found = attempt(() => ({ value: copyOf(value, [], "") }));
  return { value: found?.value, tooLarge };
};

/** Where a call takes ids: of a BigInt there the digits count. @type {Record<string, number[]>} */
const IDS = { identify: [0], group: [0], alias: [0, 1], setAnonymousId: [0] };
// These take no ids: a number that JSON has not is null there, and text elsewhere, to show that it is no id. So is a
// date an array elsewhere: as text it would pass for an id.
const WITHOUT_IDS = ["track", "page"];

/** @param {string} method @param {unknown} argument @param {number} at @param {(tooLarge: string) => void} say @returns {unknown} */
const valueOf = (method, argument, at, say) => {
  if (typeof argument === "function") return null;
  if (typeof argument === "bigint" && IDS[method]?.includes(at)) return String(argument);
  const { value, tooLarge } = plain(argument);
  if (tooLarge) say(tooLarge);
  if (WITHOUT_IDS.includes(method)) return value ?? null;
  if (typeof argument === "number" && !isFinite(argument)) return String(argument);
  return argument instanceof Date ? [value] : (value ?? null);
};

/**
 * Splits a call's arguments into JSON values and the callback that may follow them: the first function after the
 * first argument, or with `page` the first one [js 1.5].
 * @param {string} method @param {unknown[]} given @param {(tooLarge: string) => void} say told of a value that is cut
 * @returns {{values: unknown[], callback?: Function}}
 */
export const untangle = (method, given, say) => {
  const at = given.findIndex((argument, index) => typeof argument === "function" && (index || method === "page"));
  const values = (at < 0 ? given : given.slice(0, at)).map((argument, index) => valueOf(method, argument, index, say));
  return at < 0 ? { values } : { values, callback: /** @type {Function} */ (given[at]) };
};
