// Sessions that nobody wrote down: recorded ones, with something else in their inputs, or their inputs in another order.
// They know nothing of what an input means; so they stay of use when that changes. The same seed makes the same ones.

/** A session: the inputs of one page, in order. @typedef {string[]} Session */

const LONG = 300_000; // characters
const SHORT = 20_000; // recorded inputs that are longer take long, and say nothing new
const LIFE = 600; // inputs of a page that lives long
const DEEP = 200; // arrays inside one another

/** Texts that programs have trouble with. */
const TEXTS = ["", " ", "0", "null", "é", "✓", "😀", "\u0000", "\ud800", "\u2028", "\\", '"', "%q{}", "\n\t\r\b\f", "ZZZ", "__proto__", "toString"];
const NUMBERS = [0, -1, 1.5, 2 ** 31, -(2 ** 31) - 1, 2 ** 53, 2 ** 64, 1e300, 5e-324, -0, 0.1, 100, 1e21];
const OTHERS = [null, true, false, [], {}, [[]], [null], { "": "" }];

/** What a text says, or the text itself where it is no JSON any longer. @param {string} text */
const parsed = (text) => {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
};

/** Numbers below `limit`, whole, by chance (Tommy Ettinger's mulberry32). @param {number} seed */
const chance = (seed) => {
  let state = seed;
  return (/** @type {number} */ limit) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * limit);
  };
};

/**
 * So many inputs, in sessions.
 * @param {Session[]} recorded @param {number} seed @param {number} inputs @returns {Generator<Session>}
 */
export function* fuzzed(recorded, seed, inputs) {
  const known = recorded.map((session) => session.filter((input) => input.length < SHORT)).filter((session) => session.length);
  const below = chance(seed);
  /** @template T @param {T[]} items */
  const one = (items) => items[below(items.length)];
  const few = () => below(3) === 0;

  const text = () => {
    if (below(40) === 0) return one(["x", "é", "✓", "ab "]).repeat(below(LONG) / 3);
    return Array.from({ length: below(4) }, () => one(TEXTS)).join("");
  };

  /** @returns {unknown} */
  const value = () => {
    const kind = below(8);
    if (kind < 3) return text();
    if (kind < 5) return one(NUMBERS);
    if (kind === 5) return Array.from({ length: below(4) }, value);
    if (kind === 6 && few()) return Array.from({ length: below(DEEP) }).reduce((inside) => [inside], null);
    return structuredClone(one(OTHERS));
  };

  /** As a member of its own, also where it is called `__proto__`. @param {object} found @param {string | number} key @param {unknown} value */
  const put = (found, key, value) => void Object.defineProperty(found, key, { value, writable: true, enumerable: true, configurable: true });

  /** Another value instead of, or beside, one of those inside. @param {any} found @returns {unknown} */
  const changed = (found) => {
    if (found === null || typeof found !== "object" || below(6) === 0) return value();
    const keys = Object.keys(found);
    const key = keys.length && !few() ? one(keys) : Array.isArray(found) ? found.length : text();
    const what = below(5);
    if (what === 0 && !Array.isArray(found)) delete found[key];
    else if (what === 1 && keys.length) put(found, key, structuredClone(found[one(keys)]));
    else put(found, key, Object.prototype.hasOwnProperty.call(found, key) ? changed(found[key]) : value());
    return found;
  };

  /** @param {string} input @returns {string} */
  const mutated = (input) => {
    const what = below(20);
    if (what === 0) return input.slice(0, below(input.length));
    if (what === 1) return input.slice(0, below(input.length)) + text() + input.slice(below(input.length));
    if (what === 2) return JSON.stringify(value());
    let found = parsed(input);
    for (let times = 1 + below(3); times; times--) found = changed(found);
    return JSON.stringify(found);
  };

  for (let left = known.length && inputs; left > 0; ) {
    const from = one(known);
    const begin = few() ? below(from.length) : 0;
    const session = from.slice(begin, begin + 1 + below(30));
    if (begin) session.unshift(from[0]);
    for (let at = 0; at < session.length; at++) {
      const what = below(10);
      if (what === 0) session.splice(at, 1);
      else if (what === 1) session.splice(at, 0, one(one(known)));
      else if (what === 2) session.splice(at, 0, session[below(session.length)]);
      if (at < session.length && few()) session[at] = mutated(session[at]);
    }
    left -= session.length;
    yield session;
  }
}

/**
 * Pages that live long: each begins as a recorded one, and is given inputs of all of them.
 * @param {Session[]} recorded @param {number} seed @param {number} count of pages @returns {Generator<Session>}
 */
export function* lives(recorded, seed, count) {
  const known = recorded.filter((session) => session.length > 1);
  const below = chance(seed);
  /** @template T @param {T[]} items */
  const one = (items) => items[below(items.length)];
  const [long, short] = [true, false].map((isLong) => known.flatMap(([, ...rest]) => rest.filter((input) => input.length >= SHORT === isLong)));
  for (let page = 0; page < count; page++) {
    yield [one(known)[0], ...Array.from({ length: LIFE }, () => one(long.length && below(100) === 0 ? long : short))];
  }
}
