import assert from "node:assert/strict";
import test from "node:test";
import { createBrowser, settle } from "./browser.js";
import { loaded } from "./visit.js";

/** What a worker was told, and each answer to it. */
const each = (heard, me) => heard.flatMap((said) => (said.type === "answers" ? said.answers.filter(({ to }) => to === me).map((answer) => ({ type: "answer", ...answer })) : said));

/** A worker's side of the channel: what it hears, and what it says. */
const workerOf = (browser, me = "worker") => {
  const heard = [];
  const channel = browser.openChannel("rudderanalytics", (data) => heard.push(JSON.parse(data)));
  const say = async (said) => {
    channel.postMessage(typeof said === "string" ? said : JSON.stringify({ from: me, ...said }));
    await settle();
    return each(heard.splice(0), me);
  };
  return { heard, say, tell: (said) => channel.postMessage(JSON.stringify({ from: me, ...said })) };
};

const open = async (how) => {
  const browser = createBrowser();
  const worker = workerOf(browser);
  const { api, core, page } = loaded(browser, {}, how);
  await settle();
  const [here] = worker.heard.splice(0);
  return { browser, worker, api, core, page, here };
};

const CALL = { type: "call", n: 1, id: "5b3f6a52-2d29-4c1f-8a5e-0f7c6f4f0d11", at: 1_763_000_000_000, call: ["identify", "u1", { plan: "pro" }] };

test("a page says that it is here, when it comes and when it is asked", async () => {
  const { worker, here, page } = await open();
  assert.deepEqual([here.type, here.focused, here.visible], ["here", false, true]);
  Object.assign(page, { focused: true, hidden: true });
  const [again] = await worker.say({ type: "who" });
  assert.deepEqual([again.from, again.focused, again.visible], [here.from, true, false]);
});

test("a call is the page's, with its id and its time, and is taken once", async () => {
  const { worker, here, core } = await open();
  const [answer] = await worker.say({ ...CALL, to: here.from });
  assert.deepEqual([answer.type, answer.to, answer.n, answer.text], ["answer", "worker", 1, JSON.stringify(CALL.id)]);
  const [again] = await worker.say({ ...CALL, to: here.from });
  assert.deepEqual(again, answer);
  const [given, ...more] = core.of("identify");
  assert.deepEqual([given.id, given.at, given.arguments, more], [CALL.id, CALL.at, CALL.call.slice(1), []]);
});

test("the calls of another worker are its own", async () => {
  const { browser, worker, here, core } = await open();
  await worker.say({ ...CALL, to: here.from });
  const id = "6b3f6a52-2d29-4c1f-8a5e-0f7c6f4f0d11";
  await workerOf(browser, "another").say({ ...CALL, id, to: here.from });
  assert.deepEqual(core.of("identify").map((each) => each.id), [CALL.id, id]);
});

test("a flush that is said again has the same answer, also when what it waited for has arrived meanwhile", async () => {
  const { browser, worker, here } = await open();
  await worker.say({ ...CALL, to: here.from });
  const flush = { type: "flush", n: 2, to: here.from };
  const [answer] = await worker.say(flush);
  assert.equal(browser.requests.length, 1);
  const [again] = await worker.say(flush);
  assert.deepEqual([JSON.parse(answer.text).delivered, again.text], [1, answer.text]);
});

test("getters, a flush and listeners", async () => {
  const { browser, worker, here, api } = await open();
  api.identify("u2");
  const [got] = await worker.say({ type: "call", n: 2, to: here.from, call: ["getUserId"] });
  assert.equal(got.text, '"u2"');
  const asked = [{ type: "on", name: "message" }, { type: "on", name: "message" }, { type: "flush", n: 3, timeout: 0 }];
  const said = [];
  for (const each of asked) said.push(...(await worker.say({ ...each, to: here.from })));
  browser.advance(1);
  await settle();
  const { text, known } = [...said, ...each(worker.heard.splice(0), "worker")].find(({ n }) => n === 3);
  assert.deepEqual(Object.keys(JSON.parse(text)).sort(), ["delivered", "dropped", "pending"]);
  assert.deepEqual([known.getUserId, known.getAnonymousId, known.stats.accepted], ["u2", api.getAnonymousId(), api.stats().accepted]);
  const heard = await worker.say({ ...CALL, to: here.from });
  assert.equal(heard.filter(({ type, name }) => type === "told" && name === "message").length, 1, "once, however often it asks");
});

/** So many calls of a worker, in a row. */
const tellMany = (worker, to, count) => {
  const ids = Array.from({ length: count }, (_, n) => `5b3f6a52-2d29-4c1f-8a5e-${String(n).padStart(12, "0")}`);
  ids.forEach((id, n) => worker.tell({ type: "call", n: n + 1, id, at: CALL.at + n, call: ["track", "n", { n }], to }));
  return ids;
};

test("calls in a row are taken together, some at a time, in order, and answered together", async () => {
  const { browser, worker, here, core, page } = await open();
  const turns = [];
  const { later } = page;
  page.later = (action) => later(() => (turns.push(core.of("track").length), action()));
  const ids = tellMany(worker, here.from, 50);
  const another = workerOf(browser, "another");
  another.tell({ ...CALL, to: here.from });
  await settle();
  assert.deepEqual(core.of("track").map(({ id }) => id), ids);
  assert.deepEqual(turns, [0, 20, 40]);
  const said = worker.heard.splice(0).filter(({ from }) => from === here.from);
  assert.deepEqual(said.map(({ type, answers }) => [type, answers.length]), [["answers", 20], ["answers", 20], ["answers", 11]]);
  assert.deepEqual(each(said, "worker").map(({ n }) => n), ids.map((_, n) => n + 1));
  assert.deepEqual(each(another.heard, "another").map(({ text }) => text), [JSON.stringify(CALL.id)]);
});

test("what is not taken yet as the page is hidden or left is taken then, and answered before it says that it is gone", async () => {
  for (const [where, name] of [["document", "visibilitychange"], ["window", "pagehide"]]) {
    const { worker, here, core, page } = await open();
    page.later = () => {}; // a page that is left has no next turn
    const ids = tellMany(worker, here.from, 30);
    await Promise.resolve().then(() => {});
    assert.equal(core.of("track").length, 0);
    page.hidden = true;
    page.fire(where, name, { persisted: false });
    assert.deepEqual(core.of("track").map(({ id }) => id), ids);
    await settle();
    assert.deepEqual([...new Set(worker.heard.map(({ type }) => type))], name === "pagehide" ? ["answers", "gone"] : ["answers"]);
    assert.equal(each(worker.heard, "worker").filter(({ type }) => type === "answer").length, 30);
  }
});

test("what was called before another tab revoked is revoked, too", async () => {
  const { worker, here, core, api } = await open();
  tellMany(worker, here.from, 30);
  worker.tell({ type: "revoked" });
  await settle();
  assert.equal(api.stats().dropped.consent, 30);
  assert.ok(core.of("track").length <= 30);
});

test("what is no call of ours, or for another page, does nothing", async () => {
  const { worker, here, core, page } = await open();
  for (const call of [["push", ["identify", "x"]], ["python"], ["constructor"], [], "x", null, undefined]) {
    const [answer] = await worker.say({ type: "call", n: Math.random(), to: here.from, call });
    assert.ok(!answer || answer.text === "null", JSON.stringify(call));
  }
  for (const said of ["", "{", "[]", "null", '"who"', JSON.stringify({ type: "call", from: 1, to: here.from, call: ["identify", "x"] })]) assert.deepEqual(await worker.say(said), []);
  assert.deepEqual(await worker.say({ ...CALL, to: "another page" }), []);
  assert.deepEqual(core.of("identify"), []);
  assert.deepEqual(page.lines, []);
});

test("a page that is left says so, and one that comes back is here again", async () => {
  const { worker, here, page } = await open();
  page.fire("window", "pagehide", { persisted: true });
  assert.deepEqual((await worker.say({ type: "who" })).map(({ type, from }) => [type, from]), [["gone", here.from]]);
  page.fire("window", "pageshow", { persisted: true });
  const said = await worker.say({ type: "who" });
  assert.deepEqual([...new Set(said.map(({ type, from }) => `${type} ${from}`))], [`here ${here.from}`]);
});

test("a browser without channels", async () => {
  const browser = createBrowser();
  browser.openChannel = () => undefined;
  const { api, core } = loaded(browser);
  await settle();
  api.track("n");
  await settle();
  assert.equal(core.of("track").length, 1);
});
