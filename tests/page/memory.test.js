import assert from "node:assert/strict";
import test from "node:test";
import { gzipSync } from "node:zlib";
import { ChangedFile, filesOf } from "../../web/src/runtimes/files.js";
import { remember } from "../../web/src/runtimes/memory.js";
import { settle } from "./browser.js";
import { inWindow } from "./window.js";

const FOLDER = "https://cdn.example.com/pyodide/";
/** Where files are: as a bundler left them. */
const at = (name) => `https://assets.example.com/${name}?v=1`;
const LIBRARY = "https://cdn.example.com/pyodide/rudderanalytics.mjs";
const SIZE = 64;
const FRESH = 32; // bytes of a fresh instance's memory that are not zero
const HEADER = 16; // bytes of the header, of which the second word says how many they are

const fresh = Uint32Array.from({ length: FRESH / 4 }, (_, at) => 0x0f0f0f0f + at);
const wanted = Uint32Array.from({ length: FRESH / 4 }, (_, at) => 0x12345678 * (at + 1));
const TAIL = 0x51; // what a byte is, far behind what is fresh

/** What `make build` made: of a header, then what differs from the fresh memory, the pieces that are not zero. */
const SNAPSHOT = (() => {
  const differences = new Uint8Array(wanted.map((word, at) => word ^ fresh[at]).buffer);
  const pieces = [
    [4, new Uint8Array(Uint32Array.of(HEADER).buffer)],
    [HEADER, differences],
    [SIZE - 1, Uint8Array.of(TAIL)],
  ];
  const table = Uint32Array.from([pieces.length, ...pieces.flatMap(([at, { length }]) => [at, length])]);
  return Buffer.concat([new Uint8Array(table.buffer), ...pieces.map(([, bytes]) => bytes)]);
})();

/** An instance: its data, whose first word is where other data is, is told that. */
const instantiate = async (module, { env: { memory } = {} }) => ({
  module,
  exports: { __wasm_apply_data_relocs: () => void new Uint32Array(memory.buffer).set(fresh.slice(0, 1)) },
});

const inWorker = (over, run) =>
  inWindow(
    {
      over: {
        self: globalThis,
        __MEMORY__: SIZE,
        __FRESH__: FRESH,
        __UNREAD__: [[4, 8]],
        __SIZES__: { "rudderanalytics.wasm": 1000, "rudderanalytics.snapshot": SNAPSHOT.length },
        WebAssembly: { ...WebAssembly, compileStreaming: async () => "module", instantiate },
        ...over,
      },
    },
    run,
  );

const PLAIN = "rudderanalytics.snapshot";
const PACKED = "rudderanalytics.snapshot.gz";
const said = (headers, status = 200) => [status, headers];
const served = (body, [status, headers]) => new Response(body, { status, headers });

/** As a worker does it that starts. @param {ReturnType<typeof filesOf>} files @param {Promise<any>} [module] */
const recall = (files, module = Promise.resolve("module")) => remember(files, module, undefined, `${FOLDER}pyodide.asm.wasm`, LIBRARY);

/** As a browser shows a body that it has unpacked: with the headers of what came. */
const COMPRESSED = said({ "Content-Encoding": "br" });
const SHORTER = said({ "Content-Length": "20" });
const WHOLE = said({ "Content-Length": "100000" });

for (const [name, plain, packed, wantedOf] of [
  ["packed", said({}), gzipSync(SNAPSHOT), PACKED],
  ["packed, which the browser has unpacked", said({}), SNAPSHOT, PACKED],
  ["of a server that compresses", COMPRESSED, null, PLAIN],
  ["of another origin's server that compresses", SHORTER, null, PLAIN],
  ["packed, of a server that says whole lengths", WHOLE, gzipSync(SNAPSHOT), PACKED],
  ["packed, where the other is not there", said({}, 404), gzipSync(SNAPSHOT), PACKED],
])
  test(`a memory, ${name}, is what differs over a fresh one`, () => {
    const asked = [];
    const fetch = async (url) => {
      asked.push(String(url));
      if (url === at(PLAIN)) return served(SNAPSHOT, plain);
      return new Response(packed);
    };
    return inWorker({ fetch }, async () => {
      const { options } = await recall(filesOf(at));
      const { stdLibURL, _loadSnapshot, fsInit } = options;
      assert.equal(stdLibURL, LIBRARY);
      // Pyodide asks for its WebAssembly, and instantiates it.
      await globalThis.fetch(`${FOLDER}pyodide.asm.wasm`);
      await globalThis.fetch("https://cdn.example.com/other");
      const memory = { buffer: new ArrayBuffer(FRESH * 2) };
      new Uint32Array(memory.buffer).set(fresh.slice(1), 1);
      const { module } = await WebAssembly.instantiateStreaming(null, { env: { memory } });
      assert.equal(module, "module");
      await fsInit();
      assert.deepEqual(new Uint32Array(_loadSnapshot.buffer, HEADER).slice(0, FRESH / 4), wanted);
      assert.equal(_loadSnapshot[SIZE - 1], TAIL);
      const tried = wantedOf === PACKED ? [at(PLAIN)] : [];
      assert.deepEqual(asked, [...tried, at(wantedOf), "https://cdn.example.com/other"]);
    });
  });

test("where a bundler left no plain memory, the packed one is asked for", () => {
  const files = (name) => {
    if (name === PLAIN) throw new Error("no such file");
    return at(name);
  };
  const fetch = async (url) => (url === at(PACKED) ? new Response(gzipSync(SNAPSHOT)) : served("wasm", COMPRESSED));
  return inWorker({ fetch }, async () => assert.ok(await recall(filesOf(files))));
});

for (const [name, answer, over] of [
  ["is not there", () => new Response("not found", { status: 404 })],
  ["is empty", () => new Response(null)],
  ["cannot be unpacked", () => new Response("x"), { DecompressionStream: undefined }],
]) {
  test(`a memory that ${name} is none`, () => inWorker({ fetch: async (url) => (String(url).includes(".gz") ? answer() : new Response("wasm")), ...over }, async () => assert.equal(await recall(filesOf(at)), null)));
}

test("where a bundler left none, there is none", () => {
  const files = (name) => {
    throw new Error(`no such file: ${name}`);
  };
  return inWorker({ fetch: assert.fail }, async () => assert.equal(await recall(filesOf(files)), null));
});

for (const [name, body] of [
  ["is cut off", gzipSync(SNAPSHOT.subarray(0, SNAPSHOT.length - 8))],
  ["is cut off as it is packed", gzipSync(SNAPSHOT).subarray(0, 20)],
  ["has nothing in it", ""],
  ["is a page", "<!doctype html><title>Not found</title>"],
])
  test(`a memory that ${name} is of no use, and Pyodide is not given it`, () =>
    inWorker({ fetch: async (url) => new Response(String(url).includes(".gz") ? body : "wasm") }, async () => {
      const { filled, options } = await recall(filesOf(at));
      let isGiven = false;
      options.fsInit().then(() => (isGiven = true));
      await assert.rejects(filled);
      await settle();
      assert.equal(isGiven, false);
    }));

test("a memory that does not come is none", () =>
  inWorker({ fetch: async (url) => (String(url).includes("snapshot") ? Promise.reject(new TypeError("failed")) : new Response("wasm")) }, async () =>
    assert.equal(await recall(filesOf(at)), null),
  ));

test("one that is not the one that it should be is an error", () => {
  const fetch = async (url, { integrity } = {}) => (String(url).includes("snapshot") && integrity ? Promise.reject(new TypeError("integrity")) : new Response("wasm"));
  const integrity = { "rudderanalytics.snapshot": "sha256-b", "rudderanalytics.snapshot.gz": "sha256-b" };
  return inWorker({ fetch }, () => assert.rejects(recall(filesOf(at, integrity)), ChangedFile));
});

test("WebAssembly that cannot be compiled is Pyodide's to say", () =>
  inWorker({ fetch: async () => new Response(null) }, async () => {
    assert.equal(await recall(filesOf(at), Promise.reject(new Error("blocked"))), null);
    await assert.rejects(globalThis.WebAssembly.instantiateStreaming(null, {}), { message: "blocked" });
  }));

for (const [what, wasm, wanted] of [
  ["compresses WebAssembly", COMPRESSED, [PLAIN]],
  ["says that it came shorter", SHORTER, [PLAIN]],
  ["does not", said({}), [PACKED]],
  ["says its whole length", WHOLE, [PACKED]],
])
  test(`where the worker asked for its WebAssembly, and a server ${what}, one memory is asked for`, () => {
    const asked = [];
    const fetch = async (url) => (asked.push(String(url)), url === at(PLAIN) ? served(SNAPSHOT, COMPRESSED) : new Response(gzipSync(SNAPSHOT)));
    return inWorker({ fetch }, async () => {
      const lean = Promise.resolve(served("wasm", wasm));
      await (await remember(filesOf(at), Promise.resolve("module"), lean, `${FOLDER}pyodide.asm.wasm`, LIBRARY)).filled;
      assert.deepEqual(asked, wanted.map(at));
    });
  });

test("where the plain one does not come, the packed one is asked for", () => {
  const fetch = async (url) => (url === at(PLAIN) ? Promise.reject(new TypeError("failed")) : new Response(gzipSync(SNAPSHOT)));
  return inWorker({ fetch }, async () => assert.ok(await recall(filesOf(at))));
});

test("an instance's memory can be copied, and put into another one, which may be smaller", () =>
  inWorker({ fetch: async () => new Response(gzipSync(SNAPSHOT)) }, async () => {
    /** An instance with so many bytes of memory, as Emscripten has it. @param {number} size */
    const heapOf = async (size) => {
      const env = {
        memory: { buffer: new ArrayBuffer(size) },
        emscripten_resize_heap: (wanted) => {
          const before = new Uint8Array(env.memory.buffer);
          env.memory.buffer = new ArrayBuffer(2 * wanted);
          new Uint8Array(env.memory.buffer).set(before);
        },
      };
      const { heap } = await recall(filesOf(at));
      await WebAssembly.instantiateStreaming(null, { env });
      return { env, ...(await heap) };
    };
    const [one, other, small] = [await heapOf(FRESH * 2), await heapOf(FRESH * 2), await heapOf(FRESH)];
    new Uint8Array(one.env.memory.buffer).fill(7);
    const copy = one.save();
    new Uint8Array(one.env.memory.buffer).fill(8);
    for (const { restore, env } of [other, small]) {
      new Uint8Array(env.memory.buffer).fill(9);
      restore(copy);
      // What the trimmed one does without is the other's.
      assert.deepEqual(new Uint8Array(env.memory.buffer, 0, FRESH * 2), new Uint8Array(FRESH * 2).fill(7).fill(9, 4, 8));
    }
    assert.equal(small.env.memory.buffer.byteLength, FRESH * 4);
  }));
