// One tab: what a page sees of the browser (web/src/page.js has the same members), and the page's life. Whatever reaches
// beyond the page goes through `act`, so that a page can die between any two of them.

import { createCore } from "../../web/src/core.js";
import { createClient } from "../../web/src/client.js";
import * as extras from "../../web/src/extras.js";
import * as words from "../../web/src/words.js";
import * as reviews from "./reviews.mjs";
import { HOST } from "./browser.mjs";
import * as python from "./python.mjs";

/** @typedef {import("./browser.mjs").Browser} Browser */

/** Bytes in flight with `keepalive` that a browser allows (Fetch, HTTP-network-or-cache fetch). */
const KEEPALIVE_BYTES = 64 * 1024;

/** @returns {{promise: Promise<any>, resolve: (value?: any) => void, reject: (error: unknown) => void}} */
const deferred = () => {
  /** @type {any} */
  const made = {};
  made.promise = new Promise((resolve, reject) => Object.assign(made, { resolve, reject }));
  return made;
};

/**
 * How a page is, and what its browser lets it do.
 * @typedef {object} Settings
 * @property {string} [writeKey]
 * @property {Record<string, unknown>} [options] of `load`
 * @property {string} [reviews] which `beforeSend` it has: "" none
 * @property {"here" | "elsewhere"} [python] does Python answer at once?
 * @property {boolean} [locks] are there Web Locks?
 * @property {boolean} [subtle] are there ciphers?
 * @property {string} [search]
 * @property {string} [referrer]
 * @property {boolean} [gpc]
 * @property {boolean} [looks] are the getters asked before and after each call?
 */

export class Tab {
  owner = "";
  isDead = false;
  isFrozen = false;
  isHidden = false;
  isOnline = true;
  /** What it may still do before it dies; null: as much as it likes. @type {number | null} */
  diesAfter = null;
  /** The first eight digits of its ids: the chance that the core reads from them. */
  chance = "00000000";
  /** @type {Map<number, {due: number, action: () => void}>} */
  timers = new Map();
  /** What the browser has for it, in its turn. @type {(() => void)[]} */
  tasks = [];
  /** What Python has answered, where it answers later. @type {(() => void)[]} */
  replies = [];
  /** Messages that its `beforeSend` thinks about. @type {(() => void)[]} */
  thoughts = [];
  /** @type {Map<string, Function[]>} */
  listeners = new Map();
  /** @type {Map<string, string>} */
  session = new Map();
  /** What the page sees of its storage, by area. @type {Record<string, object>} */
  storages = {};
  script = deferred();
  runtime = deferred();
  /** @type {Awaited<ReturnType<typeof python.take>> | undefined} */
  interpreter;
  inputs = 0;
  /** Does its Python die with the next input? */
  isBreaking = false;

  /** @param {Browser} browser @param {number} number @param {Settings} settings */
  constructor(browser, number, settings) {
    this.browser = browser;
    this.opened = browser.elapsed;
    this.number = number;
    this.settings = settings;
    this.client = createClient(/** @type {any} */ (this.page()), "0.0.0");
    this.api = this.client.api;
    this.api.on("ready", () => this.note("ready"));
    this.api.on("message", (/** @type {any} */ { messageId }) => this.note("message", messageId));
    this.api.on("delivered", (/** @type {any} */ { messageId }) => this.note("delivered", messageId));
    this.api.on("dropped", (/** @type {any} */ { messageId, reason }) => this.note("dropped", messageId, reason));
  }

  /** @param {string} kind @param {...unknown} rest */
  note(kind, ...rest) {
    if (!this.isDead) this.browser.note(kind, this.number, ...rest);
  }

  /** Runs later, when it is this tab's turn. @param {() => void} action */
  later(action) {
    this.tasks.push(action);
  }

  /** What reaches beyond the page. @template T @param {() => T} action @param {T} otherwise for a page that is gone */
  act(action, otherwise) {
    if (this.diesAfter === 0) this.die();
    if (this.isDead) return otherwise;
    if (this.diesAfter !== null) this.diesAfter--;
    return action();
  }

  /** The page's own code runs. @param {() => unknown} action */
  run(action) {
    try {
      return action();
    } catch (error) {
      this.note("uncaught", String(/** @type {any} */ (error)?.stack || error));
      return undefined;
    }
  }

  /** @param {"window" | "document"} where @param {string} name @param {object} [event] */
  dispatch(where, name, event = {}) {
    for (const listener of this.listeners.get(`${where} ${name}`) || []) this.run(() => listener(event));
  }

  // Life

  /** At once, as of a crash: nothing of it runs any more. */
  die() {
    if (this.isDead) return;
    this.note("died");
    this.isDead = true;
    this.timers.clear();
    this.tasks = [];
    this.browser.locks.release(this);
  }

  /** The page goes into the back/forward cache. */
  freeze() {
    this.isFrozen = true;
  }

  /** It cannot stay in the cache: somebody asks for what it holds. */
  leaveCache() {
    if (this.isFrozen) this.die();
  }

  // What the page sees

  page() {
    const { browser, settings } = this;
    const { path } = browser;
    const { search = "", referrer = "" } = settings;
    const href = `https://${HOST}${path}${search}`;
    return {
      installType: "script",
      boot: () => this.script.promise,
      bring: async (/** @type {string} */ name) => /** @type {Record<string, object>} */ ({ "extras.mjs": extras, "words.mjs": words })[name],
      now: () => browser.now(),
      elapsed: () => browser.elapsed - this.opened,
      locks: settings.locks === false ? undefined : browser.locks.of(this),
      subtle: settings.subtle === false ? undefined : browser.subtle,
      uuid: () => {
        const id = browser.uuid(this.chance);
        this.owner ||= id; // the first one
        return id;
      },
      log: (/** @type {string} */ level, /** @type {unknown[]} */ ...words) => this.note("log", level, words.map(String).join(" ")),
      setTimer: (/** @type {() => void} */ action, /** @type {number} */ ms) => this.setTimer(action, ms),
      clearTimer: (/** @type {number} */ timer) => void this.timers.delete(timer),
      after: (/** @type {unknown} */ ms) => new Promise((settle) => Number(ms ?? NaN) < 2 ** 31 && this.setTimer(() => settle(undefined), Number(ms))),
      later: (/** @type {() => void} */ action) => this.later(() => this.run(action)),
      soon: (/** @type {() => void} */ action) => void Promise.resolve().then(() => this.run(action)),
      fetch: (/** @type {string} */ url, /** @type {RequestInit} */ options) => this.fetch(url, options),
      readCookies: () => browser.jar.read(HOST, path, browser.now()),
      writeCookie: (/** @type {string} */ text) => this.act(() => this.note("cookie", text, browser.jar.write(HOST, path, text, browser.now())), undefined),
      cookiesEnabled: () => browser.jar.refuses !== "blocked",
      storage: (/** @type {string} */ area) => this.storage(area),
      location: () => ({ hostname: HOST, pathname: path, search, href }),
      isHidden: () => this.isHidden,
      isOnline: () => this.isOnline,
      privacySignals: () => ({ gpc: settings.gpc === true, dnt: false }),
      isFocused: () => false,
      awaitsVisitor: () => false,
      openChannel: () => undefined,
      listen: (/** @type {string} */ where, /** @type {string} */ name, /** @type {Function} */ listener) => {
        const key = `${where} ${name}`;
        this.listeners.set(key, [...(this.listeners.get(key) || []), listener]);
      },
      window: { navigator: {} },
      observe: () => ({
        href,
        title: "A page",
        referrer,
        canonical: "",
        userAgent: "Scripted/1.0",
        locale: "en",
        date: "Thu Jan 01 1970 00:00:00 GMT+0000",
        screen: { width: 1, height: 1, density: 1, innerWidth: 1, innerHeight: 1 },
      }),
    };
  }

  /** @param {() => void} action @param {number} ms */
  setTimer(action, ms) {
    const { browser } = this;
    const number = browser.next();
    const due = browser.elapsed + Math.max(0, ms || 0);
    if (!this.isDead) this.timers.set(number, { due, action: () => this.run(action) });
    return number;
  }

  /** @param {string} area */
  storage(area) {
    if (this.browser.blocked.has(area)) return undefined;
    return (this.storages[area] ??= this.makeStorage(area));
  }

  /** @param {string} area */
  makeStorage(area) {
    const { browser } = this;
    const map = area === "localStorage" ? browser.local : this.session;
    const isShared = area === "localStorage";
    const functions = {
      getItem: (/** @type {string} */ key) => map.get(key) ?? null,
      setItem: (/** @type {string} */ key, /** @type {string} */ text) => this.act(() => browser.store(this, map, isShared, key, text), undefined),
      removeItem: (/** @type {string} */ key) => this.act(() => browser.store(this, map, isShared, key, null), undefined),
    };
    // `Object.keys` of it are the keys of what it holds.
    return new Proxy(functions, {
      ownKeys: () => [...map.keys()],
      getOwnPropertyDescriptor: (_, key) => (map.has(String(key)) ? { value: map.get(String(key)), enumerable: true, configurable: true } : undefined),
    });
  }

  /** @param {string} url @param {RequestInit} options @returns {Promise<any>} */
  fetch(url, { headers, body, keepalive, signal }) {
    const { browser } = this;
    const size = new TextEncoder().encode(String(body)).length;
    const before = [...browser.requests.values()].filter((each) => each.tab === this && each.keepalive);
    return this.act(
      () => {
        const number = browser.next();
        const request = { tab: this, size, keepalive, answer: deferred() };
        this.note("request", number, url, headers, body, Boolean(keepalive));
        if (keepalive && before.reduce((sum, each) => sum + each.size, size) > KEEPALIVE_BYTES) {
          this.note("overBudget", number);
          return Promise.reject(new TypeError("Failed to fetch"));
        }
        browser.requests.set(number, request);
        signal?.addEventListener("abort", () => {
          if (!browser.requests.delete(number)) return;
          this.note("aborted", number);
          request.answer.reject(new DOMException("aborted", "AbortError"));
        });
        return request.answer.promise;
      },
      new Promise(() => {}),
    );
  }

  // Python

  /** The rest of the page's side has come. */
  bringScript() {
    this.script.resolve({ createCore, runtime: this.runtime.promise });
  }

  async bringPython() {
    const interpreter = await python.take();
    this.interpreter = interpreter;
    const handle = (/** @type {string} */ text) => {
      if (this.isDead) return new Promise(() => {});
      this.note("input", text);
      if (this.isBreaking) throw new Error("the interpreter is dead");
      const reply = interpreter.handle(text);
      const isElsewhere = this.settings.python === "elsewhere";
      // The first input is answered later in any case (web/src/runtimes/micropython.js).
      if (this.inputs++ && !isElsewhere && typeof reply === "string") {
        this.note("reply", reply);
        return reply;
      }
      if (typeof reply !== "string") this.note("fellBack");
      return new Promise((settle) => {
        const answer = (/** @type {string} */ text) => {
          this.note("reply", text);
          settle(text);
        };
        this.browser.during(reply, (/** @type {string} */ text) => {
          if (isElsewhere) this.replies.push(() => answer(text));
          else this.later(() => answer(text));
        });
      });
    };
    this.runtime.resolve({ name: "micropython 1.27.0", handle });
  }

  // What the page's own scripts do

  /** @param {string} method @param {unknown[]} given @param {unknown[]} [words] what is noted of that */
  call(method, given, words = given) {
    const before = this.settings.looks ? this.look() : null;
    const id = this.run(() => this.api[method](...given));
    this.browser.note("called", this.number, typeof id === "string" ? id : null, method, words, before, this.settings.looks ? this.look() : null);
    return typeof id === "string" ? id : null;
  }

  /** @param {boolean} isPlain without functions */
  loadOptions(isPlain) {
    const { options, reviews: kind } = this.settings;
    if (!kind || isPlain) return options;
    return { ...options, beforeSend: (/** @type {any} */ message) => reviews.review(kind, message, (thought) => this.thoughts.push(thought)) };
  }

  /** What the getters answer. */
  look() {
    const names = ["getUserId", "getUserTraits", "getAnonymousId", "getGroupId", "getGroupTraits", "getSessionId"];
    return names.map((name) => this.run(() => this.api[name]()));
  }
}
