import assert from "node:assert/strict";
import test from "node:test";
import * as core from "../../web/src/core.js";
import * as extras from "../../web/src/extras.js";
import { createStandalone } from "../../web/src/standalone.js";
import { createScriptedCore } from "./core.js";
import { until } from "./browser.js";
import "./window.js"; // timers that keep no process
import { createDisk, createWorkerScope } from "./worker.js";

globalThis.__VERSION__ = "1.2.3";
// A worker has an address, which is no page's.
globalThis.location = { href: "blob:https://www.example.com/script.js" };
const OURS = { installType: "python", boot: async () => core, bring: async () => extras };
const LOADED = ["KEY", "https://dataplane.example.com", {}];

/** Locks of one name at a time, as the browser has them; the worker that has one lets go of it as it ends. */
const createLocks = () => {
  let last = Promise.resolve();
  const asked = [];
  return {
    asked,
    of: (ended) => ({
      request: async (name, ...given) => {
        const act = given.at(-1);
        asked.push(name);
        if (name !== "rudderanalytics.worker") return act({ name });
        const before = last;
        last = Promise.race([before.then(() => act({ name })), ended]);
        return last;
      },
      query: async () => ({ held: [], pending: [] }),
    }),
  };
};

const open = (disk, { loaded = LOADED, locks, over, own } = {}) => {
  let end;
  const ended = new Promise((settle) => (end = settle));
  const worker = createWorkerScope(disk, { over, locks: locks?.of(ended) });
  Object.defineProperty(globalThis, "navigator", { value: worker.scope.navigator, configurable: true });
  const core = createScriptedCore();
  const told = [];
  const client = createStandalone(OURS, worker.scope);
  const opened = client.open(JSON.stringify(loaded), own ?? ((text) => core.handle(text)), "pyodide 0.29.5", (text) => told.push(JSON.parse(text)));
  const said = (type) => told.filter((each) => each.type === type);
  const say = (given) => client.hear(JSON.stringify({ from: "door", to: said("here")[0].from, ...given }));
  return { ...worker, core, client, told, said, say, opened, end: () => (worker.end(), end()) };
};

test("it says that it is here, as a worker's, and answers at once, with the core of this interpreter", async () => {
  const { core, said, say, client } = open(createDisk());
  client.hear("not there yet");
  await until(() => said("here").length && core.of("load").length);
  assert.equal(said("here")[0].worker, true);
  const [{ installType, runtime, identity, page }] = core.of("load");
  assert.deepEqual([installType, runtime, page.href], ["python", "pyodide 0.29.5", ""]);
  assert.ok(identity);
  say({ type: "call", n: 1, id: "5b3f6a52-2d29-4c1f-8a5e-0f7c6f4f0d11", at: 1_763_000_000_000, call: ["identify", "u1"] });
  assert.equal(said("answers")[0].answers[0].text, '"5b3f6a52-2d29-4c1f-8a5e-0f7c6f4f0d11"');
  say({ type: "call", n: 2, call: ["getUserId"] });
  assert.equal(said("answers")[1].answers[0].text, '"u1"');
});

test("one worker at a time has it, and the next one goes on with the visitor", async () => {
  const [disk, locks] = [createDisk(), createLocks()];
  const first = open(disk, { locks });
  await until(() => first.said("here").length);
  first.say({ type: "call", n: 1, id: "5b3f6a52-2d29-4c1f-8a5e-0f7c6f4f0d11", at: 1_763_000_000_000, call: ["identify", "u1"] });
  const second = open(disk, { locks });
  await until(() => locks.asked.filter((name) => name === "rudderanalytics.worker").length === 2);
  assert.equal(second.said("here").length, 0);
  first.end();
  await until(() => second.said("here").length);
  second.say({ type: "call", n: 1, call: ["getUserId"] });
  assert.equal(second.said("answers")[0].answers[0].text, '"u1"');
  assert.ok(!locks.asked.includes("rudderanalytics.visitor"), "with pages that open it has no visitor to agree on");
});

test("there are no cookies: what would be in one is stored with the rest, whatever else is asked for", async () => {
  for (const [storage, key] of [[undefined, "rl_user_id"], [{}, "rl_user_id"], [{ type: "cookieStorage" }, "rl_user_id"], [{ type: "memoryStorage" }, ""], ["wrong", "rl_user_id"]]) {
    const disk = createDisk();
    const { said, say } = open(disk, { loaded: ["KEY", "https://dataplane.example.com", { storage, logLevel: "NONE" }] });
    await until(() => said("here").length);
    say({ type: "call", n: 1, id: "5b3f6a52-2d29-4c1f-8a5e-0f7c6f4f0d11", at: 1_763_000_000_000, call: ["identify", "u1"] });
    await until(() => said("answers").length);
    const log = new TextDecoder().decode(disk.files.get("rudderanalytics.worker").bytes);
    assert.equal(log.includes('["rl_user_id"'), key !== "", JSON.stringify(storage));
  }
});

test("where nothing can be stored, that is said, and calls wait for a page", async () => {
  const { opened, lines, said } = open(createDisk(), { over: { navigator: {}, indexedDB: undefined } });
  await opened;
  assert.deepEqual([lines, said("here")], [["warn [rudderanalytics] standalone: this worker has neither files nor IndexedDB; calls wait for a page"], []]);
});
