// All options of `load` and `consent`: what can be set, its default, and what is accepted [js 5]. It comes with Python,
// which gets them accepted and complete; what the page needs before is read by options.js, under the same vectors
// (tests/vectors/options.json). An option that is unknown or of the wrong type is a mistake, and has its default; advice.js
// puts it into words, which only a page with a mistake needs.

import { stringify } from "./builtins.js";
import { isObject, KEYS } from "./cookies.js";
import { toText } from "./json.js";
import { buffer, LEVELS, PROTECTED, SAME_SITE, SEGMENT, STORAGE_TYPES } from "./options.js";

const PROVIDERS = ["oneTrust", "ketch", "iubenda", "custom", "googleConsentMode", "cookiebot", "osano", "cookieYes", "usercentrics", "klaro"];

// Kinds of values that are not told by the default: an option whose default is `null` or a list of texts.
/** @typedef {{kind: string, fits: (value: unknown) => boolean}} Kind */
/** @type {Kind} */
const TEXT = { kind: "a text", fits: (value) => typeof value === "string" && value !== "" };
/** @type {Kind} */
const TEXTS = { kind: "a list of texts", fits: (value) => Array.isArray(value) && value.every((item) => typeof item === "string") };
/** @type {Kind} */
const FLAG = { kind: "true or false", fits: (value) => typeof value === "boolean" };
/** @type {Kind} */
const FUNCTION = { kind: "a function", fits: (value) => typeof value === "function" };

/**
 * An option that is not set has `value`; `accepts` says what it takes where that is not told by the value.
 * One that protects the visitor has `protects`, for when it is given in a form that cannot be read: nobody writes such
 * an option to be tracked.
 * @param {unknown} value @param {readonly unknown[] | Kind} accepts @param {unknown} [protects]
 */
const option = (value, accepts, protects) => ({ value, accepts, protects });

const PROTECTION = () => option(false, FLAG, true);

/** @typedef {ReturnType<typeof option>} Option */
/** @typedef {{[name: string]: Option | Table | number | boolean}} Table name -> what it takes; nested options are tables */

/** @type {Table} */
const ENTRIES = Object.fromEntries(Object.keys(KEYS).map((name) => [name, { type: option(null, STORAGE_TYPES) }]));

/** @type {Table} */
const CONSENT_MANAGEMENT = {
  enabled: PROTECTION(),
  provider: option(null, PROVIDERS, null),
  allowedConsentIds: option(null, TEXTS, null),
  deniedConsentIds: option(null, TEXTS, null),
};

/** May be given as true or false, too; an object asks for it, unless `enabled` says no. @type {Table} */
const PAGE_VIEWS = { enabled: false, hash: false, before: option(null, FUNCTION) };

/** Its members have any name. @type {Kind} */
const INTEGRATIONS = { kind: "an object", fits: isObject };

const EVENTS = { delivery: option("immediate", ["immediate", "buffer"], "buffer") };

const PRE_CONSENT = {
  enabled: PROTECTION(),
  storage: { strategy: option("none", ["none", "session", "anonymousId"], "none") },
  events: EVENTS,
  remember: false,
};

/**
 * `logLevel` is WARN here (ERROR in the official SDK): a line that says what was refused or could not be stored should
 * be seen. Durations in ms (`maxage` 0: until the browser is closed), `maxSize` and `outboxMaxBytes` in bytes.
 * @type {Table}
 */
const LOAD = {
  logLevel: option("WARN", LEVELS),
  sessions: { autoTrack: true, timeout: 1_800_000, cutOff: { enabled: false, duration: 43_200_000 } },
  integrations: option({ All: true }, INTEGRATIONS),
  useGlobalIntegrationsConfigInEvents: false,
  sameSiteCookie: option("Lax", SAME_SITE),
  secureCookie: false,
  setCookieDomain: option(null, TEXT),
  sameDomainCookiesOnly: false,
  useServerSideCookies: false,
  dataServiceEndpoint: option(null, TEXT),
  storage: {
    type: option("cookieStorage", STORAGE_TYPES),
    entries: ENTRIES,
    cookie: {
      maxage: 31_536_000_000,
      expires: option(null, TEXT),
      path: option("/", TEXT),
      domain: option(null, TEXT),
      samesite: option(null, SAME_SITE),
      secure: option(null, FLAG),
      partitioned: false,
    },
    encryption: { version: option("v3", ["v3", "legacy"]) },
    migrate: true,
  },
  anonymousIdOptions: { autoCapture: { enabled: false, source: option(null, SEGMENT) } },
  externalAnonymousIdCookieName: option(null, TEXT),
  uaChTrackLevel: option("none", ["none", "default", "full"]),
  autoTrack: { enabled: false, options: option({}, INTEGRATIONS), pageLifecycle: { enabled: option(null, FLAG), events: option([], TEXTS), options: option({}, INTEGRATIONS) }, pageViews: PAGE_VIEWS, errors: false },
  queueOptions: { minRetryDelay: 1_000, maxRetryDelay: 300_000, resendUnanswered: false, batch: { maxItems: 100, maxSize: 512_000 } },
  preConsent: PRE_CONSENT,
  consentManagement: CONSENT_MANAGEMENT,
  respectGPC: PROTECTION(),
  respectDNT: PROTECTION(),
  outboxMaxBytes: 2_097_152,
  /** Without it nobody knows what was to be taken out of messages. */
  beforeSend: option(null, FUNCTION, true),
  beforeSendFailure: option("drop", ["drop", "send"]),
  onLoaded: option(null, FUNCTION),
  /** A link that we cannot read the rule for says nothing. */
  queryStringApi: option(true, [true, false, "anonymous"], false),
  redact: option(["token", "key", "password", "secret", "code", "email"], TEXTS),
  runtime: option(null, ["pyodide", "micropython", "host"]),
  assetsUrl: option(null, TEXT),
  debugParameter: false,
  crossOriginAssets: false,
};

/** @type {Table} */
const CONSENT = {
  storage: { type: option(null, STORAGE_TYPES), entries: ENTRIES },
  consentManagement: CONSENT_MANAGEMENT,
  integrations: option({}, INTEGRATIONS),
  discardPreConsentEvents: false,
  sendPageEvent: false,
  trackConsent: false,
};

/** @param {Table[string]} entry @returns {entry is Option} */
const isOption = (entry) => typeof entry === "object" && "accepts" in entry;

/** What holds where nothing is given. @param {Table[string]} entry @returns {any} */
const usual = (entry) => {
  if (isOption(entry)) return entry.value;
  return typeof entry === "object" ? each(entry, usual) : entry;
};

/** What holds where something is given that cannot be read. @param {Table[string]} entry @returns {any} */
const safe = (entry) => {
  if (isOption(entry)) return entry.protects ?? entry.value;
  return typeof entry === "object" ? each(entry, safe) : entry;
};

/** @param {Table} table @param {(entry: Table[string]) => unknown} make @returns {Record<string, any>} */
const each = (table, make) => Object.fromEntries(Object.entries(table).map(([name, entry]) => [name, make(entry)]));

/** @param {unknown} one @param {unknown} other */
const isSame = (one, other) => stringify(one) === stringify(other);

/**
 * What is not as it should be: an option that there is not ("unknown"), or of the wrong type, whose default is used
 * ("wrong", or "strict" where it says how the visitor is protected) or that counts as asked for ("protected"); options that
 * cannot be read ("unread"); one that is accepted, and should be thought of ("note"); a name that there is not of a "method"
 * or to listen to ("listener") or a listener that is no function, a second load ("again"), an argument that was "cut",
 * arguments that a method has no use for ("misfit"), storage that is "full" or blocked. And what is not as it should be in
 * the browser, or elsewhere: an area that is "blocked", a value that was "placed" elsewhere, a cookie of another "scope" that
 * stays, or one that was "refused", stored values that are "unreadable", or "sealed" by the official SDK's first version,
 * stored messages that were "broken", a consent manager that is "silent", a cookie service that is "unreached", an answer
 * that is "foreign", a script of ours that the page is "without". And of what Python says of deliveries, what there is more to say about: a "redirect", a "key" or an "address"
 * that is to be checked, a data plane that is "failing" or behind a "network" where it cannot be reached, a "firewall" or a
 * "stranger" that may have answered in its place.
 * @typedef {object} Mistake
 * @property {"unknown" | "wrong" | "strict" | "protected" | "unread" | "note" | "method" | "listener" | "again" | "cut" | "misfit" | "full" | "blocked" | "placed" | "scope" | "refused" | "unreadable" | "sealed" | "broken" | "silent" | "unreached" | "foreign" | "without" | "redirect" | "key" | "address" | "failing" | "network" | "firewall" | "stranger"} kind
 * @property {string} name
 * @property {string} [level] of what Python says, which knows what it has said already
 * @property {string} [detail] why it cannot be had
 * @property {string} [area] where a value belongs @property {string} [where] and where it is
 * @property {Table[string]} [entry] what it should be @property {unknown} [value] what it is; options that are a text, which should be JSON
 * @property {string[]} [known] the names that there are
 */

/** Is it what an option takes? @param {Table[string]} entry @param {unknown} value @returns {boolean} */
const fits = (entry, value) => {
  if (typeof entry === "boolean") return typeof value === "boolean";
  if (typeof entry === "number") return Number.isInteger(value) && Number(value) >= 0;
  if (!isOption(entry)) return isObject(value);
  const { accepts } = entry;
  return "fits" in accepts ? accepts.fits(value) : accepts.includes(value);
};

/** Has it a switch that protects the visitor? @param {Table} table */
const hasSwitch = ({ enabled }) => typeof enabled === "object" && enabled.protects === true;

/** Does it ask for protection by a name that there is not? @param {Table} table @param {string} name @param {unknown} value @param {any} accepted @returns {boolean} */
const isAsking = (table, name, value, accepted) => {
  if (table === LOAD) return PROTECTED.test(name);
  if (table === PRE_CONSENT || table === EVENTS) return buffer(value);
  return hasSwitch(table) && accepted.enabled && value === true;
};

/** @param {unknown} value of what may be given as true or false @returns {unknown} */
const inFull = (value) => {
  if (typeof value === "boolean") return { enabled: value };
  return isObject(value) ? { enabled: true, ...value } : value;
};

/**
 * The defaults with what is given over them; `mistakes` takes what is not accepted, `before` in front of its name.
 * @param {Record<string, unknown>} given @param {Table} table @param {string} before @param {Mistake[]} mistakes
 */
const fill = (given, table, before, mistakes) => {
  const accepted = each(table, usual);
  // Whatever the switch was called.
  if (hasSwitch(table) && (given.enabled ?? null) === null) accepted.enabled = Object.values(given).includes(true);
  const known = Object.keys(table);
  for (const [name, said] of Object.entries(given)) {
    const value = table[name] === PAGE_VIEWS ? inFull(said) : said;
    if (value === null || value === undefined) continue;
    if (!known.includes(name)) {
      mistakes.push({ kind: isAsking(table, name, value, accepted) ? "protected" : "unknown", name: before + name, known });
      continue;
    }
    const entry = table[name];
    if (!fits(entry, value)) {
      accepted[name] = value === false ? usual(entry) : safe(entry);
      const isStrict = isOption(entry) && entry.protects !== undefined;
      const kind = !isSame(accepted[name], usual(entry)) ? "protected" : isStrict ? "strict" : "wrong";
      mistakes.push({ kind, name: before + name, entry, value });
    } else if (isOption(entry)) {
      accepted[name] = entry.accepts === INTEGRATIONS ? { .../** @type {object} */ (entry.value), .../** @type {object} */ (value) } : value;
    } else if (typeof entry === "object") {
      accepted[name] = fill(/** @type {Record<string, unknown>} */ (value), entry, `${before}${name}.`, mistakes);
    } else accepted[name] = value;
  }
  return accepted;
};

/** Warnings of [js 3.9], and no cut-off before the timeout. @param {any} sessions @param {(name: string) => void} note */
const noteSessions = ({ autoTrack, timeout, cutOff }, note) => {
  if (!autoTrack) return;
  if (timeout < 10_000) note(timeout ? "sessions.timeout" : "sessions.timeout 0");
  if (!cutOff.enabled || cutOff.duration >= timeout) return;
  cutOff.enabled = false;
  note("sessions.cutOff");
};

/**
 * As if it had asked for all that protects the visitor, in the strictest way; only which consent manager it uses stays.
 * @param {any} accepted @param {Record<string, unknown>} given
 */
const protect = (accepted, given) => {
  const { provider } = accepted.consentManagement;
  for (const name of ["preConsent", "consentManagement", "respectGPC", "respectDNT"]) accepted[name] = safe(LOAD[name]);
  accepted.consentManagement.provider = provider;
  accepted.queryStringApi = given.queryStringApi === undefined ? false : accepted.queryStringApi;
};

/**
 * What a member that there is not asks for, and of the ids of a decision both or none: where one list is wrong, nobody
 * knows what was decided.
 * @param {any} accepted @param {Record<string, unknown>} given
 */
const holdTogether = ({ preConsent, consentManagement }, given) => {
  if (isObject(given.preConsent)) {
    const { events, enabled: _, storage: __, ...unknown } = given.preConsent;
    if (Object.values({ ...unknown, ...(isObject(events) ? events : {}) }).some(buffer)) preConsent.events.delivery = "buffer";
  }
  const management = isObject(given.consentManagement) ? given.consentManagement : {};
  const lists = ["allowedConsentIds", "deniedConsentIds"];
  if (lists.some((name) => consentManagement[name] === null && (management[name] ?? null) !== null)) {
    for (const name of lists) consentManagement[name] = null;
  }
};

/** @typedef {{accepted: any, mistakes: Mistake[]}} Checked options, complete */

/** @param {unknown} given options of `load`; a text is one that is no JSON @returns {Checked} */
export const checkLoad = (given) => {
  /** @type {Mistake[]} */
  const mistakes = [];
  const note = (/** @type {string} */ name) => void mistakes.push({ kind: "note", name });
  const members = isObject(given) ? given : {};
  const isUnread = members !== given && PROTECTED.test(toText(given));
  if (isUnread) mistakes.push({ kind: "unread", name: "load" });
  else if (given !== null && given !== undefined && members !== given) note("load");
  const accepted = isUnread ? { ...each(LOAD, safe), beforeSend: null } : fill(members, LOAD, "load option ", mistakes);
  holdTogether(accepted, members);
  if (Object.keys(members).some((name) => !Object.keys(LOAD).includes(name) && PROTECTED.test(name))) protect(accepted, members);
  noteSessions(accepted.sessions, note);
  if (accepted.storage.encryption.version === "legacy") note("storage.encryption.version");
  if (accepted.preConsent.enabled && !accepted.consentManagement.enabled) note("preConsent");
  return { accepted, mistakes };
};

/** @param {unknown} given options of `consent` @returns {Checked} */
export const checkConsent = (given) => {
  /** @type {Mistake[]} */
  const mistakes = [];
  return { accepted: fill(isObject(given) ? given : {}, CONSENT, "consent option ", mistakes), mistakes };
};
