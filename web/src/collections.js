// Maps and sets with the methods that the language had when we came, whatever a page makes of them while it is open: a
// message must not be taken for delivered because `Map.prototype.has` says nothing any more. Where that was so when we came,
// we do not come: what is called stays stored.

import * as builtins from "./builtins.js";

/** @template {MapConstructor | SetConstructor} T @param {T} Base @returns {T} */
const own = (Base) => {
  /** @type {any} */
  const Own = class extends /** @type {any} */ (Base) {};
  Object.defineProperties(Own.prototype, { ...Object.getOwnPropertyDescriptors(Base.prototype), constructor: { value: Own } });
  return Own;
};

export const Map = own(builtins.Map);
export const Set = own(builtins.Set);

const isSound = () => {
  const map = new Map([["one", 1]]);
  const set = new Set(["one"]);
  const isRead = map.has("one") && !map.has("other") && map.get("one") === 1 && [...map.values()][0] === 1 && set.has("one");
  return isRead && map.delete("one") && set.delete("one") && !set.has("one") && [1].includes(1) && ![1].includes(2);
};

if (!isSound()) throw new Error("Map, Set or Array are not JavaScript's");
