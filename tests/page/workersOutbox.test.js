import assert from "node:assert/strict";
import test from "node:test";
import { openStorage } from "../../web/src/workerStorage.js";
import { createBrowser, settle, until, URL_OF_PAGE } from "./browser.js";
import { loaded } from "./visit.js";
import { createDisk, createWorkerScope } from "./worker.js";

const OWNER = "5b3f6a52-2d29-4c1f-8a5e-0f7c6f4f0d11";
const keyOf = (writeKey, count) => `rudderanalytics.${writeKey}.${OWNER}.${1_000_000_000 + count}.1763000000000`;
const textOf = (event) => JSON.stringify({ type: "track", event, messageId: event, anonymousId: "of-the-worker", context: {} });
const LEFT = {
  rl_user_id: '"u1"',
  "rudderanalytics.WRITE_KEY.run": "30",
  [keyOf("WRITE_KEY", 1)]: textOf("first"),
  [keyOf("WRITE_KEY", 2)]: textOf("second"),
  [keyOf("OTHER", 3)]: textOf("of another client"),
};

/** What is stored by a worker that is gone. */
const left = async (isDedicated, visitor = {}) => {
  const disk = createDisk();
  const { scope, end } = createWorkerScope(disk, { isDedicated });
  const storage = await openStorage(scope, assert.fail);
  for (const [key, text] of Object.entries({ ...LEFT, ...visitor })) storage.setItem(key, text);
  await settle();
  end();
  return disk;
};
const keptBy = async (disk) => Object.keys(await openStorage(createWorkerScope(disk).scope, assert.fail)).sort();
const windowOf = (disk) => createWorkerScope(disk, { isDedicated: false }).scope;

for (const isDedicated of [true, false]) {
  test(`what a ${isDedicated ? "dedicated" : "shared"} worker left is delivered by a page of its write key, once`, async () => {
    const disk = await left(isDedicated);
    const browser = createBrowser();
    const { core, api } = loaded(browser, {}, { window: windowOf(disk) });
    await until(() => core.of("adopt").length);
    assert.deepEqual(core.of("adopt").flatMap(({ messages }) => messages.map(({ id }) => id)), ["first", "second"]);
    await settle();
    assert.deepEqual([api.getUserId(), await keptBy(disk)], ["", ["rl_user_id", keyOf("OTHER", 3), "rudderanalytics.WRITE_KEY.run"].sort()]);
  });
}

for (const [visit, cookie, expected] of [
  ["first", undefined, "of-the-worker"],
  ["later", "rl_anonymous_id=%22of-the-page%22; path=/", "of-the-page"],
]) {
  test(`the visitor of a page's ${visit} visit after a worker that had no page`, async () => {
    const disk = await left(true, { rl_anonymous_id: '"of-the-worker"' });
    const browser = createBrowser();
    if (cookie) browser.setCookie(URL_OF_PAGE, cookie);
    const { api, core } = loaded(browser, {}, { window: windowOf(disk) });
    api.track("early");
    await until(() => core.of("adopt").length);
    await settle();
    const [{ identity: found }] = core.of("load");
    const [{ identity }] = core.of("track");
    assert.deepEqual([found.anonymousId, identity.anonymousId, api.getAnonymousId()], [expected, expected, expected]);
    assert.equal(loaded(browser).api.getAnonymousId(), expected, "on the next page, too");
  });
}

test("nothing is taken while a worker has it open, before consent, where storage is full, and where there is nothing", async () => {
  const all = Object.keys(LEFT).sort();
  for (const [what, how, options, quota] of [
    ["open", { locked: true }, {}],
    ["before consent", {}, { preConsent: { enabled: true, storage: { strategy: "none" } }, consentManagement: { enabled: true, provider: "custom" } }],
    ["full", {}, {}, 150],
  ]) {
    const disk = await left(true);
    const browser = createBrowser({ quota });
    if (how.locked) browser.open().locks.request("rudderanalytics.worker", () => new Promise(() => {}));
    const window = windowOf(disk);
    const asked = [];
    const { databases } = window.indexedDB;
    window.indexedDB.databases = () => (asked.push(what), databases());
    const { core, page } = loaded(browser, options, { window });
    for (let turn = 0; turn < 20; turn++) await settle();
    assert.deepEqual(asked, what === "before consent" ? [] : [what], "before consent a page does not even look");
    assert.equal(disk.files.has("rudderanalytics.worker"), what !== "full", "it is not even moved");
    assert.deepEqual([core.of("adopt"), await keptBy(disk)], [[], all], what);
    assert.deepEqual(page.lines.filter((line) => /IndexedDB/.test(line)), [], what);
  }
});
