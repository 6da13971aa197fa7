// The house as it is drawn: who may touch what, read from the syntax of web/src.

import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import test from "node:test";

const require = createRequire(new URL("../../web/package.json", import.meta.url));
const { parse } = require("acorn");
const { analyze } = require("eslint-scope");

const SOURCES = new URL("../../web/src/", import.meta.url);
const MODULES = readdirSync(SOURCES, { recursive: true }).filter((name) => name.endsWith(".js"));

/** What the language itself gives, and the plain tools for texts and addresses that come with every browser. */
const LANGUAGE = "Array ArrayBuffer Boolean Date Error Infinity Int32Array Math NaN Number Object Proxy RangeError ReferenceError Reflect RegExp String Uint32Array Uint8Array decodeURIComponent encodeURIComponent isFinite parseInt undefined".split(" ");
const TOOLS = "AbortController TextDecoder TextEncoder URL URLSearchParams".split(" ");

/** The globals of the browser, and of the build, by the modules that may touch them. */
const TOUCHES = {
  "addresses.js": "MutationObserver window",
  "page.js": "HTMLScriptElement WebAssembly document fetch location navigator setTimeout window",
  "nextTurn.js": "MessageChannel",
  "events.js": "BroadcastChannel clearTimeout crypto document setTimeout window",
  // Taken once, as they are when the script is evaluated.
  "builtins.js": "JSON globalThis",
  "embedded.js": "globalThis",
  "install.js": "__VERSION__",
  "standalone.js": "__VERSION__",
  "script.js": "__INTEGRITY__ fetch",
  "integrity.js": "Blob __INTEGRITY__",
  // Where there may be no page, and files are anywhere.
  "npm.js": "WebAssembly __VERSION__ document fetch location window",
  // Runtimes are scripts of their own, in a worker or beside the page's other scripts.
  "runtimes/compile.js": "Promise WebAssembly addEventListener setTimeout",
  "runtimes/files.js": "JSON fetch",
  "runtimes/interpreter.js": "JSON WebAssembly crypto",
  "runtimes/memory.js": "DecompressionStream Promise ReadableStream Response WebAssembly __FRESH__ __MEMORY__ __SIZES__ __UNREAD__ fetch self",
  "runtimes/names.js": "Uint16Array",
  "runtimes/replay.js": "Promise performance setTimeout",
  "runtimes/pyodide.js": "Blob JSON Promise WebAssembly Worker __LOCK__ console document fetch globalThis onmessage postMessage self",
};

/** Those that look into what other scripts keep in the page's window. */
const IN_THE_WINDOW = ["clientHints.js", "consentManagers.js", "core.js", "debug.js", "install.js", "observed.js", "pageErrors.js", "workersOutbox.js", "consentManagers/cookieYes.js", "consentManagers/cookiebot.js", "consentManagers/googleConsentMode.js", "consentManagers/klaro.js", "consentManagers/osano.js", "consentManagers/usercentrics.js"];

const treeOf = (source) => parse(source, { ecmaVersion: "latest", sourceType: "module", ranges: true });

/** The names that a module uses and does not declare. */
const globalsOf = (source) => {
  const { scopes } = analyze(treeOf(source), { ecmaVersion: 2024, sourceType: "module" });
  return [...new Set(scopes[0].through.map(({ identifier }) => identifier.name))].sort();
};

const sourceOf = (name) => readFileSync(new URL(name, SOURCES), "utf8");

/** Every node of a syntax tree. */
const nodesOf = function* (node) {
  if (Array.isArray(node)) for (const each of node) yield* nodesOf(each);
  else if (node && typeof node.type === "string") {
    yield node;
    for (const value of Object.values(node)) yield* nodesOf(value);
  }
};

/** The texts in a source, comments aside. */
const textsOf = (source) => [...nodesOf(treeOf(source))].flatMap(({ type, value }) => (type === "Literal" && typeof value === "string" ? [value] : type === "TemplateElement" ? [value.cooked] : []));

for (const name of MODULES) {
  test(`${name} touches no globals but those that are its business`, () => {
    const allowed = [...LANGUAGE, ...TOOLS, ...(TOUCHES[name]?.split(" ") || [])];
    assert.deepEqual(globalsOf(sourceOf(name)).filter((each) => !allowed.includes(each)), []);
  });

  // npm.js keeps the page's one client, which its exports share.
  if (name !== "npm.js") test(`${name} has no state at module level`, () => {
    const state = treeOf(sourceOf(name)).body.filter(({ type, kind, declaration }) => (type === "VariableDeclaration" ? kind : declaration?.kind) === "let" || kind === "var");
    const made = treeOf(sourceOf(name)).body.flatMap(({ declarations, declaration }) => declarations || declaration?.declarations || []).filter(({ init }) => init?.type === "NewExpression" && ["Map", "Set", "WeakMap"].includes(init.callee.name));
    assert.deepEqual([state.length, made.length], [0, 0]);
  });
}

test("nothing that a module is allowed is allowed for nothing", () => {
  for (const [name, globals] of Object.entries(TOUCHES)) {
    const used = globalsOf(sourceOf(name));
    assert.deepEqual(globals.split(" ").filter((each) => !used.includes(each)), [], name);
  }
});

test("few modules look into the page's window", () => {
  const looking = MODULES.filter((name) => [...nodesOf(treeOf(sourceOf(name)))].some(({ type, object, property }) => type === "MemberExpression" && (property.name === "window" || object.name === "window")) && !TOUCHES[name]?.includes("window"));
  assert.deepEqual(looking.filter((name) => name !== "arguments.js"), IN_THE_WINDOW);
});

for (const [what, begins, owner] of [
  ["the names of what is stored of the visitor", /^rl_/, "cookies.js"],
  ["the encoding of what is stored", /^RS_ENC/, "cookies.js"],
  ["the keys of undelivered calls and messages", /^rudderanalytics\.$/, "journal.js"],
]) {
  test(`${what} are known in one place`, () => {
    const knowing = MODULES.filter((name) => textsOf(sourceOf(name)).some((text) => begins.test(text)));
    assert.deepEqual(knowing, [owner]);
  });
}

// What is not allowed is seen

for (const [source, found] of [
  ["const a = document.cookie;", ["document"]],
  ["export const f = () => localStorage.x + b(1); const b = (window) => window.y;", ["localStorage"]],
  ["const { x } = navigator; fetch(x);", ["fetch", "navigator"]],
  ["const a = typeof screen;", ["screen"]],
  ["import { Map } from './builtins.js'; new Map(); a.document; ({ document: 1 });", ["a"]],
]) {
  test(`the globals of ${source}`, () => assert.deepEqual(globalsOf(source), found));
}

test("every module has tests of its own", () => {
  const tests = readdirSync(new URL(".", import.meta.url));
  const names = MODULES.map((name) => `${name.replace(/^(runtimes|consentManagers)\//, "").replace(/\.js$/, "")}.test.js`);
  // In a bundler's page (tests/browser/test_npm.py), and with the request that it looks after (transport.test.js).
  const elsewhere = ["npm.test.js", "redirect.test.js"];
  assert.deepEqual(names.filter((name) => !tests.includes(name) && !elsewhere.includes(name)), []);
});
