import assert from "node:assert/strict";
import test from "node:test";
import { boot, createCore } from "../../web/src/runtimes/micropython.js";
import { createBrowser, until } from "./browser.js";
import { built } from "./dist.js";
import { LOAD, visit } from "./visit.js";
import { inWindow } from "./window.js";

const LEAN = built("micropython/rudderanalytics.wasm");
const WHOLE = built("micropython/micropython.wasm");
const FLUSH = '{"type":"flush","now":1}';
/** What it answers before `load`. */
const EARLY = '[{"text":"flush: load has not been called; it is ignored","level":"ERROR","type":"log"}]';

const wasm = (bytes) => new Response(bytes, { headers: { "Content-Type": "application/wasm" } });

/** A page in which the server answers a fetch of a name so; `asked` are the names. */
const inPage = (answers, run, over = {}) => {
  const asked = [];
  const fetch = async (url) => {
    const name = String(url).split("/").at(-1);
    asked.push(name);
    return answers(name, asked.filter((each) => each === name).length);
  };
  return inWindow({ over: { fetch, addEventListener: () => {}, ...over } }, () => run(asked));
};

const served = (name) => wasm(name === "micropython.wasm" ? WHOLE : LEAN);

test("MicroPython as a page boots it, compiled while it came", () =>
  inPage(served, async () => {
    const browser = createBrowser();
    const runtime = boot(await WebAssembly.compile(LEAN));
    const { api } = visit(browser, { boot: async () => ({ createCore, runtime }) });
    api.load(...LOAD);
    const id = api.track("Bought");
    await until(() => browser.requests.length);
    const message = JSON.parse(browser.requests[0].body);
    assert.equal(message.messageId, id);
    assert.match(message.context.library.runtime, /^micropython \d+\.\d+/);
    assert.deepEqual(await api.flush(), { delivered: 1, dropped: 0, pending: 0 });
  }));

test("or else asked for", () =>
  inPage(served, async (asked) => {
    assert.match((await boot()).name, /^micropython /);
    assert.deepEqual(asked, ["rudderanalytics.wasm"]);
  }));

test("the first input gives the page its turn, the others answer at once", () =>
  inPage(served, async () => {
    const { handle } = await boot(await WebAssembly.compile(LEAN));
    const first = handle(FLUSH);
    assert.equal(typeof first.then, "function");
    assert.equal(await first, EARLY);
    assert.equal(handle(FLUSH), EARLY);
  }));

// Where a function is missing the whole interpreter takes over

/** A runtime whose interpreter stops at once: it is told to answer where it must not write. */
const stopping = async () => {
  const { instantiate } = WebAssembly;
  let first = true;
  WebAssembly.instantiate = async (...given) => {
    const instance = await instantiate(...given);
    const isLean = first;
    first = false;
    if (!isLean) return instance;
    const { exports } = instance;
    return { exports: { ...exports, memory: exports.memory, proxy_c_to_js_call: () => { throw new WebAssembly.RuntimeError("unreachable"); } } };
  };
  try {
    return await boot(await WebAssembly.compile(LEAN));
  } finally {
    WebAssembly.instantiate = instantiate;
  }
};

test("the whole interpreter takes over where a function is missing", () =>
  inPage(served, async (asked) => {
    const runtime = await stopping();
    assert.equal(await runtime.handle(FLUSH), EARLY);
    assert.equal(await runtime.handle(FLUSH), EARLY);
    assert.deepEqual([asked, runtime.fallbacks], [["micropython.wasm"], 1]);
  }));

test("as soon as the network gives it", () => {
  const answers = [() => Promise.reject(new TypeError("offline")), () => new Response("", { status: 503 }), () => served("micropython.wasm")];
  const waits = [];
  const over = { setTimeout: (action, ms) => (waits.push(ms), setImmediate(action)) };
  return inPage((_, times) => answers[times - 1](), async () => {
    const runtime = await stopping();
    assert.equal(await runtime.handle(FLUSH), EARLY);
    assert.deepEqual(waits, [1_000, 2_000]);
  }, over);
});

test("or the browser is online again", () => {
  const answers = [() => Promise.reject(new TypeError("offline")), () => served("micropython.wasm")];
  const over = { setTimeout: () => {}, addEventListener: (name, listener) => (assert.equal(name, "online"), setImmediate(listener)) };
  return inPage((_, times) => answers[times - 1](), async () => assert.equal(await (await stopping()).handle(FLUSH), EARLY), over);
});

for (const [name, answer, error] of [
  ["is not there", () => new Response("", { status: 404 }), /micropython\.wasm: 404/],
  ["is something else", () => wasm("a page of some portal"), /CompileError|magic/],
]) {
  test(`a whole interpreter that ${name} is an error`, () => inPage(answer, async () => assert.rejects(async () => (await stopping()).handle(FLUSH), (found) => error.test(String(found)))));
}

test("what did not come whole is asked for again", () => {
  const cut = () => new Response(new ReadableStream({ pull: (controller) => controller.error(new TypeError("network")) }), { headers: { "Content-Type": "application/wasm" } });
  return inPage((_, times) => (times < 3 ? cut() : served("micropython.wasm")), async () => assert.equal(await (await stopping()).handle(FLUSH), EARLY), { setTimeout: (action) => setImmediate(action) });
});
