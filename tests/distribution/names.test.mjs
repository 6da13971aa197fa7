// What a page makes anew of Python's names is what was left out.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import { descriptionOf, memoryOf } from "../../web/distribution/image.mjs";
import { withoutHashes } from "../../web/distribution/names.mjs";
import { read, write } from "../../web/distribution/wasm.mjs";
import { describe, instantiate } from "../../web/src/runtimes/interpreter.js";
import { fillNames, HEAD } from "../../web/src/runtimes/names.js";

const whole = read(readFileSync(new URL("../../build/micropython/image.wasm", import.meta.url)));
const memory = () => memoryOf(whole).slice();
const { names } = descriptionOf(whole);

test("hashes, lengths and places of names are left out, and made again", () => {
  const made = withoutHashes(memory(), names);
  const before = memory();
  const changed = made.reduce((count, byte, at) => count + Number(byte !== before[at]), 0);
  assert.ok(changed > 5_000, `${changed} bytes`);
  const again = new Uint8Array(4 * Math.ceil(made.length / 4));
  again.set(made);
  fillNames(again, names);
  assert.ok(Buffer.from(again.subarray(0, made.length)).equals(Buffer.from(memory())));
});

test("where nothing is left out, nothing changes", () => {
  const all = new Uint8Array(4 * Math.ceil(memory().length / 4));
  all.set(memory());
  const before = all.slice();
  fillNames(all, names);
  assert.ok(Buffer.from(all).equals(Buffer.from(before)));
});

test("names with other hashes than Python's are an error", () => {
  const other = memory();
  const words = new Uint32Array(other.slice(names, names + 24).buffer);
  other[words[4]] ^= 1;
  assert.throws(() => withoutHashes(other, names), /do not follow/);
});

/** Python in an instance, and its names: each pool's texts, the last pool first, and whether Python looks for one by halves. */
const python = async () => {
  const module = await WebAssembly.compile(write(whole));
  const { handle, answered } = describe(module);
  const wasm = await instantiate(module);
  const words = () => new Uint32Array(wasm.memory.buffer);
  const known = words().indexOf(names);
  const pools = () => {
    const found = [];
    for (let pool = words()[known]; pool; pool = words()[pool / 4]) {
      const [, first, , count, , lengths] = words().subarray(pool / 4, pool / 4 + HEAD);
      const places = [...words().subarray(pool / 4 + HEAD, pool / 4 + HEAD + count)];
      const bytes = new Uint8Array(wasm.memory.buffer);
      found.push({ isInOrder: first >= 2 ** 31, texts: places.map((at, name) => bytes.slice(at, at + bytes[lengths + name])) });
    }
    return found;
  };
  /** Python looks for an attribute of this name: it learns the name where it does not find it. */
  const lookFor = (name) => {
    const at = wasm.malloc(name.length + 1);
    new Uint8Array(wasm.memory.buffer).set([...name, 0], at);
    wasm.proxy_c_to_js_lookup_attr(handle, at, answered);
    wasm.free(at);
  };
  return { pools, lookFor };
};
const count = (pools) => pools.reduce((sum, { texts }) => sum + texts.length, 0);

test("Python finds each name that it has, and learns none again", async () => {
  const { pools, lookFor } = await python();
  const before = pools();
  const texts = before.flatMap(({ texts }) => texts).filter((text) => text.length && !text.includes(0));
  assert.ok(texts.length > 1_000, `${texts.length} names`);
  for (const text of texts) lookFor(text);
  assert.equal(count(pools()), count(before));
});

test("nearly all names that it learned are in pools in which it looks by halves", async () => {
  const { pools } = await python();
  const own = pools().slice(0, -2); // the last two are C's
  const inOrder = own.filter(({ isInOrder }) => isInOrder);
  assert.ok(count(inOrder) > 0.95 * count(own), `${count(inOrder)} of ${count(own)}`);
  for (const { texts } of inOrder) for (const [at, text] of texts.entries()) assert.ok(!at || Buffer.compare(texts[at - 1], text) < 0);
});

test("what it learns later goes into a pool of its own", async () => {
  const { pools, lookFor } = await python();
  const before = pools();
  for (const name of ["aaa", "zzz", "mmm"]) lookFor(Buffer.from(name));
  assert.equal(count(pools()), count(before) + 3);
  assert.deepEqual(pools().slice(1).map(({ texts }) => texts.length), before.slice(1).map(({ texts }) => texts.length));
  assert.equal(pools()[0].isInOrder, false);
});
