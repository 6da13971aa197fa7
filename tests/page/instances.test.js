// Several clients in one page: each has its own outbox and options, all have one visitor.

import assert from "node:assert/strict";
import test from "node:test";
import { createCore } from "../../web/src/core.js";
import { createScriptedCore } from "./core.js";
import { createBrowser, settle } from "./browser.js";
import { LOAD, visit } from "./visit.js";

const URL_2 = "https://second.example.com";

/** A page with two clients, each with a core of its own. */
const opened = async (options = {}, second = {}, browser = createBrowser()) => {
  const cores = [];
  const boot = async () => {
    const runtime = createScriptedCore();
    cores.push(runtime);
    return { createCore, runtime: Promise.resolve(runtime) };
  };
  const { api, page } = visit(browser, { boot });
  page.boot = boot;
  api.load(...LOAD, options);
  const other = api.getAnalyticsInstance("SECOND");
  other.load("SECOND", URL_2, second);
  await settle();
  return { browser, page, api, other, cores };
};

test("the client of a write key is one, and that of the first key the page's", async () => {
  const { api, other } = await opened();
  assert.equal(api.getAnalyticsInstance("SECOND"), other);
  assert.equal(api.getAnalyticsInstance(LOAD[0]), api);
  assert.equal(api.getAnalyticsInstance(), api);
  assert.notEqual(other, api);
  assert.notEqual(api.getAnalyticsInstance("constructor"), undefined);
  const { api: early } = visit(createBrowser());
  assert.equal(early.getAnalyticsInstance("ANY"), early, "before load it is the one that loads first");
});

test("each sends its own, to its own data plane", async () => {
  const { browser, api, other, cores } = await opened();
  api.track("first");
  other.track("second");
  await settle();
  assert.deepEqual(cores.map((core) => core.calls().map(([, name]) => name)), [["first"], ["second"]]);
  assert.deepEqual(browser.requests.map(({ url }) => new URL(url).origin), [LOAD[1], URL_2]);
});

test("what one stores is the other's not to adopt", async () => {
  const { browser, api, other } = await opened();
  browser.answer = () => ({ status: 503 });
  api.track("a");
  other.track("b");
  await settle();
  const keys = Object.keys(browser.stored()).filter((key) => /\.\d{10}\./.test(key));
  assert.deepEqual(keys.map((key) => key.split(".")[1]).sort(), ["SECOND", LOAD[0]]);
});

test("the visitor is one, from one call to the next", async () => {
  const { browser, api, other } = await opened();
  assert.equal(api.getAnonymousId(), other.getAnonymousId());
  api.identify("u1", { a: 1 });
  assert.deepEqual([other.getUserId(), other.getUserTraits()], ["u1", { a: 1 }]);
  other.reset(true);
  assert.equal(api.getUserId(), "");
  assert.equal(api.getAnonymousId(), other.getAnonymousId());
  assert.equal(api.getSessionId(), other.getSessionId());
  await settle();
  assert.equal(browser.jar().rl_user_id, undefined);
});

test("on a first visit, too, in tabs that open at once, whichever client comes first", async () => {
  const browser = createBrowser();
  const cores = [];
  const boot = async () => {
    const runtime = createScriptedCore();
    cores.push(runtime);
    return { createCore, runtime: Promise.resolve(runtime) };
  };
  const [one, other] = [1, 2].map(() => {
    const { page, api } = visit(browser, { boot });
    page.boot = boot;
    return (key) => {
      browser.clearCookies(); // what another page writes is not there yet
      const client = api.getAnalyticsInstance(key);
      client.load(key, LOAD[1]);
      client.track(key);
    };
  });
  one("FIRST");
  other("SECOND");
  one("SECOND");
  other("FIRST");
  await settle();
  assert.equal(cores.length, 4);
  const ids = browser.requests.flatMap(({ body }) => JSON.parse(body).batch ?? [JSON.parse(body)]).map(({ anonymousId }) => anonymousId);
  assert.equal(ids.length, 4);
  assert.equal(new Set(ids).size, 1, ids.join());
});

test("options are each client's own, and so is a refusal", async () => {
  const { api, other, page } = await opened({}, { logLevel: "NONE", redact: [] });
  other.load("SECOND", URL_2);
  api.load(...LOAD);
  await settle();
  assert.equal(page.lines.length, 1);
});

test("revoke takes both back", async () => {
  const { browser, api, other } = await opened();
  api.identify("u1");
  other.track("x");
  await settle();
  api.revoke();
  await browser.advance(1_000);
  assert.deepEqual([browser.allCookies(), browser.stored(), other.getUserId()], [[], {}, ""]);
});

test("a worker hears the page once", async () => {
  const { browser } = await opened();
  const heard = [];
  const channel = browser.openChannel("rudderanalytics", (data) => heard.push(JSON.parse(data)));
  channel.postMessage(JSON.stringify({ type: "who", from: "worker" }));
  await settle();
  assert.deepEqual(heard.map(({ type }) => type), ["here"]);
});
