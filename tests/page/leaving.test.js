import assert from "node:assert/strict";
import test from "node:test";
import { createJournal } from "../../web/src/journal.js";
import { createLeaving, ENOUGH, NEAR } from "../../web/src/leaving.js";
import { createStorage } from "../../web/src/storage.js";
import { createBrowser } from "./browser.js";

const owner = (number) => `${number}b3f6a52-2d29-4c1f-8a5e-0f7c6f4f0d11`;
const PREFIX = "rudderanalytics.KEY.";

/** A page that may be left; `deaf`: its Python is not there yet. */
const open = (browser, number, { resends = false, deaf = false } = {}) => {
  const page = browser.open();
  const opened = browser.now();
  page.elapsed = () => browser.now() - opened;
  const storage = createStorage(page);
  storage.hush(false);
  const journal = createJournal(storage, owner(number), () => {});
  journal.open("KEY");
  const name = () => owner(number);
  const leaving = createLeaving(page, storage, journal, { current: name, name }, resends);
  const note = () => leaving.note(name());
  if (!deaf) leaving.wake();
  return { page, journal, leaving, note };
};

const message = (id) => ({ id, text: `{"messageId":"${id}"}`, at: 5 });

/** A page is left with a delivery of these on its way; the next page, which adopts them. */
const left = (browser, { ids = ["a"], isCarried = true, before = 0, wait = 0, resends = false, until = 100, deaf = false } = {}) => {
  const first = open(browser, 1);
  for (let turn = 0; turn < before; turn++) first.leaving.answered(turn, true);
  for (const id of ids) first.journal.put(id, "message", message(id).text, first.journal.line(5));
  first.leaving.started(77, ids, isCarried);
  return browser.advance(until).then(async () => {
    first.note();
    first.page.close(true);
    await browser.advance(wait);
    const next = open(browser, 2, { resends, deaf });
    const held = next.leaving.hold([owner(1)], ids.map(message));
    return { ...next, held: [...held] };
  });
};

/** What is held apart, by whomever. */
const held = (browser) =>
  Object.entries(browser.stored())
    .filter(([key]) => key.endsWith(".held"))
    .flatMap(([, text]) => JSON.parse(text).map(({ id }) => id));
const good = (leaving, count) => Array.from({ length: count }, () => leaving.answered(1, true)).at(-1);
const NOTHING = { arrived: [], again: [] };

test("what was on its way is held apart, and stored", async () => {
  const browser = createBrowser();
  const { held: apart, journal } = await left(browser, { ids: ["a", "b"] });
  assert.deepEqual([apart, held(browser), journal.place("a")], [["a", "b"], ["a", "b"], undefined]);
  assert.ok(!Object.keys(browser.stored()).some((key) => key.endsWith(".left")));
});

test("also where the page could only say that it was about to be left; in a batch it is doubtful", async () => {
  const browser = createBrowser();
  const { journal, leaving } = open(browser, 1);
  for (const id of ["a", "b", "c"]) journal.put(id, "message", message(id).text, journal.line(5));
  leaving.started(1, ["a"], true);
  leaving.started(2, ["b", "c"], false);
  leaving.note(owner(1), 7);
  assert.equal(JSON.parse(browser.stored()[`${PREFIX}${owner(1)}.left`]).parting, 7);
  const next = open(browser, 2);
  const apart = next.leaving.hold([owner(1)], ["a", "b", "c"].map(message));
  assert.deepEqual([[...apart], [...next.leaving.doubtful], held(browser)], [["a"], ["b", "c"], ["a"]]);
  assert.ok(!Object.keys(browser.stored()).some((key) => key.endsWith(".left")));
});

test("after enough good answers it has arrived; nothing stays in storage", async () => {
  const browser = createBrowser();
  const { leaving } = await left(browser);
  assert.deepEqual(good(leaving, ENOUGH - 1), NOTHING);
  assert.deepEqual(held(browser), ["a"]);
  assert.deepEqual(good(leaving, 1), { arrived: ["a"], again: [] });
  assert.deepEqual(held(browser), []);
  good(leaving, 1);
  assert.deepEqual(Object.keys(browser.stored()).filter((key) => !key.includes(".1000000001.")), []);
});

test("it is held across pages until then", async () => {
  const browser = createBrowser();
  const { leaving, page } = await left(browser);
  good(leaving, ENOUGH - 1);
  page.close(true);
  const third = open(browser, 3);
  third.leaving.hold([owner(2)], []);
  assert.deepEqual(third.leaving.release(), []);
  assert.deepEqual(good(third.leaving, 1), { arrived: ["a"], again: [] });
});

test("any failure: it is sent again, and stays held until it is stored otherwise", async () => {
  const browser = createBrowser();
  const { leaving } = await left(browser);
  good(leaving, ENOUGH - 1);
  const { arrived, again } = leaving.answered(1, false);
  assert.deepEqual([arrived, again.map(({ id, text, at }) => ({ id, text, at }))], [[], [message("a")]]);
  assert.deepEqual(held(browser), ["a"]);
  leaving.forget(["a"]);
  assert.deepEqual(held(browser), []);
});

test("a refusal is about what one message says: it is no evidence of others, good or bad", async () => {
  const browser = createBrowser();
  const { leaving } = await left(browser);
  good(leaving, ENOUGH - 1);
  assert.deepEqual(leaving.answered(1, undefined), NOTHING);
  assert.deepEqual(held(browser), ["a"]);
  assert.deepEqual(good(leaving, 1).arrived, ["a"]);
});

test("after a failure nothing is held until enough answers were good", async () => {
  const browser = createBrowser();
  open(browser, 3).leaving.answered(1, false);
  assert.deepEqual((await left(browser)).held, []);
  const other = createBrowser();
  open(other, 3).leaving.answered(1, false);
  assert.deepEqual((await left(other, { before: ENOUGH })).held, ["a"]);
});

test("a failure between leaving and adopting: it is sent again", async () => {
  const browser = createBrowser();
  const first = open(browser, 1);
  first.leaving.started(1, ["a"], true);
  first.note();
  open(browser, 3).leaving.answered(1, false);
  assert.deepEqual([...open(browser, 2).leaving.hold([owner(1)], [message("a")])], []);
});

test("a moment offline: it is sent again", async () => {
  const browser = createBrowser();
  const { leaving } = await left(browser);
  assert.deepEqual(leaving.offline().map(({ id }) => id), ["a"]);
});

for (const [name, how] of [
  ["that nobody carries on", { isCarried: false }],
  ["that had no answer for long when the page was left", { until: 20_000 }],
  ["of which nobody knows anything for more than a minute", { wait: NEAR }],
  ["where the option says so", { resends: true }],
]) {
  test(`a delivery ${name} is sent again`, async () => assert.deepEqual((await left(createBrowser(), how)).held, []));
}

test("an answer shortly before is evidence, too", async () => {
  const { held: apart, leaving } = await left(createBrowser(), { before: 1, wait: 86_400_000 });
  assert.deepEqual([apart, leaving.release()], [["a"], []]);
});

test("where no answer comes near it in time it is sent again", async () => {
  const browser = createBrowser();
  const { leaving, page } = await left(browser);
  await browser.advance(NEAR);
  page.close(true);
  const third = open(browser, 3);
  third.leaving.hold([owner(2)], []);
  assert.deepEqual(third.leaving.release().map(({ id }) => id), ["a"]);
  assert.deepEqual(third.leaving.answered(1, true).again.map(({ id }) => id), ["a"]);
});

test("a page whose Python is not there yet has heard of nothing: the time until then does not count", async () => {
  const browser = createBrowser();
  const { leaving } = await left(browser, { deaf: true, wait: NEAR - 1_000 });
  await browser.advance(10 * NEAR);
  assert.deepEqual(leaving.release(), []);
  leaving.wake();
  await browser.advance(NEAR - 1_000);
  assert.deepEqual([good(leaving, 1), held(browser)], [NOTHING, ["a"]]);
  assert.deepEqual(good(leaving, ENOUGH - 1).arrived, ["a"]);
});

test("once it is there it does", async () => {
  const browser = createBrowser();
  const { leaving } = await left(browser, { deaf: true });
  leaving.wake();
  await browser.advance(NEAR);
  assert.deepEqual(leaving.release().map(({ id }) => id), ["a"]);
});

/** Pages that are left before their Python came, each with a call. */
const deafPages = async (browser, count, between) => {
  for (let number = 0; number < count; number++) {
    await browser.advance(between);
    const { journal, page } = open(browser, 4, { deaf: true });
    journal.put(`call${number}`, "call", "{}", journal.line(browser.now()));
    page.close(true);
  }
};
/** What those pages left, as a page adopts it. */
const callsLeft = (browser) => Object.keys(browser.stored()).flatMap((key) => (key.endsWith(".call") ? { id: key, at: +key.split(".")[4] } : []));

for (const [name, isHeldBefore] of [
  ["noted", false],
  ["held apart", true],
]) {
  for (const [between, isApart] of [
    [NEAR - 1_000, true],
    [NEAR, false],
  ]) {
    test(`so it is with the pages in between; what was ${name} and ${between} ms without a page`, async () => {
      const browser = createBrowser();
      const first = open(browser, 1);
      first.journal.put("a", "message", message("a").text, first.journal.line(5));
      first.leaving.started(1, ["a"], true);
      first.note();
      first.page.close(true);
      if (isHeldBefore) {
        const second = open(browser, 2);
        second.leaving.hold([owner(1)], [message("a")]);
        second.page.close(true);
      }
      await deafPages(browser, 5, between);
      await browser.advance(1_000);
      const { leaving } = open(browser, 3);
      const apart = leaving.hold([owner(1), owner(2), owner(4)], [...(isHeldBefore ? [] : [message("a")]), ...callsLeft(browser)]);
      const again = leaving.release().map(({ id }) => id);
      assert.deepEqual([apart.size || held(browser).length - again.length], [isApart ? 1 : 0]);
      if (isApart) assert.deepEqual(good(leaving, ENOUGH), { arrived: ["a"], again: [] });
    });
  }
}

test("a page that is offline as it is left notes nothing", () => {
  const browser = createBrowser();
  const { page, leaving } = open(browser, 1);
  leaving.started(1, ["a"], true);
  page.online = false;
  leaving.note();
  assert.deepEqual(Object.keys(browser.stored()), []);
});

test("what is answered before the page is left, or is not stored, is not noted", () => {
  const browser = createBrowser();
  const { journal, leaving, note } = open(browser, 1);
  const notes = () => Object.keys(browser.stored()).filter((key) => key.endsWith(".left"));
  leaving.started(1, ["a"], true);
  note();
  assert.deepEqual(notes(), []);
  journal.put("a", "message", message("a").text, journal.line(5));
  note();
  assert.equal(notes().length, 1);
  leaving.answered(1, true);
  note();
  assert.deepEqual(notes(), []);
});

/** What the notes in storage say was sent, and may have arrived. */
const tried = (browser) =>
  Object.entries(browser.stored())
    .filter(([key]) => key.endsWith(".left"))
    .flatMap(([, text]) => JSON.parse(text).flatMap((each) => each.tried ?? []));

for (const [name, how, isWell] of [
  ["where something failed not long ago", {}, false],
  ["in a batch", { ids: ["a", "b"], isCarried: false }, true],
  ["and had no answer for long", { until: 20_000 }, true],
  ["of which nobody hears for a minute", { wait: NEAR }, true],
]) {
  test(`what was on its way ${name} is doubtful, from page to page, until it is settled`, async () => {
    const browser = createBrowser();
    if (!isWell) open(browser, 3).leaving.answered(1, false);
    const { ids = ["a"] } = how;
    const { held: apart, leaving, journal, note, page } = await left(browser, how);
    assert.deepEqual([apart, [...leaving.doubtful]], [[], ids]);
    for (const id of ids) journal.put(id, "message", message(id).text, journal.line(5));
    note();
    page.close(true);
    const third = open(browser, 3);
    third.leaving.hold([owner(2)], ids.map(message));
    assert.deepEqual([...third.leaving.doubtful], ids);
    for (const id of ids) third.journal.put(id, "message", message(id).text, third.journal.line(5));
    third.leaving.doubtful.delete("a");
    third.note();
    assert.deepEqual(tried(browser), ids.slice(1));
  });
}

test("where all is sent again always nothing is doubtful", async () => {
  const browser = createBrowser();
  const { journal, leaving, note } = open(browser, 1, { resends: true });
  journal.put("a", "message", message("a").text, journal.line(5));
  leaving.started(1, ["a"], true);
  note();
  assert.deepEqual(tried(browser), []);
});

test("what two tabs held goes to whoever adopts it, once", () => {
  const browser = createBrowser();
  const area = browser.area("https://www.example.com", "localStorage");
  const apart = (id) => ({ ...message(id), left: browser.now(), near: true, run: ENOUGH });
  area.setItem(`${PREFIX}${owner(1)}.held`, JSON.stringify([apart("a"), apart("b")]));
  area.setItem(`${PREFIX}${owner(2)}.held`, JSON.stringify([apart("b"), apart("c")]));
  const { leaving } = open(browser, 3);
  leaving.hold([owner(1), owner(2)], []);
  assert.deepEqual(held(browser).toSorted(), ["a", "b", "c"]);
  assert.deepEqual(good(leaving, ENOUGH).arrived.toSorted(), ["a", "b", "c"]);
  assert.equal(leaving.holds(), false);
});

test("what does not fit is sent again", async () => {
  const browser = createBrowser();
  const { leaving } = await left(browser);
  const big = { id: "big", text: "x".repeat(300_000), at: 5 };
  browser.area("https://www.example.com", "localStorage").setItem(`${PREFIX}${owner(3)}.left`, JSON.stringify([{ ids: ["big"], at: browser.now(), near: true }]));
  assert.deepEqual([...leaving.hold([owner(3)], [big])], []);
});

for (const junk of ["null", "5", "{}", "[null]", '[{"ids":5}]', '[{"tried":5}]', "half writ"]) {
  test(`junk in storage is nothing: ${junk}`, async () => {
    const browser = createBrowser();
    const area = browser.area("https://www.example.com", "localStorage");
    for (const name of [`${owner(1)}.held`, `${owner(2)}.held`, "run", `${owner(1)}.left`]) area.setItem(PREFIX + name, junk);
    const { leaving } = open(browser, 2);
    assert.deepEqual([...leaving.hold([owner(1)], [message("a")])], []);
    assert.deepEqual(leaving.release(), []);
    assert.deepEqual(leaving.answered(1, true), NOTHING);
  });
}
