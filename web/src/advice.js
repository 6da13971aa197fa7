// Mistakes in words.

import { NAMES } from "./ledger.js";
import { nearest } from "./nearest.js";

/** @import {Mistake} from "./optionTable" */

const METHODS =
  "load ready identify track page group alias reset getUserId getUserTraits getAnonymousId setAnonymousId getGroupId getGroupTraits getSessionId startSession endSession consent revoke setAuthToken flush on stats debug push".split(
    " ",
  );
/** Of the official SDK: they do nothing here, and RudderStack's snippet buffers them [js 1.11]. */
const IGNORED = ["setDefaultInstanceKey", "addCustomIntegration"];

/** @param {Mistake} mistake */
export const isSaid = ({ kind, name }) => kind !== "method" || !IGNORED.includes(name);

/** @param {Mistake} mistake */
export const levelOf = ({ kind }) => (["strict", "protected", "unread", "method", "listener", "function"].includes(kind) ? "ERROR" : "WARN");

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
    listener: `on: ${name} is not told to listeners${meant}`,
    function: `on: the listener of ${name} is no function`,
    again: `${name}: this page has loaded already; the first load counts`,
    full: `${name} is blocked or full: messages are kept in memory, and lost with this page`,
    cut: `${name} is too large; the rest of it is left out`,
  }[kind];
};
