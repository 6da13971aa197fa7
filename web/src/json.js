// JSON as the browser has it. Prototype.js gives arrays a `toJSON` that makes texts of them, and others give all objects
// one: what is stored and sent must not depend on the page. What is written here is plain already (arguments.js).

import { stringify } from "./builtins.js";

/** @this {any} @param {string} key */
function asItIs(key) {
  return this[key];
}

/** @param {unknown} value @returns {string} */
export const toText = (value) => stringify(value, "toJSON" in [] ? asItIs : undefined);

/** @param {string} text @returns {number} of its UTF-8 */
export const bytesOf = (text) => new TextEncoder().encode(text).length;
