import assert from "node:assert/strict";
import { register } from "node:module";
import test from "node:test";
import { settle, until } from "./browser.js";
import { inWindow } from "./window.js";

// Pyodide itself is tried in browsers: here a module of the same name stands in for it, beside our script. What it says of
// itself is what `globalThis.pyodideOf` gives it.
const STAND_IN = `data:text/javascript,${encodeURIComponent("export const loadPyodide = (options) => globalThis.pyodideOf(options);")}`;
register(`data:text/javascript,${encodeURIComponent(`export const resolve = (specifier, context, next) => specifier.endsWith("/pyodide.mjs") ? { url: ${JSON.stringify(STAND_IN)}, shortCircuit: true } : next(specifier, context);`)}`);

Object.assign(globalThis, { self: globalThis, name: "", __LOCK__: { packages: {} }, __MEMORY__: 64, __FRESH__: 32, __SIZES__: {}, __UNREAD__: [] });
const { filesOf } = await import("../../web/src/runtimes/files.js");
const { boot, open, createCore } = await import("../../web/src/runtimes/pyodide.js");

/** What only a worker is told of that is to start from a memory. */
const REMEMBERED = ["rudderanalytics.wasm", "rudderanalytics.snapshot", "rudderanalytics.snapshot.gz"];

const pyodideOf = (handle) => async (options) => ({ version: "0.29.5", options, pyimport: (module) => (assert.equal(module, "rudderanalytics.core.boundary"), { handle }) });

/** A worker that says these things: first that it is there, then its name, then what it answers to each text. */
const workerOf = (says) =>
  class {
    static made = [];
    constructor(address, options) {
      this.constructor.made.push([String(address), options]);
      const say = (data) => setImmediate(() => this.onmessage?.({ data }));
      says(this, say, this.constructor.made.length);
    }
    postMessage() {}
  };

const ANSWERS = (worker, say) => {
  say("");
  setImmediate(() => say("pyodide 0.29.5"));
  worker.given = [];
  worker.postMessage = (text) => typeof text !== "string" ? worker.given.push(text) : say({ answer: `answer to ${text}`, fallbacks: text === "b" ? 1 : 0 });
};

test("Pyodide runs in a worker of this very script", async () => {
  const Worker = workerOf(ANSWERS);
  await inWindow({ over: { Worker } }, async () => {
    const runtime = await boot();
    assert.equal(runtime.name, "pyodide 0.29.5");
    assert.deepEqual([await runtime.handle("a"), runtime.fallbacks], ["answer to a", 0]);
    assert.deepEqual([await runtime.handle("b"), runtime.fallbacks], ["answer to b", 1]);
    assert.match(Worker.made[0][0], /\/runtimes\/pyodide\.js$/);
    const { type, name: named } = Worker.made[0][1];
    assert.equal(type, "module");
    assert.match(JSON.parse(named.slice("rudderanalytics.worker".length))["pyodide.asm.wasm"], /\/runtimes\/pyodide\.asm\.wasm$/, "it is told where files are");
    assert.equal(typeof createCore, "function");
  });
});

const MODULE = { compiled: "while it came" };

for (const [what, compiled, given, refused] of [
  ["gives the worker what was compiled while it came", Promise.resolve(MODULE), [MODULE]],
  ["says that there is nothing of that", undefined, [undefined]],
  ["or that it cannot be given", Promise.resolve(MODULE), [undefined], MODULE],
])
  test(`the page ${what}`, async () => {
    /** @type {any} */
    let hired;
    const Worker = workerOf((worker, say) => {
      ANSWERS(worker, say);
      const { postMessage } = worker;
      worker.postMessage = (data) => {
        if (refused && data === refused) throw new DOMException("it cannot be cloned", "DataCloneError");
        postMessage(data);
      };
      hired = worker;
    });
    await inWindow({ over: { Worker } }, async () => {
      await boot(compiled);
      await until(() => hired.given.length);
      assert.deepEqual(hired.given, given);
    });
  });

test("a page that takes no worker of another origin gets one of its own that imports the script", async () => {
  const Worker = workerOf((worker, say, number) => (number === 1 ? setImmediate(() => worker.onerror(new Error("cross-origin"))) : ANSWERS(worker, say)));
  await inWindow({ over: { Worker } }, async () => {
    assert.equal((await boot()).name, "pyodide 0.29.5");
    assert.match(Worker.made[1][0], /^blob:/);
  });
});

test("without workers Pyodide runs on the page's main thread, with a line", async () => {
  for (const Worker of [undefined, workerOf((worker) => setImmediate(() => worker.onerror(new Error("blocked"))))]) {
    await inWindow({ over: { Worker, pyodideOf: pyodideOf((text) => `answer to ${text}`) } }, async ({ lines }) => {
      const { name, handle } = await boot();
      assert.deepEqual([name, handle("a")], ["pyodide 0.29.5", "answer to a"]);
      assert.deepEqual(lines, ["warn [rudderanalytics] no worker can start here: Python runs on the page's main thread"]);
    });
  }
});

for (const [name, says, reason] of [
  ["cannot boot", (worker, say) => (say(""), setImmediate(() => say({ error: "ReferenceError: WebAssembly is not defined" }))), /WebAssembly is not defined/],
  ["dies as it boots", (worker, say) => (say(""), setImmediate(() => setImmediate(() => worker.onerror("it died")))), /it died/],
]) {
  test(`a worker that ${name} is an error`, async () => {
    const Worker = workerOf(says);
    await inWindow({ over: { Worker } }, () => assert.rejects(boot(), (error) => reason.test(String(error))));
  });
}

test("a worker that can do nothing with its memory is replaced by one that is told of none", async () => {
  const ended = [];
  const Worker = workerOf((worker, say, number) => {
    worker.terminate = () => ended.push(number);
    if (number > 1) ANSWERS(worker, say);
    else say(""), setImmediate(() => say(""));
  });
  await inWindow({ over: { Worker } }, async () => {
    assert.equal((await boot()).name, "pyodide 0.29.5");
    const told = Worker.made.map(([, { name }]) => Object.keys(JSON.parse(name.slice("rudderanalytics.worker".length))).filter((each) => REMEMBERED.includes(each)));
    assert.deepEqual(told, [REMEMBERED, []]);
    assert.deepEqual(ended, [1]);
  });
});

test("a page that requires trusted types gets the worker by a policy of ours", async () => {
  const made = [];
  const trustedTypes = { createPolicy: (name, rules) => (made.push(name), { createScriptURL: (text) => ({ trusted: rules.createScriptURL(text), toString: () => text }) }) };
  const Worker = workerOf(ANSWERS);
  await inWindow({ over: { Worker, trustedTypes } }, async () => {
    await boot();
    assert.deepEqual(made, ["rudderanalytics"]);
    assert.match(Worker.made[0][0], /pyodide\.js$/);
  });
});

test("so is one that fails at a text", async () => {
  const Worker = workerOf((worker, say) => {
    ANSWERS(worker, say);
    worker.postMessage = (text) => typeof text === "string" && say({ error: "RuntimeError: memory access out of bounds" });
  });
  await inWindow({ over: { Worker } }, async () => {
    const { handle } = await boot();
    await assert.rejects(handle("a"), (error) => /out of bounds/.test(String(error)));
  });
});

test("without WebAssembly there is no Pyodide", () =>
  inWindow({ over: { WebAssembly: undefined } }, () => assert.rejects(open(), { message: "WebAssembly is not defined" })));

test("on the main thread it reads its library, and installs nothing", () =>
  inWindow({ over: { pyodideOf: pyodideOf(() => "") } }, async () => {
    const { options } = await open();
    assert.match(options.stdLibURL, /\/runtimes\/rudderanalytics\.zip$/);
    assert.match(options.indexURL, /\/runtimes\/$/);
    assert.deepEqual(options.lockFileContents, { packages: {} });
  }));

test("files may be anywhere: a bundler puts them where it likes", async () => {
  const at = (name) => (name === "pyodide.mjs" ? "https://assets.example.com/pyodide.mjs" : name === "pyodide.asm.js" ? "data:text/javascript,globalThis.seenScript=1" : `https://assets.example.com/${name}?v=1`);
  const asked = [];
  const over = { fetch: async (url) => (asked.push(String(url)), "answer"), pyodideOf: async (options) => (await globalThis.fetch(`${options.indexURL}pyodide.asm.wasm`), await globalThis.fetch("https://other.example.com/"), options) };
  await inWindow({ over }, async () => {
    const before = globalThis.fetch;
    const { stdLibURL } = await open(filesOf(at));
    assert.equal(stdLibURL, "https://assets.example.com/rudderanalytics.zip?v=1");
    assert.deepEqual(asked, ["https://assets.example.com/pyodide.asm.wasm?v=1", "https://other.example.com/"]);
    assert.equal(globalThis.fetch, before);
    assert.equal(globalThis.seenScript, 1);
  });
});

// The worker's side: the same script, run in a worker of that name

let number = 0;
const LIBRARY = ["pyodide.mjs", "pyodide.asm.js", "pyodide.asm.wasm", "rudderanalytics.zip"];

/** Runs the script as a worker's that is told of these files; `said` is what it posts. */
const inWorker = (names, over, run) => {
  const said = [];
  const files = Object.fromEntries(names.map((name) => [name, new URL(`../../web/src/runtimes/${name}`, import.meta.url).href]));
  const fetch = async () => new Response(null, { status: 404 });
  const globals = { document: undefined, name: `rudderanalytics.worker${JSON.stringify(files)}`, importScripts: () => {}, postMessage: (data) => said.push(data), onmessage: null, fetch, ...over };
  return inWindow({ over: globals }, async () => {
    await import(`../../web/src/runtimes/pyodide.js?${++number}`);
    await run(said);
  });
};

/** What the worker says to a text. */
const answerTo = async (said, text) => {
  await globalThis.onmessage({ data: text });
  return said.at(-1);
};

test("the worker says that it is there, then its name, then answers", () =>
  inWorker(LIBRARY, { pyodideOf: pyodideOf((text) => `answer to ${text}`) }, async (said) => {
    await until(() => said.length === 2);
    assert.equal((await answerTo(said, "a")).answer, "answer to a");
    assert.deepEqual(said.slice(0, 2), ["", "pyodide 0.29.5"]);
  }));

test("it says what went wrong at a text", () =>
  inWorker(LIBRARY, { pyodideOf: pyodideOf(() => { throw new RangeError("Maximum call stack size exceeded"); }) }, async (said) => {
    await until(() => said.length === 2);
    assert.deepEqual(await answerTo(said, "a"), { error: "RangeError: Maximum call stack size exceeded" });
  }));

test("and why it cannot boot", () =>
  inWorker(LIBRARY, { pyodideOf: async () => Promise.reject(new Error("no memory")) }, async (said) => {
    await until(() => said.length === 2);
    await settle();
    assert.deepEqual(said, ["", { error: "Error: no memory" }]);
  }));

// From a memory: of `asked` is what it fetched, by name

const WASM = "pyodide.asm.wasm";
const SNAPSHOT = Uint32Array.of(1, 4, 4, 16); // one word: how long the header is

/** The interpreter, from what its WebAssembly is compiled of; each adds up what it is given, and `stops` where it is said. */
const adding = (stops) => async ({ fsInit }) => {
  const made = await WebAssembly.instantiateStreaming(null, { env: { memory: { buffer: new ArrayBuffer(64) }, emscripten_resize_heap: () => 1 } });
  await fsInit();
  const given = [];
  const api = {};
  const handle = (text) => {
    given.push(text);
    if (stops.includes(`${made.module} ${text}`)) api.fatal_error(new WebAssembly.RuntimeError("unreachable"));
    return given.join();
  };
  return { version: "0.29.5", pyimport: () => ({ handle }), _api: api };
};

const remembering = (over, stops, run, given) => {
  const asked = [];
  const fetch = async (url) => {
    const name = String(url).split("/").at(-1);
    asked.push(name);
    if (over[name]) return over[name](asked.filter((each) => each === name).length);
    return new Response(name.includes("snapshot") ? SNAPSHOT : name);
  };
  const compiled = { compileStreaming: async (answer) => (await answer).text(), compile: WebAssembly.compile, instantiate: async () => ({ exports: { __wasm_apply_data_relocs() {} } }), CompileError: WebAssembly.CompileError, RuntimeError: WebAssembly.RuntimeError };
  return inWorker([...LIBRARY, ...REMEMBERED], { fetch, pyodideOf: adding(stops), WebAssembly: compiled }, async (said) => {
    globalThis.onmessage({ data: given });
    await until(() => said.length === 2);
    await run(said, asked);
  });
};

test("a worker that is told of a memory starts the trimmed Pyodide from it", () =>
  remembering({}, [], async (said, asked) => {
    assert.deepEqual(said, ["", "pyodide 0.29.5"]);
    assert.deepEqual(await answerTo(said, "a"), { answer: "a", fallbacks: 0 });
    assert.deepEqual(asked.toSorted(), ["rudderanalytics.snapshot", "rudderanalytics.snapshot.gz", "rudderanalytics.wasm"]);
  }));

test("of what the page compiled, where it did", () =>
  remembering({ "rudderanalytics.wasm": assert.fail }, [], async (said) => assert.deepEqual(await answerTo(said, "a"), { answer: "a", fallbacks: 0 }), "compiled"));

test("where that stops, the whole one is given all again, and goes on", () =>
  remembering({}, ["rudderanalytics.wasm c"], async (said, asked) => {
    for (const text of ["a", "b"]) await answerTo(said, text);
    asked.length = 0;
    assert.deepEqual(await answerTo(said, "c"), { answer: "a,b,c", fallbacks: 1 });
    assert.deepEqual(await answerTo(said, "c"), { answer: "a,b,c,c", fallbacks: 1 });
    assert.deepEqual(asked, [WASM, "rudderanalytics.snapshot", "rudderanalytics.snapshot.gz"]);
  }));

for (const [what, over, error] of [
  ["is not there", { [WASM]: () => new Response(null, { status: 404 }) }, /pyodide\.asm\.wasm: 404/],
  ["has no memory to start from", { "rudderanalytics.snapshot": () => new Response(null, { status: 404 }), "rudderanalytics.snapshot.gz": (times) => (times > 1 ? new Response(null, { status: 404 }) : new Response(SNAPSHOT)) }, /did not come again/],
])
  test(`a whole Pyodide that ${what} is an error`, () =>
    remembering(over, ["rudderanalytics.wasm a"], async (said) => assert.match((await answerTo(said, "a")).error, error)));

for (const [what, over, stops] of [
  ["is cut off", { "rudderanalytics.snapshot.gz": () => new Response("cut off") }],
  ["is not there", { "rudderanalytics.snapshot.gz": () => new Response(null, { status: 404 }) }],
])
  test(`where the memory ${what}, a worker says nothing in place of its name`, () => remembering(over, [], async (said) => assert.deepEqual(said, ["", ""])));

test("nor where the trimmed one is not there", () =>
  remembering({ "rudderanalytics.wasm": () => Promise.reject(new TypeError("failed")) }, [], async (said) => assert.deepEqual(said, ["", ""])));
