// The calls that the page's own address asks for [js 1.12]: links in mails and campaigns say who comes by them.

/** @param {string} search of the page's address @returns {[string, ...unknown[]][]} [method, ...arguments] */
export const askedByAddress = (search) => {
  if (!search.includes("ajs_")) return [];
  const query = new URLSearchParams(search);
  /** The values by their names without the prefix; of two alike the first. @param {string} prefix */
  const named = (prefix) => {
    const pairs = [...query].reverse().filter(([name]) => name.startsWith(prefix));
    return Object.fromEntries(pairs.map(([name, text]) => [name.slice(prefix.length), text]));
  };
  const [anonymousId, userId, event] = ["ajs_aid", "ajs_uid", "ajs_event"].map((name) => query.get(name));
  const traits = named("ajs_trait_");
  /** @type {[string, ...unknown[]][]} */
  const calls = [];
  if (anonymousId?.trim()) calls.push(["setAnonymousId", anonymousId]);
  if (userId) calls.push(["identify", userId, traits]);
  else if (Object.keys(traits).length) calls.push(["identify", traits]);
  if (event) calls.push(["track", event, named("ajs_prop_")]);
  return calls;
};
