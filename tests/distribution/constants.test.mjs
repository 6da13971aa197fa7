// What may go from MicroPython's memory is found by what it is, in this MicroPython and in a later one.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import { frozen, frozenNames, tables } from "../../web/distribution/constants.mjs";
import { memoryOf } from "../../web/distribution/image.mjs";
import { read } from "../../web/distribution/wasm.mjs";

const MODULES = new URL("../../web/node_modules/", import.meta.url);

for (const [name, count] of [["@micropython/micropython-webassembly-pyscript", 34], ["micropython-1.29", 36]]) {
  const memory = () => memoryOf(read(readFileSync(new URL(`${name}/micropython.wasm`, MODULES))));

  test(`frozen modules of ${name}, one after the other`, () => {
    const { directory, modules } = frozen(memory());
    assert.equal(modules.length, count);
    assert.deepEqual(new Set(modules.map(({ name }) => name)).size, count);
    assert.ok(modules.some(({ name }) => name === "asyncio/core.py"));
    let end = directory[1];
    for (const { range } of modules) {
      assert.ok(end <= range[0] && range[0] < range[1]);
      end = range[1];
    }
  });

  test(`the mathematics of ${name}`, () => {
    const of = tables(memory()).filter(({ name }) => !["strerror.c", "font_petme128_8x8.h", "sha256.c: k"].includes(name));
    assert.equal(of.reduce((sum, { range: [from, to] }) => sum + to - from, 0), 15_584);
  });

  test(`the names of frozen modules of ${name}`, () => {
    const all = memory();
    const { texts, first } = frozenNames(all);
    const said = texts.map(([from, to]) => new TextDecoder().decode(all.subarray(from, to)));
    assert.ok(first > 600 && said.length > 800);
    for (const known of ["asyncio/core.py", "ThreadSafeFlag", "_deepcopy_list"]) assert.ok(said.includes(known), known);
    for (const known of ["append", "__name__", "binascii"]) assert.ok(!said.includes(known), known);
  });

  test(`another byte in a table of ${name}, and it is not that table`, () => {
    const other = memory();
    const [{ range, name: first }] = tables(other);
    other[range[1] - 1] ^= 1;
    assert.ok(!tables(other).some((table) => table.name === first));
  });
}

test("where there are no frozen modules, that is said", () => {
  assert.throws(() => frozen(new Uint8Array(1000)), /0 lists/);
  assert.throws(() => frozenNames(new Uint8Array(1000)), /0 pools/);
});
