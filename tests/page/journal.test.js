import assert from "node:assert/strict";
import test from "node:test";
import { createJournal, entryOf } from "../../web/src/journal.js";
import { createStorage } from "../../web/src/storage.js";
import { createBrowser, NOW } from "./browser.js";
import { compare, runVectors } from "./vectors.js";

const OWNER = "5b3f6a52-2d29-4c1f-8a5e-0f7c6f4f0d11";
const SMALL = { userId: "u1" };
const LARGE = { userId: "u1", userTraits: { bio: "x".repeat(2_000) } };

/** An open journal on a page's storage; `refused` counts how often the browser took nothing. */
const open = ({ browser = createBrowser(), writeKey = "KEY", owner = OWNER } = {}) => {
  const page = browser.open();
  const storage = createStorage(page);
  storage.hush(false);
  const opened = { browser, page, storage, refused: 0 };
  opened.journal = createJournal(storage, owner, () => opened.refused++);
  opened.journal.open(writeKey);
  return opened;
};

/** A call that takes its place in line. */
const call = (journal, id, identity, more) => ({ type: "track", id, at: NOW, line: journal.line(NOW), page: {}, arguments: ["x"], identity, ...more });

const keys = (browser, ending = "") => Object.keys(browser.stored()).filter((key) => key.endsWith(ending));

runVectors("page_journal", {
  "journal.keys": compare((writeKey, owner, times) => {
    const { browser, journal } = open({ writeKey, owner });
    times.forEach((at, number) => journal.put(`m${number}`, "message", "{}", journal.line(at)));
    return Object.keys(browser.stored());
  }),
  "journal.cool_until_key": compare((writeKey) => open({ writeKey }).journal.prefix() + "coolUntil"),
});

test("a message is stored, and goes when it is let go", () => {
  const { browser, journal } = open();
  assert.equal(journal.put("m1", "message", '{"a":1}', journal.line(NOW + 0.5)), true);
  assert.deepEqual(browser.stored(), { [`rudderanalytics.KEY.${OWNER}.1000000001.${NOW}`]: '{"a":1}' });
  assert.equal(journal.used.message, 7);
  assert.equal(journal.place("m1").kind, "message");
  journal.letGo("m1");
  journal.letGo("m1");
  journal.letGo("never seen");
  assert.deepEqual([browser.stored(), journal.used.message, journal.place("m1")], [{}, 0, undefined]);
});

test("a message takes the place of its call, and is there before that goes", () => {
  const { browser, journal } = open();
  journal.keepCall(call(journal, "c1", SMALL));
  const [before] = keys(browser, ".call");
  const line = before.slice(journal.prefix().length).replace(".call", "");
  const { state } = browser.area("https://www.example.com", "localStorage");
  const seen = [];
  const remove = state.items.delete.bind(state.items);
  state.items.delete = (key) => {
    seen.push([key, [...state.items.keys()].length]);
    return remove(key);
  };
  journal.put("c1", "message", "{}", line);
  assert.deepEqual(seen, [[before, 2]]);
  assert.deepEqual(keys(browser), [`rudderanalytics.KEY.${OWNER}.1000000001.${NOW}`], "in its place in line");
});

test("calls and their messages are in line as they were called, whenever they are stored", () => {
  const { browser, journal } = open();
  const calls = ["c1", "c2", "c3"].map((id) => call(journal, id, SMALL));
  const inLine = () => Object.entries(browser.stored()).sort().map(([, text]) => JSON.parse(text).id ?? JSON.parse(text));
  journal.keepCall(calls[2]);
  journal.put("c2", "message", '"second"', calls[1].line);
  journal.keepCall(calls[0]);
  journal.put("c1", "message", '"first"', calls[0].line);
  assert.deepEqual(inLine(), ["first", "second", "c3"]);
  journal.put("c2", "message", '"anew"', calls[1].line);
  assert.deepEqual(inLine(), ["first", "anew", "c3"]);
});

test("a call is stored once, with a small identity of its moment in it", () => {
  const { browser, journal } = open();
  journal.keepCall(call(journal, "c1", SMALL));
  journal.keepCall(call(journal, "c1", { userId: "another" }));
  const [[key, text]] = Object.entries(browser.stored());
  assert.match(key, /\.1000000001\.\d+\.call$/);
  assert.deepEqual({ ...JSON.parse(text), line: "" }, { ...call(journal, "c1", SMALL), line: "" });
});

test("a decision is not stored: it is not made again on another page", () => {
  const { browser, journal } = open();
  journal.keepCall(call(journal, "c1", SMALL, { type: "consent" }));
  assert.deepEqual(browser.stored(), {});
});

test("nothing is stored while nothing may be", () => {
  const { browser, storage, journal } = open();
  storage.hush(true);
  assert.equal(journal.put("m", "message", "{}", journal.line(NOW)), false);
  journal.keepCall(call(journal, "c1", LARGE));
  assert.deepEqual(browser.stored(), {});
  storage.hush(false);
  journal.keepCall(call(journal, "c1", LARGE));
  assert.equal(keys(browser).length, 1, "what could not be stored then can be now");
});

test("storage that takes nothing is told, and counts as not stored", () => {
  const opened = open();
  const { browser, journal, page } = opened;
  page.blocked.add("localStorage");
  assert.equal(journal.put("m1", "message", "{}", journal.line(NOW)), false);
  assert.equal(journal.place("m1"), undefined);
  journal.keepCall(call(journal, "c1", LARGE));
  journal.keepCall(call(journal, "c2", SMALL));
  assert.equal(opened.refused, 3);
  page.blocked.clear();
  journal.keepCall(call(journal, "c1", LARGE));
  assert.equal(keys(browser).length, 1, "it is tried again");
});

test("a thousand calls of all pages may wait for Python", () => {
  const { browser, journal } = open();
  for (let number = 0; number < 600; number++) journal.keepCall(call(journal, `c${number}`, SMALL));
  const another = open({ browser, owner: "6b3f6a52-2d29-4c1f-8a5e-0f7c6f4f0d11" }).journal;
  for (let number = 0; number < 600; number++) another.keepCall(call(another, `d${number}`, SMALL));
  assert.equal(keys(browser, ".call").length, 1_000);
  another.letGo("d0");
  another.keepCall(call(another, "d999", SMALL));
  assert.equal(keys(browser, ".call").length, 1_000);
  another.put("d1", "message", "{}", another.line(NOW));
  assert.equal(keys(browser, ".call").length, 999);
});

test("the keys of one write key are not those of another", () => {
  const { journal } = open({ writeKey: "a" });
  const key = `.${OWNER}.1000000001.${NOW}`;
  assert.deepEqual(entryOf(journal.prefix(), `rudderanalytics.a${key}`), { key: `rudderanalytics.a${key}`, owner: OWNER, count: 1000000001, at: NOW, kind: "message" });
  assert.equal(entryOf(journal.prefix(), `rudderanalytics.a.b${key}`), null);
  assert.equal(entryOf(journal.prefix(), "rudderanalytics.a.coolUntil"), null);
  for (const [ending, kind] of [[".call", "call"], [".identity", "identity"]]) assert.equal(entryOf(journal.prefix(), `rudderanalytics.a${key}${ending}`).kind, kind);
  assert.equal(entryOf(journal.prefix(), `rudderanalytics.a${key}.of the future`), null);
});
