// What a page makes anew of Python's names is what was left out.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import { descriptionOf, memoryOf } from "../../web/distribution/image.mjs";
import { withoutHashes } from "../../web/distribution/names.mjs";
import { read } from "../../web/distribution/wasm.mjs";
import { fillNames } from "../../web/src/runtimes/names.js";

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
