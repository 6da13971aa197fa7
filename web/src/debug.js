// What `logLevel: "DEBUG"` and `rudderanalytics.debug()` show in the console, as groups that open: each call with the message
// that it became, each delivery with its answer and the next try, and how things are. Nothing of it is made at other
// levels, as it says who the visitor is: there it does not even come (words.js).

import { attempt } from "./attempt.js";
import { parse, stringify } from "./builtins.js";
import { LEVELS } from "./options.js";

/** @import {Delivery, Effect, Failed, Input} from "./types" */

const PARAMETER = "rudder_debug";
/** In sessionStorage: it holds for one visit. */
const KEY = "rudderanalytics.debug";

/** Why the interpreter is the one it is, by how the SDK came into the page. @type {Record<string, string>} */
const CHOSEN_BY = { script: "the script tag's data-runtime", npm: 'the load option "runtime"', python: "the page's Python, which imported rudderanalytics" };

/**
 * Is it to be shown?
 * @param {import("./page").Page} page @param {import("./storage").BrowserStorage} storage @param {import("./options").LoadOptions} options
 * @param {boolean} isAllowed may a parameter of the page's address ask for it?
 */
export const isDebugged = (page, storage, { logLevel }, isAllowed) => {
  const isLevel = LEVELS.indexOf(logLevel) <= LEVELS.indexOf("DEBUG");
  if (!isAllowed) return isLevel;
  const asked = attempt(() => new URL(page.location().href).searchParams.get(PARAMETER)) ?? null;
  if (asked !== null) storage.write("sessionStorage", KEY, asked === "1" ? "1" : null);
  return isLevel || (asked === null ? storage.read("sessionStorage", KEY) : asked) === "1";
};

/** @param {import("./page").Page} page @param {(level: string, line: string) => void} log says a line, if the level is said */
export const createDebug = (page, log) => {
  /** @param {string} title @param {Record<string, unknown>} lines */
  const group = (title, lines) => {
    attempt(() => {
      const { console } = page.window;
      console.groupCollapsed(`[rudderanalytics] ${title}`);
      for (const [name, value] of Object.entries(lines)) if (value !== undefined) console.debug(name, value);
      console.groupEnd();
    });
  };

  return {
    /** An input that Python has acted on. @param {Input} input @param {Effect[]} effects */
    acted({ type, id, arguments: given }, effects) {
      if (!given) return;
      /** @type {Record<string, unknown>} */
      const lines = { arguments: given };
      for (const effect of effects) {
        if (effect.type === "accept") lines.message = effect.message;
        if (effect.type === "keep") lines.visitor = effect.identity;
      }
      group(`${type}(${given.map((/** @type {unknown} */ value) => stringify(value)).join(", ")})`, { ...lines, messageId: lines.message && id });
    },

    /** A delivery has its answer. @param {Delivery} delivery @param {string[]} texts @param {import("./transport").Answer} answer @param {number} ms that it took */
    delivered({ url, headers }, texts, { status, retryAfter, movedTo }, ms) {
      const messages = texts.map((text) => parse(text));
      const title = `POST ${url}: ${status || "no answer"}, ${texts.length} message(s), ${Math.round(ms)} ms`;
      group(title, { messages, headers, retryAfter: retryAfter ?? undefined, movedTo });
    },

    /** A try failed. @param {string[]} ids @param {Failed} failed */
    failed(ids, { reason, nextTry }) {
      log("DEBUG", `a delivery of ${ids.length} message(s) failed: ${reason}${nextTry === null ? "" : `; next try: ${new Date(nextTry).toISOString()}`}`);
      const when = nextTry === null ? "when there is reason to" : `in ${Math.max(0, Math.round((nextTry - page.now()) / 1000))} s`;
      group(`failed: ${reason}; the next try is ${when}`, { messageIds: ids });
    },

    /** The small MicroPython was not enough (runtimes/replay.js). */
    fellBack() {
      log("DEBUG", "Python lacked something that is rarely needed: all of it was fetched, and goes on");
    },

    /** Messages were dropped. @param {string[]} ids @param {string} [reason] */
    dropped(ids, reason) {
      group(`dropped: ${reason}`, { messageIds: ids });
    },

    /** How things are. @param {Record<string, unknown>} state */
    show(state) {
      group("state", { "chosen by": CHOSEN_BY[page.installType], ...state });
    },
  };
};

/** @typedef {ReturnType<typeof createDebug>} Debug */
