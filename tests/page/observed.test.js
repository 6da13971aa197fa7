import assert from "node:assert/strict";
import test from "node:test";
import { observedOf } from "../../web/src/observed.js";
import { createBrowser } from "./browser.js";

const seen = (over) => ({ ...createBrowser().open().observe(), ...over });

test("what the page saw, for Python", () => {
  const href = "https://www.example.com/shop/item?utm_source=news&utm_source=b&q=%20x#frag";
  const found = observedOf(seen({ href, canonical: "https://example.com/item?x#y" }));
  assert.equal(found.href, href);
  assert.equal(found.origin, "https://www.example.com");
  assert.equal(found.path, "/shop/item");
  assert.equal(found.search, "?utm_source=news&utm_source=b&q=%20x");
  assert.deepEqual(found.query, [["utm_source", "news"], ["utm_source", "b"], ["q", " x"]]);
  assert.equal(found.referrerHost, "www.google.com");
  assert.deepEqual(found.canonical, { origin: "https://example.com", path: "/item", search: "?x" });
  assert.equal(found.timezone, "GMT+0000");
  assert.deepEqual(found.os, { name: "Linux", version: "" });
  assert.ok(!("date" in found) && !("platform" in found));
});

test("what is not there, or is no address, says nothing", () => {
  const found = observedOf(seen({ referrer: "", canonical: "/relative", date: "a clock without a zone" }));
  assert.equal(found.referrerHost, "");
  assert.equal(found.canonical, null);
  assert.equal(found.timezone, "NA");
  assert.equal(observedOf(seen({ referrer: "android-app", canonical: "" })).referrerHost, "");
});

test("a page of no origin is a page", () => {
  const found = observedOf(seen({ href: "about:blank" }));
  assert.deepEqual([found.origin, found.path, found.search, found.query], ["null", "blank", "", []]);
});
