// What the page gives, made plain: the arguments of a call as JSON values [js 1.4]. A message must never be lost because
// of what a caller put into it, and no value may hang the page: graphs are walked within a budget, each object once.

import { attempt } from "./attempt.js";

/** Levels of nesting. What is deeper goes as JSON text, because MicroPython can recurse some 60 levels only. */
const DEEPEST = 40;
/** Levels that are walked at all: the browser's own stack ends, too. */
const HOPELESS = 200;
/** Values and characters in all, as they would be written: an object that many others know is written by each of them. */
const MOST = { values: 20_000, characters: 4_096_000 };
const TOO_LARGE = "[Too Large]";

/** What stands for an object of the browser's that is a graph of all others; "" for any other. @param {any} value */
const asPlace = (value) => {
  if (attempt(() => value.window === value)) return "[Window]";
  if (attempt(() => typeof value.nodeType === "number" && typeof value.nodeName === "string")) return `[${value.nodeName}]`;
  return "";
};

/**
 * A value as JSON has it. What cannot be read is left out; what is too much is left out or said in place of it.
 * @param {unknown} value @returns {{value: any, tooLarge: string}} `tooLarge`: the member that the budget did not reach for, or ""
 */
export const plain = (value) => {
  const left = { ...MOST };
  let tooLarge = "";
  /** Objects that were copied, and how much each is. @type {Map<object, {copy: unknown, values: number, characters: number}>} */
  const copied = new Map();
  /** The ancestors of what is copied now. @type {Set<object>} */
  const line = new Set();

  /** May this be written, too? @param {number} values @param {number} characters @param {string} path @returns {boolean} */
  const spend = (values, characters, path) => {
    const fits = left.values >= values && left.characters >= characters;
    if (fits) {
      left.values -= values;
      left.characters -= characters;
    } else tooLarge ||= path || "an argument";
    return fits;
  };

  /** @param {any} each @param {string} path @returns {unknown} undefined: it is no JSON, and left out */
  const copyOf = (each, path) => {
    if (typeof each === "bigint") return "[BigInt]";
    if (typeof each === "string") return spend(0, each.length, path) ? each : TOO_LARGE;
    if (typeof each === "number" && !Number.isFinite(each)) return null;
    if (typeof each === "function" || typeof each === "symbol") return undefined;
    if (typeof each !== "object" || each === null) return each;
    if (line.has(each)) return "[Circular Reference]";
    const before = copied.get(each);
    if (before) return spend(before.values, before.characters, path) ? before.copy : TOO_LARGE;
    const { values, characters } = left;
    line.add(each);
    const copy = attempt(() => objectOf(each, path));
    line.delete(each);
    copied.set(each, { copy, values: values - left.values, characters: characters - left.characters });
    return copy;
  };

  /** @param {any} each @param {string} path @returns {unknown} */
  const objectOf = (each, path) => {
    if (each instanceof Number || each instanceof String || each instanceof Boolean) return each.valueOf();
    // Plain objects are no places: most objects are plain.
    const place = Object.getPrototypeOf(each) === Object.prototype ? "" : asPlace(each);
    if (place) return place;
    if (line.size > HOPELESS) return "[Too Deep]";
    const copy = membersOf(each, path);
    return line.size === DEEPEST + 1 ? JSON.stringify(copy) : copy;
  };

  /** @param {any} each @param {string} path @returns {unknown} */
  const membersOf = (each, path) => {
    if (Array.isArray(each)) {
      const items = [];
      while (items.length < each.length && spend(1, 0, path)) items.push(copyOf(each[items.length], path) ?? null);
      return items;
    }
    if (typeof each.toJSON === "function") return copyOf(each.toJSON(), path) ?? null; // dates become text
    // The browser would make a text of each index first.
    const isHuge = ArrayBuffer.isView(each) && !spend(each.byteLength, 0, path);
    const members = [];
    for (const key of isHuge ? [] : Object.keys(each)) {
      if (!spend(1, key.length, path || key)) break;
      // A getter that throws: this one member is left out.
      const member = attempt(() => copyOf(each[key], path || key));
      if (member !== undefined) members.push([key, member]);
    }
    return Object.fromEntries(members); // own ones, whatever their names
  };

  // A revoked proxy throws at every touch.
  return { value: attempt(() => copyOf(value, "")), tooLarge };
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
