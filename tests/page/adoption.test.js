import assert from "node:assert/strict";
import test from "node:test";
import { adoptLeft, entriesOf } from "../../web/src/adoption.js";
import { empty } from "../../web/src/cookies.js";
import { createJournal } from "../../web/src/journal.js";
import { createSharedIdentities } from "../../web/src/sharedIdentities.js";
import { createStorage } from "../../web/src/storage.js";
import { createBrowser, NOW } from "./browser.js";
import { runVectors } from "./vectors.js";

const OWNER = "5b3f6a52-2d29-4c1f-8a5e-0f7c6f4f0d11";
const OTHER = "6b3f6a52-2d29-4c1f-8a5e-0f7c6f4f0d11";
const US = "7b3f6a52-2d29-4c1f-8a5e-0f7c6f4f0d11";

/** A page that finds these texts in localStorage, by key. */
const open = (texts, writeKey = "KEY") => {
  const browser = createBrowser();
  const page = browser.open();
  const storage = createStorage(page);
  storage.hush(false);
  const journal = createJournal(storage, US, () => {});
  journal.open(writeKey);
  journal.shared = createSharedIdentities(storage, journal);
  for (const [key, text] of Object.entries(texts)) page.storage("localStorage").setItem(key, text);
  const adopt = (owners = [OWNER], isKnown = () => false) => {
    const { left: found, unreadable } = adoptLeft(page, journal, storage, owners, isKnown);
    const left = found.map(({ line, ...each }) => (assert.ok(line), each));
    return { left, messages: left.filter((each) => "text" in each), calls: left.filter((each) => !("text" in each)), unreadable };
  };
  return { browser, page, journal, adopt };
};

const key = (count, { owner = OWNER, at = NOW, ending = "" } = {}) => `rudderanalytics.KEY.${owner}.${String(count).padStart(10, "0")}.${at}${ending}`;

const seen = createBrowser().open().observe();
const message = (id, more) => JSON.stringify({ messageId: id, type: "track", anonymousId: "a", ...more });
const call = (id, more) => JSON.stringify({ id, type: "track", at: NOW, page: seen, arguments: ["x"], identity: { ...empty(), userId: "u1" }, ...more });

const LINE = (count) => `WARN ${count} stored message(s) or call(s) cannot be read; they are removed`;

runVectors("page_journal", {
  "journal.read": ({ given: [name, text], gives, says }) => {
    const { browser, adopt } = open({ [name]: text });
    const { messages, calls, unreadable } = adopt();
    assert.deepEqual(calls, []);
    assert.deepEqual(messages, gives ? [{ ...gives, text }] : []);
    assert.equal(unreadable ? LINE(unreadable) : undefined, says);
    assert.equal(name in browser.stored(), !says, "broken is removed, unknown is left alone");
  },
});

for (const isGone of [true, false]) {
  test(`what this page has, and another one that is gone had stored: ${isGone ? "it is this page's again" : "it is there twice"}`, () => {
    const { browser, page, journal, adopt } = open({});
    assert.ok(journal.put("m1", "message", message("m1"), journal.line(NOW)));
    const { key: before } = journal.place("m1");
    page.storage("localStorage").setItem(key(1), message("m1"));
    if (isGone) page.storage("localStorage").removeItem(before);
    const { left } = adopt([OWNER], () => true);
    const now = isGone ? key(1) : before;
    assert.deepEqual([left, Object.keys(browser.stored()), journal.place("m1").key], [[], [now], now]);
  });
}

test("a call of a worker that has no page has no address", () => {
  const texts = { [key(1, { ending: ".call" })]: call("c1", { page: { ...seen, href: "" } }) };
  for (const isWorker of [true, false]) {
    const { page, adopt } = open(texts);
    page.isWorker = isWorker;
    assert.deepEqual(adopt().calls.map(({ id }) => id), isWorker ? ["c1"] : []);
  }
});

test("what is left is there in the order in which it was called, whoever called it", () => {
  const { adopt } = open({
    [key(3, { at: NOW + 5 })]: message("m3"),
    [key(1, { at: NOW + 1 })]: message("m1"),
    [key(9, { owner: OTHER, at: NOW + 3 })]: message("o1"),
    [key(2, { at: NOW + 2, ending: ".call" })]: call("c2"),
  });
  const { left, unreadable } = adopt([OWNER, OTHER]);
  assert.deepEqual(left.map(({ id }) => id), ["m1", "c2", "o1", "m3"]);
  assert.equal(unreadable, 0);
});

test("a clock that was set back does not change the order in which one page was called", () => {
  const { adopt } = open({ [key(1, { at: NOW + 9_000 })]: message("m1"), [key(2, { at: NOW })]: message("m2"), [key(1, { owner: OTHER, at: NOW + 5_000 })]: message("o1") });
  assert.deepEqual(adopt([OWNER, OTHER]).messages.map(({ id, at }) => [id, at]), [["o1", NOW + 5_000], ["m1", NOW + 9_000], ["m2", NOW + 9_000]]);
});

test("only what these owners left, under this write key", () => {
  const theirs = { [key(1, { owner: OTHER })]: message("o1"), [key(1).replace("KEY", "KEY2")]: message("m2"), "rl_user_id": "x", [`rudderanalytics.KEY.coolUntil`]: "5" };
  const { browser, page, journal, adopt } = open({ ...theirs, [key(1)]: message("m1") });
  assert.deepEqual(adopt().messages.map(({ id }) => id), ["m1"]);
  assert.deepEqual(browser.stored(), { ...theirs, [key(1)]: message("m1") });
  assert.deepEqual(entriesOf(page, journal).map(({ owner }) => owner), [OWNER, OTHER]);
});

test("each has its place in line, as its page gave it", () => {
  const { page, journal } = open({ [key(1)]: message("m1"), [key(2, { ending: ".call" })]: call("c2") });
  const { left } = adoptLeft(page, journal, createStorage(page), [OWNER], () => false);
  assert.deepEqual(left.map(({ line }) => line), [`${OWNER}.0000000001.${NOW}`, `${OWNER}.0000000002.${NOW}`]);
});

test("it is this page's from now on: it goes with its outcome", () => {
  const { browser, journal, adopt } = open({ [key(1)]: message("m1"), [key(2, { ending: ".call" })]: call("c2") });
  adopt();
  assert.equal(journal.used.message, message("m1").length);
  for (const id of ["m1", "c2"]) journal.letGo(id);
  assert.deepEqual(browser.stored(), {});
});

test("what is there twice, or known already, is there once", () => {
  const { browser, adopt } = open({ [key(1)]: message("m1"), [key(2)]: message("m1"), [key(3, { ending: ".call" })]: call("m1"), [key(4)]: message("known") });
  const { messages, calls, unreadable } = adopt([OWNER], (id) => id === "known");
  assert.deepEqual([messages.length, calls.length, unreadable], [1, 0, 0]);
  assert.deepEqual(Object.keys(browser.stored()), [key(1)]);
  assert.deepEqual(adopt([OWNER], (id) => id === "m1").messages, []);
  assert.deepEqual(Object.keys(browser.stored()), [key(1)]);
});

test("what a page let go of because others had it is adopted again", () => {
  const { browser, journal, adopt } = open({ [key(1)]: message("m1") });
  adopt();
  assert.deepEqual([adopt().messages.length, journal.used.message], [1, message("m1").length]);
  journal.letGo("m1");
  assert.deepEqual([browser.stored(), journal.used.message], [{}, 0]);
});

test("what others made a message of is a message, also to the page that called it, and it is there once", () => {
  const made = (isKnown) => {
    const opened = open({ [key(1, { ending: ".call" })]: call("c1") });
    opened.adopt();
    opened.page.storage("localStorage").setItem(key(1), message("c1"));
    const { messages, calls } = opened.adopt([OWNER], () => isKnown);
    return [messages.length, calls.length, Object.keys(opened.browser.stored()), opened.journal.place("c1").kind];
  };
  assert.deepEqual([true, false].map(made), [[0, 0, [key(1)], "message"], [1, 0, [key(1)], "message"]]);
});

test("the size of a message is in bytes", () => {
  const text = message("m1", { event: "✓" });
  assert.equal(open({ [key(1)]: text }).adopt().messages[0].size, Buffer.byteLength(text));
});

test("a message's text can be joined into a batch, however it was written", () => {
  const { adopt } = open({ [key(1)]: ` ${JSON.stringify(JSON.parse(message("m1")), null, 2)}\n` });
  const [{ text }] = adopt().messages;
  assert.equal(JSON.parse(`${text.slice(0, -1)},"sentAt":"now"}`).sentAt, "now");
});

// Calls, with the visitor of their moment

test("a call is acted on as it was made", () => {
  const { adopt } = open({ [key(1, { ending: ".call" })]: call("c1", { foreseen: true }) });
  const [adopted] = adopt().calls;
  assert.deepEqual(adopted, { ...JSON.parse(call("c1")), foreseen: true, recovered: true });
});

test("a large visitor is stored apart, and goes with the last call that names it", () => {
  const { browser, journal, adopt } = open({
    [key(1, { ending: ".identity" })]: JSON.stringify({ ...empty(), userId: "u1" }),
    [key(2, { ending: ".call" })]: call("c2", { identity: 1 }),
    [key(3, { ending: ".call" })]: call("c3", { identity: 1 }),
    [key(4, { ending: ".identity" })]: JSON.stringify({ ...empty(), userId: "nobody's" }),
  });
  assert.deepEqual(adopt().calls.map(({ identity }) => identity.userId), ["u1", "u1"]);
  assert.ok(!(key(4, { ending: ".identity" }) in browser.stored()), "what no call names is removed");
  journal.letGo("c2");
  assert.ok(key(1, { ending: ".identity" }) in browser.stored());
  journal.letGo("c3");
  assert.deepEqual(browser.stored(), {});
});

test("it stays where a page adopts again what it adopted before", () => {
  const { browser, adopt } = open({
    [key(1, { ending: ".identity" })]: JSON.stringify({ ...empty(), userId: "u1" }),
    [key(2, { ending: ".call" })]: call("c2", { identity: 1 }),
  });
  adopt();
  assert.deepEqual(adopt().calls.map(({ identity }) => identity.userId), ["u1"]);
  assert.equal(Object.keys(browser.stored()).length, 2);
});

for (const [name, identity] of [
  ["that is missing", undefined],
  ["that is null", null],
  ["that is a text", "u1"],
  ["that names none", 7],
  ["that is a list", []],
]) {
  test(`a call with a visitor ${name} has none of its own`, () => {
    const [adopted] = open({ [key(1, { ending: ".call" })]: call("c1", { identity }) }).adopt().calls;
    assert.equal(adopted.identity, undefined);
  });
}

test("of a visitor only what is of its kind counts", () => {
  const identity = { userId: 5, userTraits: "text", anonymousId: "a1", groupId: ["g"], groupTraits: { a: 1 }, sessionInfo: null, authToken: {}, of_the_future: 1 };
  const [adopted] = open({ [key(1, { ending: ".call" })]: call("c1", { identity }) }).adopt().calls;
  assert.deepEqual(adopted.identity, { ...empty(), anonymousId: "a1", groupTraits: { a: 1 } });
});

const nested = (levels) => JSON.parse("[".repeat(levels) + "]".repeat(levels));

for (const [name, text] of [
  ["half written", call("c1").slice(0, -5)],
  ["a list", "[]"],
  ["empty", ""],
  ["without an id", call("")],
  ["an id that is no text", call(5)],
  ["a method that there is not", call("c1", { type: "python" })],
  ["a decision", call("c1", { type: "consent" })],
  ["arguments as a text, as a page with Prototype.js wrote them", call("c1", { type: "identify", arguments: '["u1"]' })],
  ["arguments that nest too deep for Python", call("c1", { arguments: nested(100) })],
  ["no page", call("c1", { page: undefined })],
  ["a page that is a text", call("c1", { page: "https://www.example.com" })],
  ["a page without an address", call("c1", { page: { ...seen, href: "" } })],
  ["a page whose address is none", call("c1", { page: { ...seen, href: "shop" } })],
  ["a page whose title is none", call("c1", { page: { ...seen, title: {} } })],
  ["a page of another version", call("c1", { page: { url: "https://www.example.com" } })],
  ["a page without a screen", call("c1", { page: { ...seen, screen: null } })],
  ["no time", call("c1", { at: undefined })],
  ["a time that is a text", call("c1", { at: String(NOW) })],
  ["a time that no calendar has", call("c1", { at: 1e300 })],
  ["a time before all others", call("c1", { at: -1 })],
]) {
  test(`a stored call that cannot be acted on is removed and counted: ${name}`, () => {
    const { browser, adopt } = open({ [key(1, { ending: ".call" })]: text });
    const { left, unreadable } = adopt();
    assert.deepEqual([left, unreadable], [[], 1]);
    assert.deepEqual(browser.stored(), {});
  });
}

test("storage that is blocked or broken has nothing", () => {
  const { browser, page, journal, adopt } = open({ [key(1)]: message("m1") });
  browser.area("https://www.example.com", "localStorage").state.broken = true;
  assert.deepEqual(adopt(), { left: [], messages: [], calls: [], unreadable: 0 });
  page.blocked.add("localStorage");
  assert.deepEqual(adopt(), { left: [], messages: [], calls: [], unreadable: 0 });
  assert.deepEqual(entriesOf(page, journal), []);
});

test("traits that nest as deep as they may are of their kind", () => {
  const deep = (levels) => ({ a: nested(levels) });
  const stored = (levels) => open({ [key(1, { ending: ".call" })]: call("c1", { identity: { ...empty(), userTraits: deep(levels) } }) }).adopt().calls[0].identity.userTraits;
  assert.deepEqual(stored(49), deep(49));
  assert.deepEqual(stored(50), {});
});

test("nor the order of calls and messages", () => {
  const { adopt } = open({ [key(1, { at: NOW + 9_000 })]: message("m1"), [key(2, { at: NOW, ending: ".call" })]: call("c2"), [key(3, { at: NOW + 1 })]: message("m3") });
  assert.deepEqual(adopt().left.map(({ id }) => id), ["m1", "c2", "m3"]);
});

for (const type of ["nope", "../../x", "identify/../../x", "Identify", "toString", "__proto__", "", null, 5, ["identify"]]) {
  test(`a stored message of a type that there is not is removed and counted: ${JSON.stringify(type)}`, () => {
    const { browser, adopt } = open({ [key(1)]: message("m1", { type }), [key(2)]: message("m2") });
    const { messages, unreadable } = adopt();
    assert.deepEqual([messages.map(({ id }) => id), unreadable], [["m2"], 1]);
    assert.deepEqual(Object.keys(browser.stored()), [key(2)]);
  });
}

for (const wrong of [{ userId: ["u1"] }, { userId: 5 }, { groupId: {} }, { previousId: true }, { anonymousId: ["a"] }]) {
  test(`a stored message of a visitor whom no text names is removed and counted: ${JSON.stringify(wrong)}`, () => {
    const { browser, adopt } = open({ [key(1)]: message("m", wrong), [key(2)]: message("n", { userId: "", groupId: null }) });
    const { messages, unreadable } = adopt();
    assert.deepEqual([messages.map(({ id }) => id), unreadable], [["n"], 1]);
    assert.equal(key(1) in browser.stored(), false);
  });
}
