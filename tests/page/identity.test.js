import assert from "node:assert/strict";
import test from "node:test";
import { inWords, isSaidOnce, levelOf } from "../../web/src/advice.js";
import { empty, KEYS } from "../../web/src/cookies.js";
import { createIdentity } from "../../web/src/identity.js";
import { readLoad, readPlaces } from "../../web/src/options.js";
import { heldOf, placeAll } from "../../web/src/placement.js";
import { policyOf } from "../../web/src/policy.js";
import { createStorage } from "../../web/src/storage.js";
import { createBrowser, settle } from "./browser.js";
import { vectorsOf } from "./vectors.js";

const AREAS = ["cookie", "localStorage", "sessionStorage", "memory"];
const HELD = Object.fromEntries(Object.keys(KEYS).map((key) => [key, "held"]));

/** A page's identity, configured by options of `load`; with all that comes with Python, and the lines that it said. */
const open = ({ browser = createBrowser(), url = "https://www.example.com/shop/item", options: given = {}, quiet = false } = {}) => {
  const page = browser.open(url);
  const storage = createStorage(page);
  const lines = [];
  const say = (mistake) => {
    const line = `${levelOf(mistake)} ${inWords(mistake)}`;
    if (!isSaidOnce(mistake) || !lines.includes(line)) lines.push(line);
  };
  const identity = createIdentity(page, storage);
  const options = readLoad(given);
  storage.hush(quiet);
  placeAll(page, storage, identity, say, heldOf(storage, identity));
  identity.configure(options, policyOf(options, {}).places);
  return { browser, page, storage, identity, lines, options };
};

/** What the areas hold of the nine names and others, as the vectors say it. */
const held = ({ browser, page, storage }, vector) => {
  const all = (area) => (vector.stored[area] === null ? null : Object.fromEntries(page.storage(area).state.items));
  const memory = Object.fromEntries(Object.values(KEYS).flatMap((name) => (storage.read("memory", name) === null ? [] : [[name, storage.read("memory", name)]])));
  const cookie = vector.stored.cookie === null ? null : browser.jar(page.location().href);
  return { cookie, localStorage: all("localStorage"), sessionStorage: all("sessionStorage"), memory };
};

/** Of the cookies that were written last, by name. */
const attributesOf = (written) =>
  Object.fromEntries(
    written.map((cookie) => {
      const [pair, ...parts] = cookie.split("; ");
      const found = Object.fromEntries(parts.map((part) => part.split("=")));
      const expires = found.expires === undefined ? null : Date.parse(found.expires);
      return [pair.split("=")[0], { path: found.path, domain: found.domain ?? null, samesite: found.samesite, secure: "secure" in found, expires }];
    }),
  );

/** As a cookie says it: whole seconds. */
const inSeconds = (attributes) => {
  const { expires } = attributes;
  return { ...attributes, expires: expires === null ? null : Math.floor(new Date(expires).getTime() / 1000) * 1000 };
};

/** The domain that the vector's cookies are of; null: that of the host, which has no wider one. */
const domainOf = ({ options, topDomain, steps }) =>
  options.storage?.cookie?.domain ?? options.setCookieDomain ?? steps.find((step) => step.topDomain)?.topDomain ?? topDomain;

for (const vector of vectorsOf("page_storage")) {
  test(`page_storage.json: ${vector.name}`, async () => {
    const browser = createBrowser();
    const domain = domainOf(vector);
    const url = domain ? `https://www.${domain.replace(/^\./, "")}/shop/item` : "https://127.0.0.1/shop/item";
    /** Another tab, or what was before. */
    const setCookie = (name, text) => {
      const end = text === null ? `; expires=${new Date(0).toUTCString()}` : "";
      browser.setCookie(url, `${name}=${encodeURIComponent(text ?? "")}; path=/${domain ? `; domain=${domain}` : ""}${end}`);
    };
    const { cookie, localStorage, sessionStorage, memory } = vector.stored;
    browser.blocksCookies = cookie === null;
    for (const [name, text] of Object.entries(cookie || {})) setCookie(name, text);
    const opened = open({ browser, url, options: vector.options, quiet: vector.steps.some((step) => step.settle) });
    const { page, storage, identity, lines, options } = opened;
    for (const [area, texts] of Object.entries({ localStorage, sessionStorage, memory })) {
      if (texts === null) page.blocked.add(area);
      for (const [name, text] of Object.entries(texts || {})) area === "memory" ? storage.write(area, name, text) : page.storage(area).setItem(name, text);
    }
    for (const step of vector.steps) {
      browser.written.length = 0;
      if (step.hold) identity.move(HELD);
      if (step.settle) {
        storage.hush(false);
        browser.written.length = 0;
        identity.move(policyOf(options, {}, readPlaces(step.settle)).places);
      }
      if (step.write) {
        const [area, name, text] = step.write;
        if (area === "cookie") setCookie(name, text);
        else if (area === "memory") storage.write(area, name, text);
        else text === null ? page.storage(area).removeItem(name) : page.storage(area).setItem(name, text);
      }
      if (step.read) assert.deepEqual(identity.read(), { ...empty(), ...step.gives });
      if (step.adopt) assert.equal(identity.arrive(options).anonymousId, step.gives.anonymousId ?? "");
      if (step.keep) identity.keep({ ...empty(), ...step.keep }, step.renew);
      await settle();
      if (step.attributes) {
        const written = attributesOf(browser.written);
        for (const [name, attributes] of Object.entries(step.attributes)) assert.deepEqual(written[name], inSeconds(attributes), name);
      }
      if (step.after) assert.deepEqual(held(opened, vector), step.after);
      // That a legacy text cannot be opened, or another not be read, is core.js's to say.
      const unreadable = identity.unreadable.splice(0).map((name) => `WARN the stored ${name} cannot be read; it counts as absent`);
      assert.deepEqual([...unreadable, ...lines.splice(0)], (step.logs ?? []).filter((line) => !line.includes("RudderEncrypt")));
    }
  });
}
