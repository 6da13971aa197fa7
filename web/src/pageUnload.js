// The message `Page Unloaded` (load option `autoTrack.pageLifecycle`) [js 1.13]: as the page is left, how long the visitor was
// on it, and for how much of that it could be seen. The official SDK needs its beacon for it; here it goes like all else.

export const EVENT = "Page Unloaded";

/**
 * @param {import("./autoTrack").Parts} parts
 * @param {Record<string, unknown>} options of the call: the load options `autoTrack.options`, and over them those of `pageLifecycle`
 */
export const createPageUnload = ({ page, take, atHide, opened }, options) => {
  /** When the page was opened, or came back from the back/forward cache; null once it is left. @type {number | null} */
  let since = opened.at;
  /** ms that it was seen, up to `shown`. */
  let seen = 0;
  /** Since when it is seen; null where it is not. @type {number | null} */
  let shown = page.isHidden() ? null : since;

  const hidden = () => {
    if (shown !== null) seen += page.now() - shown;
    shown = null;
  };

  atHide((left) => {
    hidden();
    if (!left || since === null) return;
    // A clock may be set while the page is open.
    const timeOnPage = Math.max(0, page.now() - since);
    take("track", [EVENT, { timeOnPage, visibleTime: Math.min(timeOnPage, Math.max(0, seen)) }, options]);
    since = null;
  });

  page.listen("document", "visibilitychange", () => {
    if (!page.isHidden()) shown ??= page.now();
  });

  page.listen("window", "pageshow", ({ persisted }) => {
    if (!persisted) return;
    since = page.now();
    seen = 0;
    shown = page.isHidden() ? null : since;
  });
};
