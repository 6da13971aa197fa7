import assert from "node:assert/strict";
import test from "node:test";
import { bodyOf, post, retryAfterOf } from "../../web/src/transport.js";
import { createBrowser, NOW, settle } from "./browser.js";

const URL_OF_PLANE = "https://dataplane.example.com/v1/track";

for (const [text, wait] of [
  ["0", 0],
  ["120", 120_000],
  [new Date(NOW + 5_000 - (NOW % 1000)).toUTCString(), 5_000 - (NOW % 1000)],
  [new Date(NOW - 5_000).toUTCString(), null],
  ["-5", null],
  ["604800", 604_800_000], // a week; the core takes a day (tests/core/test_backoff.py)
  ["1.5", null],
  ["soon", null],
  ["", null],
  [null, null],
]) {
  test(`Retry-After: ${text}`, () => assert.equal(retryAfterOf(text, NOW), wait));
}

test("a body is the message, or a batch, also of one; each says when it is sent [js 4.2, 4.3]", () => {
  const at = "2026-11-23T14:45:50.673Z";
  assert.equal(bodyOf(['{"a":1}'], at, false), `{"a":1,"sentAt":"${at}"}`);
  assert.deepEqual(JSON.parse(bodyOf(['{"a":1}'], at, true)), { batch: [{ a: 1, sentAt: at }], sentAt: at });
  assert.deepEqual(JSON.parse(bodyOf(['{"a":1}', '{"b":"}"}'], at, true)), { batch: [{ a: 1, sentAt: at }, { b: "}", sentAt: at }], sentAt: at });
});

const posted = (browser, page, keepalive = false) => post(page, URL_OF_PLANE, { Authorization: "Basic x" }, "{}", keepalive);

test("a request, as the data plane gets it", async () => {
  const browser = createBrowser();
  assert.deepEqual(await posted(browser, browser.open(), true), { status: 200, retryAfter: null });
  const [{ url, method, headers, body, keepalive, credentials }] = browser.requests;
  assert.deepEqual([url, method, headers, body, keepalive, credentials], [URL_OF_PLANE, "POST", { Authorization: "Basic x" }, "{}", true, "omit"]);
});

test("the answer's status and Retry-After", async () => {
  const browser = createBrowser();
  browser.answer = () => ({ status: 503, headers: { "Retry-After": "7" } });
  assert.deepEqual(await posted(browser, browser.open()), { status: 503, retryAfter: 7_000 });
});

for (const [what, how, kind] of [
  ["the gateway's", { body: "ok", headers: { "Content-Type": "text/plain; charset=utf-8" } }, undefined],
  ["without a type", { body: null }, undefined],
  ["the page of a network that wants a sign-in", { body: "<html>", headers: { "Content-Type": "text/html" } }, "text/html"],
  ["JSON", { body: "{}", headers: { "content-type": "application/json" } }, "application/json"],
  ["no success", { status: 503, body: "<html>", headers: { "Content-Type": "text/html" } }, undefined],
]) {
  test(`an answer that is ${what}`, async () => {
    const browser = createBrowser();
    browser.answer = () => ({ status: 200, ...how });
    assert.equal((await posted(browser, browser.open())).kind, kind);
  });
}

test("what never arrived is status 0", async () => {
  const browser = createBrowser();
  browser.answer = () => "lost";
  assert.deepEqual(await posted(browser, browser.open()), { status: 0, retryAfter: null });
});

/** What a request comes to while half a minute passes. */
const afterHalfAMinute = async (browser, page) => {
  const watched = { came: undefined };
  posted(browser, page).then((value) => (watched.came = value));
  await browser.advance(29_999);
  assert.equal(watched.came, undefined);
  await browser.advance(1);
  await settle();
  return watched.came;
};

test("so is what is not answered in 30 seconds, which it says", async () => {
  const browser = createBrowser();
  browser.answer = () => "hangs";
  assert.deepEqual(await afterHalfAMinute(browser, browser.open()), { status: 0, retryAfter: null, isLate: true });
  assert.equal(browser.timers().length, 0);
});

test("a fetch of the page's own that cannot be aborted holds nothing up", async () => {
  const browser = createBrowser();
  const page = browser.open();
  page.fetch = () => new Promise(() => {});
  assert.deepEqual(await afterHalfAMinute(browser, page), { status: 0, retryAfter: null, isLate: true });
});

test("an answer that never ends counts at once, and is ended after 30 seconds", async () => {
  const browser = createBrowser();
  const page = browser.open();
  let signal;
  page.fetch = async (url, options) => {
    ({ signal } = options);
    return new Response(new ReadableStream({}), { status: 503, headers: { "Retry-After": "7" } });
  };
  assert.deepEqual(await posted(browser, page), { status: 503, retryAfter: 7_000 });
  await browser.advance(29_999);
  assert.equal(signal.aborted, false);
  await browser.advance(1);
  assert.equal(signal.aborted, true);
});

test("one that ended leaves no timer", async () => {
  const browser = createBrowser();
  await posted(browser, browser.open());
  await settle();
  assert.equal(browser.timers().length, 0);
});

for (const [name, fetch] of [
  ["missing", undefined],
  ["null", null],
  ["throwing", () => { throw new Error("no"); }],
  ["answering nothing", () => undefined],
  ["answering null", async () => null],
  ["answering a text", async () => "ok"],
  ["whose status is a text", async () => ({ status: "200", headers: new Headers() })],
  ["whose status throws", async () => ({ get status() { throw new Error("no"); } })],
]) {
  test(`a fetch that is ${name} is status 0`, async () => {
    const browser = createBrowser();
    const page = browser.open();
    page.fetch = fetch;
    assert.deepEqual(await posted(browser, page), { status: 0, retryAfter: null });
    assert.equal(browser.timers().length, 0);
  });
}

test("an answer without headers has been received", async () => {
  const browser = createBrowser();
  const page = browser.open();
  page.fetch = async () => ({ status: 200 });
  assert.deepEqual(await posted(browser, page), { status: 200, retryAfter: null });
});

test("without AbortController a request is made all the same", async () => {
  const browser = createBrowser();
  const { AbortController } = globalThis;
  globalThis.AbortController = undefined;
  try {
    assert.deepEqual(await posted(browser, browser.open()), { status: 200, retryAfter: null });
  } finally {
    globalThis.AbortController = AbortController;
  }
});

test("where a page lets no timer be cleared nothing is rejected late", async () => {
  const browser = createBrowser();
  const page = browser.open();
  page.clearTimer = () => {};
  page.fetch = undefined;
  const rejections = [];
  const heard = (error) => rejections.push(error);
  process.on("unhandledRejection", heard);
  await posted(browser, page);
  await browser.advance(60_000);
  process.off("unhandledRejection", heard);
  assert.deepEqual(rejections, []);
});
