// Python's heap in order: nothing is lost, and what somebody unknown may point at stays where it is.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import { descriptionOf, memoryOf } from "../../web/distribution/image.mjs";
import { chunksOf, heapIn, pack } from "../../web/distribution/pack.mjs";
import { read } from "../../web/distribution/wasm.mjs";

const loose = read(readFileSync(new URL("../../build/micropython/loose.wasm", import.meta.url)));
const description = descriptionOf(loose);
const PAGE = 65_536;

const memory = () => {
  const set = memoryOf(loose);
  const all = new Uint8Array(PAGE * Math.ceil(set.length / PAGE));
  all.set(set);
  return all;
};
const sizes = (all) => chunksOf(all, heapIn(all)).map(({ size }) => size).sort((one, other) => one - other);
const end = (all) => Math.max(...chunksOf(all, heapIn(all)).map(({ at, size }) => at + size));

test("as many chunks of the same sizes, and hardly a gap", () => {
  const [before, after] = [memory(), memory()];
  pack(after, heapIn(after), description);
  assert.deepEqual(sizes(after), sizes(before));
  assert.ok(sizes(after).length > 1_500);
  const { first } = heapIn(after);
  const places = chunksOf(after, heapIn(after));
  const gaps = places.filter(({ at }, place) => place && at > places[place - 1].at + places[place - 1].size);
  assert.ok(gaps.length < 60, `${gaps.length} gaps`);
  assert.ok(places[0].at < first + 256);
  assert.ok(end(after) <= end(before));
});

test("the heap's state says where the last chunk ends", () => {
  const after = memory();
  const { state, first } = heapIn(after);
  pack(after, heapIn(after), description);
  const last = new Uint32Array(after.buffer)[state / 4 + 7];
  assert.equal(first + 16 * (last + 1), end(after));
});

test("what C may have the address of stays, from inside too", () => {
  const once = memory();
  pack(once, heapIn(once), description);
  const stayed = new Set(chunksOf(once, heapIn(once)).map(({ at }) => at));
  const moved = chunksOf(memory(), heapIn(memory())).filter(({ at, size }) => !stayed.has(at) && size > 32)[100];
  const after = memory();
  new Uint32Array(after.buffer)[heapIn(after).state / 4 - 1] = moved.at + 20; // C's memory
  pack(after, heapIn(after), description);
  assert.ok(chunksOf(after, heapIn(after)).some(({ at, size }) => at === moved.at && size === moved.size));
});

test("packed once, it is packed", () => {
  const after = memory();
  pack(after, heapIn(after), description);
  const again = after.slice();
  pack(again, heapIn(again), description);
  assert.deepEqual(sizes(again), sizes(after));
  assert.equal(end(again), end(after));
});

test("where there is no heap, that is said", () => {
  assert.throws(() => heapIn(new Uint8Array(PAGE)), /0 heaps/);
});
