// The words for what is wrong come in a script of their own. Without it nothing is lost but the words.

import assert from "node:assert/strict";
import test from "node:test";
import * as words from "../../web/src/words.js";
import { createBrowser, settle } from "./browser.js";
import { LOAD, loaded, visit } from "./visit.js";

const MISSPELT = { loglevel: "ERROR", beforeSend: "mask" };

/** A visit whose words come as `answer` says, by a promise. */
const visited = (options, answer, act = () => {}, browser = createBrowser()) => {
  const opened = visit(browser);
  const asked = [];
  const { bring } = opened.page;
  opened.page.bring = (name) => (asked.push(name), answer && name === "words.mjs" ? answer() : bring(name));
  const groups = [];
  opened.page.window.console = { groupCollapsed: (title) => groups.push(title), debug() {}, groupEnd() {} };
  opened.api.load(...LOAD, options);
  act(opened.api);
  return { ...opened, asked, groups };
};

test("what is said is in one script", () => assert.deepEqual(Object.keys(words).sort(), ["createDebug", "inWords", "isSaid", "isSaidOnce", "levelOf"]));

for (const options of [undefined, {}, { logLevel: "ERROR", sessions: { timeout: 60_000 }, storage: { type: "localStorage" }, beforeSend: () => null }, { redact: ["pin"], queueOptions: { batch: { maxItems: 10 } } }]) {
  test(`a page that is right fetches no words: ${JSON.stringify(options)}`, async () => {
    const { asked, core } = visited(options, undefined, (api) => {
      api.page("Docs", "Home");
      api.track("Bought", { price: 3 });
      api.identify("u1", { plan: "pro" });
    });
    await settle();
    assert.equal(core.of("track").length, 1);
    assert.deepEqual(asked, []);
  });
}

test("what is wrong is said as soon as the words have come, in the order in which it was found", async () => {
  let come = () => {};
  const comes = new Promise((settle) => (come = () => settle(words)));
  const { page, core, asked } = visited({ loglevel: "ERROR" }, () => comes, (api) => {
    api.load("OTHER", LOAD[1]);
    api.track({ name: "Bought" });
    api.track("Bought");
  });
  await settle();
  assert.deepEqual([page.lines, asked], [[], ["words.mjs"]]);
  assert.deepEqual(core.of("track").map(({ arguments: given }) => given), [[{ name: "Bought" }], ["Bought"]]); // nobody waits for words
  come();
  await settle();
  assert.deepEqual(page.lines, [
    "WARN load: this page has loaded already; the first load counts",
    "WARN load option loglevel does nothing here; it is ignored. Is logLevel meant?",
    "WARN track: event should be a text, properties and options objects",
  ]);
});

test("without them one line says what is wrong in short; what protects the visitor protects, and every call is made", async () => {
  const { page, core, api } = visited({ ...MISSPELT, respectGPC: "yes" }, () => Promise.reject(new Error("404")), (api) => api.track("Bought"));
  await settle();
  assert.deepEqual(page.lines, ["ERROR load option loglevel: unknown, load option beforeSend: protected, load option respectGPC: protected; words.mjs, which says more: Error: 404"]);
  assert.deepEqual(core.of("load")[0].options.respectGPC, true);
  assert.deepEqual(core.calls(), [["track", "Bought"]]);
  assert.equal(api.stats().dropped.before_send_failed ?? api.stats().dropped.before_send, 1, "nobody knows what beforeSend was to take out");
});

test("what happens with each call is said once, with words and without", async () => {
  for (const [answer, line] of [[undefined, "WARN cookies are blocked; the visitor's identity is kept in localStorage"], [() => Promise.reject(new Error("404")), "ERROR cookie: blocked; words.mjs, which says more: Error: 404"]]) {
    const browser = createBrowser();
    browser.blocksCookies = true;
    const { page, api, core } = visited({}, answer, undefined, browser);
    await settle();
    api.track("a");
    api.identify("u1");
    await settle();
    assert.deepEqual([page.lines, core.calls().length], [[line], 2]);
  }
});

test("a page that asks for protection in a form that cannot be read is protected before the words come, and without them", async () => {
  const { page, core } = visited("{'consentManagement': {", () => new Promise(() => {}), (api) => api.track("Bought"));
  await settle();
  assert.deepEqual([page.lines, core.of("load")[0].policy.buffers], [[], true]);
  assert.deepEqual(core.of("load")[0].options.respectDNT, true);
});

test("DEBUG shows each step, in order, also those before its script came", async () => {
  let come = () => {};
  const comes = new Promise((settle) => (come = () => settle(words)));
  const { groups, core } = visited({ logLevel: "DEBUG" }, () => comes, (api) => api.track("Bought"));
  await settle();
  assert.deepEqual([groups, core.calls()], [[], [["track", "Bought"]]]);
  come();
  await settle();
  assert.deepEqual(groups.map((title) => title.replace(/, \d+ ms/, "")), [
    "[rudderanalytics] load()",
    '[rudderanalytics] track("Bought")',
    "[rudderanalytics] POST https://dataplane.example.com/v1/batch: 200, 1 message(s)",
  ]);
});

test("debug() fetches it; without it one line says so, however often it is asked for", async () => {
  const { page, api, groups } = loadedWithGroups();
  await settle();
  api.debug();
  await settle();
  assert.deepEqual([groups, page.lines], [["[rudderanalytics] state"], []]);
  const broken = loadedWithGroups(() => Promise.reject(new Error("404")));
  broken.api.debug();
  broken.api.debug();
  broken.api.track("Bought");
  await settle();
  assert.deepEqual(broken.page.lines, ["ERROR nothing is shown of what DEBUG shows, without words.mjs: Error: 404"]);
  assert.deepEqual([broken.groups, broken.core.calls()], [[], [["track", "Bought"]]]);
});

const loadedWithGroups = (bring) => {
  const opened = loaded(createBrowser());
  const groups = [];
  opened.page.window.console = { groupCollapsed: (title) => groups.push(title), debug() {}, groupEnd() {} };
  if (bring) opened.page.bring = bring;
  return { ...opened, groups };
};
