// The visitor as the browser's storage has them: reads the nine values, and keeps what changed. Each value has its place
// (policy.js). Here it is written there, or held in memory; placement.js, which comes later, finds another area for what
// its own does not take. A value that is elsewhere (the options were others then) is read. A legacy text that could not
// be opened is neither read nor replaced.

import { stringify } from "./builtins.js";
import { decode, empty, encode, isEmpty, isLegacy, KEYS, LARGEST, size, unquote } from "./cookies.js";
import { toText } from "./json.js";
import { anonymousIdOf } from "./overloads.js";
import { AREAS } from "./storage.js";

/** @typedef {import("./visitor").Identity} Identity */
/** @typedef {import("./storage").Area} Area */

/** Where a value is read first, by its place; then wherever else it may be. @type {Record<string, Area[]>} */
const FIRST = { cookieStorage: [], localStorage: ["localStorage", "memory"], sessionStorage: ["sessionStorage", "memory"] };

/** @param {import("./page").FirstPage} page @param {import("./storage").BrowserStorage} storage */
export const createIdentity = (page, storage) => {
  /** State key -> its place. Before `load` says it, everything is held in memory. @type {Record<string, string>} */
  let places = {};
  /** What legacy texts say, once they are opened. @type {Record<string, string>} */
  const opened = Object.create(null);
  /** @type {import("./storage").CookieAttributes} */
  let attributes = {};
  /** Undefined: the widest that there is. @type {string | null | undefined} */
  let domain;
  let lifetime = 0;
  let encodes = true;
  /** What this page found or kept last, for what is removed while it is open: cookies that the visitor or a consent tool clears. */
  let known = empty();
  /** The names of what is stored and cannot be read, which is still to be said. @type {string[]} */
  const unreadable = [];
  /** What was decoded last, by state key: most calls find the same texts. @type {Record<string, {text: string, value: unknown}>} */
  const last = {};

  /** @param {Area} area @param {string} name @returns {string | null} without the layer that localStorage has, opened if it is legacy */
  const textIn = (area, name) => {
    const text = storage.read(area, name);
    if (text === null) return null;
    return opened[text] ?? (area === "localStorage" ? unquote(text) : text);
  };

  /** @param {string} stateKey @returns {string | null} */
  const textOf = (stateKey) => {
    const place = places[stateKey];
    if (place === "none") return null;
    for (const area of [...(FIRST[place] || ["memory"]), ...AREAS]) {
      const text = textIn(area, KEYS[stateKey]);
      if (text === null || isLegacy(text)) continue;
      if (area !== "memory") storage.write("memory", KEYS[stateKey], null); // another page knows better
      return text;
    }
    return null;
  };

  /** @param {string} stateKey @returns {any} undefined where it cannot be read, null where there is none */
  const valueOf = (stateKey) => {
    const text = textOf(stateKey);
    if (text === null) return null;
    if (last[stateKey]?.text === text) return last[stateKey].value;
    const value = decode(text, stateKey);
    if (value === undefined) unreadable.push(KEYS[stateKey]);
    last[stateKey] = { text, value };
    return value;
  };

  /** Puts a text where it belongs. @param {string} name @param {string} text @param {string} place @returns {Area | ""} where it is; "" where it is not */
  const put = (name, text, place) => {
    const area = /** @type {Area} */ (place === "cookieStorage" ? "cookie" : place);
    if (!AREAS.includes(area) || isLegacy(textIn(area, name))) return "";
    if (area !== "cookie") return storage.write(area, name, area === "localStorage" ? stringify(text) : text) ? area : "";
    if (!storage.takesCookies() || size(name, text) > LARGEST) return "";
    storage.writeCookie(name, text, lifetime ? { ...attributes, expires: page.now() + lifetime } : attributes);
    return area;
  };

  /** @param {string} name @param {Area[]} areas */
  const remove = (name, areas) => {
    for (const area of areas) {
      const text = textIn(area, name);
      if (text === null || isLegacy(text)) continue;
      if (area === "cookie") storage.writeCookie(name, null, attributes);
      else storage.write(area, name, null);
    }
  };

  /** Finds an area for what its own does not take. @type {(stateKey: string, text: string, place: string) => Area} */
  let placeElsewhere = () => "memory";

  /** @param {string} stateKey @param {unknown} value */
  const place = (stateKey, value) => {
    const name = KEYS[stateKey];
    const text = encode(value, encodes);
    const wanted = places[stateKey] || "held";
    const area = put(name, text, wanted) || placeElsewhere(stateKey, text, wanted);
    if (FIRST[wanted] && area === "memory" && textOf(stateKey) === text) return; // it is there, if not where it should be
    if (area === "memory") storage.write("memory", name, text);
    if (wanted !== "held") remove(name, AREAS.filter((each) => each !== area)); // what is stored must not overrule it
  };

  const identity = {
    opened,
    unreadable,
    put,
    remove,
    textIn,

    /** @param {string} stateKey */
    placeOf: (stateKey) => places[stateKey],

    /** @param {typeof placeElsewhere} how */
    placeWith: (how) => void (placeElsewhere = how),

    /** @param {import("./options").LoadOptions} options @param {Record<string, string>} wanted the places of the policy */
    configure(options, wanted) {
      ({ lifetime, encodes, domain } = options);
      attributes = { ...options.cookie };
      identity.move(wanted);
    },

    /** The identity as it is stored now: other tabs and the official SDK may have changed it. @returns {Identity} */
    read() {
      storage.look();
      const found = empty();
      for (const stateKey of Object.keys(KEYS)) found[stateKey] = valueOf(stateKey) ?? found[stateKey];
      if (!found.anonymousId && known.anonymousId) {
        // Cookies were cleared: the page goes on with the visitor that it had, and the next message begins a session.
        found.anonymousId = known.anonymousId;
        if (isEmpty(found.sessionInfo)) found.sessionInfo = known.sessionInfo.autoTrack ? { ...known.sessionInfo, expiresAt: 0 } : known.sessionInfo;
      }
      return (known = found);
    },

    /**
     * The identity as a page opens, with the anonymousId of others: a named cookie's in any case, Segment's where there
     * is none yet [js 3.5, 3.8].
     * @param {import("./options").LoadOptions} options @returns {Identity}
     */
    arrive({ externalAnonymousIdCookieName: external, capturesSegment }) {
      const found = identity.read();
      const named = anonymousIdOf(external && storage.read("cookie", external));
      const captured = capturesSegment && (storage.read("localStorage", "ajs_anonymous_id") || storage.read("cookie", "ajs_anonymous_id"));
      return { ...found, anonymousId: named || found.anonymousId || anonymousIdOf((captured || "").replace(/^"+|"+$/g, "")) || "" };
    },

    /**
     * Keeps the values that differ from what is stored (`renew`: all, so that they last another year).
     * @param {Partial<Identity>} values @param {boolean} [renew]
     */
    keep(values, renew) {
      known = { ...known, ...values };
      if (places.anonymousId === "none") known.anonymousId = "";
      if (textOf("anonymousId") === null && known.anonymousId) {
        const { anonymousId, sessionInfo } = identity.read(); // which was cleared meanwhile, and is kept again
        values = { anonymousId, sessionInfo, ...values };
      }
      for (const [stateKey, value] of Object.entries(values)) {
        if (places[stateKey] === "none") continue;
        const text = textOf(stateKey);
        // What is held must overrule what is stored, also where it is nothing.
        const isHeld = !places[stateKey] || places[stateKey] === "held";
        if (isEmpty(value) && (text === null || !isHeld)) remove(KEYS[stateKey], AREAS);
        else if (renew || text === null || toText(valueOf(stateKey)) !== toText(value)) place(stateKey, value);
      }
    },

    /** The values are kept elsewhere from now on. @param {Record<string, string>} wanted the places of the policy */
    move(wanted) {
      places = wanted;
      attributes.domain = domain === undefined ? storage.widestDomain() : domain;
    },

    /**
     * What is held in memory moves to where it may be kept now. A page whose visitor decided before knows them for longer:
     * its anonymousId counts, where the one here was only made meanwhile, and its first referrer.
     * @param {Record<string, string>} wanted the places of the policy @param {string} madeId the anonymousId that this page makes
     */
    settle(wanted, madeId) {
      const held = identity.read();
      identity.forget();
      identity.move(wanted);
      const { anonymousId, initialReferrer, initialReferringDomain } = identity.read();
      if (anonymousId && [madeId, ""].includes(held.anonymousId)) held.anonymousId = anonymousId;
      identity.keep(initialReferrer ? { ...held, initialReferrer, initialReferringDomain } : held, true);
    },

    /** Lets go of what is held in memory. */
    forget() {
      for (const name of Object.values(KEYS)) storage.write("memory", name, null);
      known = empty();
    },

    /** The legacy texts that are stored. @returns {string[]} */
    sealed() {
      storage.look();
      return /** @type {string[]} */ (Object.values(KEYS).flatMap((name) => AREAS.map((area) => textIn(area, name))).filter(isLegacy));
    },
  };
  return identity;
};

/** @typedef {ReturnType<typeof createIdentity>} BrowserIdentity */
