// A browser by script: what web/src/page.js gets from a real one, so that the tests of web/src need none. It keeps
// cookies as browsers do (tough-cookie does that: domains, paths, public suffixes, expiry), storage with a quota, Web
// Locks, one clock with the timers of all pages, and a network that answers as it is told. Several pages, and so several
// clients, share one browser; everything in it can be refused, blocked or taken away while a page is open.
//
// Nothing moves by itself but promises: `advance` moves the clock, `settle` lets promises settle.

import { createRequire } from "node:module";
import { types } from "node:util";
import * as automatic from "../../web/src/autoTrack.js";
import * as extras from "../../web/src/extras.js";
import * as words from "../../web/src/words.js";

const { CookieJar } = createRequire(new URL("../../web/package.json", import.meta.url))("tough-cookie");

// Tests take such things away from pages.
const { Map, Promise, Set } = globalThis;

/** tough-cookie needs a Promise, and tests take it away from pages. */
const intact = (run) => {
  const theirs = Object.getOwnPropertyDescriptor(globalThis, "Promise");
  Object.defineProperty(globalThis, "Promise", { ...theirs, value: Promise });
  try {
    return run();
  } finally {
    Object.defineProperty(globalThis, "Promise", theirs);
  }
};

/** 2026-11-23T14:45:50.673Z, as in the vectors. */
export const NOW = 1_795_445_150_673;
/** Where pages are opened that say nothing else. */
export const URL_OF_PAGE = "https://www.example.com/shop/item?utm_source=news";
/** Bytes of a cookie's name and value together that browsers take. */
const LARGEST_COOKIE = 4096;

/** Lets everything settle that waits for promises only. */
export const settle = async () => {
  for (let turn = 0; turn < 5; turn++) await new Promise((next) => setImmediate(next));
};

/** Waits until something is so that waits for more than promises (scripts that are imported); a test's timeout ends it. */
export const until = async (isSo) => {
  while (!isSo()) await settle();
};

/**
 * One origin's localStorage or sessionStorage: its own keys are what is stored, as in a browser. Its `state` is for
 * tests: the items, the quota in characters, and whether it throws (`broken`) or keeps nothing (`forgetful`).
 */
export const createArea = (quota, changed = () => {}) => {
  const items = new Map();
  const state = { items, quota, broken: false, forgetful: false };
  const check = () => {
    if (state.broken) throw new Error("storage is broken");
  };
  const methods = {
    getItem(key) {
      check();
      return items.get(key) ?? null;
    },
    setItem(key, text) {
      check();
      if (state.forgetful) return;
      const others = [...items].filter(([each]) => each !== key);
      const used = others.reduce((sum, [each, held]) => sum + each.length + held.length, 0);
      if (used + key.length + text.length > state.quota) throw Object.assign(new Error("full"), { name: "QuotaExceededError" });
      items.set(key, text);
      changed(key, text);
    },
    removeItem(key) {
      check();
      if (items.delete(key)) changed(key, null);
    },
  };
  return new Proxy(state, {
    get: (_, name) => (name === "state" ? state : (methods[name] ?? items.get(name))),
    ownKeys: () => [...items.keys()],
    has: (_, name) => items.has(name),
    getOwnPropertyDescriptor: (_, name) => ({ value: items.get(name), enumerable: true, configurable: true, writable: true }),
  });
};

const { then } = Promise.prototype;
/** What a promise of a page gives, as a browser itself waits for it: whatever the page has made of `then`. */
const given = (answer) => (types.isPromise(answer) ? new Promise((settle, fail) => void then.call(answer, settle, fail)) : answer);

/** Web Locks of one origin; a page that is gone lets go of its own. */
const createLocks = () => {
  const held = new Map(); // name -> {page, free}
  let waiting = []; // {name, page, grant}
  const request = (page, name, { ifAvailable, steal, signal }, run) =>
    new Promise((resolve, reject) => {
      const grant = () => {
        const lock = { page, free, reject };
        function free() {
          if (held.get(name) !== lock) return;
          held.delete(name);
          const next = waiting.find((each) => each.name === name);
          waiting = waiting.filter((each) => each !== next);
          next?.grant();
        }
        held.set(name, lock);
        Promise.resolve({ name }).then((lock) => given(run(lock))).then(resolve, reject).finally(free);
      };
      if (steal) held.get(name)?.reject(new Error("AbortError"));
      if (!held.has(name) || steal) grant();
      else if (ifAvailable) Promise.resolve(null).then((lock) => given(run(lock))).then(resolve, reject);
      else {
        const asked = { name, page, grant };
        waiting.push(asked);
        signal?.addEventListener("abort", () => {
          if (waiting.includes(asked)) reject(new Error("AbortError"));
          waiting = waiting.filter((each) => each !== asked);
        });
      }
    });
  const leave = (page) => {
    waiting = waiting.filter((each) => each.page !== page);
    for (const lock of [...held.values()]) if (lock.page === page) lock.free();
  };
  const query = async () => ({ held: [...held.keys()].map((name) => ({ name })) });
  return { held, request, query, leave };
};

/** `quota`: characters that localStorage takes; `now`: epoch ms. */
export const createBrowser = ({ quota = 5_242_880, now = NOW } = {}) => {
  let time = now;
  let ids = 0;
  let timers = []; // {at, page, action}
  const jar = new CookieJar(undefined, { looseMode: true });
  const areas = {};
  const locks = {};
  const pages = new Set();
  const channels = new Set();

  const browser = {
    /** Every request that was made: {url, headers, body, keepalive, at}. */
    requests: [],
    /** What the network says to a request: {status, headers}, a Response, "lost", "hangs", or a promise of that. */
    answer: () => ({ status: 200 }),
    blocksCookies: false,
    /** Cookies that it refuses, beside those that every browser does. */
    refuses: () => false,
    /** Cookies that pages wrote, as texts. */
    written: [],

    now: () => time,
    uuid: () => `00000000-0000-4000-8000-${String(++ids).padStart(12, "0")}`,
    /** Sets the clock, as a person does: timers go by the time that passes. */
    setClock(to) {
      for (const timer of timers) timer.at += to - time;
      time = to;
    },
    /** Time passes, in ms; timers run when they are due. */
    async advance(ms) {
      const until = time + ms;
      await settle();
      for (;;) {
        const [timer] = timers.filter(({ at }) => at <= until).sort((one, other) => one.at - other.at);
        if (!timer) break;
        timers = timers.filter((each) => each !== timer);
        time = Math.max(time, timer.at);
        timer.action();
        await settle();
      }
      time = until;
    },
    setTimer(page, action, ms) {
      const timer = { at: time + Math.max(0, ms), page, action };
      timers.push(timer);
      return timer;
    },
    clearTimer: (timer) => void (timers = timers.filter((each) => each !== timer)),
    timers: () => timers,

    /** A cookie as `document.cookie` takes it or, with `http`, as a server sets it. */
    setCookie(url, cookie, http = false) {
      // A host of one label, such as localhost, has cookies of its own only.
      if (/;\s*domain=/i.test(cookie) && !new URL(url).hostname.includes(".")) return;
      intact(() => jar.setCookieSync(cookie, url, { http, now: new Date(time), ignoreError: true }));
    },
    /** Names and texts that a page of this address can read, in the order of `document.cookie`. */
    cookies: (url = URL_OF_PAGE) =>
      intact(() => jar.getCookiesSync(url, { http: false, expire: false }))
        .filter((cookie) => !(cookie.expiryTime() <= time))
        .map(({ key, value }) => [key, value]),
    /** The same by name, decoded: of two the last. */
    jar: (url) => Object.fromEntries(browser.cookies(url).map(([name, text]) => [name, decodeURIComponent(text)])),
    /** Every cookie that there is, with domain, path, expires, sameSite, secure. */
    allCookies: () => jar.serializeSync().cookies.filter(({ expires }) => !expires || Date.parse(expires) > time),
    clearCookies: () => jar.removeAllCookiesSync(),

    area(origin, name) {
      const changed = (key, newValue) => {
        for (const page of pages) {
          if (name === "localStorage" && page !== browser.writer && page.location().origin === origin) {
            Promise.resolve().then(() => page.fire("window", "storage", { key, newValue }));
          }
        }
      };
      return (areas[origin + name] ||= createArea(quota, changed));
    },
    /** The page that touched storage last: it does not hear of it. */
    writer: undefined,
    /** What localStorage of an origin holds, by key. */
    stored: (origin = new URL(URL_OF_PAGE).origin) => Object.fromEntries(browser.area(origin, "localStorage").state.items),
    /** A BroadcastChannel of all pages and workers. */
    openChannel(name, hear) {
      const channel = {
        hear,
        postMessage(text) {
          for (const other of channels) if (other !== channel && other.name === name) Promise.resolve().then(() => channels.has(other) && other.hear(text));
        },
        close: () => channels.delete(channel),
        name,
      };
      channels.add(channel);
      return channel;
    },
    locksOf: (origin) => (locks[origin] ||= createLocks()),

    /** Opens a page: an object as web/src/page.js gives it, with what tests need beside it. */
    open(url = URL_OF_PAGE, how = {}) {
      const page = createPage(browser, new URL(url), how);
      pages.add(page);
      return page;
    },
    leave(page) {
      pages.delete(page);
      timers = timers.filter((timer) => timer.page !== page);
      browser.locksOf(page.location().origin).leave(page);
    },
  };
  return browser;
};

/**
 * `boot` gives {createCore, runtime}, as the script's does; without it nothing ever comes. `secure`: a context with locks
 * and ciphers. `window`: what other scripts keep there, `privacy` {gpc, dnt}, `seen`: over what a page observes.
 */
const createPage = (browser, address, { boot, installType = "script", secure = address.protocol === "https:", window = {}, privacy, seen }) => {
  const { origin } = address;
  const locks = browser.locksOf(origin);
  const session = createArea(5_242_880);
  let url = address;
  let listeners = {};
  const opened = browser.now();
  let isGone = false;

  const page = {
    // What tests read and change
    /** What was logged, as lines of text, and as it came. */
    lines: [],
    logged: [],
    hidden: false,
    /** The event that it hears of. */
    hears: "",
    focused: false,
    online: true,
    prerendered: false,
    privacy: privacy || { gpc: false, dnt: false },
    /** Names of storage areas that are blocked. */
    blocked: new Set(),
    fire(where, name, event = {}) {
      page.hears = name;
      for (const listener of listeners[`${where} ${name}`] || []) listener(event);
      page.hears = "";
    },
    hide(hidden) {
      page.hidden = hidden;
      page.fire("document", "visibilitychange");
    },
    /** The page is gone, with all that ran in it; `killed`: without being told. */
    close(killed = false) {
      if (!killed) {
        page.hide(true);
        page.fire("window", "pagehide");
      }
      isGone = true;
      listeners = {};
      browser.leave(page);
    },
    /** The visitor comes to see what was prerendered. */
    activate() {
      page.prerendered = false;
      page.fire("document", "prerenderingchange");
    },
    visit: (to) => void (url = new URL(to, url)),

    // What web/src/page.js gives
    installType,
    boot: boot || (() => new Promise(() => {})),
    bring: (name) => Promise.resolve({ "autoTrack.mjs": automatic, "extras.mjs": extras, "words.mjs": words }[name]),
    now: browser.now,
    locks: secure ? { request: (name, options, run) => locks.request(page, name, run ? options : {}, run || options), query: locks.query } : undefined,
    subtle: secure ? globalThis.crypto.subtle : undefined,
    uuid: browser.uuid,
    log(level, ...words) {
      page.logged.push([level, ...words]);
      page.lines.push([level, ...words].map(String).join(" "));
    },
    setTimer: (action, ms) => browser.setTimer(page, action, ms),
    clearTimer: browser.clearTimer,
    soon: (action) => void Promise.resolve().then(() => isGone || action()),

    async fetch(address, { signal, ...options }) {
      const request = { url: address, ...options, at: browser.now() };
      browser.requests.push(request);
      const aborted = new Promise((_, reject) => signal?.addEventListener("abort", () => reject(new Error("aborted"))));
      const said = await Promise.race([browser.answer(request), aborted]);
      if (isGone) return new Promise(() => {}); // nothing runs there any more
      if (said === "lost") throw new TypeError("Failed to fetch");
      if (said === "hangs") return aborted;
      if (said instanceof Response) return said;
      const { body = "OK", ...how } = said;
      return Object.defineProperties(new Response(body, how), { url: { value: how.url || address }, redirected: { value: how.redirected === true } });
    },

    readCookies: () => (browser.blocksCookies ? "" : browser.cookies(url.href).map(([name, text]) => `${name}=${text}`).join("; ")),
    writeCookie(cookie) {
      browser.written.push(cookie);
      const [pair] = cookie.split("; ");
      const isRefused = pair.length - 1 > LARGEST_COOKIE || browser.refuses(pair.split("=")[0], cookie);
      if (!browser.blocksCookies && !isRefused) browser.setCookie(url.href, cookie);
    },
    storage(name) {
      if (page.blocked.has(name)) return undefined;
      browser.writer = page;
      return name === "localStorage" ? browser.area(origin, name) : session;
    },

    location: () => url,
    after: (ms) => new Promise((settle) => typeof ms === "number" && browser.setTimer(page, settle, ms)),
    elapsed: () => browser.now() - opened,
    isLeaving: () => page.hears === "pagehide",
    isHidden: () => page.hidden,
    isFocused: () => page.focused,
    openChannel: (name, hear) => browser.openChannel(name, hear),
    isOnline: () => page.online,
    elapsed: () => browser.now(),
    later: (action) => void setImmediate(() => isGone || action()),
    alone: async (action) => void (await action()),
    privacySignals: () => page.privacy,
    awaitsVisitor(action) {
      if (page.prerendered) page.listen("document", "prerenderingchange", action);
      return page.prerendered;
    },
    listen: (where, name, listener) => (listeners[`${where} ${name}`] ||= []).push(listener),
    window: Object.assign(window, { navigator: window.navigator || {} }),
    observe: () => ({
      href: url.href,
      title: "A title",
      referrer: "https://www.google.com/search?q=x",
      canonical: "",
      userAgent: "Mozilla/5.0",
      locale: "en-US",
      date: "Mon Nov 23 2026 14:45:50 GMT+0000 (Coordinated Universal Time)",
      screen: { width: 1280, height: 800, density: 1, innerWidth: 1280, innerHeight: 720 },
      ...seen,
    }),
  };
  return page;
};
