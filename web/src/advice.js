// Mistakes in words.
//
// They come in a script of their own (words.js): what is right, and what is done where something is not, is known without.

import { parse } from "./builtins.js";
import { toText } from "./json.js";
import { NAMES } from "./ledger.js";
import { nearest } from "./nearest.js";

/** @import {Mistake} from "./optionTable" */

const METHODS =
  "load ready identify track page group alias reset getUserId getUserTraits getAnonymousId setAnonymousId getGroupId getGroupTraits getSessionId startSession endSession consent revoke setAuthToken flush on stats debug push getAnalyticsInstance".split(
    " ",
  );
/** Of the official SDK: they do nothing here, and RudderStack's snippet buffers them [js 1.11]. */
const IGNORED = ["setDefaultInstanceKey", "addCustomIntegration"];

/** What the arguments of each method should be. @type {Record<string, string>} */
const FORMS = {
  identify: "userId should be a text, traits and options objects",
  track: "event should be a text, properties and options objects",
  page: "category and name should be texts, properties and options objects",
  group: "groupId should be a text, traits and options objects",
  alias: "to and from should be texts, options an object",
  reset: "it takes true, false or {entries}",
  setAnonymousId: "the id and the linker should be texts",
  setAuthToken: "the token should be a text",
  consent: "the options should be an object",
};

/** What is accepted, and should be thought of. @type {Record<string, string>} */
const NOTES = {
  load: "load: the options should be an object",
  "sessions.timeout": "load option sessions.timeout under 10 seconds is not recommended",
  "sessions.timeout 0": "load option sessions.timeout of 0 turns automatic sessions off",
  "sessions.cutOff": "load option sessions.cutOff.duration is less than the timeout; there is no cut-off",
  "storage.encryption.version": "load option storage.encryption.version: what is stored is plain JSON, which every version reads",
  preConsent: "load option preConsent needs consentManagement.enabled",
};

const LATER = "messages are kept, next try in 5 minutes";

/** @param {Mistake} mistake */
export const isSaid = ({ kind, name }) => kind !== "method" || !IGNORED.includes(name);

/** Kinds that are said each time, as somebody did something each time. */
const EACH_TIME = ["unknown", "wrong", "strict", "protected", "unread", "note", "method", "listener", "again", "cut", "broken"];

/** Is it said once, however often it happens? @param {Mistake} mistake */
export const isSaidOnce = ({ kind, level }) => !level && !EACH_TIME.includes(kind);

/** @param {Mistake} mistake */
export const levelOf = ({ kind, level }) => level ?? (["strict", "protected", "unread", "method", "listener", "without"].includes(kind) ? "ERROR" : "WARN");

/** What an option should be. @param {NonNullable<Mistake["entry"]>} entry @param {unknown} value @param {string} name @returns {string} */
const expectedOf = (entry, value, name) => {
  if (typeof entry === "boolean") return "true or false";
  if (typeof entry === "number") return "a whole number, 0 or more";
  if (name === "load option autoTrack.pageViews") return "true, false or an object";
  const accepts = /** @type {import("./optionTable").Option["accepts"] | undefined} */ (entry.accepts);
  if (!accepts) return "an object";
  if (!("kind" in accepts)) return accepts.join(" or ");
  const { kind } = accepts;
  return kind === "a list of texts" && Array.isArray(value) ? `${kind}, and ${toText(value.find((item) => typeof item !== "string")) ?? "a member"} is none` : kind;
};

/** Where a text, which should be JSON, is broken. @param {unknown} value */
const brokenAt = (value) => {
  try {
    if (typeof value === "string") parse(value);
  } catch (error) {
    return `; it is no JSON: ${/** @type {Error} */ (error).message}`;
  }
  return "";
};

/** @param {Mistake} mistake @returns {string} what is wrong, and what is done instead */
export const inWords = ({ kind, name, detail, area, where, entry, value, known = [] }) => {
  const [last] = /[^ .]*$/.exec(name) || [""];
  const near = nearest(last, kind === "method" ? METHODS : kind === "listener" ? NAMES : known);
  const meant = near ? `. Is ${near} meant?` : "";
  const expected = entry === undefined ? "" : expectedOf(entry, value, name);
  const place = where === "memory" ? "memory, for this page only" : where;
  const why = brokenAt(value);
  return {
    unknown: `${name} does nothing here; it is ignored${meant}`,
    wrong: `${name} should be ${expected}; the default is used`,
    strict: `${name} should be ${expected}; it counts as not said`,
    protected: expected ? `${name} should be ${expected}; it counts as asked for, to protect the visitor` : `${name} is not known here; protection counts as asked for${meant}`,
    unread: `${name}: the options cannot be read, and may ask for protection: nothing is stored or sent until consent()${why}`,
    note: NOTES[name] + why,
    method: `push: ${name} is no method; the call is ignored${meant}`,
    listener: NAMES.includes(name) ? `on: the listener of ${name} is no function` : `on: ${name} is not told to listeners${meant}`,
    again: `${name}: this page has loaded already; the first load counts`,
    full: `${name} is blocked or full: messages are kept in memory, and lost with this page`,
    misfit: `${name}: ${FORMS[name]}`,
    blocked: `${name === "cookie" ? "cookies are" : `${name} is`} blocked; the visitor's identity is kept in ${place}`,
    placed: area === "cookie" ? `${name} does not fit a cookie (4,096 bytes); it is kept in ${place}` : `${area} is full; ${name} is kept in ${place}`,
    scope: `a cookie ${name} of another domain or path cannot be removed; this page does as if it were not there`,
    refused: `the browser refuses the cookie ${name}; its value is kept in memory, for this page only`,
    unreadable: `the stored ${name} cannot be read; it counts as absent`,
    sealed: `${name} cookies cannot be opened on this page; they are left alone`,
    broken: `${name} stored message(s) or call(s) cannot be read; they are removed`,
    silent: `${name} says nothing that can be read`,
    unreached: `load option ${name}: no cookie service can set this page's cookies; the script sets them`,
    foreign: `the data plane's answer is none of RudderStack's (${name}, not the text ok): is a data plane at that address, or does this network want a sign-in first? What was sent counts as delivered`,
    without: `links of AMP pages, client hints, consent managers, decisions of before, old cookies and a cookie service do without ${name}: ${detail}`,
    redirect: `the data plane redirects in a way that loses what is sent: set the data plane URL to ${name}; ${LATER}`,
    key: `${name}: check the write key; ${LATER}`,
    address: `${name}: check the address, or the source is disabled; ${LATER}`,
    failing: `${name}; messages are kept and tried again`,
    network: `${name}; messages are kept and tried again. If it is up, the network tab says what is in the way: CORS, mixed content, a Content-Security-Policy, an ad blocker`,
    firewall: `${name}; a firewall or a proxy before the data plane may refuse this page: the network tab shows what it says`,
    stranger: `${name}; is a data plane at that address?`,
    cut: `${name} is too large; the rest of it is left out`,
  }[kind];
};
