// What workers call (workers.js has how they find the page): it comes with the first worker that asks for one.

import { attempt } from "./attempt.js";
import { Map, Set } from "./collections.js";
import { toText } from "./json.js";

/** Calls of one worker that are remembered, should it say them again. */
const REMEMBERED = 10_000;

/** What a worker may call. `load` comes from a page without a tag's attributes; a second one says so itself. */
const CALLS = "identify track page group alias reset setAnonymousId startSession endSession setAuthToken consent revoke load debug stats getUserId getUserTraits getGroupId getGroupTraits getAnonymousId getSessionId".split(" ");
const GETTERS = CALLS.filter((name) => /^(get|stats)/.test(name));

/**
 * @param {import("./page").Page} page
 * @param {Record<string, (...given: any[]) => any>} api the client
 * @param {(type: string, values: unknown[], callback: undefined, made: {id: string, at: number}) => string} take makes a call of that id and time
 * @param {(said: object) => void} say answers
 * @returns {(said: any) => void} hears what a worker says to this page
 */
export const createWorkerCalls = (page, api, take, say) => {
  /** What was answered to its calls and flushes, and is said again; what it listens to; by worker. @type {Map<string, {answers: Map<number, string | Promise<string>>, heard: Set<string>}>} */
  const workers = new Map();
  /** What getters return; each reads cookies, so it is not said with every call. */
  const known = () => Object.fromEntries(GETTERS.map((name) => [name, attempt(() => api[name]())]));

  /** @param {unknown} given @returns {string} what the call returns, as JSON */
  const call = (given) => {
    const { id, at, isRevoked, call: [method, ...values] } = Object(given);
    if (isRevoked || !CALLS.includes(method)) return "null";
    const isStamped = typeof id === "string" && Number.isFinite(at);
    return toText((isStamped ? take(method, values, undefined, { id, at }) : api[method](...values)) ?? null);
  };

  return ({ type, from, n, ...given }) => {
    const worker = workers.get(from) || { answers: new Map(), heard: new Set() };
    workers.set(from, worker);
    /** @param {string} text @param {object} [more] */
    const answer = (text, more) => say({ type: "answer", to: from, n, text, ...more });
    /** @template Text @param {Text} text @returns {Text} */
    const remembered = (text) => {
      worker.answers.set(n, /** @type {any} */ (text));
      worker.answers.delete(n - REMEMBERED);
      return text;
    };
    const before = worker.answers.get(n);
    if (type === "call") return answer(/** @type {string} */ (before ?? remembered(attempt(() => call(given)) ?? "null")));
    if (type === "flush") {
      const flushed = before ?? remembered(api.flush(given.timeout).then(toText));
      return void page.alone(async () => answer(await flushed, { known: known() }));
    }
    if (type === "on" && !worker.heard.has(given.name)) {
      worker.heard.add(given.name);
      api.on(given.name, (/** @type {unknown} */ detail) => say({ type: "told", to: from, name: given.name, text: toText(detail ?? null) }));
    }
    return undefined;
  };
};
