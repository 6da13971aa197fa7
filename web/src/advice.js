// Mistakes in words.

import { NAMES } from "./ledger.js";
import { nearest } from "./nearest.js";

/** @import {Mistake} from "./optionTable" */

const METHODS =
  "load ready identify track page group alias reset getUserId getUserTraits getAnonymousId setAnonymousId getGroupId getGroupTraits getSessionId startSession endSession consent revoke setAuthToken flush on stats debug push getAnalyticsInstance".split(
    " ",
  );
/** Of the official SDK: they do nothing here, and RudderStack's snippet buffers them [js 1.11]. */
const IGNORED = ["setDefaultInstanceKey", "addCustomIntegration"];

/** Of each method what its arguments should be, and that as kinds: text, number, boolean, object, "-" for none. @type {Record<string, [string, RegExp]>} */
const FORMS = {
  identify: ["userId should be a text, traits and options objects", /^[tn-]?[o-]{0,2}$/],
  track: ["event should be a text, properties and options objects", /^t[o-]{0,2}$/],
  page: ["category and name should be texts, properties and options objects", /^[t-]{0,2}[o-]{0,2}$/],
  group: ["groupId should be a text, traits and options objects", /^[tn-]?[o-]{0,2}$/],
  alias: ["to and from should be texts, options an object", /^[tn][tn-]?[o-]?$/],
  reset: ["it takes true, false or {entries}", /^[bo]?$/],
  setAnonymousId: ["the id and the linker should be texts", /^[t-]{0,2}$/],
  setAuthToken: ["the token should be a text", /^t?$/],
  consent: ["the options should be an object", /^o?$/],
};

/** @param {unknown} value JSON */
const kindOf = (value) => (value === null || value === undefined || value === "" ? "-" : Array.isArray(value) ? "a" : (typeof value)[0].replace("s", "t"));

/** Arguments that a method has no use for, by their types. @param {string} method @param {unknown[]} given @returns {string | undefined} */
export const misfit = (method, given) => {
  const [form, kinds] = FORMS[method] || [];
  return kinds && !kinds.test(given.map(kindOf).join("").replace(/-+$/, "")) ? `${method}: ${form}` : undefined;
};

/** @param {Mistake} mistake */
export const isSaid = ({ kind, name }) => kind !== "method" || !IGNORED.includes(name);

/** @param {Mistake} mistake */
export const levelOf = ({ kind }) => (["strict", "protected", "unread", "method", "listener"].includes(kind) ? "ERROR" : "WARN");

/** @param {Mistake} mistake @returns {string} what is wrong, and what is done instead */
export const inWords = ({ kind, name, expected, known = [] }) => {
  const [last] = /[^ .]*$/.exec(name) || [""];
  const near = nearest(last, kind === "method" ? METHODS : kind === "listener" ? NAMES : known);
  const meant = near ? `. Is ${near} meant?` : "";
  return {
    unknown: `${name} does nothing here; it is ignored${meant}`,
    wrong: `${name} should be ${expected}; the default is used`,
    strict: `${name} should be ${expected}; it counts as not said`,
    protected: expected ? `${name} should be ${expected}; it counts as asked for, to protect the visitor` : `${name} is not known here; protection counts as asked for${meant}`,
    unread: name,
    note: name,
    method: `push: ${name} is no method; the call is ignored${meant}`,
    listener: NAMES.includes(name) ? `on: the listener of ${name} is no function` : `on: ${name} is not told to listeners${meant}`,
    again: `${name}: this page has loaded already; the first load counts`,
    full: `${name} is blocked or full: messages are kept in memory, and lost with this page`,
    cut: `${name} is too large; the rest of it is left out`,
  }[kind];
};
