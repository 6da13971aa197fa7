// A browser in simulated time: what its tabs share. It notes what happens; what is right is for Python to say
// (test_pages.py).

import { createDecipheriv } from "node:crypto";

import { CookieJar } from "./cookieJar.mjs";
import { Locks } from "./locks.mjs";
import { ODDITIES } from "./oddities.mjs";
import { seal } from "./seal.mjs";
import { Tab } from "./tab.mjs";

/** Where the pages are. */
export const HOST = "www.example.com";
const EPOCH = 1_764_000_000_000;

/** A page that is busy for longer than this, without time going by, will be so for ever. */
const MOST_ROUNDS = 100_000;

/** Lets all promises that can settle do so. */
const breathe = () => new Promise((settle) => setImmediate(settle));

/** @typedef {{tab: Tab, size: number, keepalive: boolean | undefined, answer: any}} Request */

export class Browser {
  /** `elapsed` only grows, and timers follow it; the clock, which pages see, can be set. */
  elapsed = 0;
  offset = EPOCH;
  numbers = 0;
  path = "/shop/item";
  ids = 0;
  jar = new CookieJar();
  locks = new Locks();
  /** localStorage. @type {Map<string, string>} */
  local = new Map();
  isFull = false;
  /** Kinds of storage that pages may not touch. @type {Set<string>} */
  blocked = new Set();
  /** @type {Tab[]} */
  tabs = [];
  /** In flight. @type {Map<number, Request>} */
  requests = new Map();
  /** What happened since the last answer. @type {unknown[][]} */
  events = [];
  /** What it had stored when that was told last, as JSON. */
  told = "";
  /** Work outside of JavaScript that has not ended. */
  working = 0;

  now() {
    return this.offset + this.elapsed;
  }

  next() {
    return ++this.numbers;
  }

  /** @param {string} chance its first eight digits */
  uuid(chance) {
    return `${chance}-0000-4000-8000-${(++this.ids).toString(16).padStart(12, "0")}`;
  }

  /** @param {string} kind @param {...unknown} rest */
  note(kind, ...rest) {
    this.events.push([kind, this.elapsed, ...rest]);
  }

  /**
   * Does something with what comes of work outside of the page's code, which `settle` waits for.
   * @template T @param {T | Promise<T>} work @param {(made: T) => void} then_
   */
  async during(work, then_) {
    this.working++;
    const made = await work;
    this.working--;
    then_(made);
  }

  /** The browser's ciphers, without threads: they answer in the order in which they were asked. */
  subtle = {
    importKey: async (/** @type {string} */ _, /** @type {Uint8Array} */ bytes) => bytes,
    decrypt: async (/** @type {{iv: Uint8Array}} */ { iv }, /** @type {Uint8Array} */ key, /** @type {Uint8Array} */ bytes) => {
      const cipher = createDecipheriv("aes-256-cbc", key, iv);
      return Buffer.concat([cipher.update(bytes), cipher.final()]);
    },
  };

  /**
   * Writes to a tab's storage; throws where there is no room.
   * @param {Tab} tab @param {Map<string, string>} map @param {boolean} isShared by all tabs, which hear of it
   * @param {string} key @param {string | null} text null removes it
   */
  store(tab, map, isShared, key, text) {
    const isRefused = text !== null && this.isFull;
    if (isShared) tab.note("stored", key, text, !isRefused);
    if (isRefused) throw new DOMException("full", "QuotaExceededError");
    if (text === null ? !map.delete(key) : map.get(key) === text) return;
    if (text !== null) map.set(key, text);
    if (!isShared) return;
    for (const other of this.tabs) {
      if (other !== tab && !other.isDead) other.later(() => other.dispatch("window", "storage", { key, newValue: text }));
    }
  }

  /** Everything that can happen without time or the network happens. */
  async settle() {
    let isBusy = true;
    for (let rounds = 0; isBusy; rounds += this.working ? 0 : 1) {
      if (rounds > MOST_ROUNDS) throw new Error("it never ends");
      await breathe();
      isBusy = this.working > 0;
      for (const tab of this.tabs) {
        if (tab.isFrozen) continue;
        const task = tab.tasks.shift();
        if (!task) continue;
        isBusy = true;
        tab.run(task);
        await breathe();
      }
    }
    this.collect();
  }

  /** Pages that are gone need no interpreter. */
  collect() {
    for (const tab of this.tabs) {
      if (!tab.isDead || !tab.interpreter) continue;
      if (!tab.isBreaking) tab.interpreter.giveBack();
      tab.interpreter = undefined;
    }
  }

  /** All of it ends. */
  close() {
    for (const tab of this.tabs) tab.die();
    this.collect();
  }

  /** The commands, by name. @type {Record<string, (...given: any[]) => unknown>} */
  commands = {
    open: (settings) => {
      const tab = new Tab(this, this.tabs.length, settings);
      this.tabs.push(tab);
      return tab.owner;
    },
    script: (number) => this.tabs[number].bringScript(),
    python: (number) => this.tabs[number].bringPython(),
    noPython: (number) => this.tabs[number].runtime.reject(new Error("there is no Python")),
    breakPython: (number) => void (this.tabs[number].isBreaking = true),
    /** Python answers what it was given. */
    reply: (number) => this.tabs[number].replies.shift()?.(),
    think: (number) => this.tabs[number].thoughts.shift()?.(),

    load: (number, writeKey, url, again) => this.tabs[number].call("load", [writeKey, url, this.tabs[number].loadOptions(again)]),
    call: (number, method, given) => this.tabs[number].call(method, given),
    odd: (number, method, names) => this.tabs[number].call(method, names.map((/** @type {string} */ name) => (ODDITIES[name] || (() => name))()), names),
    look: (number) => this.tabs[number].look(),

    signal: (number, where, name) => this.tabs[number].dispatch(where, name),
    hidden: (number, isHidden) => {
      this.tabs[number].isHidden = isHidden;
      this.tabs[number].dispatch("document", "visibilitychange");
    },
    online: (number, isOnline) => {
      this.tabs[number].isOnline = isOnline;
      this.tabs[number].dispatch("window", isOnline ? "online" : "offline");
    },
    leave: (number, isKept) => {
      const tab = this.tabs[number];
      tab.isHidden = true;
      tab.dispatch("window", "pagehide", { persisted: isKept });
      tab.dispatch("document", "visibilitychange");
      if (isKept) tab.freeze();
      else tab.later(() => tab.die());
    },
    comeBack: (number) => {
      const tab = this.tabs[number];
      tab.isFrozen = tab.isHidden = false;
      tab.dispatch("document", "visibilitychange");
      tab.dispatch("window", "pageshow", { persisted: true });
    },
    kill: (number, after) => {
      if (after === null) this.tabs[number].die();
      else this.tabs[number].diesAfter = after;
    },

    answer: (number, status, retryAfter, chance) => {
      const request = /** @type {Request} */ (this.requests.get(number));
      const { tab, answer } = request;
      this.requests.delete(number);
      if (tab.isDead) return;
      const headers = new Headers(retryAfter === null ? {} : { "Retry-After": String(retryAfter) });
      const arrive = () => {
        tab.chance = chance;
        if (status) answer.resolve({ status, headers, ok: status < 300, redirected: false, type: "cors", url: "" });
        else answer.reject(new TypeError("Failed to fetch"));
      };
      if (tab.isFrozen) tab.later(arrive);
      else arrive();
    },
    forget: (number) => void this.requests.delete(number),

    /** `stops`: when somebody sends something, which would have no answer. */
    advance: async (ms, stops) => {
      const until = this.elapsed + ms;
      const before = this.requests.size;
      let rounds = 0;
      for (let step = this.nextTimer(until); step; step = this.nextTimer(until)) {
        if (++rounds > MOST_ROUNDS) throw new Error("timers never end");
        this.elapsed = Math.max(this.elapsed, step.due);
        step.tab.timers.delete(step.number);
        step.action();
        await this.settle();
        if (stops && this.requests.size > before) return;
      }
      this.elapsed = until;
    },
    /** A timer goes off too early: browsers do that by a millisecond. */
    early: (number) => {
      const { timers } = this.tabs[number];
      const [[timer, { action }]] = [...timers].sort(([, one], [, other]) => one.due - other.due);
      timers.delete(timer);
      action();
    },
    jump: (ms) => void (this.offset += ms),
    locks: () => this.locks.deliver(),
    full: (isFull) => void (this.isFull = isFull),
    refuse: (what) => void (this.jar.refuses = what),
    block: (areas) => void (this.blocked = new Set(areas)),
    cookie: (cookie) => this.jar.put({ expires: Infinity, isLocked: false, ...cookie }, this.now()),
    clearCookies: () => void (this.jar.cookies = []),
    /** As the official SDK's first version stored a text. */
    seal: (text) => seal(text),
    keys: () => [...this.local.keys()].filter((key) => key.startsWith("rudderanalytics.")),
    put: (key, text) => {
      if (text === null) this.local.delete(key);
      else this.local.set(key, text);
    },
  };

  /** @param {number} until */
  nextTimer(until) {
    /** @type {{tab: Tab, number: number, due: number, action: () => void} | undefined} */
    let first;
    for (const tab of this.tabs) {
      if (tab.isFrozen) continue;
      for (const [number, timer] of tab.timers) if (timer.due <= until && (!first || timer.due < first.due)) first = { tab, number, ...timer };
    }
    return first;
  }

  /** @param {[string, ...unknown[]]} command @returns {Promise<unknown>} */
  async act([name, ...given]) {
    const result = await this.commands[name](...given);
    await this.settle();
    return result ?? null;
  }

  /** What there is now. */
  state() {
    const timers = this.tabs.map((tab) => (tab.isDead || !tab.timers.size ? null : Math.min(...[...tab.timers.values()].map(({ due }) => due))));
    const waiting = this.tabs.map((tab) => (tab.isDead ? [0, 0] : [tab.replies.length, tab.thoughts.length]));
    return { timers, waiting, elapsed: this.elapsed, now: this.now(), undelivered: this.locks.undelivered.length, ...this.stored() };
  }

  /** What pages find of the visitor, if it is another than last time. */
  stored() {
    const named = (/** @type {Map<string, string>} */ map) => Object.fromEntries([...map].filter(([key]) => /^(rl_|ajs_)/.test(key)));
    const sessions = this.tabs.map((tab) => named(tab.session));
    const scopes = this.jar.cookies.map(({ name, value, isHostOnly, path, isLocked }) => [name, value, isHostOnly, path, isLocked]);
    const stored = { cookies: this.jar.read(HOST, this.path, this.now()), scopes, local: named(this.local), sessions };
    const text = JSON.stringify(stored);
    if (text === this.told) return {};
    this.told = text;
    return { stored };
  }
}
