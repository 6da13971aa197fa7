// Which of Python's objects in C nobody reaches.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import { descriptionOf, memoryOf } from "../../web/distribution/image.mjs";
import { unreached } from "../../web/distribution/objects.mjs";
import { trim } from "../../web/distribution/trim.mjs";
import { OP, importedFunctions, read, walk } from "../../web/distribution/wasm.mjs";

const file = (path) => readFileSync(new URL(`../../${path}`, import.meta.url));
const whole = read(file("build/micropython/image.wasm"));
const description = descriptionOf(whole);
const { functions } = JSON.parse(file("web/distribution/micropython.hot.json"));
const memory = memoryOf(whole);
const EXPORTS = ["memory", "__indirect_function_table", "malloc", "proxy_c_to_js_call"];

/** How much is unreached with these functions. @param {number[]} kept */
const found = (kept) => {
  const all = unreached(trim(whole, kept, EXPORTS), memory, whole, description);
  const objects = all.filter(({ name }) => name === "an object");
  return { objects, bytes: objects.reduce((sum, { range: [from, to] }) => sum + to - from, 0), numbers: all.length - objects.length };
};
const everything = whole.bodies.map((_, place) => importedFunctions(whole) + place);

/** The address of the list of modules in C that begins with this one: nobody but its list has the address of its rows. @param {string} name */
const listWith = (name) => {
  const words = new Uint32Array(memory.slice(0, description.changes).buffer);
  const [pool] = [...words.keys()].filter((place) => !words[place] && !words[place + 1] && words[place + 3] > 200 && words[place + 3] < 400);
  const texts = [...words.subarray(pool + 6, pool + 6 + words[pool + 3])];
  const said = texts.map((at) => Buffer.from(memory.subarray(at, memory.indexOf(0, at))).toString());
  const key = 8 * said.indexOf(name) + 2;
  const rows = [...words.keys()].filter((place) => words[place] === key).map((place) => 4 * place);
  return rows.map((at) => 4 * (words.indexOf(at) - 2)).find((at) => at > 0);
};

test("with all functions nearly everything is reached, and no number is of a function that is gone", () => {
  const { bytes, numbers } = found(everything);
  assert.equal(numbers, 0);
  assert.ok(bytes < 100, `${bytes} bytes`);
});

test("with those that the core needs, modules and types go that it does not import", () => {
  const { objects, bytes, numbers } = found(functions);
  assert.ok(objects.length > 200 && bytes > 4_000 && numbers > 100, JSON.stringify({ objects: objects.length, bytes, numbers }));
});

test("with who looks modules up they stay", () => {
  const list = listWith("builtins");
  assert.ok(list);
  const asks = everything.filter((_, place) => {
    let isHere = false;
    walk(whole.bodies[place], (opcode, value) => (isHere ||= opcode >= OP.firstLoad && Number(value) === list));
    return isHere;
  });
  assert.ok(asks.length > 0);
  assert.ok(asks.every((index) => !functions.includes(index)));
  assert.ok(found([...functions, ...asks]).bytes < found(functions).bytes - 1_000);
});
