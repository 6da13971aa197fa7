// The scenarios of page and core together (tests/vectors/page_*.json): the real page code around a browser by script, and
// the real core on MicroPython. Each is played three times: with Python there, with Python that comes after all calls,
// and with nothing but the first script until then. What becomes of the calls is the same.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import test from "node:test";
import { decode, isEmpty, KEYS, unquote } from "../../web/src/cookies.js";
import { createBrowser, settle } from "./browser.js";
import { openCore } from "./micropython.js";
import { visit } from "./visit.js";
import { vectorsOf } from "./vectors.js";

const [, VERSION] = /__version__ = "(.+)"/.exec(readFileSync(new URL("../../sdk/rudderanalytics/_version.py", import.meta.url), "utf8"));
const URL_OF_PAGE = "https://www.example.com/shop/item?utm_source=news#frag";
const LOAD = ["WRITE_KEY", "https://dataplane.example.com"];
const AREAS = ["cookie", "localStorage", "sessionStorage", "memory"];

/** A stretch of text in which every id is a number: the ids of a page are as they come. */
const numbered = () => {
  const ids = new Map();
  const one = (id) => ids.get(id) ?? ids.set(id, `#${ids.size}`).get(id);
  return (value) => JSON.parse(JSON.stringify(value ?? null).replaceAll("1.2.3", VERSION).replace(/[0-9a-f]{8}-0000-4000-8000-[0-9a-f]{12}/g, one));
};

const at = (value, path) => path.split(".").reduce((inner, name) => (typeof inner === "object" && inner ? (inner[name] ?? null) : null), value);

/** What other scripts keep in the page, as the vectors name it. */
const tell = (page, { groups, active, ketch, iubenda, cookies = {} }, browser) => {
  if (groups) Object.assign(page.window, { OneTrust: { GetDomainData: () => ({ Groups: groups }) }, OnetrustActiveGroups: active });
  if (ketch) page.window.ketchConsent = ketch;
  if (iubenda) page.window._iub = { cs: { consent: { purposes: iubenda } } };
  for (const [name, text] of Object.entries(cookies)) browser.setCookie(URL_OF_PAGE, `${name}=${encodeURIComponent(text)}; path=/`);
};

/** The core, and the messages that it accepted, as they are at last. */
const watched = async (core) => {
  const messages = new Map();
  let asked = {};
  const hear = (effects) => {
    for (const effect of effects) {
      if (effect.type === "review") asked = { ...effect, asked: effect.message ?? JSON.parse(effect.text) };
      if (effect.type === "accept") messages.set(effect.id, effect.message ?? (effect.reviewed === "asked" ? asked.asked : asked.answered));
      if (effect.type === "emit" && effect.name === "dropped") for (const id of effect.ids) messages.delete(id);
    }
  };
  const handle = (text) => {
    const input = JSON.parse(text);
    if (input.type === "reviewed") asked.answered = input.message;
    const reply = core.handle(text);
    hear(JSON.parse(reply));
    return reply;
  };
  return { name: "any 1.0", handle, messages };
};

const MODES = [["Python is there", {}], ["Python comes last", { late: true }], ["all comes last", { booting: true }]];

for (const vector of [...vectorsOf("page_scenarios"), ...vectorsOf("page_consent")].filter(({ steps }) => steps)) {
  for (const [mode, how] of MODES) {
    // Consent managers are asked by what comes with Python.
    if (how.booting && vector.steps.some(([name]) => name === "told" || name === "consents")) continue;
    test(`${vector.name} (${mode})`, async () => {
      const { stored = {}, consents = {}, options = {} } = vector;
      const browser = createBrowser();
      browser.blocksCookies = stored.cookie === null;
      const setCookie = (name, text) => browser.setCookie(URL_OF_PAGE, `${name}=${encodeURIComponent(text ?? "")}; path=/; domain=example.com${text === null ? `; expires=${new Date(0).toUTCString()}` : ""}`);
      for (const [name, text] of Object.entries(stored.cookie || {})) setCookie(name, text);
      const visits = [];
      const open = async () => {
        const runtime = await watched(await openCore());
        const visited = visit(browser, { url: URL_OF_PAGE, core: runtime, window: { navigator: { userAgentData: { platform: "Linux" } } }, secure: !vector.name.includes("could not be opened"), ...how });
        const { page, api } = visited;
        visits.push({ ...visited, runtime });
        for (const area of ["localStorage", "sessionStorage"]) {
          if (stored[area] === null) page.blocked.add(area);
          else if (visits.length === 1) for (const [name, text] of Object.entries(stored[area] || {})) page.storage(area).setItem(name, text);
        }
        tell(page, consents, browser);
        api.load(...(vector.load || [...LOAD, options]));
        await settle();
        return visited;
      };
      let { page, api, come } = await open();
      for (const [name, ...given] of vector.steps) {
        if (name === "wait") await browser.advance(given[0]);
        else if (name === "visit") page.visit(given[0].href);
        else if (name === "write") {
          const [area, key, text] = given;
          if (area === "cookie") setCookie(key, text);
          else text === null ? page.storage(area).removeItem(key) : page.storage(area).setItem(key, text);
        } else if (name === "consents") tell(page, given[0], browser);
        else if (name === "told") {
          const [[provider, purposes]] = Object.entries(given[0]);
          page.window[`update${provider[0].toUpperCase()}${provider.slice(1)}Consent`](purposes);
        } else if (name === "reload") {
          come();
          await settle();
          page.close();
          ({ page, api, come } = await open());
        } else {
          await browser.advance(1000);
          api[name](...given);
          await settle();
        }
      }
      come();
      await settle();

      const lines = visits.flatMap(({ page }) => page.lines).sort();
      // What was mended meanwhile is not said.
      if (how.booting) assert.deepEqual(lines.filter((line) => !vector.logs?.includes(line)), []);
      else assert.deepEqual(lines, [...(vector.logs || [])].sort());
      const messages = visits.flatMap(({ runtime }) => [...runtime.messages.values()]);
      const [ours, theirs] = [numbered(), numbered()];
      if (vector.messages) {
        assert.equal(messages.length, vector.messages.length, "how many messages");
        vector.messages.forEach((expected, index) => {
          for (const [path, value] of Object.entries(expected)) assert.deepEqual(ours(at(messages[index], path)), theirs(value), `message ${index}: ${path}`);
        });
      }
      const held = (area, name) => {
        if (area === "cookie") return browser.jar(URL_OF_PAGE)[name] ?? null;
        return area === "memory" ? null : (page.storage(area)?.getItem(name) ?? null);
      };
      const known = { userId: api.getUserId(), userTraits: api.getUserTraits(), anonymousId: api.getAnonymousId(), groupId: api.getGroupId(), groupTraits: api.getGroupTraits() };
      const identity = Object.fromEntries(
        Object.entries(KEYS).map(([key, name]) => {
          const area = AREAS.find((each) => held(each, name) !== null);
          const text = area && held(area, name);
          return [key, text === undefined ? (isEmpty(known[key]) ? null : known[key]) : (decode(area === "localStorage" ? unquote(text) : text, key) ?? null)];
        }),
      );
      for (const [path, value] of Object.entries(vector.identity || {})) assert.deepEqual(ours(at(identity, path)), theirs(value), `identity: ${path}`);
      for (const [area, texts] of Object.entries(vector.after || {})) {
        if (area === "memory") continue; // that is the page's own business: what counts is what messages and getters say
        for (const [name, text] of Object.entries(texts)) assert.deepEqual(held(area, name), text, `${area}: ${name}`);
      }
    });
  }
}
