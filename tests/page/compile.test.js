import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import test from "node:test";
import { compile } from "../../web/src/runtimes/compile.js";
import { inWindow } from "./window.js";

const WASM = readFileSync(new URL("../../web/node_modules/@micropython/micropython-webassembly-pyscript/micropython.wasm", import.meta.url));
const URL_OF_WASM = "https://cdn.example.com/x.wasm";

const answer = (type) => new Response(WASM, { headers: { "Content-Type": type } });

test("WebAssembly is compiled while it comes", () =>
  inWindow({ over: { fetch: assert.fail } }, async () => assert.ok((await compile(answer("application/wasm"), () => fetch(URL_OF_WASM))) instanceof WebAssembly.Module)));

test("a server that does not know its type is asked again", () =>
  inWindow({ over: { fetch: async (url) => (assert.equal(url, URL_OF_WASM), answer("text/plain")) } }, async () => {
    assert.ok((await compile(Promise.resolve(answer("text/plain")), () => fetch(URL_OF_WASM))) instanceof WebAssembly.Module);
  }));
