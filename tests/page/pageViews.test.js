import assert from "node:assert/strict";
import test from "node:test";
import { createPageViews, MOST, TITLE } from "../../web/src/pageViews.js";
import { createBrowser, NOW } from "./browser.js";

const START = "https://www.example.com/shop/";

/**
 * Views of a page that is open at START. `go` changes its address as the browser would tell; `views` are the calls that
 * were made: [arguments, at, what the page saw].
 */
const open = ({ before, hash = false, type = "navigate", reopened = false, moved = "" } = {}) => {
  const browser = createBrowser();
  const seen = { title: "Shop", referrer: "https://www.google.com/", canonical: "" };
  const page = browser.open(START, { seen });
  const views = [];
  const lines = [];
  const hiding = [];
  let hear;
  let titled = () => {};
  const addresses = {
    opened: () => type,
    isReopened: () => reopened,
    hear: (listener) => (hear = listener),
    hearTitle(changed) {
      titled = changed;
      return () => (titled = () => {});
    },
  };
  const opened = { at: browser.now() - 50, page: page.observe() };
  const parts = {
    page,
    take: (kind, given, callback, { at, page: saw }) => void views.push([kind, given, at - NOW, saw]),
    log: (level, ...words) => lines.push([level, ...words].map(String).join(" ")),
    logOnce: (level, text) => lines.push(`${level} ${text}`),
    atHide: (action) => hiding.push(action),
    opened,
  };
  page.observe = ((observe) => () => ({ ...observe(), ...seen }))(page.observe);
  if (moved) page.visit(moved);
  createPageViews(parts, addresses, { hash }, before);
  return {
    browser,
    page,
    lines,
    views,
    go(to, how = "push") {
      page.visit(to);
      hear(how);
    },
    title(text) {
      seen.title = text;
      titled();
    },
    canonical: (text) => void (seen.canonical = text),
    hide: () => hiding.forEach((act) => act(true)),
    /** Of each: path and query, how, and from where. */
    said: () => views.map(([, given, , saw]) => [saw.href.replace("https://www.example.com", ""), given.at(-1).navigation_type, saw.referrer.replace("https://www.example.com", "")]),
  };
};

test("the page as it was opened is a view, with the time of its load and the title that it has a moment later", async () => {
  const { views, browser, title, said } = open();
  assert.deepEqual(views, []);
  title("Shop, all of it");
  assert.deepEqual(said(), [["/shop/", "navigate", "https://www.google.com/"]]);
  const [[kind, given, at, saw]] = views;
  assert.deepEqual([kind, given, at, saw.title], ["page", [{ navigation_type: "navigate" }], -50, "Shop, all of it"]);
  await browser.advance(1000);
  assert.equal(views.length, 1);
});

test("a title that stays is waited for no longer than TITLE", async () => {
  const { views, browser } = open();
  await browser.advance(TITLE - 1);
  assert.equal(views.length, 0);
  await browser.advance(1);
  assert.equal(views.length, 1);
});

test("one view for each new address; its referrer is the address before, without a fragment", async () => {
  const { go, browser, said } = open();
  for (const [to, how] of [["/a", "push"], ["/a", "push"], ["/a#part", "push"], ["/a?q=1#part", "push"], ["/a?q=2", "replace"], ["/b?q=2", "replace"], ["/a", "traverse"]]) {
    go(to, how);
    await browser.advance(TITLE);
  }
  assert.deepEqual(said(), [
    ["/shop/", "navigate", "https://www.google.com/"],
    ["/a", "push", "/shop/"],
    ["/a?q=1#part", "push", "/a"],
    ["/b?q=2", "replace", "/a?q=2"],
    ["/a", "traverse", "/b?q=2"],
  ]);
});

test("with hash a fragment is an address, and a query in it is none of a path", () => {
  const { go, hide, said } = open({ hash: true });
  go("#/a");
  go("#/a", "traverse");
  go("?x=1#/a", "replace");
  go("#/b", "replace");
  hide();
  assert.deepEqual(said().map(([address]) => address), ["/shop/", "/shop/#/a", "/shop/?x=1#/b"]);
});

test("an app that goes on does not wait for the title of what it leaves", () => {
  const { go, title, views, hide } = open();
  title("One");
  go("/two");
  title("Two");
  go("/three");
  go("/four");
  hide();
  assert.deepEqual(views.map(([, , , saw]) => [saw.href.slice(-4), saw.title]), [["hop/", "One"], ["/two", "Two"], ["hree", "Two"], ["four", "Two"]]);
});

test("where the app moved before this came both are views", () => {
  const { said, views, hide } = open({ moved: "/cart" });
  assert.deepEqual(said(), [["/shop/", "navigate", "https://www.google.com/"]]);
  assert.equal(views[0][2], -50);
  hide();
  assert.deepEqual(said()[1], ["/cart", "push", "/shop/"]);
});

test("a page that the browser opened again by itself is no view, but what follows is", () => {
  const { said, go, hide } = open({ reopened: true, type: "reload" });
  hide();
  go("/a");
  hide();
  assert.deepEqual(said(), [["/a", "push", "/shop/"]]);
});

test("a page that comes back from the back/forward cache is a view, one that was opened is not a second one", () => {
  const { page, hide, said } = open();
  page.fire("window", "pageshow", { persisted: false });
  hide();
  page.fire("window", "pageshow", { persisted: true });
  hide();
  assert.deepEqual(said().map(([, how]) => how), ["navigate", "back_forward_cache"]);
});

test("a canonical address that was left from another page does not count", () => {
  const { go, canonical, hide, views } = open();
  canonical("https://www.example.com/shop/");
  hide();
  go("/shop/?page=2");
  hide();
  go("/a");
  hide();
  go("/b");
  canonical("https://www.example.com/b-canonical");
  hide();
  assert.deepEqual(views.map(([, , , saw]) => saw.canonical), ["https://www.example.com/shop/", "https://www.example.com/shop/", "", "https://www.example.com/b-canonical"]);
});

for (const [answer, given] of [
  ["Home", ["Home", {}]],
  [{ name: "Home", category: "Shop", properties: { a: 1 } }, ["Shop", "Home", { a: 1 }]],
  [{ name: "Home", category: "" }, ["Home", {}]],
  [{ category: "Shop" }, [{ category: "Shop" }]],
  [{ name: 5, properties: [1] }, [{}]],
  [{ properties: { navigation_type: "mine", at: new Date(5) } }, [{ at: "1970-01-01T00:00:00.005Z" }]],
  [undefined, [{}]],
  [true, [{}]],
  [5, [{}]],
]) {
  test(`before answers ${JSON.stringify(answer)}`, () => {
    const { views, hide, lines } = open({ before: () => answer });
    hide();
    const { navigation_type: how, ...properties } = views[0][1].at(-1);
    assert.deepEqual([[...views[0][1].slice(0, -1), properties], how, lines], [given, "navigate", []]);
  });
}

for (const answer of [null, false]) {
  test(`before drops a view with ${answer}`, () => {
    const seen = [];
    const { views, hide, go } = open({ before: (view) => (seen.push(view), seen.length === 1 ? answer : undefined) });
    hide();
    go("/a");
    hide();
    assert.deepEqual(seen[0], { url: START, title: "Shop", referrer: "https://www.google.com/", navigationType: "navigate" });
    assert.deepEqual([views.length, seen[1].referrer], [1, START]);
  });
}

for (const [what, before, line] of [
  ["throws", () => { throw new Error("mine"); }, /^ERROR autoTrack\.pageViews\.before failed; the view has no name: Error: mine$/],
  ["gives what throws", () => new Proxy({}, { get: () => { throw new Error("mine"); } }), /^ERROR autoTrack\.pageViews\.before failed; .*mine$/],
  ["answers later", async () => "Home", /^WARN autoTrack\.pageViews\.before should answer at once; the view has no name$/],
]) {
  test(`before ${what}: one line, and the view goes without a name`, () => {
    const { views, hide, lines } = open({ before });
    hide();
    assert.deepEqual(views[0][1], [{ navigation_type: "navigate" }]);
    assert.equal(lines.length, 1);
    assert.match(lines[0], line);
  });
}

test("what is no function names nothing", () => {
  const { views, hide, lines } = open({ before: "name" });
  hide();
  assert.deepEqual([views.length, lines], [1, []]);
});

test("at most 100 views in a minute, and one line; then it goes on", async () => {
  const { go, views, lines, browser, hide } = open();
  for (let n = 0; n < 1000; n++) go(`/${n}`);
  hide();
  assert.equal(views.length, MOST);
  assert.ok(lines.length >= 1);
  assert.deepEqual([...new Set(lines)], ["WARN autoTrack.pageViews: more than 100 addresses in a minute; the rest is left out"]);
  await browser.advance(60_000);
  go("/later");
  hide();
  const [, , , saw] = views.at(-1);
  assert.deepEqual([views.length, saw.href, saw.referrer], [MOST + 1, "https://www.example.com/later", "https://www.example.com/999"]);
});
