// Arguments that JSON does not have, by name: whatever a page gives, it sees no exception of ours.

const throwing = {
  get member() {
    throw new Error("x");
  },
};

/** @type {Record<string, () => unknown>} */
export const ODDITIES = {
  bigint: () => 2n ** 64n,
  symbol: () => Symbol("a"),
  nothing: () => undefined,
  infinite: () => -Infinity,
  function: () => () => {},
  date: () => new Date(0),
  broken: () => new Date(NaN),
  getter: () => throwing,
  thrower: () => new Proxy({}, { get: () => { throw new Error("x"); }, ownKeys: () => { throw new Error("x"); } }), // prettier-ignore
  revoked: () => {
    const { proxy, revoke } = Proxy.revocable({}, {});
    revoke();
    return proxy;
  },
  cycle: () => {
    /** @type {Record<string, unknown>} */
    const made = {};
    made.self = made;
    return made;
  },
  prototype: () => JSON.parse('{"__proto__": {"a": 1}}'),
  deep: () => JSON.parse('{"a":'.repeat(200) + "1" + "}".repeat(200)),
  neighbours: () => {
    const all = Array.from({ length: 36 }, (_, id) => ({ id, /** @type {object[]} */ others: [] }));
    for (const each of all) each.others.push(...all.filter((other) => other !== each));
    return all;
  },
};
