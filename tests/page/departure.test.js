import assert from "node:assert/strict";
import test from "node:test";
import { createDeparture } from "../../web/src/departure.js";
import { STAYED } from "../../web/src/tabs.js";
import { createBrowser, settle, URL_OF_PAGE } from "./browser.js";

const HERE = new URL("/next", URL_OF_PAGE).href;

/** A page that may be left, what was started there, and what the browser says of navigations. */
const open = () => {
  const browser = createBrowser();
  const page = browser.open();
  const departure = createDeparture(page);
  const started = [];
  const tell = (type, event) => page.fire("navigation", type, event);
  const leave = (url, more = {}) => tell("navigate", { destination: { url, sameDocument: false }, downloadRequest: null, ...more });
  return { browser, departure, started, tell, leave, postpone: (what) => departure.postpone(() => started.push(what)) };
};

test("what is postponed starts in the browser's next turn, in order", async () => {
  const { started, postpone } = open();
  postpone("a");
  postpone("b");
  assert.deepEqual(started, []);
  await settle();
  assert.deepEqual(started, ["a", "b"]);
});

test("not where the page is left for another of its site, whichever came first", async () => {
  const { departure, started, postpone, leave } = open();
  postpone("a");
  leave(HERE);
  postpone("b");
  departure.hurry();
  await settle();
  assert.deepEqual([started, departure.isNear()], [[], true]);
});

test("the page is left for another site: at once, as there may be no next turn", () => {
  const { departure, started, postpone, leave } = open();
  leave("https://elsewhere.example.com/");
  postpone("a");
  departure.hurry();
  assert.deepEqual([started, departure.isNear()], [["a"], false]);
});

test("the visitor changes their mind and goes to another site", () => {
  const { started, postpone, leave } = open();
  leave(HERE);
  postpone("a");
  leave("https://elsewhere.example.com/");
  assert.deepEqual(started, ["a"]);
});

for (const [name, event] of [
  ["within the page", { destination: { url: `${URL_OF_PAGE}#part`, sameDocument: true } }],
  ["that is a download", { downloadRequest: "" }],
  ["to what is no address", { destination: { url: "" } }],
  ["of which the browser says nothing", { destination: null }],
]) {
  test(`a navigation ${name} leaves no page`, async () => {
    const { departure, started, postpone, leave } = open();
    leave(HERE, event);
    postpone("a");
    await settle();
    assert.deepEqual([started, departure.isNear()], [["a"], false]);
  });
}

for (const end of ["navigatesuccess", "navigateerror"]) {
  test(`the page stays, as it says itself: ${end}`, async () => {
    const { started, postpone, leave, tell } = open();
    leave(HERE);
    postpone("a");
    await settle();
    tell(end);
    assert.deepEqual(started, ["a"]);
  });
}

test("a page that is still there after a while stays", async () => {
  const { browser, started, postpone, leave } = open();
  leave(HERE);
  postpone("a");
  await browser.advance(STAYED - 1);
  assert.deepEqual(started, []);
  await browser.advance(1);
  assert.deepEqual(started, ["a"]);
});

test("a page that comes back starts what waited, once", async () => {
  const { browser, departure, started, postpone, leave } = open();
  leave(HERE);
  postpone("a");
  departure.stay();
  await browser.advance(STAYED);
  assert.deepEqual([started, departure.isNear()], [["a"], false]);
});
