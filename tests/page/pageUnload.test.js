import assert from "node:assert/strict";
import test from "node:test";
import { createPageUnload } from "../../web/src/pageUnload.js";
import { createBrowser } from "./browser.js";

/** A page that was opened 100 ms ago. `leave` and `hide` are what core.js does before it says that the page is hidden. */
const open = ({ hidden = false } = {}) => {
  const browser = createBrowser();
  const page = browser.open();
  page.hidden = hidden;
  const calls = [];
  const acting = [];
  const take = (type, given) => calls.push([type, ...given]);
  createPageUnload({ page, take, atHide: (act) => acting.push(act), opened: { at: browser.now() - 100 } }, { a: 1 });
  return {
    browser,
    page,
    calls,
    hide() {
      page.hidden = true;
      for (const act of acting) act(false);
      page.fire("document", "visibilitychange");
    },
    show() {
      page.hidden = false;
      page.fire("document", "visibilitychange");
    },
    leave: () => acting.forEach((act) => act(true)),
  };
};

test("how long a visitor was on the page, once", async () => {
  const { browser, calls, leave } = open();
  await browser.advance(900);
  leave();
  leave();
  assert.deepEqual(calls, [["track", "Page Unloaded", { timeOnPage: 1000, visibleTime: 1000 }, { a: 1 }]]);
});

test("and for how much of that it could be seen", async () => {
  const { browser, calls, leave, hide, show } = open();
  await browser.advance(400);
  hide();
  await browser.advance(300);
  show();
  show();
  await browser.advance(200);
  hide();
  await browser.advance(100);
  assert.deepEqual(calls, []);
  leave();
  assert.deepEqual(calls[0][2], { timeOnPage: 1100, visibleTime: 700 });
});

test("a page that was never seen", async () => {
  const { browser, calls, leave } = open({ hidden: true });
  await browser.advance(400);
  leave();
  assert.deepEqual(calls[0][2], { timeOnPage: 500, visibleTime: 0 });
});

test("a page that comes back begins anew", async () => {
  const { browser, page, calls, leave } = open();
  page.fire("window", "pageshow", { persisted: false });
  leave();
  await browser.advance(5000);
  page.fire("window", "pageshow", { persisted: true });
  await browser.advance(300);
  leave();
  assert.deepEqual(calls.map(([, , times]) => times), [{ timeOnPage: 100, visibleTime: 100 }, { timeOnPage: 300, visibleTime: 300 }]);
});

test("a clock that was set back makes no time less than nothing", () => {
  const { browser, calls, leave } = open();
  browser.setClock(browser.now() - 10_000);
  leave();
  assert.deepEqual(calls[0][2], { timeOnPage: 0, visibleTime: 0 });
});
