// Errors as messages (load option `autoTrack.errors`): what nobody in the page caught becomes a track message `Error`, what
// JavaScript threw and what Python did. Python's errors come as JavaScript errors with the traceback in their message, from
// Pyodide and MicroPython alike; PyScript catches those of its scripts, and says them in the console.
//
// A page that is broken says the same again and again. So an error waits for a moment, and equal ones are counted in one
// message; those that come later are counted in one more, as the page is hidden. There are MOST messages a page.
// What is not for others is taken out of the texts by the core (core/consent/redact.py).

import { attempt } from "./attempt.js";
import { Map, Set } from "./collections.js";

export const EVENT = "Error";
/** Messages of a page. */
export const MOST = 10;
/** ms. So long equal errors are waited for. */
export const MOMENT = 1_000;
/** Bytes of a text: what is more is left out. */
export const LONGEST = 8_192;
/** How Pyodide and MicroPython call their errors. */
const PYTHON = "PythonError";
/** What MicroPython says in the console before the traceback of a task that failed, line by line. */
const OF_TASK = "Task exception wasn't retrieved";

/** @typedef {{properties: Record<string, unknown>, count: number, at: number, seen: import("./types").Seen}} Counted `count`: those that no message has said */

/** @param {unknown} value */
const text = (value) => (typeof value === "string" ? value : "");

/** Its first lines, or its last, in LONGEST bytes; of lines that are long a part. @param {string} whole @param {boolean} fromEnd @returns {string} */
const cut = (whole, fromEnd = false) => {
  const encoder = new TextEncoder();
  let left = fromEnd ? whole.slice(-LONGEST) : whole.slice(0, LONGEST);
  while (encoder.encode(left).length > LONGEST) left = fromEnd ? left.slice(left.length / 10) : left.slice(0, left.length * 0.9);
  if (left.length === whole.length) return left;
  const lines = fromEnd ? left.slice(left.indexOf("\n") + 1) : left.slice(0, Math.max(0, left.lastIndexOf("\n")));
  return lines.length * 2 > left.length ? lines : left;
};

/** What Python's error is, and says: what follows the frames of its traceback, which are indented. @param {any} error */
const ofPython = (error) => {
  const traceback = text(error.message).trimEnd();
  const [, name = PYTHON, message = ""] = /^(?:\w+\.)*(\w+)(?:: ([^]*))?$/.exec(traceback.replace(/^[^]*\n [^\n]*\n/, "")) || [];
  return { language: "python", name: text(error.type) || name, message: cut(message), traceback: cut(traceback, true) };
};

/** @param {any} error whatever was thrown */
const ofJavaScript = (error) => {
  /** Any of them may throw. @param {string} name @returns {string} */
  const member = (name) => cut(text(attempt(() => error[name])));
  const message = member("message") || cut(text(attempt(() => String(error))));
  return { language: "javascript", name: member("name") || "Error", message, stack: member("stack") || undefined };
};

/** @param {import("./autoTrack").Parts} parts */
export const createPageErrors = ({ page, take, atHide }) => {
  /** By what they say. @type {Map<string, Counted>} */
  const known = new Map();
  /** Objects that were thrown, which may be told of twice. @type {Set<unknown>} */
  const thrown = new Set();
  let sent = 0;

  /** @param {Counted} counted */
  const say = (counted) => {
    const { properties, count, at, seen } = counted;
    counted.count = 0;
    if (!count || sent >= MOST) return;
    sent++;
    take("track", [EVENT, { ...properties, handled: false, count }], undefined, { at, page: seen });
  };

  /** @param {any} error @param {Record<string, unknown>} [place] where it was thrown */
  const caught = (error, place = {}) => {
    if (typeof error === "object" && error !== null) {
      if (thrown.has(error)) return;
      if (thrown.size < 1_000) thrown.add(error);
    }
    const properties = { ...(attempt(() => (error.name === PYTHON ? ofPython(error) : undefined)) || ofJavaScript(error)), ...place };
    const key = [properties.language, properties.name, properties.message, "traceback" in properties ? properties.traceback : properties.stack].join("\n");
    const before = known.get(key);
    if (before?.count) return void before.count++;
    if (!before && known.size >= MOST) return; // no message is left for it
    const counted = { properties: before?.properties || properties, count: 1, at: page.now(), seen: page.observe() };
    known.set(key, counted);
    // A second message says those that come later, all together.
    if (!before) page.setTimer(() => say(counted), MOMENT);
  };

  page.listen("window", "error", ({ error, message, filename, lineno, colno }) => {
    if (error === undefined && typeof message !== "string") return; // of an image that is not there, and the like
    caught(error ?? { name: "Error", message }, { source: text(filename) || undefined, line: lineno || undefined, column: colno || undefined });
  });
  page.listen("window", "unhandledrejection", ({ reason }) => caught(reason));
  atHide(() => {
    for (const counted of known.values()) say(counted);
  });

  /** Lines of a task's traceback, which are still coming. @type {string[] | undefined} */
  let coming;
  /** @param {unknown} line of the console */
  const hearLine = (line) => {
    if (line === OF_TASK) coming = [];
    if (!coming || typeof line !== "string" || (!coming.length && !line.startsWith("Traceback"))) return;
    coming.push(line);
    if (coming.length === 1 || line.startsWith(" ")) return;
    const message = coming.join("\n");
    coming = undefined;
    caught({ name: PYTHON, message });
  };

  attempt(() => {
    const { console } = page.window;
    const before = console.error;
    /** @param {any[]} given */
    console.error = function (...given) {
      if (given[0] !== "[rudderanalytics]") for (const each of given) page.alone(() => (attempt(() => each.name === PYTHON) ? caught(each) : hearLine(each)));
      return Reflect.apply(before, this, given);
    };
  });
};
