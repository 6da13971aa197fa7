// What the page gives, made plain: the arguments of a call as JSON values [js 1.4]. A message must never be lost because
// of what a caller put into it, and no value may hang the page: graphs are walked within a budget, each object once.

import { attempt } from "./attempt.js";
import { Map } from "./builtins.js";
import { toText } from "./json.js";

/** Levels of nesting. What is deeper goes as JSON text, because MicroPython can recurse some 60 levels only. */
const DEEPEST = 40;
/** Levels that are walked at all: the browser's own stack ends, too. */
const HOPELESS = 200;
/**
 * Characters in all, as they would be written: an object that many others know is written by each of them. It is twice
 * what the gateway takes, so that a text that is too long for it is dropped and counted, and not cut.
 */
const MOST = 8_192_000;
/** What a value costs beside its characters: some 10,000 values are as many as may be, which takes less than 10 ms. */
const VALUE = 800;
const TOO_LARGE = "[Too Large]";

/** What stands for an object of the browser's that is a graph of all others; nothing for any other. @param {any} value */
const asPlace = (value) =>
  attempt(() => {
    if (value.window === value) return "[Window]";
    return typeof value.nodeType === "number" && typeof value.nodeName === "string" && `[${value.nodeName}]`;
  });

/**
 * A value as JSON has it. What cannot be read is left out; what is too much is left out or said in place of it.
 * @param {unknown} value @returns {{value: any, tooLarge: string}} `tooLarge`: the member that the budget did not reach for, or ""
 */
export const plain = (value) => {
  let left = MOST;
  let tooLarge = "";
  /** Objects that were copied, and what each cost. @type {Map<object, {copy: unknown, cost: number}>} */
  const copied = new Map();
  /** The ancestors of what is copied now. It is filled and emptied without methods, which a page can have broken: how deep it is must be known. @type {object[]} */
  const line = [];

  /** May this be written, too? @param {number} cost @param {string} path @returns {boolean} */
  const spend = (cost, path) => {
    const fits = left >= cost;
    if (fits) left -= cost;
    else tooLarge ||= path || "an argument";
    return fits;
  };

  /** @param {any} each @param {string} path @returns {unknown} undefined: it is no JSON, and left out */
  const copyOf = (each, path) => {
    if (typeof each === "bigint") return "[BigInt]";
    if (typeof each === "string") return spend(each.length, path) ? each : TOO_LARGE;
    if (typeof each === "number") return isFinite(each) ? each : null;
    if (typeof each === "boolean" || each === null) return each;
    if (typeof each !== "object") return undefined;
    if (line.includes(each)) return "[Circular Reference]";
    const before = copied.get(each);
    if (before) return spend(before.cost, path) ? before.copy : TOO_LARGE;
    const start = left;
    line[line.length] = each;
    const copy = attempt(() => objectOf(each, path));
    line.length--;
    copied.set(each, { copy, cost: start - left });
    return copy;
  };

  /** @param {any} each @param {string} path @returns {unknown} */
  const objectOf = (each, path) => {
    if (each instanceof Number || each instanceof String || each instanceof Boolean) return each.valueOf();
    // Plain objects are no places: most objects are plain.
    const place = Object.getPrototypeOf(each) === Object.prototype ? "" : asPlace(each);
    if (place) return place;
    if (line.length > HOPELESS) return TOO_LARGE;
    const copy = membersOf(each, path);
    return line.length === DEEPEST + 1 ? toText(copy) : copy;
  };

  /** @param {any} each @param {string} path @returns {unknown} */
  const membersOf = (each, path) => {
    if (Array.isArray(each)) {
      const items = [];
      while (items.length < each.length && spend(VALUE, path)) items.push(copyOf(each[items.length], path) ?? null);
      return items;
    }
    // Dates become text. One that a page has given to all objects is none of the object's.
    if (typeof each.toJSON === "function" && each.toJSON !== /** @type {any} */ (Object.prototype).toJSON) return spend(VALUE, path) ? (copyOf(each.toJSON(), path) ?? null) : TOO_LARGE;
    // The browser would make a text of each index first.
    const isHuge = ArrayBuffer.isView(each) && !spend(VALUE * each.byteLength, path);
    const members = [];
    for (const key of isHuge ? [] : Object.keys(each)) {
      if (!spend(VALUE + key.length, path || key)) break;
      // A getter that throws: this one member is left out.
      const member = attempt(() => copyOf(each[key], path || key));
      if (member !== undefined) members.push([key, member]);
    }
    return Object.fromEntries(members); // own ones, whatever their names
  };

  // A revoked proxy throws at every touch.
  return { value: attempt(() => copyOf(value, "")), tooLarge };
};

// These take no ids: a number that JSON has not is null there, and text elsewhere, to show that it is no id; of a BigInt
// elsewhere the digits count. A text that is another one than the value itself as text ("[Window]", "[Too Large]", that of a
// date) is an array elsewhere: it would pass for an id.
const WITHOUT_IDS = ["track", "page"];

/** @param {string} method @param {unknown} argument @param {(tooLarge: string) => void} say @returns {unknown} */
const valueOf = (method, argument, say) => {
  const takesIds = !WITHOUT_IDS.includes(method);
  if (takesIds && (typeof argument === "bigint" || (typeof argument === "number" && !isFinite(argument)))) return String(argument);
  const { value = null, tooLarge } = plain(argument);
  if (tooLarge) say(tooLarge);
  return takesIds && typeof value === "string" && !attempt(() => value == argument) ? [value] : value;
};

/**
 * Splits a call's arguments into JSON values and the callback that may follow them: the first function after the
 * first argument, or with `page` the first one [js 1.5].
 * @param {string} method @param {unknown[]} given @param {(tooLarge: string) => void} say told of a value that is cut
 * @returns {{values: unknown[], callback?: Function}}
 */
export const untangle = (method, given, say) => {
  const at = given.findIndex((argument, index) => typeof argument === "function" && (index || method === "page"));
  const values = (at < 0 ? given : given.slice(0, at)).map((argument) => valueOf(method, argument, say));
  return at < 0 ? { values } : { values, callback: /** @type {Function} */ (given[at]) };
};
