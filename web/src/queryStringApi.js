// The calls that the page's own address asks for [js 1.12]: links in mails and campaigns say who comes by them. Whoever
// makes a link can do so: the load option `queryStringApi` says how much it may ask for.

import { anonymousIdOf } from "./overloads.js";

/**
 * @param {string} href of the page
 * @param {unknown} allowed true; "anonymous": no link says which user it is, or what is true of them; anything else: nothing
 * @returns {[string, ...unknown[]][]} [method, ...arguments]
 */
export const askedByAddress = (href, allowed) => {
  if (allowed !== true && allowed !== "anonymous") return [];
  const query = new URL(href).searchParams;
  /** The values by their names without the prefix; of two alike the first. @param {string} prefix */
  const named = (prefix) => {
    const pairs = [...query].reverse().filter(([name]) => name.startsWith(prefix));
    return Object.fromEntries(pairs.map(([name, text]) => [name.slice(prefix.length), text]));
  };
  const anonymousId = query.get("ajs_aid");
  const userId = query.get("ajs_uid");
  const event = query.get("ajs_event");
  const traits = named("ajs_trait_");
  /** @type {[string, ...unknown[]][]} */
  const calls = [];
  if (anonymousIdOf(anonymousId)) calls.push(["setAnonymousId", anonymousId]);
  if (allowed === true && (userId || Object.keys(traits).length)) calls.push(["identify", userId || null, traits]);
  if (event) calls.push(["track", event, named("ajs_prop_")]);
  return calls;
};
