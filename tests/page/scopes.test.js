import assert from "node:assert/strict";
import test from "node:test";
import { inWords, levelOf } from "../../web/src/advice.js";
import { clearOtherScopes, preferOwn, writeAgain } from "../../web/src/scopes.js";
import { createStorage } from "../../web/src/storage.js";
import { createBrowser, settle } from "./browser.js";

const URL_OF_SHOP = "https://shop.example.com/a/b/c?x";

const open = (browser = createBrowser()) => {
  const page = browser.open(URL_OF_SHOP);
  const storage = createStorage(page);
  const lines = [];
  storage.hush(false);
  clearOtherScopes(page, storage, (mistake) => lines.push(`${levelOf(mistake)} ${inWords(mistake)}`));
  return { browser, storage, lines };
};

const write = async (storage, text, attributes = { domain: ".example.com" }) => {
  storage.writeCookie("rl", text, attributes);
  await settle();
};

const SCOPES = ["path=/", "path=/; domain=.shop.example.com", "path=/a", "path=/a/b; domain=.example.com", "path=/a/b/c", "path=/a/; domain=.example.com"];

for (const scope of SCOPES) {
  test(`a cookie of one name elsewhere goes: ${scope}`, async () => {
    const { browser, storage, lines } = open();
    browser.setCookie(URL_OF_SHOP, `rl=old; ${scope}`);
    await write(storage, "new");
    assert.deepEqual(browser.cookies(URL_OF_SHOP), [["rl", "new"]]);
    browser.setCookie(URL_OF_SHOP, `rl=old; ${scope}`);
    await write(storage, null);
    assert.deepEqual(browser.cookies(URL_OF_SHOP), []);
    assert.deepEqual(lines, []);
  });
}

test("all at once, too", async () => {
  const { browser, storage, lines } = open();
  for (const scope of SCOPES) browser.setCookie(URL_OF_SHOP, `rl=old; ${scope}`);
  await write(storage, null);
  assert.deepEqual(browser.cookies(URL_OF_SHOP), []);
  assert.deepEqual(lines, []);
});

test("what cannot be removed is overruled, and said once", async () => {
  const { browser, storage, lines } = open();
  const url = `${URL_OF_SHOP.split("?")[0]}`;
  browser.setCookie(url, "rl=old; path=/");
  browser.refuses = () => true; // a browser that changes nothing any more
  const keepOld = browser.setCookie;
  browser.setCookie = () => {};
  await write(storage, null);
  storage.look();
  assert.equal(storage.read("cookie", "rl"), null);
  await write(storage, null);
  assert.deepEqual(lines, ["WARN a cookie rl of another domain or path cannot be removed; this page does as if it were not there"]);
  const { length } = browser.written;
  await write(storage, null);
  assert.equal(browser.written.length, length + 1, "nor is it tried again at each call");
  browser.setCookie = keepOld;
});

test("a cookie that the browser refuses is said once", async () => {
  const { browser, storage, lines } = open();
  browser.refuses = (name) => name === "rl";
  await write(storage, "new");
  await write(storage, "newer");
  assert.equal(storage.read("memory", "rl"), "newer");
  assert.deepEqual(new Set(lines), new Set(["WARN the browser refuses the cookie rl; its value is kept in memory, for this page only"]));
});

for (const text of ["new", null]) {
  test(`what the page wrote before met others, which go: ${text === null ? "a removal" : "a value"}`, async () => {
    const browser = createBrowser();
    const page = browser.open(URL_OF_SHOP);
    const storage = createStorage(page);
    storage.hush(false);
    for (const scope of SCOPES) browser.setCookie(URL_OF_SHOP, `rl=old; ${scope}`);
    browser.setCookie(URL_OF_SHOP, "another=old; path=/a");
    await write(storage, text);
    assert.ok(browser.cookies(URL_OF_SHOP).some(([name, there]) => name === "rl" && there === "old"));
    clearOtherScopes(page, storage, () => {});
    writeAgain(storage, ["rl", "another"], () => ({ domain: ".example.com" }));
    await settle();
    assert.deepEqual(new Map(browser.cookies(URL_OF_SHOP)), new Map([["another", "old"], ...(text === null ? [] : [["rl", text]])]));
  });
}

// As a page opens, of two the one of its own scope counts

const OWN = { domain: ".example.com", path: "/" };
const HERE = "rl=own; path=/; domain=.example.com";

for (const [name, cookies, counts] of [
  ["one alone", [HERE], "own"],
  ["a later one of this host", [HERE, "rl=other; path=/"], "own"],
  ["an earlier one of this host", ["rl=other; path=/", HERE], "own"],
  ["one of a sibling's for a folder", [HERE, "rl=other; path=/a; domain=.example.com"], "own"],
  ["three", ["rl=first; path=/", HERE, "rl=other; path=/a/b"], "own"],
  ["two of others", ["rl=first; path=/a", "rl=other; path=/"], "other"],
  ["two that say the same", ["rl=own; path=/", HERE], "own"],
]) {
  test(`of cookies of one name the own one counts: ${name}`, async () => {
    const { browser, storage } = open();
    for (const cookie of cookies) browser.setCookie(URL_OF_SHOP, cookie);
    assert.equal(storage.isDoubled(), cookies.length > 1);
    preferOwn(storage, ["rl"], () => OWN);
    storage.look();
    assert.equal(storage.read("cookie", "rl"), counts);
  });
}
