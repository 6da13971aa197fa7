// What is made of a whole image of ours is asked by tests/distribution/names.test.mjs.

import assert from "node:assert/strict";
import test from "node:test";
import { fillNames } from "../../web/src/runtimes/names.js";

const [FIRST, LAST, HASHES, LENGTHS, TEXTS] = [64, 128, 256, 320, 384];
/** The hash of "a": (5381 * 33) xor 97, of which 16 bits. */
const HASH_OF_A = 0xb5c4;

/** Two pools: none, "a" and "b\0c"; then "a" again. */
const left = () => {
  const memory = new Uint8Array(512);
  const words = new Uint32Array(memory.buffer);
  words.set([0, 0, 0, 3, HASHES, LENGTHS, TEXTS], FIRST / 4);
  words.set([FIRST, 0, 0, 1, HASHES + 6, LENGTHS + 3, TEXTS + 1], LAST / 4);
  memory.set(new TextEncoder().encode("\0a\0b\0c\0"), TEXTS);
  memory[LENGTHS + 2] = 3; // it does not end with its first zero
  return memory;
};

test("hashes, lengths and places that were left out are made of the texts", () => {
  const memory = left();
  fillNames(memory, LAST);
  const words = new Uint32Array(memory.buffer);
  const hashes = new Uint16Array(memory.buffer, HASHES, 4);
  assert.deepEqual([...words.subarray(FIRST / 4 + 6, FIRST / 4 + 9)], [TEXTS, TEXTS + 1, TEXTS + 3]);
  assert.deepEqual([...memory.subarray(LENGTHS, LENGTHS + 4)], [0, 1, 3, 1]);
  assert.deepEqual([hashes[0], hashes[1], hashes[3]], [0, HASH_OF_A, HASH_OF_A]);
});

test("what is there stays", () => {
  const memory = left();
  fillNames(memory, LAST);
  const before = memory.slice();
  fillNames(memory, LAST);
  assert.deepEqual(memory, before);
});
