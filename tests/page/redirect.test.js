import assert from "node:assert/strict";
import test from "node:test";
import { post } from "../../web/src/transport.js";
import { createBrowser } from "./browser.js";

const URL_OF_PLANE = "https://dataplane.example.com/v1/track";

const posted = (page, known) => post(page, URL_OF_PLANE, {}, "{}", false, known);

/** A browser whose data plane redirects to a page: `posts` says what that answers to a POST, `gets` to a GET. */
const redirecting = (keepsMethod, posts, gets) => {
  const browser = createBrowser();
  browser.answer = ({ url, method }) => {
    const answered = keepsMethod && method === "POST" ? posts : gets;
    if (!answered) return "lost";
    const [status, text] = answered;
    return Object.defineProperties(new Response(text, { status }), {
      redirected: { value: url === URL_OF_PLANE },
      url: { value: "https://www.example.com/v1/track" },
    });
  };
  return browser;
};

for (const [name, keepsMethod, posts, gets, movedTo] of [
  ["307, 308: the data plane has its answer", true, [200, "ok"], [405, ""], undefined],
  ["307, 308: a GET cannot even be read", true, [200, "ok"], null, undefined],
  ["307, 308: a page for GET", true, [200, "ok"], [200, "<html>"], undefined],
  ["307, 308: a refusal", true, [400, "invalid json"], [405, ""], undefined],
  ["301, 302, 303: a page", false, null, [200, "<html>"], "https://www.example.com"],
  ["301, 302, 303: the data plane refuses a GET", false, null, [405, ""], "https://www.example.com"],
]) {
  test(`a redirect, ${name}`, async () => {
    const answer = await posted(redirecting(keepsMethod, posts, gets).open());
    assert.equal(answer.movedTo, movedTo);
    assert.equal(answer.status, (keepsMethod ? posts : gets)[0]);
  });
}

test("a redirect is looked into once", async () => {
  const browser = redirecting(true, [200, "ok"], [405, ""]);
  const page = browser.open();
  const known = new Map();
  for (let turn = 0; turn < 3; turn++) await posted(page, known);
  assert.deepEqual(browser.requests.map(({ method = "GET" }) => method), ["POST", "GET", "POST", "POST"]);
});

test("the address to use is the one that answered, where the path is another", async () => {
  const browser = createBrowser();
  browser.answer = () => Object.defineProperties(new Response("home"), { redirected: { value: true }, url: { value: "https://www.example.com/?from=v1" } });
  assert.equal((await posted(browser.open())).movedTo, "https://www.example.com/");
});

test("a redirect to what fails is a failure", async () => {
  const browser = redirecting(false, null, [503, ""]);
  assert.deepEqual(await posted(browser.open()), { status: 503, retryAfter: null });
  assert.equal(browser.requests.length, 1);
});
