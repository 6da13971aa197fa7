import assert from "node:assert/strict";
import test from "node:test";
import { createStorage, domainsOf } from "../../web/src/storage.js";
import { createBrowser, NOW, settle, URL_OF_PAGE } from "./browser.js";
import { loaded } from "./visit.js";

/** A page's storage into which may be written. */
const open = (browser = createBrowser(), url = URL_OF_PAGE, how = {}) => {
  const page = browser.open(url, how);
  const storage = createStorage(page);
  storage.hush(false);
  return { browser, page, storage };
};

/** A cookie that is written, and read again. */
const write = async (storage, name, text, attributes = {}) => {
  storage.writeCookie(name, text, attributes);
  await settle();
  storage.look();
};

// Domains

for (const [host, domains] of [
  ["www.example.co.uk", [".uk", ".co.uk", ".example.co.uk", ".www.example.co.uk"]],
  ["localhost", [".localhost"]],
  ["127.0.0.1", []],
  ["[::1]", []],
  ["", ["."]],
]) {
  test(`the domains of ${host || "no host"}, widest first`, () => assert.deepEqual(domainsOf(host), domains));
}

for (const [url, domain] of [
  ["https://www.example.com/", ".example.com"],
  ["https://a.b.example.co.uk/", ".example.co.uk"],
  ["https://example.com/", ".example.com"],
  ["http://localhost:8000/", null],
  ["http://127.0.0.1:8000/", null],
]) {
  test(`the widest domain that takes cookies of ${url}, found by trying [js 3.3]`, () => {
    const { browser, storage } = open(undefined, url);
    assert.equal(storage.widestDomain(), domain);
    assert.deepEqual(browser.cookies(url), [], "what was tried is gone");
  });
}

test("nothing is tried while nothing may be written", () => {
  const browser = createBrowser();
  const storage = createStorage(browser.open());
  assert.equal(storage.widestDomain(), null);
  assert.equal(storage.takesCookies(), false);
  assert.deepEqual(browser.written, []);
});

test("whether cookies are taken is tried when writing may begin, once", () => {
  const browser = createBrowser();
  const storage = createStorage(browser.open());
  assert.equal(storage.takesCookies(), false);
  browser.refuses = (name) => name.startsWith("__tld__");
  storage.hush(false);
  assert.equal(storage.takesCookies(), false);
  browser.refuses = () => false;
  storage.hush(false);
  assert.equal(storage.takesCookies(), false, "it is known");
});

/** Another tab does something, once, between what this page writes next and its reading that. */
const meanwhile = ({ browser, page }, act) => {
  const read = page.readCookies;
  page.readCookies = () => {
    if (!browser.written.length) return read();
    page.readCookies = read;
    act();
    return read();
  };
};

test("whether cookies are taken is tried by two tabs at the same moment", () => {
  const one = open();
  const other = open(one.browser);
  meanwhile(one, () => assert.equal(other.storage.takesCookies(), true));
  assert.equal(one.storage.takesCookies(), true);
  meanwhile(other, () => assert.equal(one.storage.widestDomain(), ".example.com"));
  assert.equal(other.storage.widestDomain(), ".example.com");
  assert.deepEqual(one.browser.cookies(URL_OF_PAGE), [], "what was tried is gone");
});

test("a cookie that another tab wrote at the same moment is not taken for a refusal", async () => {
  const one = open();
  const refused = [];
  one.storage.onRefused((name) => refused.push(name));
  meanwhile(one, () => one.browser.setCookie(URL_OF_PAGE, "a=of%20the%20other; path=/"));
  await write(one.storage, "a", "own");
  assert.deepEqual(refused, []);
  assert.equal(one.storage.read("cookie", "a"), "own");
  one.browser.setCookie(URL_OF_PAGE, "a=of%20the%20other; path=/");
  one.storage.look();
  assert.equal(one.storage.read("cookie", "a"), "of the other", "which counts, when it is written again");
});

// Cookies

test("a cookie with its attributes, as the browser keeps it", async () => {
  const { browser, storage } = open();
  await write(storage, "a", "ü;=", { path: "/shop", domain: ".example.com", expires: NOW + 1000, samesite: "Strict", secure: true });
  const [cookie] = browser.allCookies();
  assert.deepEqual([cookie.key, cookie.value, cookie.domain, cookie.path], ["a", "%C3%BC%3B%3D", "example.com", "/shop"]);
  assert.deepEqual([cookie.sameSite, cookie.secure, Date.parse(cookie.expires)], ["strict", true, NOW + 1000 - ((NOW + 1000) % 1000)]);
  assert.equal(storage.read("cookie", "a"), "ü;=");
  await write(storage, "b", "x", { expires: "2026-12-31T00:00:00.000Z" });
  await write(storage, "c", "x", { expires: null });
  const expires = Object.fromEntries(browser.allCookies().map((each) => [each.key, each.expires]));
  assert.deepEqual([expires.b, expires.c], ["2026-12-31T00:00:00.000Z", undefined]);
});

test("what is written counts at once, and reaches the browser together, the last of each name", async () => {
  const { browser, storage } = open();
  storage.writeCookie("a", "1", {});
  storage.writeCookie("b", "1", {});
  storage.writeCookie("a", "2", {});
  assert.equal(storage.read("cookie", "a"), "2");
  assert.deepEqual(browser.written, []);
  await settle();
  assert.deepEqual(browser.jar(), { a: "2", b: "1" });
  assert.equal(browser.written.length, 2);
  storage.writeCookie("a", null, {});
  assert.equal(storage.read("cookie", "a"), null);
  await settle();
  assert.deepEqual(browser.jar(), { b: "1" });
});

test("cookies of others are read as they are, when they are looked at", async () => {
  const { browser, storage } = open();
  for (const cookie of ["plain=1", "e=%C3%BC", "bad=%E0%A4", "=nameless", "two=a=b", "quoted=\"x\""]) browser.setCookie(URL_OF_PAGE, cookie);
  assert.equal(storage.read("cookie", "plain"), null, "not yet");
  storage.look();
  assert.deepEqual(["plain", "e", "bad", "none", "quoted"].map((name) => storage.read("cookie", name)), ["1", "ü", null, null, '"x"']);
});

test("of two cookies of one name the last counts, as with the official SDK", () => {
  const { browser, storage } = open();
  browser.setCookie(URL_OF_PAGE, "a=narrow; path=/shop");
  browser.setCookie(URL_OF_PAGE, "a=wide; path=/");
  storage.look();
  assert.deepEqual(browser.cookies(), [["a", "narrow"], ["a", "wide"]]);
  assert.equal(storage.read("cookie", "a"), "wide");
  assert.deepEqual(storage.textsOf("a"), ["narrow", "wide"]);
  assert.deepEqual(storage.textsOf("b"), []);
});

test("a cookie that is refused: its value counts, and none that is older", async () => {
  const { browser, storage } = open();
  const refused = [];
  storage.onRefused((name, written) => refused.push([name, written.text]));
  browser.setCookie(URL_OF_PAGE, "a=old; path=/");
  browser.refuses = (name) => name === "a";
  await write(storage, "a", "new");
  assert.equal(storage.read("cookie", "a"), null);
  assert.equal(storage.read("memory", "a"), "new");
  assert.deepEqual(refused, [["a", "new"]]);
  browser.refuses = () => false;
  browser.setCookie(URL_OF_PAGE, "a=of another tab; path=/");
  storage.look();
  assert.equal(storage.read("cookie", "a"), "of another tab");
  await write(storage, "a", "newer");
  assert.equal(storage.read("cookie", "a"), "newer");
  assert.equal(storage.read("memory", "a"), null);
});

test("one that is removed and stays does not come back", async () => {
  const { browser, storage } = open();
  browser.setCookie(URL_OF_PAGE, "a=sticky; path=/shop");
  storage.look();
  assert.equal(storage.read("cookie", "a"), "sticky");
  await write(storage, "a", null);
  assert.equal(storage.read("cookie", "a"), null);
  assert.deepEqual(browser.jar(), { a: "sticky" });
});

test("nothing is written or removed while nothing may be", async () => {
  const { browser, storage } = open();
  await write(storage, "a", "1");
  storage.write("localStorage", "a", "1");
  storage.hush(true);
  await write(storage, "a", null);
  await write(storage, "b", "1");
  assert.equal(storage.write("localStorage", "b", "1"), false);
  assert.deepEqual([browser.jar(), browser.stored()], [{ a: "1" }, { a: "1" }]);
});

// The other areas

for (const area of ["localStorage", "sessionStorage", "memory"]) {
  test(`${area}: written, read, removed`, () => {
    const { storage } = open();
    assert.equal(storage.read(area, "a"), null);
    assert.equal(storage.write(area, "a", "1"), true);
    assert.equal(storage.write(area, "a", "2"), true);
    assert.equal(storage.read(area, "a"), "2");
    assert.equal(storage.write(area, "a", null), true);
    assert.equal(storage.read(area, "a"), null);
  });
}

test("memory has no names of its own", () => assert.equal(open().storage.read("memory", "constructor"), null));

for (const [name, spoil] of [
  ["blocked", (browser, page) => page.blocked.add("localStorage")],
  ["broken", (browser) => (browser.area("https://www.example.com", "localStorage").state.broken = true)],
  ["full", (browser) => (browser.area("https://www.example.com", "localStorage").state.quota = 1)],
  ["keeping nothing", (browser) => (browser.area("https://www.example.com", "localStorage").state.forgetful = true)],
]) {
  test(`storage that is ${name} takes nothing, and throws nothing`, () => {
    const { browser, page, storage } = open();
    spoil(browser, page);
    assert.equal(storage.write("localStorage", "name", "text"), false);
    assert.equal(storage.read("localStorage", "name"), null);
    assert.equal(storage.write("localStorage", "name", null), !["blocked", "broken"].includes(name));
    assert.equal(storage.countCalls(), 0);
  });
}

for (const answer of [5, {}, true, undefined, ["x"]]) {
  test(`storage that answers ${JSON.stringify(answer)} has nothing`, () => {
    const { page, storage } = open();
    page.storage = () => ({ getItem: () => answer, setItem() {} });
    assert.equal(storage.read("localStorage", "name"), null);
    assert.equal(storage.write("localStorage", "name", "text"), false);
  });
}

test("storage that fills while the page is open", () => {
  const { browser, storage } = open();
  assert.equal(storage.write("localStorage", "a", "1"), true);
  browser.area("https://www.example.com", "localStorage").state.quota = 3;
  assert.equal(storage.write("localStorage", "b", "12345"), false);
  assert.equal(storage.read("localStorage", "a"), "1");
});

test("keys are counted", () => {
  const { storage } = open();
  for (const key of ["x.call", "y.call", "z.identity"]) storage.write("localStorage", key, "1");
  assert.equal(storage.countCalls(), 2);
});

test("partitioned cookies are tried, set and removed as such", async () => {
  const browser = createBrowser();
  const { api } = loaded(browser, { storage: { cookie: { partitioned: true, samesite: "Strict" } } });
  api.identify("u1");
  await settle();
  api.reset();
  await settle();
  assert.deepEqual(browser.written.filter((cookie) => !cookie.endsWith("; partitioned; samesite=None; secure")), []);
  assert.ok(browser.written.some((cookie) => /^rl_user_id=;.*expires=Thu, 01 Jan 1970/.test(cookie)));
  assert.ok(browser.written.some((cookie) => cookie.startsWith("__tld__")));
});
