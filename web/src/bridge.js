// The bridge between the page and the core: it gives the core inputs, one at a time, and performs the effects that come
// back. It decides nothing: what a call means, what is sent, and when, is Python's business.

import { attempt } from "./attempt.js";
import { plain } from "./arguments.js";
import { own } from "./owners.js";
import { observe, uuid } from "./page.js";
import { hush, read, readCookies, store, stored, topDomain, write } from "./storage.js";
import { body, post } from "./transport.js";

/** @import {Entries} from "./owners" */
/** @import {Call, Effect, Input, Runtime} from "./types" */

/** Characters of an input. The gateway takes no message of 4,096,000 bytes or more; no interpreter should try. */
const LARGEST = 4_096_000;

/** Calls that wait for Python, stored; it is some 1 MB. */
const MOST = 999;

const owner = uuid();
/** @type {Runtime | undefined} */
let runtime;
let installType = "";
let prefix = "";
let ready = false;
let busy = false;
/** Is Python elsewhere, so that it answers later? Then the page may be gone before it has acted on a call. */
let later = false;
/** Where Python is elsewhere: what to send if the page is left now. @type {import("./types").Delivery | undefined} */
let parting;
let failed = false;
let locked = false;
/** What consent managers say; there once it is needed. @type {(() => object) | undefined} */
let ask;
export let muted = false;
let count = 1e9; // ten digits, so that keys are in order
let timer = 0;
/** Calls of `load` not yet handled: they pass the others, which wait for one that works. @type {Call[]} */
const loads = [];
/** Everything else, in order. @type {Input[]} */
const queue = [];
/** Calls of this page, and messages that pages before it left, not yet delivered or dropped. @type {Set<string>} */
const open = new Set();
/** Messages by id, until they are delivered or dropped. @type {Map<string, string>} */
const texts = new Map();
/** Where they are stored, by id: a message, or the call that it was where there is no room. @type {Map<string, string>} */
const places = new Map();
/** What became of them: `retried` counts each message as often as it is tried again, `dropped` goes by reason. */
const counts = { accepted: 0, delivered: 0, retried: 0, dropped: /** @type {Record<string, number>} */ ({}) };
/** @type {Record<string, ((detail: any) => void)[]>} */
const listeners = { settled: [] };
/** @type {Map<string, Function>} */
const callbacks = new Map();
/** `beforeSend`: the callback of the `load` that counts. @type {Function | undefined} */
let review;

/** @param {string} level of which the console has one of the same name @param {...unknown} words */
export const log = (level, ...words) => {
  /** @type {any} */ (console)[level.toLowerCase()]("[rudderanalytics]", ...words);
};

/** @param {string} name @param {(detail: any) => void} listener */
export const on = (name, listener) => {
  if (typeof listener !== "function") return log("ERROR", "on: no function");
  if (name === "ready" && ready) guard(listener, undefined);
  else (listeners[name] ||= []).push(listener);
};

/** Runs code of the page; what it throws is its own and must not break delivery. @param {Function} code @param {unknown} detail */
const guard = (code, detail) => {
  try {
    code(detail);
  } catch (error) {
    log("ERROR", "callback failed:", error);
  }
};

/** @param {string} name @param {unknown} detail */
const tell = (name, detail) => {
  for (const listener of [...(listeners[name] || [])]) guard(listener, detail);
};

/**
 * Takes a call: stamps it, keeps it where Python cannot act on it at once, and returns its id.
 * @param {string} type @param {unknown[]} values @param {Function} [callback]
 */
export const call = (type, values, callback) => {
  /** @type {Call} */
  const made = { type, id: uuid(), at: Date.now(), page: observe(), arguments: values, early: !ready || undefined };
  if (muted) return made.id;
  if (callback) callbacks.set(made.id, callback);
  open.add(made.id);
  if (ask && type === "consent") made.consents = decided();
  if (type === "load") {
    loads.push(made);
    if (!prefix) hush(mustBeQuiet(/** @type {any} */ (values[2]) || {}));
    claim(values[0]);
  } else {
    queue.push(made);
    if (!ready || busy || later) keep(made);
  }
  pump();
  return made.id;
};

/** What the visitor decided, as consent managers say. */
const decided = () => ({ ...ask?.(), cookies: readCookies() });

/** Makes calls that come before all that wait. @template T @param {() => T} make @returns {T} */
export const first = (make) => {
  const waiting = queue.splice(0);
  const made = make();
  queue.push(...waiting);
  return made;
};

/** Something must come first: nothing is handled until it is done. @param {Promise<() => object>} done */
export const wait = (done) => {
  locked = true;
  /** @param {() => object} [consents] */
  const go = (consents) => {
    ask = consents;
    locked = false;
    pump();
  };
  done.then(go, () => go());
};

/**
 * Whether nothing may be stored until `consent()`. The core decides the same, but calls are stored before it is there.
 * @param {import("./rudderanalytics").LoadOptions} options
 */
const mustBeQuiet = ({ preConsent: before, consentManagement: now }) =>
  before?.enabled === true &&
  now?.enabled === true &&
  !now.allowedConsentIds &&
  !now.deniedConsentIds &&
  !/^(session|anonymousId)$/.test(/** @type {string} */ (before.storage?.strategy));

/** The visitor wants to be left alone: from now on every call does nothing. */
export const mute = () => {
  muted = true;
  queue.length = 0;
  open.clear();
  log("WARN", "GPC/DNT: nothing is stored or sent");
  settled();
};

/** Something happened in the page. @param {string} type @param {Record<string, unknown>} [detail] */
export const signal = (type, detail) => {
  if (!ready) return;
  queue.push({ type, ...detail });
  pump();
};

/** The page is hidden or, if `left`, may not be there when Python answers. @param {boolean} [left] */
export const hide = (left) => {
  const sent = left || !busy ? parting : undefined;
  if (sent) {
    parting = undefined;
    send({ ...sent, headers: { ...sent.headers, SentAt: new Date().toISOString() } });
  }
  signal("hidden", { parted: sent?.delivery });
};

/** Write first: a call that waits for Python survives the page. @param {Call} made */
const keep = (made) => {
  // Before `load` nothing is stored: its options may forbid it. Where Python never comes, page after page adds to what waits.
  if (!prefix || made.type === "consent" || queue[MOST]) return;
  const key = `${prefix}${owner}.${++count}.${made.at}.call`;
  if (write(key, JSON.stringify(made))) made.key = key;
};

const keepAll = () => {
  for (const made of /** @type {Call[]} */ (queue)) if (made.page && !made.key) keep(made);
};

/** The write key is known: own an outbox, adopt what pages before this one left. @param {unknown} writeKey */
const claim = (writeKey) => {
  const wanted = typeof writeKey === "string" && writeKey.trim() ? `rudderanalytics.${writeKey.trim()}.` : "";
  if (ready || !wanted || wanted === prefix) return;
  for (const made of /** @type {Call[]} */ (queue)) if (made.key) write(made.key, null);
  prefix = wanted;
  for (const made of /** @type {Call[]} */ (queue)) if (made.page) keep(made);
  /** @param {Entries} left */
  const adopt = (left) => {
    queue.unshift(...left.flatMap(adoption));
    pump();
  };
  own(prefix, owner, adopt).then((left) => {
    queue.unshift(...left.flatMap(adoption), { type: "adopted" });
    pump();
  });
};

/** The input for what another page left under a key, if there is to be one. @param {Entries[0]} entry @returns {Input[]} */
const adoption = ({ key, isCall }) => {
  const text = /** @type {string} */ (read(key)); // or null
  const made = attempt(() => JSON.parse(text)) || {};
  const id = isCall ? made.id : made.messageId;
  if (!id || open.has(id)) { // twice: a page died between storing the message and removing the call
    write(key, null);
    return [];
  }
  open.add(id);
  if (isCall) return [{ ...made, key, recovered: true }];
  texts.set(id, text);
  places.set(id, key);
  return [{ type: "adopt", messages: [[key, text]] }];
};

/** @param {Runtime} interpreter @param {string} [how] the SDK was installed */
export const attach = (interpreter, how = "script") => {
  if (runtime) return;
  runtime = interpreter;
  installType = how;
  pump();
};

/** There is no Python, or no longer: what was called stays stored for the next page. @param {unknown} error */
export const fail = (error) => {
  failed = busy = true;
  keepAll();
  log("ERROR", "Python failed:", error);
  settled();
};

/** Gives the core what waits, one input at a time: the next one sees what the effects of the last one stored. */
const pump = () => {
  while (runtime && !busy && !locked) {
    const input = loads.shift() || (ready && queue.shift());
    if (!input) break;
    const given = JSON.stringify(dress(input));
    if (given.length > LARGEST) {
      refuse(input);
      continue;
    }
    busy = true;
    try {
      const reply = runtime.handle(given);
      later = typeof reply !== "string";
      if (typeof reply === "string") finish(input, reply);
      else reply.then((text) => finish(input, text)).then(pump, (error) => lose(input, error));
    } catch (error) {
      lose(input, error);
    }
  }
};

/** The interpreter is dead. @param {Input} input the one that it did not answer @param {unknown} error */
const lose = (input, error) => {
  queue.unshift(/** @type {any} */ (input).made || input);
  fail(error);
};

/** A call that could never be delivered. @param {Input} input */
const refuse = (input) => {
  if (input.key) write(/** @type {string} */ (input.key), null);
  log("ERROR", `${input.type}: too large`);
  announce("dropped", [/** @type {string} */ (input.id)], "too_large");
};

/** The input as the core takes it: with what is so now. @param {Input} input */
const dress = (input) => {
  const { type, id, page } = /** @type {Call} */ (input);
  if (type === "consent") {
    hush(false, /** @type {any} */ (input).arguments[0]);
    keepAll();
  }
  if (type === "load" && !ready) review = callbacks.get(id);
  return {
    ...(/^(load|consent)$/.test(type) && { topDomain: topDomain(), consents: decided() }),
    ...input,
    ...(!!page && { fresh: uuid(), stored: stored() }),
    ...(type === "load" && {
      owner,
      runtime: runtime?.name,
      installType,
      online: navigator.onLine,
      coolUntil: read(prefix + "coolUntil"),
      reviews: !!review,
    }),
    key: undefined,
    made: undefined,
    part: later && !queue.length,
    now: Date.now(),
  };
};

/** @param {Input} input @param {string} text */
const finish = (input, text) => {
  /** @type {Effect[]} */
  const effects = JSON.parse(text);
  parting = undefined;
  for (const effect of effects) if (effect.type !== "emit") perform(effect);
  const { id, key, early, recovered } = /** @type {Call} */ (input);
  const asked = /** @type {any} */ (effects.find((effect) => effect.type === "review"));
  const made = /** @type {any} */ (effects.find((effect) => effect.type === "accept" && effect.id === id));
  // A call that was stored only until Python, which is elsewhere, has acted on it takes up no more room than its message.
  if (asked) queue.unshift({ ...input, ...answer(asked.message), type: "reviewed", made: input, page: undefined });
  else if (key && made && (early || recovered || made.key) && !places.has(id)) places.set(id, key);
  else if (key) write(key, null);
  if (input.page && !made && !asked) {
    open.delete(id);
    settled();
  }
  busy = false;
  // Listeners come last: they may call us, and then everything of this input is done.
  for (const effect of effects) {
    if (effect.type === "accept" && !effect.again) accepted(effect.id, effect.message);
    else if (effect.type === "emit") announce(effect.name, effect.ids, effect.reason);
  }
};

/** What `beforeSend` makes of a message. @param {object} message */
const answer = (message) => {
  try {
    return { message: plain(review?.(message), []) };
  } catch (error) {
    return { error: String(error) };
  }
};

/** @param {Effect} effect */
const perform = (effect) => {
  const { type } = effect;
  if (type === "store") store(effect);
  if (type === "log") log(effect.level, effect.text);
  if (type === "call") call(effect.method, effect.arguments);
  if (type === "send") send(effect);
  if (type === "part") parting = effect;
  if (type === "consents") tell(type, effect);
  if (type === "accept") {
    const text = JSON.stringify(effect.message);
    const { id, key } = effect;
    // One that is stored as its call stays that; one that says more now is stored anew.
    if (key && (places.get(id) ?? key) === key && write(key, text)) places.set(id, key);
    texts.set(effect.id, text);
  }
  if (type === "wake") {
    clearTimeout(timer);
    if (effect.at !== null) timer = setTimeout(signal, Math.min(effect.at - Date.now(), 2 ** 31 - 1), "tick");
  }
};

/** @param {import("./types").Delivery} delivery */
const send = async ({ delivery, ids, url, headers, keepalive }) => {
  const messages = ids.map((id) => texts.get(id) || "{}");
  const answer = await post(url, headers, body(messages, headers.SentAt), keepalive);
  signal("response", { delivery, ...answer, id: uuid() });
};

/** Those who wait in `flush` look again. */
const settled = () => {
  for (const check of listeners.settled.splice(0)) check(undefined);
};

/** @param {string} id @param {object} message */
const accepted = (id, message) => {
  const callback = callbacks.get(id);
  counts.accepted++;
  callbacks.delete(id);
  if (callback) guard(callback, message);
  tell("message", message);
};

/** @param {string} name @param {string[]} ids @param {string} [reason] */
const announce = (name, ids, reason) => {
  if (name === "ready") {
    ready = true;
    tell("ready", undefined);
  } else if (name === "retried") counts.retried += ids.length;
  else {
    for (const messageId of ids) {
      open.delete(messageId);
      texts.delete(messageId);
      callbacks.delete(messageId);
      const place = places.get(messageId);
      if (place && places.delete(messageId)) write(place, null);
      if (reason) counts.dropped[reason] = (counts.dropped[reason] || 0) + 1;
      else counts.delivered++;
      tell(name, { messageId, reason });
    }
    settled();
  }
};

/** What became of all that this page called or adopted. */
export const stats = () => ({ ...counts, dropped: { ...counts.dropped }, pending: open.size });

/**
 * Settles when everything called or adopted so far is delivered or dropped, or no Python will come: how many are.
 * @returns {Promise<{delivered: number, dropped: number, pending: number}>}
 */
export const flush = () =>
  new Promise((settle) => {
    const waiting = [...open];
    const check = () => {
      if (waiting.some((id) => open.has(id)) && !failed) return listeners.settled.push(check);
      const dropped = Object.values(counts.dropped).reduce((sum, count) => sum + count, 0);
      settle({ delivered: counts.delivered, dropped, pending: open.size });
    };
    signal("flush");
    check();
  });
