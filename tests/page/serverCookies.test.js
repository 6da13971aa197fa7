import assert from "node:assert/strict";
import test from "node:test";
import { serviceOf } from "../../web/src/serverCookies.js";
import { createBrowser, settle, URL_OF_PAGE } from "./browser.js";
import { loaded } from "./visit.js";

const SERVICE = "https://example.com/rsaRequest";
const ON = { useServerSideCookies: true };

/** Does what a cookie service does, as far as it is asked. */
const serve = (browser, how = {}) => {
  const asked = [];
  browser.answer = async (request) => {
    if (request.url !== (how.url || SERVICE)) return { status: 200 };
    const { data, ...rest } = JSON.parse(request.body);
    asked.push({ ...request, ...rest, ...data, names: data.cookies.map(({ name }) => name) });
    if (how.held) await how.held;
    for (const { name, value } of how.sets === false ? [] : data.cookies) {
      const { domain, path } = data.options;
      browser.setCookie(request.url, `${how.rename?.(name) ?? name}=${encodeURIComponent(value)}; path=${path}${domain ? `; domain=${domain}` : ""}; max-age=${data.options.maxAge / 1000}`, true);
    }
    return how.answer || { status: 200 };
  };
  return asked;
};

const opened = async (how, options = ON, browser = createBrowser()) => {
  const asked = serve(browser, how);
  const visited = loaded(browser, options);
  await browser.advance(50);
  return { browser, asked, ...visited };
};

/** Those that bear the mark of the script. */
const marked = (browser) => browser.cookies().filter(([, text]) => text.startsWith("%52")).map(([name]) => name);

test("as the page opens the service is asked for all, in one request [js 3.10]", async () => {
  const { browser, asked, page } = await opened();
  const [{ names, options, headers, reqType, credentials, keepalive, method }, ...others] = asked;
  assert.deepEqual(others, []);
  assert.deepEqual(names.sort(), ["rl_anonymous_id", "rl_page_init_referrer", "rl_page_init_referring_domain", "rl_session"]);
  assert.deepEqual([reqType, credentials, keepalive, method], ["setCookies", "include", true, "POST"]);
  assert.deepEqual(options, { maxAge: 31536000000, path: "/", domain: ".example.com", sameSite: "None", secure: true });
  assert.deepEqual(headers, { Accept: "application/json", "Content-Type": "application/json;charset=UTF-8", Authorization: `Basic ${btoa("WRITE_KEY:")}` });
  assert.deepEqual([marked(browser), page.lines], [[], []]);
});

test("changes in a row are one request, and getters know them at once", async () => {
  const { browser, asked, api } = await opened();
  api.identify("u1", { a: 1 });
  api.group("g1");
  assert.equal(api.getUserId(), "u1");
  await settle();
  assert.equal(browser.jar().rl_user_id, "RS_ENC_v3_InUxIg==", "other tabs know it, too");
  await browser.advance(50);
  assert.deepEqual(asked.slice(1).map(({ names }) => names.sort()), [["rl_group_id", "rl_session", "rl_trait", "rl_user_id"]]);
  assert.deepEqual(marked(browser), []);
});

test("a visitor who is known is renewed", async () => {
  const first = await opened();
  first.api.identify("u1");
  await first.browser.advance(50);
  const { asked } = await opened({}, ON, first.browser);
  assert.ok(asked[0].names.includes("rl_user_id"));
});

for (const [name, how, says] of [
  ["answers 500", { sets: false, answer: { status: 500 } }, "answers 500"],
  ["answers with a page", { sets: false, answer: { status: 200, body: "<html>" } }, "does not set rl_anonymous_id"],
  ["is not there", { sets: false, answer: "lost" }, "does not answer"],
  ["never answers", { sets: false, answer: "hangs" }, "does not answer"],
  ["sets another name", { rename: (given) => `x_${given}` }, "does not set rl_anonymous_id"],
]) {
  test(`where the service ${name} the script has set the cookies, and says so once`, async () => {
    const { browser, page, api } = await opened(how);
    await browser.advance(15_000);
    api.identify("u1");
    await browser.advance(15_000);
    assert.deepEqual(page.lines, [`WARN the cookie service ${says}: cookies are set by the script, as without useServerSideCookies (${SERVICE})`]);
    assert.deepEqual([api.getUserId(), browser.jar().rl_user_id, marked(browser)], ["u1", "RS_ENC_v3_InUxIg==", []]);
  });
}

test("an answer that comes late does not bring back what changed meanwhile", async () => {
  let answer;
  const how = { held: new Promise((settle) => (answer = settle)) };
  const { browser, asked, api } = await opened(how);
  api.setAnonymousId("second");
  api.identify("u1");
  await browser.advance(50);
  assert.equal(asked.length, 1, "one at a time");
  how.held = undefined;
  answer();
  await settle();
  assert.equal(api.getAnonymousId(), "second");
  await browser.advance(100);
  assert.equal(asked.length, 2);
  assert.equal(browser.jar().rl_anonymous_id, `RS_ENC_v3_${btoa('"second"')}`);
});

test("while it is on its way the last one counts, whatever the browser has", async () => {
  const { browser, asked, api } = await opened({ held: new Promise(() => {}) });
  api.setAnonymousId("second");
  await settle();
  const { value } = asked[0].cookies.find(({ name }) => name === "rl_anonymous_id");
  browser.setCookie(URL_OF_PAGE, `rl_anonymous_id=${encodeURIComponent(value)}; path=/; domain=.example.com`, true);
  assert.equal(api.getAnonymousId(), "second");
});

test("what another tab sets counts", async () => {
  const { browser, api } = await opened({ held: new Promise(() => {}) });
  browser.setCookie(URL_OF_PAGE, "rl_user_id=%22other%22; path=/; domain=.example.com");
  assert.equal(api.getUserId(), "other");
});

test("what is removed stays removed", async () => {
  const { browser, asked, api } = await opened();
  api.identify("u1");
  await browser.advance(50);
  api.reset();
  await browser.advance(50);
  assert.equal(browser.jar().rl_user_id, undefined);
  assert.equal(asked.at(-1).names.includes("rl_user_id"), false);
});

test("revoke calls back what is on its way, and nothing is asked for before consent", async () => {
  const ASKING = { ...ON, preConsent: { enabled: true, events: { delivery: "buffer" } }, consentManagement: { enabled: true, provider: "custom" } };
  const { browser, asked, api } = await opened({}, ASKING);
  assert.deepEqual([asked, browser.allCookies()], [[], []]);
  api.consent();
  await browser.advance(50);
  assert.deepEqual([asked.length, asked[0].options.domain, marked(browser)], [1, ".example.com", []]);
  api.revoke();
  api.track("x");
  await browser.advance(50);
  assert.deepEqual([asked.length, browser.allCookies()], [1, []]);
  api.consent();
  await browser.advance(50);
  assert.equal(asked.length, 2);
});

test("without the option nothing is asked, and nothing is loaded for it", async () => {
  const { asked, page } = await opened({}, {});
  let loads = 0;
  page.extras = () => loads++;
  assert.deepEqual([asked, loads], [[], 0]);
});

const at = (href) => new URL(href);
for (const [name, href, where, widest, url] of [
  ["below the widest domain", "https://www.example.com:8443/a", {}, ".example.com", "https://example.com:8443/rsaRequest"],
  ["a path of the site's own", "https://www.example.com", { endpoint: "/cookies/set" }, ".example.com", "https://example.com/cookies/set"],
  ["a whole address", "https://www.example.com", { endpoint: "https://data.example.com/x/" }, ".example.com", "https://data.example.com/x"],
  ["a whole address elsewhere", "https://www.example.com", { endpoint: "https://data.other.com/x" }, ".example.com", ""],
  ["cookies of this host only", "https://www.example.com", { exact: true }, ".example.com", "https://www.example.com/rsaRequest"],
  ["a domain that is configured", "https://shop.example.com", { domain: ".shop.example.com" }, ".example.com", "https://shop.example.com/rsaRequest"],
  ["the widest, configured", "https://shop.example.com", { domain: "example.com" }, ".example.com", "https://example.com/rsaRequest"],
  ["one that is not the host's", "https://a.shop.example.com", { domain: "b.example.com" }, ".example.com", ""],
  ["a public suffix", "https://www.example.co.uk", {}, ".example.co.uk", "https://example.co.uk/rsaRequest"],
  ["an address of numbers", "http://127.0.0.1:8000", {}, null, "http://127.0.0.1:8000/rsaRequest"],
  ["localhost", "http://localhost:8000", {}, null, "http://localhost:8000/rsaRequest"],
  ["what is no address", "https://www.example.com", { endpoint: "ftp://example.com/x" }, ".example.com", ""],
]) {
  test(`the address of the service: ${name}`, () => assert.equal(serviceOf(at(href), { endpoint: null, exact: false, domain: undefined, ...where }, widest), url));
}

test("a page that is back asks again for what it has no answer to, and says nothing", async () => {
  const { browser, asked, page } = await opened({ sets: false, answer: "hangs" });
  page.fire("window", "pagehide", { persisted: true });
  await settle();
  assert.equal(asked.length, 1);
  const again = serve(browser);
  page.fire("window", "pageshow", { persisted: true });
  await browser.advance(50);
  assert.deepEqual([again.map(({ names }) => names.length), marked(browser), page.lines], [[4], [], []]);
});
