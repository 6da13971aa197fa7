// Page views of apps (load option `autoTrack.pageViews`): a `page` message as the page is opened, and one for each new
// address that the app goes to within it. What an app does in the address alone is none: the same address again, another
// query by `replaceState`, another fragment (unless `hash` says that fragments are addresses).
//
// The title often comes after the address. So a view waits for it, TITLE at most; it is made at once where the app goes
// on, or the page is hidden. It says when the address came, and what the page looks like when it is made.

import { plain } from "./arguments.js";
import { isObject } from "./cookies.js";

/** ms. */
export const TITLE = 200;
/** Views in a minute. What does more goes in circles. */
export const MOST = 100;
const MINUTE = 60_000;

/** @typedef {import("./types").Seen} Seen */
/** @typedef {import("./addresses").NavigationType} NavigationType */
/** @typedef {{at: number, seen: Seen, navigationType: NavigationType}} View that waits for its title */

/**
 * @param {import("./autoTrack").Parts} parts @param {import("./addresses").Addresses} addresses
 * @param {{hash: boolean}} wanted @param {unknown} before a function that names a view, or drops it
 */
export const createPageViews = ({ page, take, logOnce, log, atHide, opened }, addresses, { hash }, before) => {
  /** The address that the page has, as far as this knows. */
  let here = opened.page.href;
  /** The address before it. */
  let { referrer } = opened.page;
  /** The last view's. */
  let last = { path: "", canonical: "" };
  /** @type {View | undefined} */
  let waiting;
  let endWait = () => {};
  /** When the views of the last minute came. @type {number[]} */
  let times = [];

  /** @param {string} href @returns {string} */
  const withoutFragment = (href) => (hash ? href : href.split("#")[0]);

  /** @param {string} href @returns {string} */
  const pathOf = (href) => withoutFragment(href).replace(/\?[^#]*/, "");

  /** Are there too many? */
  const isFlood = () => {
    const now = page.now();
    times = times.filter((time) => Math.abs(now - time) < MINUTE);
    if (times.length < MOST) return !times.push(now);
    logOnce("WARN", `autoTrack.pageViews: more than ${MOST} addresses in a minute; the rest is left out`);
    return true;
  };

  /** What `before` says of a view: null drops it. @param {View} view @returns {Record<string, any> | null} */
  const said = ({ seen, navigationType }) => {
    if (typeof before !== "function") return {};
    const { href: url, title, referrer: from } = seen;
    try {
      const answer = before({ url, title, referrer: from, navigationType });
      if (answer === null || answer === false) return null;
      if (typeof answer === "string") return { name: answer };
      if (typeof answer?.then === "function") log("WARN", "autoTrack.pageViews.before should answer at once; the view has no name");
      else if (isObject(answer)) return plain(answer).value;
    } catch (error) {
      log("ERROR", "autoTrack.pageViews.before failed; the view has no name:", error);
    }
    return {};
  };

  /** @param {View} view */
  const make = (view) => {
    const { at, seen, navigationType } = view;
    const { canonical } = seen;
    const path = pathOf(seen.href);
    // An app that goes on may leave the canonical address of its first page where it is.
    const isStale = last.canonical === canonical && last.path !== "" && last.path !== path;
    last = { path, canonical };
    const named = said(view);
    if (!named) return;
    const { name, category, properties } = named;
    const given = { ...(isObject(properties) ? properties : {}), navigation_type: navigationType };
    const texts = [category, name].filter((text) => typeof text === "string" && text);
    const isAlone = texts.length === 1 && !name; // a text alone would be the name
    take("page", isAlone ? [{ ...given, category }] : [...texts, given], undefined, { at, page: isStale ? { ...seen, canonical: "" } : seen });
  };

  const finish = () => {
    const view = waiting;
    if (!view) return;
    waiting = undefined;
    endWait();
    const { title, canonical, href } = page.observe();
    make({ ...view, seen: { ...view.seen, title, canonical: href === view.seen.href ? canonical : view.seen.canonical } });
  };

  /** @param {NavigationType} navigationType @param {number} at @param {Seen} seen */
  const begin = (navigationType, at, seen) => {
    finish();
    if (isFlood()) return;
    waiting = { at, navigationType, seen: { ...seen, referrer } };
    const timer = page.setTimer(finish, TITLE);
    const endTitle = addresses.hearTitle(finish);
    endWait = () => {
      page.clearTimer(timer);
      endTitle();
    };
  };

  /** @param {NavigationType} navigationType */
  const moved = (navigationType) => {
    const from = here;
    here = page.location().href;
    const isSame = withoutFragment(from) === withoutFragment(here);
    if (isSame || (navigationType === "replace" && pathOf(from) === pathOf(here))) return;
    referrer = withoutFragment(from);
    begin(navigationType, page.now(), page.observe());
  };

  atHide(finish);
  page.listen("window", "pageshow", ({ persisted }) => persisted && begin("back_forward_cache", page.now(), page.observe()));
  addresses.hear(moved);
  const hasMoved = page.location().href !== here;
  if (addresses.isReopened()) last.path = pathOf(here);
  else if (hasMoved && !isFlood()) make({ at: opened.at, seen: opened.page, navigationType: addresses.opened() });
  else if (!hasMoved) begin(addresses.opened(), opened.at, opened.page);
  if (hasMoved) moved("push");
};
