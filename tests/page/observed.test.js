import assert from "node:assert/strict";
import test from "node:test";
import { observedOf } from "../../web/src/observed.js";
import { createBrowser } from "./browser.js";

const observed = (over, window = {}, hints = undefined) => observedOf({ ...createBrowser().open().observe(), ...over }, window, hints);

test("what the page saw, for Python", () => {
  const href = "https://www.example.com/shop/item?utm_source=news&utm_source=b&q=%20x#frag";
  const found = observed({ href, canonical: "https://example.com/item?x#y" });
  assert.equal(found.href, href);
  assert.equal(found.origin, "https://www.example.com");
  assert.equal(found.path, "/shop/item");
  assert.equal(found.search, "?utm_source=news&utm_source=b&q=%20x");
  assert.deepEqual(found.query, [["utm_source", "news"], ["utm_source", "b"], ["q", " x"]]);
  assert.equal(found.referrerHost, "www.google.com");
  assert.deepEqual(found.canonical, { origin: "https://example.com", path: "/item", search: "?x" });
  assert.equal(found.timezone, "GMT+0000");
  assert.ok(!("date" in found));
});

test("what is not there, or is no address, says nothing", () => {
  const found = observed({ referrer: "", canonical: "/relative", date: "a clock without a zone" });
  assert.equal(found.referrerHost, "");
  assert.equal(found.canonical, null);
  assert.equal(found.timezone, "NA");
  assert.equal(observed({ referrer: "android-app", canonical: "" }).referrerHost, "");
});

test("a page of no origin is a page", () => {
  const found = observed({ href: "about:blank" });
  assert.deepEqual([found.origin, found.path, found.search, found.query], ["null", "blank", "", []]);
});

test("a worker that has no page has no address", () => {
  const found = observed({ href: "" });
  assert.deepEqual([found.href, found.path, found.query], ["", undefined, []]);
});

test("what is so for all calls of a browser", () => {
  const hints = { mobile: false };
  const found = observed({}, { navigator: { userAgentData: { platform: "Linux" }, brave: {} }, RudderSnippetVersion: "3.0.60" }, hints);
  assert.deepEqual([found.os, found.brave, found.snippetVersion, found.uaCh], [{ name: "Linux", version: "" }, true, "3.0.60", hints]);
});

test("what a browser does not say", () => {
  for (const window of [{}, { navigator: {} }, { navigator: null }]) {
    const found = observed({}, window);
    assert.deepEqual([found.os, found.brave, found.snippetVersion, found.uaCh], [{ name: "", version: "" }, false, undefined, undefined]);
  }
});
