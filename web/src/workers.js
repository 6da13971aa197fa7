// Python in a worker that has no document: a notebook's, an app's, one of the page's own. It speaks to this page over a
// channel of the origin, in texts; the page is the one client, with its cookies, its address and its consent.
//
// A worker asks `who` is there, chooses one page of those that say `here`, and goes on with it until that page says that it
// is `gone` (sdk/rudderanalytics/worker.py). It makes the ids and the times of its calls and says them again where nobody
// took them; a page that has taken one answers again, and does not take it twice.
//
// Each message is a turn of the browser. So the page takes what came meanwhile together, some at a time: cookies are read
// and written, and answers said, once for all of them. What is not taken yet as the page is left is taken then.

import { CALLS } from "./adoption.js";
import { attempt } from "./attempt.js";
import { parse, stringify } from "./builtins.js";
import { Map, Set } from "./collections.js";
import { isObject } from "./cookies.js";
import { toText } from "./json.js";

const NAME = "rudderanalytics";
/** Calls of one worker that are remembered, should it say them again. */
const REMEMBERED = 10_000;
/** So much of what workers say is taken in one turn: the page has its own to do, too. */
const AT_ONCE = 20;

const GETTERS = ["stats", "getUserId", "getUserTraits", "getGroupId", "getGroupTraits", "getAnonymousId", "getSessionId"];
/** What a worker may call. `load` comes from a page without a tag's attributes; a second one says so itself. */
const METHODS = [...CALLS, "consent", "load", "debug", ...GETTERS];

/**
 * @param {import("./page").Page} page
 * @param {Record<string, (...given: any[]) => any>} api the client
 * @param {(type: string, values: unknown[], callback: undefined, made: {id: string, at: number}) => string} take makes a call of that id and time
 * @param {() => void} revoked hears that the visitor took everything back, in another tab
 * @param {boolean} isFirst of the page's clients, which is the one for workers
 * @param {((left: boolean) => void)[]} atHide what acts before the page is hidden, or left
 * @returns {() => void} tells other tabs so
 */
export const listenToWorkers = (page, api, take, revoked, isFirst, atHide) => {
  const me = page.uuid();
  /** What was answered to its calls and flushes, and is said again; what it listens to; by worker. @type {Map<string, {answers: Map<number, string | Promise<string>>, heard: Set<string>}>} */
  const workers = new Map();
  /** What workers said to this page, and it has still to take. @type {any[]} */
  const untaken = [];
  /** What is to be answered: a worker, the number of what it said, and what came of it, as JSON. @type {{to: string, n: number, text: string, known?: object}[]} */
  const answers = [];
  /** @type {BroadcastChannel | undefined} */
  let channel;

  /** @param {object} said */
  const say = (said) => void attempt(() => channel?.postMessage(stringify({ from: me, ...said })));
  const here = () => say({ type: "here", focused: page.isFocused(), visible: !page.isHidden(), worker: page.isWorker });
  /** What getters return; each reads cookies, so it is not said with every call. */
  const known = () => Object.fromEntries(GETTERS.map((name) => [name, attempt(() => api[name]())]));

  /** @param {unknown} given @returns {string} what the call returns, as JSON */
  const call = (given) => {
    const { id, at, call: [method, ...values] } = Object(given);
    if (!METHODS.includes(method)) return "null";
    const isStamped = typeof id === "string" && Number.isFinite(at);
    return toText((isStamped ? take(method, values, undefined, { id, at }) : api[method](...values)) ?? null);
  };

  const answerAll = () => {
    if (answers.length) say({ type: "answers", answers: answers.splice(0) });
  };

  /** @param {any} said by a worker, to this page */
  const act = async ({ type, from, n, ...given }) => {
    const worker = workers.get(from) || { answers: new Map(), heard: new Set() };
    workers.set(from, worker);
    /** @template Text @param {Text} text @returns {Text} */
    const remembered = (text) => {
      worker.answers.set(n, /** @type {any} */ (text));
      worker.answers.delete(n - REMEMBERED);
      return text;
    };
    const before = worker.answers.get(n);
    if (type === "call") answers.push({ to: from, n, text: /** @type {string} */ (before ?? remembered(attempt(() => call(given)) ?? "null")) });
    if (type === "flush") {
      const text = await (before ?? remembered(api.flush(given.timeout).then(toText)));
      answers.push({ to: from, n, text, known: known() });
      answerAll();
    }
    if (type === "on" && !worker.heard.has(given.name)) {
      worker.heard.add(given.name);
      api.on(given.name, (/** @type {unknown} */ detail) => say({ type: "told", to: from, name: given.name, text: toText(detail ?? null) }));
    }
  };

  /** @param {number} most */
  const takeUpTo = (most) => {
    const some = untaken.splice(0, most);
    if (untaken.length) page.later(takeSome);
    for (const said of some) page.alone(() => act(said));
    answerAll();
  };
  const takeSome = () => takeUpTo(AT_ONCE);
  const takeAll = () => takeUpTo(Infinity);

  /** @param {any} said */
  const hear = (said) => {
    if (said.type === "revoked") {
      takeAll(); // it was called before
      revoked();
    } else if (isFirst && said.type === "who") here();
    else if (isFirst && said.to === me && typeof said.from === "string") {
      untaken.push(said);
      if (page.isWorker) takeAll(); // Python in this worker waits for it
      else if (untaken.length === 1) page.later(takeSome);
    }
  };

  const open = () => {
    channel = page.openChannel(NAME, (data) => {
      const said = attempt(() => parse(data));
      if (isObject(said)) hear(said);
    });
    if (isFirst) here();
  };

  atHide.push(takeAll);
  // A page in the back/forward cache takes no calls, and an open channel may cost it that place.
  page.listen("window", "pagehide", () => {
    say({ type: "gone" });
    channel?.close();
    channel = undefined;
  });
  page.listen("window", "pageshow", ({ persisted }) => persisted && open());
  open();
  return () => say({ type: "revoked" });
};
