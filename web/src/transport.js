// One request to the data plane.

import { attempt, attempted } from "./attempt.js";
import { Promise } from "./builtins.js";
import { Map } from "./collections.js";

/** ms. */
const LONGEST = 30_000;

/** `Retry-After` in ms: seconds or a date (RFC 9110, 10.2.3). @param {string | null} text @param {number} now @returns {number | null} */
export const retryAfterOf = (text, now) => {
  const wait = /^\d+$/.test(text || "") ? +(text || "") * 1000 : Date.parse(text || "") - now;
  return wait >= 0 ? wait : null;
};

/**
 * A request body, joined of texts that were made once: each message, and the batch, says when it is sent [js 4.2, 4.3].
 * @param {string[]} messages JSON objects @param {string} sentAt @param {boolean} isBatch also of one
 */
export const bodyOf = (messages, sentAt, isBatch) => {
  const stamp = `,"sentAt":"${sentAt}"}`;
  let stamped = ""; // joined here: what a page makes of arrays must not come between
  for (const text of messages) stamped += (stamped && ",") + text.slice(0, -1) + stamp;
  return isBatch ? `{"batch":[${stamped}]${stamp}` : stamped;
};

/** What an answer says. A page may have put its own function in place of `fetch`. @param {any} response @param {number} now */
const saidBy = (response, now) => ({
  status: typeof response.status === "number" ? response.status : 0,
  retryAfter: attempt(() => retryAfterOf(response.headers.get("Retry-After"), now)) ?? null,
});

/**
 * Of what kind an answer is that says all is well, where it is not the gateway's, which answers `ok` as plain text: a
 * network that wants a sign-in first (a captive portal), or another server, answers with a page. "" where it is the gateway's.
 * @param {any} response @returns {string}
 */
const foreign = (response) => {
  const kind = attempt(() => response.ok && response.headers.get("Content-Type"));
  return typeof kind === "string" && !/^\s*text\/plain/i.test(kind) ? kind : "";
};

/**
 * `movedTo`: of another address, to a GET (redirect.js); `kind`: of what kind it is, where it is none of RudderStack's;
 * `isLate`: there is none yet
 * @typedef {{status: number, retryAfter: number | null, movedTo?: string, kind?: string, isLate?: boolean}} Answer
 */

/** Where an answer after a redirect came from: redirect.js, which few pages need. @type {typeof import("./redirect").movedTo} */
const movedTo = async (page, ...given) => (await page.bring("extras.mjs")).movedTo(page, ...given);

/** @param {any} promise or something like it @param {(value: any) => void} settle @param {(error: unknown) => void} fail */
const follow = async (promise, settle, fail) => {
  try {
    settle(await promise);
  } catch (error) {
    fail(error);
  }
};

/** What settles first. Without `Promise.race` and `then`, which a page may have changed. @param {unknown} one @param {unknown} other @returns {Promise<any>} */
const first = (one, other) =>
  new Promise((settle, fail) => {
    follow(one, settle, fail);
    follow(other, settle, fail);
  });

/**
 * POSTs a body; settles with the status (0: it never arrived, or no answer in 30 s) and `Retry-After` in ms. Never rejects.
 * @param {import("./page").Page} page @param {string} url @param {Record<string, string>} headers @param {string} body
 * @param {boolean} keepalive @param {Map<string, string>} [redirects] what is known of them, by address @returns {Promise<Answer>}
 */
export const post = async (page, url, headers, body, keepalive, redirects = new Map()) => {
  const abort = attempt(() => new AbortController());
  /** @type {unknown} */
  let timer;
  let isLate = /** @type {boolean} */ (false);
  const end = () => page.clearTimer(timer);
  // Not every `fetch` can be aborted.
  const late = new Promise((_, reject) => {
    timer = page.setTimer(() => {
      isLate = true;
      abort?.abort();
      reject(new Error("no answer"));
    }, LONGEST);
  });
  attempted(() => late); // nobody may wait for it any more, where a page lets no timer be cleared
  try {
    const asked = /** @type {typeof fetch} */ (page.fetch)(url, { method: "POST", headers, body, keepalive, credentials: "omit", signal: abort?.signal });
    const response = await first(asked, late);
    const answer = saidBy(response, page.now());
    const moved = response.redirected === true && (await first(movedTo(page, url, response, abort?.signal, redirects), late));
    // An answer that never ends holds a connection, of which a browser has few: it is ended then.
    if (!attempt(() => follow(response.text(), end, end))) end();
    if (moved) return { ...answer, movedTo: String(moved) };
    const kind = foreign(response);
    return kind ? { ...answer, kind } : answer;
  } catch {
    end();
    return { status: 0, retryAfter: null, ...(isLate && { isLate }) };
  }
};
