import assert from "node:assert/strict";
import test from "node:test";
import { createBrowser, settle, URL_OF_PAGE } from "./browser.js";
import { loaded, visit } from "./visit.js";

const BLOCKED = "WARN localStorage is blocked or full: messages are kept in memory, and lost with this page";
const LARGE = { bio: "x".repeat(4_000) };

/** Where a visitor's traits are, and what was said, after a page of these options. */
const placed = async (options, { blocks = [], quota, traits = LARGE, blocksCookies = false } = {}) => {
  const browser = createBrowser({ quota });
  browser.blocksCookies = blocksCookies;
  const { api, page } = visit(browser);
  for (const area of blocks) page.blocked.add(area);
  api.load("KEY", "https://dataplane.example.com", options);
  api.identify("u1", traits);
  await settle();
  assert.deepEqual(api.getUserTraits(), traits);
  const where = ["localStorage", "sessionStorage"].filter((area) => page.storage(area)?.getItem("rl_trait"));
  return { where: "rl_trait" in browser.jar() ? ["cookie", ...where] : where, lines: page.lines.filter((line) => line !== BLOCKED) };
};

const FITS_NOT = (where) => [`WARN rl_trait does not fit a cookie (4,096 bytes); it is kept in ${where}`];
const MEMORY = "memory, for this page only";

for (const [name, options, how, where, lines] of [
  ["a value that fits its cookie", {}, { traits: { a: 1 } }, ["cookie"], []],
  ["one that does not", {}, {}, ["localStorage"], FITS_NOT("localStorage")],
  ["nor localStorage", {}, { blocks: ["localStorage"] }, ["sessionStorage"], FITS_NOT("sessionStorage")],
  ["nor a full one", {}, { quota: 100 }, ["sessionStorage"], FITS_NOT("sessionStorage")],
  ["nor anything", {}, { blocks: ["localStorage", "sessionStorage"] }, [], FITS_NOT(MEMORY)],
  ["cookies that are blocked", {}, { blocksCookies: true }, ["localStorage"], ["WARN cookies are blocked; the visitor's identity is kept in localStorage"]],
  ["localStorage that is full", { storage: { type: "localStorage" } }, { quota: 2_000 }, [], [`WARN localStorage is full; rl_trait is kept in ${MEMORY}`]],
  ["localStorage that is blocked", { storage: { type: "localStorage" } }, { blocks: ["localStorage"] }, [], [`WARN localStorage is blocked; the visitor's identity is kept in ${MEMORY}`]],
  ["sessionStorage that is blocked", { storage: { type: "sessionStorage" } }, { blocks: ["sessionStorage"] }, [], [`WARN sessionStorage is blocked; the visitor's identity is kept in ${MEMORY}`]],
  ["memory that is wanted", { storage: { type: "memoryStorage" } }, {}, [], []],
]) {
  test(`where a value is kept [js 3.4]: ${name}`, async () => assert.deepEqual(await placed(options, how), { where, lines }));
}

test("what its own area did not take before Python's side came is placed then", async () => {
  const browser = createBrowser();
  const { api, page, come } = visit(browser, { booting: true });
  api.load("KEY", "https://dataplane.example.com");
  api.identify("u1", LARGE);
  await settle();
  assert.equal(page.storage("localStorage").getItem("rl_trait"), null);
  come();
  await settle();
  assert.notEqual(page.storage("localStorage").getItem("rl_trait"), null);
  assert.deepEqual(page.lines, FITS_NOT("localStorage"));
});

test("a value that fits again goes back into its cookie", async () => {
  const browser = createBrowser();
  const { api, page } = loaded(browser);
  await settle();
  api.identify("u1", LARGE);
  await settle();
  api.identify("u1", { bio: "short" });
  await settle();
  assert.equal(page.storage("localStorage").getItem("rl_trait"), null);
  assert.equal(atob(browser.jar(URL_OF_PAGE).rl_trait.slice(10)), '{"bio":"short"}');
});
