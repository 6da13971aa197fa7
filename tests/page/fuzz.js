// Pages by dice: one to three of what the browser and the language give is damaged, before our script comes or while it is
// there; what is stored is anything; calls have any arguments; the network answers as it likes; events come that are not
// what they seem. Then a clean page opens on the same storage. Nothing may be thrown into a page, nothing lost without
// being counted, and nobody become another visitor.
//
// Three cases of ten have Python's core, in MicroPython; the others one by script, which takes less time.
//
// A case depends on its dice alone. `make fuzz` runs many (tests/fuzz/parts/page.py), `make test` some (fuzz.test.js).

import assert from "node:assert/strict";
import { call, restore, save } from "../../web/src/runtimes/interpreter.js";
import { createBrowser, NOW, settle, URL_OF_PAGE } from "./browser.js";
import { createScriptedCore } from "./core.js";
import { described, openInterpreter } from "./micropython.js";
import { openRealm } from "./realm.js";

const ORIGIN = new URL(URL_OF_PAGE).origin;
const LOAD = ["WRITE_KEY", "https://dataplane.example.com"];
const PREFIX = "rudderanalytics.WRITE_KEY.";

/** Dice of a text: the same text, the same dice. */
export const diceOf = (seed) => {
  let state = 2166136261;
  for (const letter of seed) state = Math.imul(state ^ letter.charCodeAt(0), 16777619);
  const random = () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const below = (count) => Math.floor(random() * count);
  const one = (items) => items[below(items.length)];
  return { random, below, one, often: (share) => random() < share };
};

// What can be damaged

const methods = (object, names) => names.split(" ").map((name) => `${object}.${name}`);

/** Where what is stored comes from and goes to, and what the language is made of: a page that lacks it may store nothing. */
const NEEDED = [
  ..."Promise Map Set JSON Object Array String Number Date RegExp Storage localStorage Document TextEncoder URL encodeURIComponent decodeURIComponent atob btoa setTimeout clearTimeout".split(" "),
  ...methods("Object", "entries keys values fromEntries assign getPrototypeOf getOwnPropertyDescriptor defineProperty"),
  ...methods("Array", "from isArray"),
  ...methods("Array.prototype", "map filter includes push splice sort slice find findIndex forEach join some every flat flatMap indexOf shift unshift concat reverse toJSON"),
  "Array.prototype[Symbol.iterator]",
  ...methods("String.prototype", "split replace replaceAll startsWith endsWith includes slice trim padStart toLowerCase charCodeAt indexOf toJSON"),
  ...methods("Object.prototype", "toJSON hasOwnProperty toString valueOf"),
  ...methods("Function.prototype", "call apply bind"),
  ...methods("RegExp.prototype", "exec test"),
  ...methods("JSON", "parse stringify"),
  ...methods("Promise", "all race resolve reject"),
  ...methods("Promise.prototype", "then catch finally"),
  ...methods("Map.prototype", "get set has delete values entries"),
  ...methods("Set.prototype", "add has delete values"),
  ...methods("Number", "isFinite"),
  ...methods("Math", "random floor max min abs"),
  ...methods("Date", "now parse"),
  ...methods("Date.prototype", "toISOString toUTCString toJSON getTime"),
  ...methods("Storage.prototype", "getItem setItem removeItem"),
  ...methods("Document.prototype", "cookie"),
  ...methods("TextEncoder.prototype", "encode"),
  ...methods("Navigator.prototype", "locks"),
];

/** Without it all that is called arrives all the same. */
const SPARED = [
  ..."crypto navigator screen history console performance sessionStorage devicePixelRatio innerWidth innerHeight requestAnimationFrame structuredClone Intl Element HTMLScriptElement Node WebAssembly WeakMap Symbol Blob".split(" "),
  ...methods("crypto", "getRandomValues subtle"),
  ...methods("Navigator.prototype", "userAgent language userAgentData brave globalPrivacyControl"),
  ...methods("Document.prototype", "title referrer currentScript scripts querySelector"),
  ...methods("Element.prototype", "getAttribute"),
  ...methods("console", "log warn error"),
  ...methods("document", "cookie title referrer hidden currentScript scripts querySelector addEventListener"),
  ...methods("screen", "width height"),
];

/** It may wait for the next page. */
const DELAYING = ["fetch", "AbortController", "EventTarget", "MessageChannel", "EventTarget.prototype.addEventListener", "Document.prototype.hidden", "Navigator.prototype.onLine", "performance.now"];

const HOW = {
  nothing: "null",
  missing: "undefined",
  thrower: '() => { throw new TypeError("replaced by the page"); }',
  idle: "() => {}",
  text: '"["',
  number: "5",
  object: "({})",
  element: 'new Element({ src: "https://evil.example/rudderanalytics.js", "data-write-key": "EVIL" })',
};

/** Puts something in place of what is at a path of the realm. */
const damage = ({ run }, path, how) => {
  try {
    const [, object, name] = /^(?:(.*)\.(\w+)|.*)$/.exec(path.replace("[Symbol.iterator]", ".iterator"));
    const key = path.endsWith("]") ? "Symbol.iterator" : JSON.stringify(name ?? path);
    run(`{ const value = ${HOW[how]}; Object.defineProperty(${object ?? "globalThis"}, ${key}, { value, configurable: true, writable: true }); }`);
  } catch {
    // What was damaged before is in the way.
  }
};

// What is stored

const encoded = (value) => `RS_ENC_v3_${Buffer.from(JSON.stringify(value)).toString("base64")}`;
/** Texts that no page of ours stores, or not there. */
const BROKEN = ["", "[", "{", '"', "null", "true", "[1]", '["x"]', "{}", "RS_ENC_v3_", "RS_ENC_v3_IiI", "RS_ENC_v3_W10=", "RS_ENC_v3_!!", encoded(["x"]), encoded({ a: [1] }), encoded(null), encoded(""), "RudderEncrypt:x", "%E0%A4", "x".repeat(5000), '{"a":1e999}', "[".repeat(300)];
/** Ids that may be stored: whoever reads them becomes this visitor. */
const STORED_IDS = ["stored-1", "stored-2"];
const NAMES = ["rl_user_id", "rl_trait", "rl_anonymous_id", "rl_group_id", "rl_group_trait", "rl_page_init_referrer", "rl_page_init_referring_domain", "rl_session", "rl_auth_token", "__tld__"];
const IDS = ["rl_user_id", "rl_anonymous_id", "rl_group_id"];
const OWNER = "5b3f6a52-2d29-4c1f-8a5e-0f7c6f4f0d11";
const SEEN = { href: URL_OF_PAGE, title: "", referrer: "", canonical: "", userAgent: "", locale: "", date: "", screen: {} };

const soundCall = (n) => ({ type: "track", id: `00000000-0000-4000-8000-00000000000${n}`, at: NOW - 1000, page: SEEN, arguments: ["stored"], identity: { userId: "stored-1", anonymousId: "stored-2" } });
const soundMessage = (n) => ({ type: "track", messageId: `stored-message-${n}`, event: "stored", userId: "stored-1", anonymousId: "stored-2", originalTimestamp: "2026-11-23T14:45:50.000Z" });

/** One that is nearly as it should be. */
const spoilt = (dice, value) => {
  const key = dice.one(Object.keys(value));
  const { [key]: _, ...rest } = value;
  const odd = [null, 5, [], {}, ["x"], { a: { b: [] } }, true, 1e300];
  // Any text may be an id.
  return dice.often(0.3) ? rest : { ...rest, [key]: dice.one(/Id$/.test(key) ? odd : [...odd, "[", ""]) };
};

/** Puts texts where we read; gives the ids that they say. */
const store = (dice, browser) => {
  const ids = [];
  const local = browser.area(ORIGIN, "localStorage").state.items;
  for (let n = dice.below(4); n > 0; n--) {
    const name = dice.one(NAMES);
    const text = IDS.includes(name) && dice.often(0.4) ? dice.one([encoded(dice.one(STORED_IDS)), JSON.stringify(dice.one(STORED_IDS))]) : dice.one(BROKEN);
    if (dice.often(0.5)) {
      browser.setCookie(URL_OF_PAGE, `${name}=${dice.often(0.9) ? encodeURIComponent(text) : text}; path=/${dice.one(["", "", "; domain=example.com"])}`);
    } else {
      const layered = dice.often(0.5);
      local.set(name, layered ? JSON.stringify(text) : text);
      if (layered) ids.push(text); // a JSON text without the layer that localStorage has
    }
  }
  for (let n = dice.below(4); n > 0; n--) {
    const place = `${PREFIX}${dice.often(0.9) ? OWNER : "x"}.${1_000_000_000 + n}.${dice.one([NOW - 1000, NOW - 1000, NOW + 1e9, 0, "x"])}`;
    const [ending, sound] = dice.one([["", soundMessage(n)], [".call", soundCall(n)], [".identity", { userId: "stored-1" }]]);
    local.set(place + ending, dice.often(0.3) ? JSON.stringify(sound) : dice.often(0.6) ? JSON.stringify(spoilt(dice, sound)) : dice.one(BROKEN));
  }
  if (dice.often(0.2)) local.set(`${PREFIX}coolUntil`, dice.one([...BROKEN, "-5", "1e999", "99999999999999999999", String(NOW + 1000)]));
  for (const ending of ["left", "held", "waited"]) if (dice.often(0.1)) local.set(`${PREFIX}${OWNER}.${ending}`, dice.one([...BROKEN, `{"parting":${NOW}}`, '{"parting":"x"}']));
  return ids;
};

// What is called

const hostile = (run) => run('new Proxy({}, new Proxy({}, { get: () => () => { throw new Error("no"); } }))');
const revoked = (run) => run("(() => { const { proxy, revoke } = Proxy.revocable({}, {}); revoke(); return proxy; })()");

/** Anything, made in the page's realm or by another's (a frame). */
const ODD = [
  () => undefined,
  () => null,
  () => "",
  () => "  ",
  () => "text",
  () => 0,
  () => NaN,
  () => 5,
  () => 7n,
  () => true,
  () => Symbol("s"),
  () => [],
  () => ["x", [1]],
  () => ({}),
  () => ({ a: 1, list: [1, { b: 2 }], at: new Date(0), big: 2n, no: undefined }),
  () => ({ a: { b: { a: new Date(NaN) } } }),
  () => ({ get a() { throw new Error("no"); }, b: 1 }),
  () => ({ toJSON: () => { throw new Error("no"); } }),
  () => Object.create(null),
  () => new Map([["a", 1]]),
  () => new Uint8Array(8),
  () => new Error("an error"),
  () => /x/,
  () => () => {},
  () => async () => {},
  () => new Proxy(() => {}, {}),
  () => JSON.parse('{"__proto__": {"a": 1}, "constructor": 1, "toString": 2}'),
  () => JSON.parse(`${'{"a":'.repeat(120)}1${"}".repeat(120)}`),
  () => "\ud800 \u2028 ✓",
  hostile,
  revoked,
  (run) => run("globalThis"),
  (run) => run("document"),
  (run) => run("(() => { const made = { a: 1 }; made.made = made; return made; })()"),
];

const odd = (dice, run) => {
  try {
    return dice.one(ODD)(run);
  } catch {
    return undefined; // the page cannot make it, as it is
  }
};
const GOOD_IDS = ["u-1", "u-2", 5, 12345678901234567890n];

/** The id that a call may take it for; a group's may be blank [js 1.5]. */
const idOf = (method, value) => {
  if (!["string", "number", "bigint", "boolean"].includes(typeof value) || Number.isNaN(value)) return [];
  const id = String(value);
  return id.trim() || method === "group" ? [id, id.toWellFormed()] : [];
};

/** Calls something, and notes which ids that allows and which messages must come. */
const callOne = (dice, { run }, api, known) => {
  const given = () => odd(dice, run);
  const id = () => (dice.often(0.5) ? dice.one(GOOD_IDS) : given());
  const method = dice.one("identify track track track page group alias reset setAnonymousId startSession endSession consent setAuthToken flush getUserId getUserTraits getAnonymousId getGroupId getSessionId stats push on ready load debug".split(" "));
  const rest = Array.from({ length: dice.below(4) }, given);
  const first = ["identify", "group", "alias", "setAnonymousId"].includes(method) ? [id()] : method === "track" ? [dice.often(0.7) ? "an event" : given()] : [];
  // A link of an AMP page would say who it is.
  const all = method === "setAnonymousId" ? first : method === "alias" ? [...first, id()] : [...first, ...rest];
  for (const each of ["identify", "group", "alias", "setAnonymousId"].includes(method) ? all.slice(0, 2) : []) known.ids.push(...idOf(method, each));
  const began = performance.now();
  const answer = api[method](...all);
  known.longest = Math.max(known.longest, performance.now() - began);
  if (method === "track" && first[0] === "an event") known.called.push(answer);
};

const EVENTS = [
  ["window", "storage", {}],
  ["window", "storage", { key: null, newValue: null }],
  ["window", "storage", { key: `${PREFIX}x`, newValue: 5 }],
  ["window", "storage", { key: `${PREFIX}${OWNER}.1000000001.5`, newValue: "[" }],
  ["window", "storage", { key: 5, newValue: "x" }],
  ["document", "visibilitychange", {}],
  ["window", "pageshow", {}],
  ["window", "pagehide", {}],
  ["window", "beforeunload", {}],
  ["window", "online", {}],
  ["window", "offline", {}],
  ["window", "message", { data: "[" }],
  ["window", "message", {}],
];
const ANSWERS = [{ status: 200 }, { status: 200 }, { status: 200 }, { status: 200, body: "<html>" }, { status: 503 }, { status: 429, headers: { "Retry-After": "x" } }, { status: 404 }, "lost", "hangs"];
const OPTIONS = [{}, {}, {}, { logLevel: "NONE" }, { storage: { type: "localStorage" } }, { storage: { type: "sessionStorage" } }, { sessions: { autoTrack: false } }, { storage: 5, plugins: null }, "{", null, [1], { uaChTrackLevel: "default" }, { queueOptions: { maxItems: 1 } }];

const COUNTED = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab0-9][0-9a-f]{3}-[0-9a-f]{12}$/;

let interpreter;
let fresh;
let opened = 0;
/** Python's core as it is on every new page: the same interpreter, with the memory that it had. */
const openCore = async () => {
  interpreter ??= await openInterpreter();
  fresh ??= save(interpreter, described);
  restore(interpreter, described, fresh);
  const handle = call(interpreter, described);
  const mine = ++opened;
  return { name: "micropython 1.27", handle: (text) => (mine === opened ? handle(text) : new Promise(() => {})) }; // a page that is gone is not answered
};

/** The messages in a request; nothing where its body is no JSON. */
const messagesOf = ({ body }) => {
  try {
    const { batch, ...one } = JSON.parse(body);
    return batch ?? [one];
  } catch {
    return undefined;
  }
};

const sum = (counts) => Object.values(counts).reduce((total, count) => total + count, 0);

/** One case. Throws where something is wrong; gives the longest time of a call, ms. */
export const runCase = async (seed) => {
  const dice = diceOf(seed);
  const browser = createBrowser();
  browser.uuid = () => crypto.randomUUID(); // page.js makes its own
  const known = { ids: [], called: [], longest: 0, dropped: new Set(), damaged: [] };
  const faults = [];
  const rejected = (error) => faults.push(`a promise of ours: ${error?.stack ?? error}`);
  process.on("unhandledRejection", rejected);
  try {
    const openRuntime = dice.often(0.3) ? openCore : async () => createScriptedCore();
    const realm = openRealm(browser, { runtime: openRuntime(), attributes: { "data-runtime": "micropython" } });
    const isFresh = dice.often(0.5);
    if (!isFresh) known.ids.push(...store(dice, browser));
    const paths = Array.from({ length: 1 + dice.below(3) }, () => dice.one(dice.one([NEEDED, NEEDED, SPARED, DELAYING])));
    const spoil = () => {
      for (const path of paths.splice(0, dice.below(paths.length + 1))) {
        const how = dice.one(Object.keys(HOW));
        known.damaged.push([path, how]);
        damage(realm, path, how);
      }
    };
    if (dice.often(0.7)) spoil();
    /** As the data plane does: what is no JSON is refused. */
    const refusing = (answer) => (request) => (messagesOf(request) ? answer() : { status: 400 });
    const answer = () => dice.one(ANSWERS);
    const api = realm.start();
    if (typeof api?.load === "function") {
      const step = dice.often(0.8) ? () => {} : spoil;
      if (dice.often(0.3)) callOne(dice, realm, api, known);
      api.on("dropped", ({ messageId }) => known.dropped.add(messageId));
      browser.answer = refusing(dice.often(0.3) ? answer : () => ({ status: 200 }));
      const options = dice.one(OPTIONS);
      api.load(...LOAD, options);
      if (options === "{") api.consent({}); // options that cannot be read protect the visitor until then
      for (let n = 1 + dice.below(6); n > 0; n--) {
        callOne(dice, realm, api, known);
        step();
        if (dice.often(0.3)) await settle();
        if (dice.often(0.2)) realm.page.fire(...dice.one(EVENTS));
        if (dice.often(0.2)) await browser.advance(dice.one([1, 1000, 5000, 60_000]));
      }
      spoil();
      await settle();
      await browser.advance(1000);
    }
    // How the page is at its end
    const stats = api?.stats?.();
    const hasFailed = realm.page.lines.some((line) => /failed|broken/.test(line));
    if (stats && isFresh && !hasFailed && !known.damaged.length) {
      const { delivered, dropped, pending, accepted } = stats;
      assert.equal(accepted, delivered + sum(dropped) + pending, "accepted = delivered + dropped + pending");
    }
    const pendingThen = stats?.pending;
    const storedThen = JSON.stringify([...browser.area(ORIGIN, "localStorage").state.items]);
    realm.page.close(dice.often(0.5));
    faults.push(...realm.uncaught);

    // A clean page
    browser.answer = refusing(() => ({ status: 200 }));
    await browser.advance(dice.one([0, 10_000]));
    const next = openRealm(browser, { runtime: openRuntime(), attributes: { "data-runtime": "micropython" } });
    const clean = next.start();
    clean.on("dropped", ({ messageId }) => known.dropped.add(messageId));
    clean.load(...LOAD);
    clean.track("an event");
    await settle();
    await browser.advance(70_000);
    clean.flush(); // the core by script sends what it adopts with what comes next
    await browser.advance(3_600_000);
    for (let turn = 0; turn < 100 && clean.stats().pending; turn++) await settle(); // one goes after another, and no clock moves meanwhile
    faults.push(...next.uncaught, ...next.page.lines.filter((line) => /failed|broken/.test(line)));
    const counts = clean.stats();
    assert.equal(counts.pending, 0, "the clean page has delivered all");
    assert.ok(counts.delivered >= 1);
    const arrived = browser.requests.flatMap((request) => messagesOf(request) ?? []);

    // Who it is
    const visitors = new Set(["", ...known.ids, ...STORED_IDS, "5"]);
    const isVisitor = (id) => visitors.has(id) || (typeof id === "string" && COUNTED.test(id));
    const last = [clean.getUserId(), clean.getGroupId(), clean.getAnonymousId()];
    for (const id of [...last, ...arrived.flatMap(({ userId, anonymousId, groupId }) => [userId ?? "", anonymousId, groupId ?? ""])]) assert.ok(isVisitor(id), `nobody is ${JSON.stringify(id)}`);
    for (const traits of [clean.getUserTraits(), clean.getGroupTraits()]) assert.equal(Object.prototype.toString.call(traits), "[object Object]");

    // What was called
    const there = new Set(arrived.map(({ messageId }) => messageId));
    const missing = known.called.filter((id) => typeof id === "string" && !there.has(id) && !known.dropped.has(id));
    const stored = missing.filter((id) => storedThen.includes(id));
    const unreadable = next.page.lines.flatMap((line) => /(\d+) stored message/.exec(line)?.[1] ?? []).reduce((total, count) => total + Number(count), 0);
    assert.ok(stored.length <= unreadable, `what was stored arrives, or is said to be dropped: ${stored}`);
    if (stats) assert.ok(missing.length <= pendingThen + (stats.dropped.lost || 0), `${missing.length} lost, ${pendingThen} pending`);
    const isSpared = known.damaged.every(([path]) => SPARED.includes(path));
    if (isSpared) assert.deepEqual(missing, [], "what was called without need of what is damaged arrives");
    if (isSpared) assert.ok(known.called.every((id) => typeof id === "string"), "and was answered");
    assert.deepEqual(faults, [], "nothing is thrown into the page");
    return known.longest;
  } catch (error) {
    error.message += `\ndamaged: ${JSON.stringify(known.damaged)}${faults.length ? `\nfaults: ${faults.map((fault) => fault?.stack ?? fault).join("\n")}` : ""}`;
    throw error;
  } finally {
    process.off("unhandledRejection", rejected);
  }
};
