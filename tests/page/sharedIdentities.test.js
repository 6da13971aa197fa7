import assert from "node:assert/strict";
import test from "node:test";
import { adoptLeft } from "../../web/src/adoption.js";
import { createJournal } from "../../web/src/journal.js";
import { createSharedIdentities } from "../../web/src/sharedIdentities.js";
import { createStorage } from "../../web/src/storage.js";
import { createBrowser, NOW } from "./browser.js";

const LARGE = { userId: "u1", userTraits: { bio: "x".repeat(2_000) } };

const SECOND = "0d3c1a52-2d29-4c1f-8a5e-0f7c6f4f0d12";
const PAGE = { href: "https://www.example.com/", screen: {}, title: "", referrer: "", canonical: "", userAgent: "", locale: "", date: "" };

const withoutCore = (browser = createBrowser()) => {
  const page = browser.open();
  const storage = createStorage(page);
  storage.hush(false);
  const journal = createJournal(storage, "5b3f6a52-2d29-4c1f-8a5e-0f7c6f4f0d11", () => {});
  journal.open("KEY");
  return { browser, page, storage, journal };
};

const open = (browser = undefined) => {
  const opened = withoutCore(browser);
  opened.journal.shared = createSharedIdentities(opened.storage, opened.journal);
  return opened;
};

const call = (journal, id, identity, more) => ({ type: "track", id, at: NOW, line: journal.line(NOW), page: PAGE, arguments: ["x"], identity, ...more });

const keys = (browser, ending = "") => Object.keys(browser.stored()).filter((key) => key.endsWith(ending));

test("a large identity is stored once for all calls that it is the same for, as long as one names it", () => {
  const { browser, journal } = open();
  journal.keepCall(call(journal, "c1", LARGE));
  journal.keepCall(call(journal, "c2", LARGE));
  journal.keepCall(call(journal, "c3", { ...LARGE, userId: "u2" }));
  assert.equal(keys(browser, ".identity").length, 2);
  const [identityKey] = keys(browser, ".identity");
  assert.deepEqual(JSON.parse(browser.stored()[identityKey]), LARGE);
  const stored = keys(browser, ".call").map((key) => JSON.parse(browser.stored()[key]));
  assert.deepEqual(stored.map(({ identity }) => identity), [1000000002, 1000000002, 1000000005]);
  journal.letGo("c1");
  assert.equal(keys(browser, ".identity").length, 2);
  journal.letGo("c2");
  assert.equal(keys(browser, ".identity").length, 1);
  journal.keepCall(call(journal, "c4", LARGE));
  assert.equal(keys(browser, ".identity").length, 2, "it is stored anew");
});

test("before the core has come each call has its own identity", () => {
  const { browser, storage, journal } = withoutCore();
  journal.keepCall(call(journal, "c1", LARGE));
  assert.deepEqual(JSON.parse(browser.stored()[keys(browser)[0]]).identity, LARGE);
  journal.shared = createSharedIdentities(storage, journal);
  journal.keepCall(call(journal, "c2", LARGE));
  assert.equal(keys(browser, ".identity").length, 1);
  for (const id of ["c1", "c2"]) journal.letGo(id);
  assert.deepEqual(browser.stored(), {});
});

test("the identity goes with the call whose message takes its place", () => {
  const { browser, journal } = open();
  journal.keepCall(call(journal, "c1", LARGE));
  journal.put("c1", "message", "{}", journal.line(NOW));
  assert.equal(keys(browser, ".identity").length, 0);
});

test("an identity whose call finds no room does not stay", () => {
  const { browser, journal } = open();
  browser.area("https://www.example.com", "localStorage").state.quota = 2_500;
  journal.keepCall(call(journal, "c1", LARGE, { arguments: ["x".repeat(500)] }));
  assert.deepEqual(keys(browser), []);
});

test("an identity that others removed is stored anew", () => {
  const { browser, journal } = open();
  journal.keepCall(call(journal, "c1", LARGE));
  for (const key of Object.keys(browser.stored())) browser.area("https://www.example.com", "localStorage").removeItem(key);
  journal.keepCall(call(journal, "c2", LARGE));
  assert.equal(keys(browser, ".identity").length, 1);
});

/** The identities of these calls, as a page finds them that adopts what bears this name. */
const adoptedFrom = (opened, owner) => {
  const { left } = adoptLeft(opened.page, opened.journal, opened.storage, [owner], () => false);
  return left.map(({ id, identity }) => [id, identity.userId]);
};

test("a page that bears another name meanwhile stores it under that one", () => {
  const opened = open();
  const { browser, journal } = opened;
  const first = journal.owner;
  journal.keepCall(call(journal, "c1", LARGE));
  const late = call(journal, "late", LARGE);
  journal.owner = SECOND;
  journal.keepCall(call(journal, "c2", LARGE));
  journal.keepCall(late);
  assert.equal(keys(browser, ".identity").length, 2);
  for (const [owner, found] of [[SECOND, [["c2", "u1"]]], [first, [["c1", "u1"], ["late", "u1"]]]]) {
    const other = open(browser);
    assert.deepEqual(adoptedFrom(other, owner), found);
    for (const [id] of found) other.journal.letGo(id);
  }
  assert.deepEqual(browser.stored(), {});
});
