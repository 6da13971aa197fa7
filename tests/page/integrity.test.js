import assert from "node:assert/strict";
import test from "node:test";
import { inWindow } from "./window.js";

// Scripts that are Blobs are data addresses here, which Node imports.
const ASSETS = "https://assets.example.com/";
const BOOT = "export const createCore = 'the core'; export const boot = (...given) => given;";
const FILES = { "extras.mjs": "export const name = 'extras';", "micropython/rudderanalytics.mjs": BOOT, "pyodide/rudderanalytics.mjs": BOOT, "pyodide/pyodide.mjs": "1", "pyodide/pyodide.asm.js": "2" };
const INTEGRITY = { ...Object.fromEntries(Object.keys(FILES).map((path) => [path, `sha256-${path}`])), "pyodide/pyodide.asm.wasm": "sha256-w", "micropython/micropython.wasm": "sha256-m" };
globalThis.__INTEGRITY__ = INTEGRITY;
const { bring } = await import("../../web/src/integrity.js");

/** A server with these files, in a browser that checks them. */
const inBrowser = async (changed, run, blob = (parts) => `data:text/javascript,${encodeURIComponent(parts.join(""))}`) => {
  const fetch = async (url, options) => {
    const path = url.slice(ASSETS.length);
    if (options && (options.integrity !== INTEGRITY[path] || path === changed)) throw new TypeError("Failed to fetch");
    return new Response(FILES[path]);
  };
  class Blob {
    constructor(parts) {
      this.address = blob(parts);
    }
  }
  const { createObjectURL } = URL;
  URL.createObjectURL = ({ address }) => address;
  try {
    await inWindow({ over: { fetch, Blob } }, run);
  } finally {
    URL.createObjectURL = createObjectURL;
  }
};

test("a script that was checked runs", () => inBrowser("", async () => assert.equal((await bring(ASSETS, "extras.mjs")).name, "extras")));

test("a runtime is told where its files are, and what each must be", () =>
  inBrowser("", async () => {
    const { createCore, boot } = await bring(ASSETS, "micropython/rudderanalytics.mjs");
    const [compiled, at, { integrity, ...files }] = boot("what was not checked");
    assert.equal(createCore, "the core");
    assert.equal(compiled, undefined);
    assert.equal(at("micropython.wasm"), `${ASSETS}micropython/micropython.wasm`);
    assert.equal(files.at, at);
    assert.deepEqual(integrity, { "rudderanalytics.mjs": INTEGRITY["micropython/rudderanalytics.mjs"], "micropython.wasm": "sha256-m" });
  }));

test("the scripts that a runtime imports are checked before it starts", () =>
  inBrowser("", async () => {
    const { boot } = await bring(ASSETS, "pyodide/rudderanalytics.mjs");
    const [, at] = boot();
    assert.deepEqual([at("pyodide.mjs"), at("pyodide.asm.js")], ["data:text/javascript,1", "data:text/javascript,2"]);
    assert.equal(at("pyodide.asm.wasm"), `${ASSETS}pyodide/pyodide.asm.wasm`);
  }));

for (const path of Object.keys(FILES))
  test(`nothing runs where ${path} is another file`, () =>
    inBrowser(path, () => assert.rejects(bring(ASSETS, path.startsWith("pyodide") ? "pyodide/rudderanalytics.mjs" : path), { message: `${path} is not the file that this script was built with (integrity)` })));

test("nor one that is not in the list", () => inBrowser("", () => assert.rejects(bring(ASSETS, "perl/rudderanalytics.mjs"))));

test("a page that forbids Blobs is told so", () =>
  inBrowser("", () => assert.rejects(bring(ASSETS, "extras.mjs"), /extras\.mjs cannot run: .*blob:.*script-src/), () => "blob:forbidden"));
