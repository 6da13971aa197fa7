// Whether an answer is one to what was sent. After a 301, 302 or 303 the browser follows with a GET that carries nothing
// (Fetch, HTTP-redirect fetch), and a page that answers 200 would count as delivered; after a 307 or 308 it sends the
// POST once more, which counts. A script sees neither the status of a redirect nor the method that came of it, only that
// there was one (`redirected`) and the last address (`url`); with `redirect: "manual"` not even that. So that address is
// asked by a GET of our own: where it answers the same, the first answer may have been one to a GET, and does not count.

import { attempt } from "./attempt.js";

/** Characters of answers that are held side by side. */
const ENOUGH = 1_000;

/** @param {any} response @returns {Promise<string>} what there is to compare */
const said = async (response) => `${response.status} ${(await response.text()).slice(0, ENOUGH)}`;

/** The data plane URL that would be right: the last address without the path that was asked for. @param {string} asked @param {string} last */
const dataPlaneUrlOf = (asked, last) => {
  const [path] = /\/v1\/\w+$/.exec(asked) || [""];
  const address = last.replace(/[?#].*$/, "");
  return path && address.endsWith(path) ? address.slice(0, -path.length) : address;
};

/**
 * Where an answer came from, if a redirect may have made a GET of the request; "" if it is an answer to what was sent.
 * @param {import("./page").Page} page @param {string} asked the address @param {Response} response
 * @param {AbortSignal | undefined} signal @param {Map<string, string>} known what was found, by address
 * @returns {Promise<string>}
 */
export const movedTo = async (page, asked, response, signal, known) => {
  const { redirected, url, status } = response;
  if (redirected !== true || status >= 500) return "";
  const found = known.get(asked);
  if (found !== undefined) return found;
  const first = await said(response);
  /** @type {string} */
  let second;
  try {
    second = await said(await /** @type {typeof fetch} */ (page.fetch)(url, { credentials: "omit", cache: "no-store", signal }));
  } catch {
    second = ""; // what cannot be read is no such answer
  }
  const moved = first === second ? attempt(() => dataPlaneUrlOf(asked, url)) || asked : "";
  known.set(asked, moved);
  return moved;
};
