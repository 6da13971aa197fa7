import assert from "node:assert/strict";
import test from "node:test";
import { gzipSync } from "node:zlib";
import { remember } from "../../web/src/runtimes/memory.js";
import { inWindow } from "./window.js";

const FOLDER = "https://cdn.example.com/pyodide/";
/** Where files are: as a bundler left them. */
const at = (name) => `https://assets.example.com/${name}?v=1`;
const LIBRARY = "https://cdn.example.com/pyodide/rudderanalytics.mjs";
const SIZE = 64;
const FRESH = 32; // bytes of a fresh instance's memory that are not zero
const HEADER = 16; // bytes of the header, of which the second word says how many they are

/** What `make build` made: a header, then what differs from the fresh memory. */
const snapshot = (header) => {
  const memory = new Uint32Array(SIZE / 4);
  memory[1] = HEADER;
  memory.set(header, HEADER / 4);
  return memory;
};

const fresh = Uint32Array.from({ length: FRESH / 4 }, (_, at) => 0x0f0f0f0f + at);
const wanted = Uint32Array.from({ length: FRESH / 4 }, (_, at) => 0x12345678 * (at + 1));
const differences = wanted.map((word, at) => word ^ fresh[at]);

const inWorker = (over, run) =>
  inWindow(
    {
      over: {
        self: globalThis,
        __MEMORY__: SIZE,
        __FRESH__: FRESH,
        __SIZES__: {},
        WebAssembly: { ...WebAssembly, compileStreaming: async () => "module", instantiate: async (module) => ({ module, exports: {} }) },
        ...over,
      },
    },
    run,
  );

const UNPACKED = new Uint8Array(snapshot(differences).buffer);

for (const [name, body] of [["as it is stored", gzipSync(UNPACKED)], ["which the browser has unpacked", UNPACKED]]) test(`a memory, ${name}, is what differs over a fresh one, whose WebAssembly is asked for once`, () => {
  const asked = [];
  const fetch = async (url) => (asked.push(String(url)), String(url).includes(".gz") ? new Response(body) : new Response("wasm"));
  return inWorker({ fetch }, async () => {
    const { stdLibURL, _loadSnapshot, fsInit } = await remember(at, `${FOLDER}pyodide.asm.wasm`, LIBRARY);
    assert.equal(stdLibURL, LIBRARY);
    // Pyodide asks for its WebAssembly, and instantiates it.
    await globalThis.fetch(`${FOLDER}pyodide.asm.wasm`);
    await globalThis.fetch("https://cdn.example.com/other");
    const memory = { buffer: new ArrayBuffer(FRESH * 2) };
    new Uint32Array(memory.buffer).set(fresh);
    const { module } = await WebAssembly.instantiateStreaming(null, { env: { memory } });
    assert.equal(module, "module");
    await fsInit();
    assert.deepEqual(new Uint32Array(_loadSnapshot.buffer, HEADER).slice(0, FRESH / 4), wanted);
    assert.deepEqual(asked, [at("pyodide.asm.wasm"), at("rudderanalytics.snapshot.gz"), "https://cdn.example.com/other"]);
  });
});

for (const [name, answer, over] of [
  ["is not there", () => new Response("not found", { status: 404 })],
  ["is empty", () => new Response(null)],
  ["cannot be unpacked", () => new Response("x"), { DecompressionStream: undefined }],
]) {
  test(`a memory that ${name} is none`, () => inWorker({ fetch: async (url) => (String(url).includes(".gz") ? answer() : new Response("wasm")), ...over }, async () => assert.equal(await remember(at, `${FOLDER}pyodide.asm.wasm`, LIBRARY), null)));
}

test("WebAssembly that cannot be compiled is Pyodide's to say", () => {
  const WebAssembly = { compileStreaming: async () => Promise.reject(new Error("blocked")), compile: async () => Promise.reject(new Error("blocked")) };
  return inWorker({ WebAssembly, fetch: async () => new Response(null) }, async () => {
    assert.equal(await remember(at, `${FOLDER}pyodide.asm.wasm`, LIBRARY), null);
    await assert.rejects(globalThis.WebAssembly.instantiateStreaming(null, {}), { message: "blocked" });
  });
});
