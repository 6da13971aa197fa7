// The client: what `window.rudderanalytics` is before Python is there, and goes on being then. It has no state at module
// level, so that there can be several. What cannot wait is decided here, once, and Python is told with the call: which
// `load` counts, what may be stored (policy.js), and who the visitor is after a call (visitor.js).
//
// The calls of a visitor whom the official SDK's first version knew, or who has two cookies of a name, wait, some
// milliseconds, until the rest of the page's side (core.js) has found out what that says.

import { plain, untangle } from "./arguments.js";
import { attempt, attempted } from "./attempt.js";
import { Map, Promise } from "./builtins.js";
import { createIdentity } from "./identity.js";
import { createJournal } from "./journal.js";
import { createLedger, NAMES } from "./ledger.js";
import { dataPlaneUrlOf, LEVELS, readLoad, readPlaces, writeKeyOf } from "./options.js";
import { policyOf } from "./policy.js";
import { askedByAddress } from "./queryStringApi.js";
import * as session from "./session.js";
import { createStorage } from "./storage.js";
import { after, arrive, MESSAGES } from "./visitor.js";

/** @import {Call, Runtime} from "./types" */

/** @param {import("./page").FirstPage} page @param {string} version of the SDK */
export const createClient = (page, version) => {
  /** Of its first calls (tabs.js), and the anonymousId that it makes: so other tabs know it as one of theirs (firstVisit.js). */
  const owner = page.uuid();
  let level = "WARN";
  /** @param {string} at a level @param {...unknown} words */
  const log = (at, ...words) => {
    attempt(() => LEVELS.indexOf(at) < LEVELS.indexOf(level) || page.log(at, ...words));
  };
  const storage = createStorage(page);
  const identity = createIdentity(page, storage);
  const journal = createJournal(storage, owner, () => mistaken({ kind: "full", name: "localStorage" }));
  const ledger = createLedger(log);

  /** The page's clients by write key, once this one has loaded. @type {Record<string, any>} */
  const clients = Object.create(null);

  /** Of the `load` that counts; until then the defaults. */
  let options = readLoad({});
  let policy = policyOf(options, {});
  /** What waits for Python (core.js has it described). @type {import("./core").Inputs} */
  const inputs = { queue: [], callbacks: new Map(), mistakes: [] };
  /** The rest of the page's side, once it has come. @type {import("./core").Core | undefined} */
  let core;
  /** @type {Runtime | undefined} */
  let runtime;
  let loaded = false;
  let isOver = false;
  /** Settles when it is clear whether anything will be delivered: the core has come, or never will. */
  let decided = () => {};
  const isDecided = new Promise((settle) => (decided = /** @type {() => void} */ (settle)));
  /** Are calls acted on? Not before `load`. */
  let open = false;
  /** Calls that wait for that, with their callbacks. @type {{call: Call, callback?: Function}[]} */
  const early = [];
  /** The `before_send` that Python's next `load` brings. @type {Function | undefined} */
  let reviewer;

  /** It is put into words by what comes with Python. @param {import("./optionTable").Mistake} mistake */
  const mistaken = (mistake) => {
    inputs.mistakes.push(mistake);
    core?.pump();
  };

  // Who the visitor is

  /** The anonymousId, made where there is none and one may be kept. @returns {string} */
  const anonymousId = () => {
    const stored = identity.read().anonymousId;
    if (stored || needed || policy.places.anonymousId === "none") return stored;
    identity.keep({ anonymousId: owner });
    return owner;
  };

  /** What a call makes of the visitor is kept at once, because Python cannot say it in time. @param {Call} call @param {Record<string, any>} before */
  const foresee = (call, before) => {
    const changed = after(before, call, options.sessions, !policy.hides || policy.visible.includes("sessionInfo"));
    identity.keep(Object.fromEntries(Object.entries(changed).filter(([key, value]) => value !== before[key])));
  };

  // Calls

  /** A call, made now. @param {string} type @param {unknown[]} values @returns {Call} */
  const callOf = (type, values) => ({ type, id: page.uuid(), at: page.now(), page: page.observe(), arguments: values });

  /**
   * @param {string} type @param {unknown[]} values @param {Function} [callback] @param {Partial<Call>} [made] elsewhere: its id and its time
   * @returns {string} its id: the messageId, of those that become messages
   */
  const take = (type, values, callback, made) => {
    const call = { ...callOf(type, values), ...made };
    if (policy.muted) return call.id;
    ledger.open.add(call.id);
    call.line = journal.line(call.at);
    enter(call, callback);
    return call.id;
  };

  /** @param {Call} call @param {Function} [callback] @param {boolean} [anew] was it stored while it waited, with another identity? */
  const enter = (call, callback, anew) => {
    const said = call.type === "consent" && Object(call.arguments[0]);
    const discards = policy.buffers && said.discardPreConsentEvents === true;
    // What is to be discarded must not be found by another page, should this one be left before Python has done so. Once
    // core.js is there, calls of other pages wait, too, which it leaves.
    if (discards && !core) for (const id of ledger.open) journal.letGo(id);
    if (!open) return wait(call, callback);
    if (said) decide(call, said.storage, discards);
    core?.resolve(call);
    call.identity = identity.read();
    call.foreseen = !core?.answersAtOnce(call);
    if (call.foreseen) {
      foresee(call, call.identity);
      journal.keepCall(call, anew);
    }
    if (callback) inputs.callbacks.set(call.id, callback);
    inputs.queue.push(call);
    core?.pump();
  };

  /** The visitor decided: from now on what is called is stored; consent.js has the rest. @param {Call} call @param {unknown} wanted its option `storage` @param {boolean} discards what was called before? */
  const decide = (call, wanted, discards) => {
    policy = policyOf(options, page.privacySignals(), readPlaces(wanted));
    storage.hush(policy.quiet);
    identity.settle(policy.places, owner);
    call.policy = policy;
    for (const waiting of inputs.queue) if (!discards && waiting.page) journal.keepCall(/** @type {Call} */ (waiting));
  };

  /** Its identity is said when it is acted on; getters know it now. @param {Call} call @param {Function} [callback] */
  const wait = (call, callback) => {
    early.push({ call, callback });
    const before = identity.read();
    foresee(call, before);
    if (loaded) journal.keepCall({ ...call, identity: before }); // in case another page acts on it
  };

  /** @param {string} method @param {unknown[]} given @returns {string} */
  const call = (method, given) => {
    const { values, callback } = untangle(method, given, (path) => mistaken({ kind: "cut", name: `${method}: ${path}` }));
    return take(method, values, callback);
  };

  // Load

  /** @param {unknown[]} arguments the write key, the data plane URL, options */
  const load = ([key, url, wanted]) => {
    // Calls wait, in memory, as before any load.
    if (policy.muted || page.awaitsVisitor(() => api.load(key, url, wanted))) return;
    if (loaded) return mistaken({ kind: "again", name: "load" });
    const writeKey = writeKeyOf(key);
    const dataPlaneUrl = dataPlaneUrlOf(url);
    // It is not said: there may be a password in it.
    const refused = !writeKey ? "the write key is missing" : !dataPlaneUrl && "the data plane URL is not http(s)";
    if (refused) return log("ERROR", "load:", refused + "; calls wait for a load");
    options = readLoad(wanted);
    inputs.given = plain(wanted).value;
    level = options.logLevel;
    policy = policyOf(options, page.privacySignals());
    if (policy.muted) return mute();
    loaded = true;
    page.partitioned = options.cookie.partitioned;
    clients[writeKey] = api;
    comes(page.boot(Object(wanted))); // first: what follows asks the browser much
    inputs.wanted = wanted;
    inputs.reviewer = reviewer;
    journal.open(writeKey);
    // Other tabs must not take what this one stores while it lives: before the first of it is stored (tabs.js).
    attempted(() => page.locks?.request(journal.prefix() + owner, { ifAvailable: true }, (lock) => new Promise((free) => (journal.free = lock && free))));
    storage.hush(policy.quiet);
    const made = callOf("load", []);
    const begin = () => opened({ ...made, writeKey, dataPlaneUrl, owner: page.uuid(), installType: page.installType });
    if (identity.sealed().length || storage.isDoubled()) needed = begin;
    else begin();
    return undefined;
  };

  /** What must wait until the core has found out what cookies say. @type {(() => void) | undefined} */
  let needed;

  /** The visitor wants to be left alone: from now on every call does nothing. */
  const mute = () => {
    ledger.open.clear();
    decided();
    identity.forget();
    identity.configure(options, policy.places);
    log("WARN", "GPC/DNT: nothing is stored or sent");
  };

  /** The visitor opened a page. @param {import("./types").Input} made the load that counts */
  const opened = (made) => {
    needed = undefined;
    identity.forget(); // what was held is said again by the calls that wait
    identity.configure(options, policy.places);
    const before = identity.arrive(options);
    if (!before.anonymousId) made.id = owner;
    const sessionInfo = session.resume(before.sessionInfo, options.sessions, made.at);
    identity.keep({ ...arrive(before, made.id, made.page.referrer), sessionInfo }, true);
    inputs.load = { ...made, policy, identity: before, foreseen: true };
    open = true;
    for (const [method, ...given] of askedByAddress(made.page.href, options.queryStringApi)) take(method, given);
    for (const { call, callback } of early.splice(0)) enter(call, callback, true);
    core?.begin();
  };

  // What comes later

  /** @param {Promise<import("./page").Booted>} coming */
  const comes = async (coming) => {
    try {
      const { createCore, runtime: booting } = await coming;
      const made = createCore({ page, storage, identity, journal, ledger, inputs, log, fail, options, policy: (next = policy) => (policy = next), take, foresee, api, plain, resume: session.resume });
      await made.prepare();
      core = made;
      decided();
      needed?.();
      core.begin();
      core.attach(runtime || (await booting));
    } catch (error) {
      fail(error);
    }
  };

  /** There is no Python, or no longer: what was called stays stored for the next page. @param {unknown} error */
  const fail = (error) => {
    if (isOver) return;
    isOver = true;
    log("ERROR", "Python failed; calls stay stored:", error);
    core?.giveUp();
    decided();
  };

  // The public face

  /** What becomes of all that was called so far. @param {unknown[]} given ms to wait, at most @returns {Promise<import("./outcomes").Flushed | undefined>} */
  const flush = ([timeout]) =>
    attempted(async () => {
      const ids = [...ledger.open];
      const until = page.after(timeout);
      core?.signal("flush");
      await Promise.race([isDecided, until]);
      return core?.outcomes.flush(ids, isOver, until) || { delivered: 0, dropped: 0, pending: ledger.open.size };
    });

  /** @param {unknown[]} given a name and a listener @returns {() => void} takes the listener off again */
  const listen = ([name, listener]) => {
    if (typeof listener !== "function" || !NAMES.includes(/** @type {string} */ (name))) mistaken({ kind: "listener", name: String(name) });
    else if (name !== "ready" || !core?.isReady()) return ledger.on(/** @type {string} */ (name), /** @type {(detail: any) => void} */ (listener));
    else ledger.guard(listener);
    return () => {};
  };

  /** @type {Record<string, (given: any[]) => any>} */
  const methods = {
    load,
    ready: ([callback]) => listen(["ready", callback]),
    on: listen,
    flush,
    // A page may have several, which share the visitor (storage.js); which one it has first is the first that is loaded.
    getAnalyticsInstance: ([key]) => (loaded && key ? (clients[key] ||= createClient(page, version).api) : api),
    debug: () =>
      void attempted(async () => {
        await isDecided;
        core?.debug();
      }),
    stats: () => core?.outcomes.stats() || { accepted: 0, delivered: 0, retried: 0, repeated: 0, dropped: {}, pending: ledger.open.size },
    push([entry]) {
      const [method, ...given] = Array.isArray(entry) ? entry : [entry];
      if (Object.keys(methods).includes(method)) api[method](...given);
      else mistaken({ kind: "method", name: String(method) });
    },
    getUserId: () => identity.read().userId,
    getUserTraits: () => identity.read().userTraits,
    getGroupId: () => identity.read().groupId,
    getGroupTraits: () => identity.read().groupTraits,
    getAnonymousId: anonymousId,
    getSessionId: () => session.liveId(identity.read().sessionInfo, page.now()),
  };
  for (const method of [...MESSAGES, "reset", "setAnonymousId", "setAuthToken", "startSession", "endSession", "consent", "revoke"]) {
    methods[method] = (given) => call(method, given);
  }

  /** @type {Record<string, any>} */
  const api = { version };
  for (const [name, method] of Object.entries(methods)) {
    // The page never sees an exception of ours.
    api[name] = (/** @type {unknown[]} */ ...given) => {
      try {
        return method(given);
      } catch (error) {
        return log("ERROR", `${name} failed:`, error);
      }
    };
  }

  return {
    api,
    log,
    /** @param {Runtime} own the page's own Python */
    attach(own) {
      runtime ||= own;
      core?.attach(own);
    },
    /** @param {Function} listener sees each message, from the next `load` on */
    review: (listener) => void (reviewer = listener),
  };
};

/** @typedef {ReturnType<typeof createClient>} Client */
