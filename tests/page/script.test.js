import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync, mkdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test, { after } from "node:test";
import { pathToFileURL } from "node:url";
import { settle, until } from "./browser.js";
import { inWindow } from "./window.js";

// A folder of assets whose scripts say that they were imported.
const folder = mkdtempSync(join(tmpdir(), "assets-"));
after(() => rmSync(folder, { recursive: true }));
mkdirSync(join(folder, "micropython"));
const createCore = (began) =>
  `export const createCore = () => ({ prepare: async () => {}, begin() { ${began} }, pump() {}, signal() {}, attach: async (runtime) => runtime && globalThis.seen.push(["attach", await runtime]), giveUp() {} });`;
writeFileSync(join(folder, "package.json"), '{"type": "module"}');
writeFileSync(join(folder, "core.mjs"), createCore('globalThis.seen.push(["core"])'));
writeFileSync(join(folder, "micropython", "rudderanalytics.mjs"), `${createCore("")} export const boot = async (wasm) => ({ wasm: await wasm, at: import.meta.url });`);
mkdirSync(join(folder, "pyodide"));
writeFileSync(join(folder, "pyodide", "rudderanalytics.mjs"), `${createCore("")} export const boot = async (wasm) => ({ wasm: await wasm, at: import.meta.url });`);
const ASSETS = `${pathToFileURL(folder)}/`;

let number = 0;

/** The script in a page, by a tag with these attributes; null: by none that can be found. Waits for what it imports. */
const run = (attributes, check, over = {}, waits = true) => {
  globalThis.seen = [];
  const imports = attributes?.["data-runtime"] !== "perl" && attributes?.["data-assets-url"]?.startsWith("file:") && waits;
  const how = { over: { fetch: async (url) => url, WebAssembly: { compileStreaming: async (answer) => `compiled ${await answer}` }, ...over } };
  return inWindow(how, async ({ window, document, lines }) => {
    const tag = attributes && new window.HTMLScriptElement({ src: "/dist/rudderanalytics.js", ...attributes });
    window.Document.prototype.__defineGetter__("currentScript", () => tag);
    await import(`../../web/src/script.js?${++number}`);
    if (imports) await until(() => globalThis.seen.length);
    await settle();
    await check({ api: globalThis.rudderanalytics, lines, seen: globalThis.seen });
  });
};

const LOAD = { "data-write-key": "KEY", "data-data-plane-url": "https://dataplane.example.com", "data-assets-url": ASSETS, "data-options": '{"crossOriginAssets": true}' };

test("a tag without a key and a URL makes a client that waits for load", () =>
  run({}, ({ api, lines, seen }) => {
    assert.equal(api.version, "1.2.3");
    assert.deepEqual([lines, seen], [[], []]);
  }));

test("a tag loads, with MicroPython and what is compiled on its way", () =>
  run({ ...LOAD, "data-runtime": "micropython" }, ({ seen, lines }) => {
    assert.deepEqual(seen, [["attach", { wasm: `compiled ${ASSETS}micropython/rudderanalytics.wasm`, at: `${ASSETS}micropython/rudderanalytics.mjs` }]]);
    assert.deepEqual(lines, []);
  }));

test("what the page asked for ahead is what is compiled", () =>
  run({ ...LOAD, "data-runtime": "micropython" }, ({ seen }) => assert.equal(seen[0][1].wasm, "compiled what it asked for"), { rudderanalyticsWasm: Promise.resolve("what it asked for") }));

test("Pyodide is the usual runtime; slashes at the end of the assets' address do not count", () =>
  run({ ...LOAD, "data-assets-url": `${ASSETS}//` }, ({ seen }) => assert.deepEqual(seen, [["attach", { wasm: `compiled ${ASSETS}pyodide/rudderanalytics.wasm`, at: `${ASSETS}pyodide/rudderanalytics.mjs` }]])));

test("the page's own Python: only the page's side comes", () => run({ ...LOAD, "data-runtime": "host" }, ({ seen }) => assert.deepEqual(seen, [["core"]])));

test("options are JSON", () =>
  run({ ...LOAD, "data-runtime": "host", "data-options": '{"logLevel": "NONE", "crossOriginAssets": true}' }, ({ api, lines }) => {
    api.load();
    assert.deepEqual(lines, []);
  }));

test("options that are no JSON protect the visitor where they speak of it", () =>
  run({ ...LOAD, "data-runtime": "host", "data-options": "{consentManagement: {enabled: true}}", "data-assets-url": "." }, ({ api }) => {
    assert.notEqual(api.getAnonymousId(), "");
    assert.equal(globalThis.document.cookie, "");
  }));

test("one attribute of two is a load that is refused", () =>
  run({ "data-write-key": "KEY" }, ({ lines }) => {
    assert.deepEqual(lines, ["error [rudderanalytics] load: the data plane URL is not http(s); calls wait for a load"]);
  }));

test("a runtime that is not there is one line", () =>
  run({ ...LOAD, "data-runtime": "perl" }, async ({ lines, api }) => {
    await until(() => lines.length);
    assert.equal(lines.length, 1);
    assert.match(lines[0], /^error \[rudderanalytics\] Python failed; calls stay stored: .*perl/);
    assert.deepEqual(await api.flush(), { delivered: 0, dropped: 0, pending: 0 });
  }));

test("a tag that cannot be found is one line, and the page can load", () =>
  run(null, ({ lines, api }) => {
    assert.deepEqual(lines, ["error [rudderanalytics] no tag of ours: call load()"]);
    assert.equal(typeof api.load, "function");
  }));

test("without WebAssembly nothing throws", () => run({ ...LOAD, "data-runtime": "micropython" }, ({ seen }) => assert.equal(seen[0][1].wasm, undefined), { WebAssembly: undefined }));

for (const options of ["{}", '{"crossOriginAssets": false}', '{"crossOriginAssets": "true"}'])
  test(`scripts of another origin do not run unless the page says so: ${options}`, () =>
    run(
      { ...LOAD, "data-options": options },
      async ({ lines, seen }) => {
        await until(() => lines.length);
        assert.equal(lines[0], "error [rudderanalytics] Python failed; calls stay stored: data-assets-url needs crossOriginAssets");
        assert.deepEqual(seen, []);
      },
      {},
      false,
    ));

test("where the tag says what the script must be, what it loads is checked, of whatever origin", async () => {
  const asked = [];
  const code = 'export const bring = async (...given) => (globalThis.brought.push(given), import(given[0] + given[1]));';
  const fetch = async (...given) => (asked.push(given), { blob: async () => code });
  globalThis.brought = [];
  const createObjectURL = () => `data:text/javascript,${encodeURIComponent(code)}`;
  const { createObjectURL: before } = URL;
  URL.createObjectURL = createObjectURL;
  try {
    await run({ ...LOAD, "data-options": "{}", "data-runtime": "micropython", integrity: "sha384-x" }, ({ seen }) => assert.equal(seen[0][0], "attach"), { fetch, __INTEGRITY__: "sha256-y" });
  } finally {
    URL.createObjectURL = before;
  }
  assert.deepEqual(asked, [[`${ASSETS}integrity.mjs`, { integrity: "sha256-y" }]], "and nothing is asked for that is not checked");
  assert.deepEqual(globalThis.brought, [[ASSETS, "micropython/rudderanalytics.mjs"]]);
});
