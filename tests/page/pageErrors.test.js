import assert from "node:assert/strict";
import test from "node:test";
import { createPageErrors, LONGEST, MOMENT, MOST } from "../../web/src/pageErrors.js";
import { createBrowser } from "./browser.js";

const TRACEBACK = 'Traceback (most recent call last):\n  File "<exec>", line 3, in <module>\n  File "<exec>", line 2, in f\nValueError: no such thing\n';
const bytes = (text) => new TextEncoder().encode(text).length;
const python = (message, type) => Object.assign(new Error(message), { name: "PythonError", type });

/** A page; `calls` are those that were made: what they say of the error. */
const open = () => {
  const browser = createBrowser();
  const said = [];
  const console = { error: (...given) => said.push(given) };
  const page = browser.open(undefined, { window: { console } });
  const calls = [];
  const acting = [];
  const take = (type, [event, properties], _callback, made) => calls.push({ type, event, properties, at: made.at, href: made.page.href });
  createPageErrors({ page, take, atHide: (act) => acting.push(act) });
  return {
    browser,
    page,
    calls,
    console,
    said,
    hide: () => acting.forEach((act) => act(false)),
    fail: (error, more = {}) => page.fire("window", "error", { error, message: error?.message, ...more }),
    reject: (reason) => page.fire("window", "unhandledrejection", { reason }),
  };
};

test("an error that nobody caught, with where it was thrown", async () => {
  const { browser, calls, fail } = open();
  const error = new TypeError("x is not a function");
  const at = browser.now();
  fail(error, { filename: "https://www.example.com/app.js", lineno: 12, colno: 5 });
  assert.deepEqual(calls, []);
  await browser.advance(MOMENT);
  assert.deepEqual(calls, [
    {
      type: "track",
      event: "Error",
      at,
      href: "https://www.example.com/shop/item?utm_source=news",
      properties: { language: "javascript", name: "TypeError", message: "x is not a function", stack: error.stack, source: "https://www.example.com/app.js", line: 12, column: 5, handled: false, count: 1 },
    },
  ]);
});

for (const [what, reason, name, message] of [
  ["an error", new RangeError("out"), "RangeError", "out"],
  ["a text", "just so", "Error", "just so"],
  ["nothing", undefined, "Error", "undefined"],
  ["an object", { a: 1 }, "Error", "[object Object]"],
  ["what is no text", Object.create(null), "Error", ""],
  ["what throws", new Proxy({}, { get: () => { throw new Error("no"); } }), "Error", ""],
]) {
  test(`a promise that was rejected with ${what}`, async () => {
    const { browser, calls, reject } = open();
    reject(reason);
    await browser.advance(MOMENT);
    assert.deepEqual(calls.map(({ properties }) => [properties.name, properties.message, properties.count]), [[name, message, 1]]);
  });
}

test("an image that is not there is no error of the page's", async () => {
  const { browser, calls, page } = open();
  page.fire("window", "error", { target: {} });
  await browser.advance(MOMENT);
  assert.deepEqual(calls, []);
});

test("an error of another origin's script says little", async () => {
  const { browser, calls, page } = open();
  page.fire("window", "error", { message: "Script error.", error: null, filename: "", lineno: 0, colno: 0 });
  await browser.advance(MOMENT);
  const [{ properties }] = calls;
  assert.deepEqual([properties.message, properties.source, properties.line], ["Script error.", undefined, undefined]);
});

for (const [what, message, type, expected] of [
  ["as Pyodide and MicroPython say it", TRACEBACK, "ValueError", ["ValueError", "no such thing"]],
  ["without its type", TRACEBACK, undefined, ["ValueError", "no such thing"]],
  ["of a class of a module's", TRACEBACK.replace("ValueError", "app.errors.Odd"), "Odd", ["Odd", "no such thing"]],
  ["without a message", TRACEBACK.replace("ValueError: no such thing", "KeyboardInterrupt"), "", ["KeyboardInterrupt", ""]],
  ["with a message of several lines", TRACEBACK.replace("thing", "thing:\nanother line"), "ValueError", ["ValueError", "no such thing:\nanother line"]],
  ["that is none", "odd", undefined, ["odd", ""]],
  ["that is no text", 5, undefined, ["PythonError", ""]],
]) {
  test(`an error of Python's ${what}`, async () => {
    const { browser, calls, fail } = open();
    fail(Object.assign(new Error(""), { name: "PythonError", message, type }));
    await browser.advance(MOMENT);
    const { language, name, message: said, traceback, stack } = calls[0].properties;
    assert.deepEqual([language, name, said, stack], ["python", ...expected, undefined]);
    assert.equal(traceback, typeof message === "string" ? message.trimEnd() : "");
  });
}

test("an error of Python's that PyScript says in the console, once, and the console says it still", async () => {
  const { browser, calls, console, said, reject } = open();
  const error = python(TRACEBACK, "ValueError");
  console.error(error);
  reject(error);
  console.error("[rudderanalytics]", python("ours", "ValueError"));
  console.error("anything", 5, null, undefined, new Error("caught by the page"));
  await browser.advance(MOMENT);
  assert.deepEqual(calls.map(({ properties }) => [properties.name, properties.count]), [["ValueError", 1]]);
  assert.equal(said.length, 3);
  assert.equal(said[0][0], error);
});

test("a task of MicroPython's that failed is heard of line by line, and a traceback that a program prints is not", async () => {
  const { browser, calls, console } = open();
  const lines = TRACEBACK.trimEnd().split("\n");
  for (const line of lines) console.error(line);
  for (const line of ["Task exception wasn't retrieved", "future: <Task> coro= <generator object 'f' at 35b90>", ...lines, "something else"]) console.error(line);
  await browser.advance(MOMENT);
  assert.deepEqual(calls.map(({ properties }) => [properties.name, properties.message, properties.traceback]), [["ValueError", "no such thing", TRACEBACK.trimEnd()]]);
});

test("equal ones are counted in one message; later ones in one more, as the page is hidden", async () => {
  const { browser, calls, hide, reject } = open();
  for (let n = 0; n < 50; n++) reject("same");
  await browser.advance(MOMENT);
  for (let n = 0; n < 7; n++) reject("same");
  await browser.advance(10 * MOMENT);
  assert.deepEqual(calls.map(({ properties }) => properties.count), [50]);
  hide();
  hide();
  assert.deepEqual(calls.map(({ properties }) => properties.count), [50, 7]);
});

test("a page that is hidden does not wait", async () => {
  const { browser, calls, hide, reject } = open();
  reject("one");
  hide();
  await browser.advance(MOMENT);
  assert.deepEqual(calls.map(({ properties }) => properties.count), [1]);
});

test("a page has ten messages, whatever happens", async () => {
  const { browser, calls, hide, reject } = open();
  for (let n = 0; n < 30; n++) for (let m = 0; m < 3; m++) reject(`error ${n}`);
  await browser.advance(MOMENT);
  reject("error 1");
  hide();
  assert.equal(calls.length, MOST);
  assert.deepEqual(calls.map(({ properties }) => properties.count), Array(MOST).fill(3));
});

for (const [what, line] of [["lines", "  File \"x\", line 1, in é\n"], ["one line", "é"]]) {
  test(`a text is 8 kB at most: ${what}`, async () => {
    const { browser, calls, reject } = open();
    const end = "\nValueError: the end";
    reject(python(`Traceback\n${line.repeat(10_000)}${end}`, "ValueError"));
    reject(Object.assign(new Error("x".repeat(20_000)), { stack: line.repeat(10_000) }));
    await browser.advance(MOMENT);
    const [one, other] = calls.map(({ properties }) => properties);
    for (const text of [one.traceback, one.message, other.message, other.stack]) assert.ok(bytes(text) <= LONGEST);
    assert.ok(bytes(one.traceback) > LONGEST / 2);
    assert.ok(one.traceback.endsWith(end));
    if (what === "lines") assert.ok(one.traceback.startsWith("  File"), "in whole lines");
  });
}
