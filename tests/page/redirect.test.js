import assert from "node:assert/strict";
import test from "node:test";
import { movedTo } from "../../web/src/redirect.js";
import { createBrowser } from "./browser.js";

const ASKED = "https://dataplane.example.com/v1/track";

/** What becomes of an answer that came from a last address; `again`: what that address answers to a GET. */
const moved = async (first, again = first, { asked = ASKED, known = new Map() } = {}) => {
  const browser = createBrowser();
  browser.answer = () => (again instanceof Error ? "lost" : again);
  const page = browser.open();
  const response = Object.defineProperties(new Response(first.body ?? "OK", { status: first.status ?? 200 }), { url: { value: first.url }, redirected: { value: first.redirected ?? true } });
  return { found: await movedTo(page, asked, response, undefined, known), asked: browser.requests.map(({ url, method }) => [method, url]), known };
};

const LAST = "https://www.example.com/v1/track?from=x#y";

test("an answer without a redirect is one to what was sent", async () => {
  const { found, asked } = await moved({ url: ASKED, redirected: false });
  assert.deepEqual([found, asked], ["", []]);
});

test("one that is the same to a GET may be one to a GET: the data plane URL that would be right", async () => {
  const { found, asked } = await moved({ url: LAST, body: "a page" }, { status: 200, body: "a page" });
  assert.deepEqual([found, asked], ["https://www.example.com", [[undefined, LAST]]]);
});

test("of an address that has not the path it is the address", async () => {
  assert.equal((await moved({ url: "https://login.example.com/?next=x", body: "sign in" }, { status: 200, body: "sign in" })).found, "https://login.example.com/");
  assert.equal((await moved({ url: "https://x.example.com/a", body: "p" }, { status: 200, body: "p" }, { asked: "https://dataplane.example.com/odd" })).found, "https://x.example.com/a");
  assert.equal((await moved({ url: undefined, body: "p" }, { status: 200, body: "p" })).found, ASKED);
});

for (const [name, first, again] of [
  ["says something else to a GET", { url: LAST, body: "OK" }, { status: 200, body: "a page" }],
  ["takes no GET", { url: LAST, body: "OK" }, { status: 405, body: "OK" }],
  ["cannot be asked", { url: LAST, body: "OK" }, new Error("CORS")],
]) {
  test(`an address that ${name} has answered what was sent`, async () => assert.equal((await moved(first, again)).found, ""));
}

test("a server that fails is asked again in any case", async () => {
  const { found, asked } = await moved({ url: LAST, status: 503 });
  assert.deepEqual([found, asked], ["", []]);
});

test("what was found is known, by address", async () => {
  const { known } = await moved({ url: LAST, body: "a page" }, { status: 200, body: "a page" });
  const { found, asked } = await moved({ url: LAST, body: "a page" }, { status: 200, body: "a page" }, { known });
  assert.deepEqual([found, asked], ["https://www.example.com", []]);
});
