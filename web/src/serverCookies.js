// Cookies that a server of the site sets (`useServerSideCookies`) [js 3.10]: Safari keeps what a script sets for 7 days only.
//
// The script sets each cookie at once, as ever, so that nothing waits: getters, messages and other tabs know it. Then the
// site's cookie service is asked to set the same one, which renews it: all of them as the page opens, and what changed
// after that, one request for a row of changes, one at a time.
//
// Whether the service did so no page is told. So what the script sets is marked: its first letter is percent-encoded, which
// says the same to all who read it. Where the mark is still there after the answer the script sets it once more, without.
//
// An answer can bring back what changed meanwhile. Until the page has seen the answer, a text that it asked for before
// counts for the one that it set last; after it, that one is set, and asked for, again.

import { attempt, attempted } from "./attempt.js";
import { btoa, Map, stringify } from "./builtins.js";
import { KEYS, V3 } from "./cookies.js";
import { BEGINS } from "./journal.js";
import { cookieOf } from "./storage.js";

/** ms: changes that come within it are one request. */
const ROW = 10;
/** ms without an answer after which there is none. */
const PATIENCE = 10_000;
/** ms after which every page sees what a server has set. */
const SPREAD = 1_000;
const USUAL = "rsaRequest";
const MARKED = "%52"; // R
const TWO_LABELS = /[^.]+\.[^.]+$/;

/** @typedef {{endpoint: string | null, exact: boolean, domain: string | undefined}} Where of the load options: `dataServiceEndpoint`, `sameDomainCookiesOnly`, the cookies' domain that is configured */

/** Does a cookie of this domain come with requests to the host? @param {string} host @param {string} domain */
const isWithin = (host, domain) => host === domain || host.endsWith(`.${domain}`);

/**
 * The address of the cookie service, as the official SDK finds it; "" where its cookies would be none that the page can read.
 * @param {{protocol: string, origin: string, hostname: string, port: string}} location
 * @param {Where} where @param {string | null} widest the domain of the page's cookies, found by trying
 */
export const serviceOf = ({ protocol, origin, hostname, port }, { endpoint, exact, domain }, widest) => {
  const top = widest?.replace(/^\./, "");
  const configured = exact ? undefined : domain?.replace(/^\./, "").toLowerCase();
  const isExact = exact || !top || (configured !== undefined && configured !== TWO_LABELS.exec(hostname)?.[0]);
  const shared = isExact ? origin : `${protocol}//${top}${port && `:${port}`}`;
  const url = attempt(() => new URL(endpoint || USUAL, `${shared}/`));
  if (!url || !/^https?:$/.test(url.protocol)) return "";
  const isReadable = exact || !top ? url.hostname === hostname : isWithin(url.hostname, top);
  const isOfDomain = configured === undefined || [url.hostname, hostname].every((host) => isWithin(host, configured));
  return isReadable && isOfDomain ? url.href.replace(/\/+$/, "") : "";
};

/**
 * The cookie service at work; undefined where none can set this page's cookies.
 * @param {import("./page").Page} page @param {import("./storage").BrowserStorage} storage
 * @param {import("./journal").Journal} journal which bears the write key
 * @param {import("./options").LoadOptions} options @param {any} loadOptions the same, accepted and complete
 * @param {() => import("./storage").CookieAttributes} attributesOf of this page's cookies
 * @param {(level: string, text: string) => void} log
 */
export const startServerCookies = (page, storage, journal, options, loadOptions, attributesOf, log) => {
  const where = { endpoint: loadOptions.dataServiceEndpoint, exact: loadOptions.sameDomainCookiesOnly, domain: options.domain ?? undefined };
  const url = options.encodes && page.fetch && serviceOf(page.location(), where, storage.widestDomain());
  const writeKey = journal.prefix().slice(BEGINS.length, -1);
  return url ? createServerCookies(page, storage, url, writeKey, options, attributesOf, log) : undefined;
};

/**
 * @param {import("./page").Page} page @param {import("./storage").BrowserStorage} storage
 * @param {string} url of the service @param {string} writeKey @param {import("./options").LoadOptions} options
 * @param {() => import("./storage").CookieAttributes} attributesOf of this page's cookies
 * @param {(level: string, text: string) => void} log
 */
const createServerCookies = (page, storage, url, writeKey, options, attributesOf, log) => {
  /** What the page set last, by name; null: removed. @type {Map<string, string | null>} */
  const latest = new Map();
  /** Names of what is still to be asked for. @type {Map<string, true>} */
  const changed = new Map();
  /** What was asked for, and has no answer. @type {Map<string, string>} */
  const asked = new Map();
  /** @type {AbortController | undefined} */
  let aborter;
  /** Was the page away meanwhile? Where it is back WebKit tells it nothing of what it asked for: it asks again. */
  let wasAway = false;
  let isFirst = true;
  let isPlanned = false;
  let isSaid = false;
  let isOver = false;
  const { read, writeCookie } = storage;

  /** @param {string} name @returns {string} as the browser has it */
  const rawOf = (name) => page.readCookies().split(/; */).find((pair) => pair.startsWith(`${name}=`))?.slice(name.length + 1) || "";

  /** @param {string} name @param {string} text @param {boolean} isMarked */
  const set = (name, text, isMarked) => {
    const raw = encodeURIComponent(text);
    page.writeCookie(cookieOf(name, isMarked ? MARKED + raw.slice(1) : raw, attributesOf()));
  };

  const bodyOf = () => {
    const { path, domain, samesite, secure, expires } = attributesOf();
    const isElsewhere = new URL(url).hostname !== page.location().hostname && page.location().protocol === "https:";
    const attributes = { maxAge: options.lifetime, path, domain: domain ?? undefined, hostOnly: domain ? undefined : true, sameSite: isElsewhere ? "None" : samesite, secure: isElsewhere || secure === true, partitioned: options.cookie.partitioned || undefined, expires: options.lifetime ? undefined : expires };
    return stringify({ reqType: "setCookies", data: { options: attributes, cookies: [...asked].map(([name, value]) => ({ name, value })) } });
  };

  /** @returns {Promise<string>} what went wrong; "" where nothing did */
  const request = async () => {
    aborter = new AbortController();
    const { signal } = aborter;
    const timer = page.setTimer(() => aborter?.abort(), PATIENCE);
    const headers = { Accept: "application/json", "Content-Type": "application/json;charset=UTF-8", Authorization: `Basic ${btoa(`${writeKey}:`)}` };
    const answer = await attempted(() => /** @type {typeof fetch} */ (page.fetch)(url, { method: "POST", headers, body: bodyOf(), credentials: "include", keepalive: true, signal }));
    page.clearTimer(timer);
    if (!answer) return "does not answer";
    return answer.status === 200 ? "" : `answers ${answer.status}`;
  };

  /** What is there as the page opens, or is set first, is to be renewed. */
  const lookAtAll = () => {
    isFirst = false;
    for (const name of Object.values(KEYS)) {
      const texts = storage.textsOf(name);
      if (!texts.length || latest.has(name)) continue;
      latest.set(name, texts[texts.length - 1]);
      changed.set(name, true);
    }
  };

  const ask = async () => {
    isPlanned = false;
    if (asked.size || isOver || storage.isQuiet()) return;
    if (isFirst) lookAtAll();
    for (const [name] of changed) {
      const text = latest.get(name);
      const texts = storage.textsOf(name); // where it is another one, another tab has set it, which asks for it
      if (text?.startsWith(V3) && (texts.includes(text) || !texts.length)) asked.set(name, text);
    }
    changed.clear();
    if (!asked.size) return;
    for (const [name, text] of asked) set(name, text, true);
    wasAway = false;
    const trouble = await request();
    // Browsers with several processes are in no hurry to tell the page.
    if (!trouble && [...asked].some(([name]) => rawOf(name).startsWith(MARKED))) await page.after(SPREAD);
    if (!isOver) settle(trouble);
    if (wasAway) for (const name of asked.keys()) changed.set(name, true);
    asked.clear();
    if (changed.size) plan();
  };

  /** @param {string} trouble */
  const settle = (trouble) => {
    /** @type {string[]} */
    const unset = [];
    for (const [name, text] of asked) {
      const last = latest.get(name);
      const isBack = storage.textsOf(name).includes(text);
      if (last === null) isBack && storage.setCookie(name, null, attributesOf());
      else if (last !== undefined && last !== text) {
        if (isBack) set(name, last, false);
        changed.set(name, true);
      } else if (rawOf(name).startsWith(MARKED) || !storage.textsOf(name).length) {
        set(name, text, false);
        unset.push(name);
      }
    }
    if ((trouble || unset.length) && !wasAway && !isSaid) say(trouble || `does not set ${unset[0]}`);
  };

  /** Once: it goes on. @param {string} trouble */
  const say = (trouble) => {
    isSaid = true;
    log("WARN", `the cookie service ${trouble}: cookies are set by the script, as without useServerSideCookies (${url})`);
  };

  const plan = () => {
    if (isPlanned) return;
    isPlanned = true;
    page.setTimer(() => page.alone(ask), ROW);
  };

  /** @param {string} name @param {string | null} text @param {import("./storage").CookieAttributes} attributes */
  storage.writeCookie = (name, text, attributes) => {
    writeCookie(name, text, attributes);
    if (storage.isQuiet() || !Object.values(KEYS).includes(name)) return;
    latest.set(name, text);
    changed.set(name, true);
    plan();
  };

  /** @param {import("./storage").Area} area @param {string} name */
  storage.read = (area, name) => {
    const text = read(area, name);
    const last = latest.get(name);
    return area === "cookie" && text !== null && last !== undefined && asked.get(name) === text ? last : text;
  };

  page.listen("window", "pagehide", () => page.alone(ask));
  page.listen("window", "pageshow", ({ persisted }) => {
    if (!persisted || !asked.size) return;
    wasAway = true;
    attempt(() => aborter?.abort());
  });
  plan(); // as the page opens

  return {
    /** Nothing is asked for any more, and what is on its way is called back, as far as that goes. */
    stop() {
      isOver = true;
      attempt(() => aborter?.abort());
      storage.writeCookie = writeCookie;
      storage.read = read;
    },
  };
};
