// An interpreter that stops, and the one that takes over: here both only add up what they are given.

import assert from "node:assert/strict";
import { test } from "node:test";

import { replayed } from "../../web/src/runtimes/replay.js";

const OFTEN = 2 ** 18; // characters

/** Answers with all that it was given so far; stops at some inputs, when it has changed its memory already. */
class Adder {
  constructor(memory = [], stops = () => false) {
    this.memory = memory;
    this.stops = stops;
    this.given = [];
  }

  handle = (text) => {
    this.given.push(text);
    this.memory.push(text.slice(0, 9));
    if (this.stops(text)) throw new WebAssembly.RuntimeError("unreachable");
    return this.memory.join();
  };

  save = () => [...this.memory];
}

const stopping = (stops, takesOver = async (whole) => whole.handle) => {
  const lean = new Adder([], stops);
  const wholes = [];
  const core = replayed(lean, OFTEN, (memory) => takesOver(wholes[wholes.push(new Adder(memory && [...memory])) - 1]));
  return { lean, wholes, core };
};

test("as long as nothing stops, answers come at once", () => {
  const { core, wholes } = stopping(() => false);
  assert.equal(core.handle("a"), "a");
  assert.equal(core.handle("b"), "a,b");
  assert.deepEqual([core.fallbacks, wholes], [0, []]);
});

for (const count of [0, 1, 5]) {
  test(`one that stops after ${count} inputs is answered as if it had not`, async () => {
    const { core, lean, wholes } = stopping((text) => text === "stop");
    const before = Array.from({ length: count }, (_, number) => `input ${number}`);
    for (const text of before) core.handle(text);
    const answer = core.handle("stop");
    assert.ok(answer instanceof Promise);
    assert.equal(await answer, [...before, "stop"].join());
    assert.equal(core.handle("stop"), [...before, "stop", "stop"].join());
    assert.equal(core.fallbacks, 1);
    assert.deepEqual(wholes[0].given, [...before, "stop", "stop"]);
    assert.equal(lean.given.filter((text) => text === "stop").length, 1);
  });
}

test("what was long ago is not given again", async () => {
  const { core, wholes } = stopping((text) => text === "stop");
  const long = "long".padEnd(OFTEN, ".");
  for (const text of ["first", long, "second", "third"]) core.handle(text);
  assert.equal(await core.handle("stop"), "first,long.....,second,third,stop");
  assert.deepEqual(wholes[0].given, ["second", "third", "stop"]);
});

test("where there is no room for a copy, more is given again", async () => {
  const { core, lean, wholes } = stopping((text) => text === "stop");
  const long = "long".padEnd(OFTEN, ".");
  lean.save = () => {
    throw new RangeError("Array buffer allocation failed");
  };
  assert.equal(core.handle(long), "long.....");
  assert.equal(await core.handle("stop"), "long.....,stop");
  assert.deepEqual(wholes[0].given, [long, "stop"]);
});

test("what is given meanwhile is answered after it", async () => {
  let come;
  const { core } = stopping((text) => text === "stop", (whole) => new Promise((settle) => (come = () => settle(whole.handle))));
  const answers = ["a", "stop", "b", "c"].map((text) => core.handle(text));
  assert.equal(core.fallbacks, 1);
  come();
  assert.deepEqual(await Promise.all(answers), ["a", "a,stop", "a,stop,b", "a,stop,b,c"]);
});

test("where the whole one does not come, nothing is answered any longer", async () => {
  const { core, lean } = stopping(() => true, () => Promise.reject(new Error("404")));
  const answers = [core.handle("a"), core.handle("b")];
  for (const answer of answers) await assert.rejects(answer, /404/);
  await assert.rejects(core.handle("c"), /404/);
  assert.deepEqual(lean.given, ["a"]);
});

test("what the whole one raises too is raised", async () => {
  const { core } = stopping((text) => text === "stop", async () => () => {
    throw new Error("MemoryError");
  });
  await assert.rejects(core.handle("stop"), /MemoryError/);
});
