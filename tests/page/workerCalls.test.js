// What hears the calls of workers comes with the first of them (workers.test.js has what is heard). Until then they wait.

import assert from "node:assert/strict";
import test from "node:test";
import * as extras from "../../web/src/extras.js";
import { createBrowser, settle } from "./browser.js";
import { loaded } from "./visit.js";

const ID = (n) => `5b3f6a52-2d29-4c1f-8a5e-0f7c6f4f0d1${n}`;
const CALL = (n, ...call) => ({ type: "call", n, id: ID(n), at: 1_763_000_000_000 + n, call });

/** A page, a worker that knows it, and its script as `bring` gives it. */
const open = async (bring) => {
  const browser = createBrowser();
  const heard = [];
  const channel = browser.openChannel("rudderanalytics", (data) => heard.push(JSON.parse(data)));
  const visited = loaded(browser);
  visited.page.bring = bring;
  await settle();
  const [{ from }] = heard.splice(0);
  const say = (said) => channel.postMessage(JSON.stringify({ from: "worker", to: from, ...said }));
  return { ...visited, say, answers: () => heard.filter(({ type }) => type === "answer").map(({ n }) => n) };
};

const late = () => {
  let come = () => {};
  const comes = new Promise((settle) => (come = () => settle(extras)));
  let asked = 0;
  return { bring: () => (asked++, comes), come: () => come(), asked: () => asked };
};

test("a page without workers does not fetch it, whoever asks who is there", async () => {
  const { bring, asked } = late();
  const { say } = await open(bring);
  say({ type: "who" });
  await settle();
  assert.equal(asked(), 0);
});

test("what workers say before it has come is heard then, once and in order", async () => {
  const { bring, come, asked } = late();
  const { say, core, answers } = await open(bring);
  say(CALL(1, "identify", "u1"));
  say(CALL(2, "track", "a"));
  say(CALL(1, "identify", "u1")); // nobody has answered
  await settle();
  assert.deepEqual([core.calls(), answers(), asked()], [[], [], 1]);
  come();
  say(CALL(3, "track", "b"));
  await settle();
  assert.deepEqual(core.calls(), [["identify", "u1"], ["track", "a"], ["track", "b"]]);
  assert.deepEqual(answers(), [1, 2, 1, 3]);
});

test("where it cannot be had one line says so, and it is fetched again as the worker says it again", async () => {
  let bring = () => Promise.reject(new Error("404"));
  const { page, api, say, core, answers } = await open(() => bring());
  say(CALL(1, "identify", "u1"));
  await settle();
  say(CALL(1, "identify", "u1"));
  await settle();
  api.track("own");
  await settle();
  assert.deepEqual([page.lines.length, answers(), core.calls()], [1, [], [["track", "own"]]]);
  assert.match(page.lines[0], /^ERROR workers, .* do without extras\.mjs: Error: 404$/);
  bring = async () => extras;
  say(CALL(1, "identify", "u1"));
  await settle();
  assert.deepEqual([answers(), core.of("identify").length], [[1], 1]);
});

test("a page that is left before it has come takes nothing: the worker says it to another page", async () => {
  const { bring, come } = late();
  const { page, say, core, answers } = await open(bring);
  say(CALL(1, "identify", "u1"));
  await settle();
  page.fire("window", "pagehide", { persisted: true });
  come();
  page.fire("window", "pageshow", { persisted: true });
  await settle();
  assert.deepEqual([core.of("identify"), answers()], [[], []]);
  say(CALL(1, "identify", "u1"));
  await settle();
  assert.deepEqual([core.of("identify").length, answers()], [1, [1]]);
});

test("that another tab revoked is heard without it", async () => {
  const { say, api, core } = await open(() => Promise.reject(new Error("404")));
  api.track("a");
  await settle();
  say({ type: "revoked" });
  await settle();
  assert.equal(core.of("consent").length, 1);
});

test("what was called before another tab revoked is revoked, too, where it is heard only then", async () => {
  const { bring, come } = late();
  const { say, core, answers } = await open(bring);
  say(CALL(1, "identify", "u1"));
  say({ type: "revoked" });
  say(CALL(2, "track", "after"));
  await settle();
  come();
  await settle();
  assert.deepEqual([core.of("identify"), core.of("track").length, answers()], [[], 1, [1, 2]]);
});
