import assert from "node:assert/strict";
import test from "node:test";
import { ChangedFile, filesOf, fromText, toText } from "../../web/src/runtimes/files.js";
import { inWindow } from "./window.js";

const at = (name) => `https://assets.example.com/${name}`;
const INTEGRITY = { "a.wasm": "sha256-a" };

/** A browser whose server has files that are as they were built, but for some. */
const inBrowser = (changed, run) => {
  const asked = [];
  const fetch = async (url, options) => {
    asked.push([url, options]);
    if (changed === "gone" || (options?.integrity && changed)) throw new TypeError("Failed to fetch");
    return new Response("content", { status: changed === "missing" ? 404 : 200 });
  };
  return inWindow({ over: { fetch } }, () => run(asked));
};

test("without digests a file is asked for as it is", () =>
  inBrowser("changed", async (asked) => {
    assert.equal((await filesOf(at).ask("a.wasm")).status, 200);
    assert.deepEqual(asked, [[at("a.wasm"), undefined]]);
  }));

test("with digests the browser checks it", () =>
  inBrowser("", async (asked) => {
    assert.equal((await filesOf(at, INTEGRITY).ask("a.wasm")).status, 200);
    assert.deepEqual(asked, [[at("a.wasm"), { integrity: "sha256-a" }]]);
  }));

test("a file that is another one is said to be that", () =>
  inBrowser("changed", () => assert.rejects(filesOf(at, INTEGRITY).ask("a.wasm"), (error) => error instanceof ChangedFile && /^a\.wasm is not the file/.test(error.message))));

for (const changed of ["gone", "missing"])
  test(`one that does not come (${changed}) may come later`, () => inBrowser(changed, () => assert.rejects(filesOf(at, INTEGRITY).ask("a.wasm"), TypeError)));

test("a file that has no digest is none of ours, where others have one", () => inBrowser("", () => assert.rejects(filesOf(at, INTEGRITY).ask("b.wasm"), ChangedFile)));

test("a worker is told of the files in a text", () =>
  inBrowser("", async (asked) => {
    const files = fromText(toText(["a.wasm", "b.wasm"], filesOf((name) => (name === "b.wasm" ? assert.fail() : at(name)), INTEGRITY)));
    await files.ask("a.wasm");
    assert.deepEqual(asked, [[at("a.wasm"), { integrity: "sha256-a" }]]);
    assert.equal(files.at("b.wasm"), undefined);
    assert.equal(fromText(toText(["a.wasm"], filesOf(at))).integrity, undefined);
  }));
