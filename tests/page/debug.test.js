import assert from "node:assert/strict";
import test from "node:test";
import { createDebug, isDebugged } from "../../web/src/debug.js";

/** A page whose console says what it was given, and a storage of one area. */
const made = ({ logLevel = "WARN", search = "", allowed = false, stored = {} } = {}) => {
  const lines = [];
  const console = { groupCollapsed: (title) => lines.push(title), debug: (name, value) => lines.push([name, value]), groupEnd: () => lines.push("end") };
  const page = { window: { console }, installType: "script", now: () => 1_000, location: () => ({ href: `https://shop.example/${search}` }) };
  const storage = { read: (_, name) => stored[name] ?? null, write: (_, name, text) => (text === null ? delete stored[name] : (stored[name] = text)) };
  const said = [];
  return { said, debug: createDebug(page, (level, line) => said.push(`${level} ${line}`)), isOn: isDebugged(page, storage, { logLevel }, allowed), lines, stored, page };
};
const CALL = { type: "track", id: "1", arguments: ["Bought", { price: 3 }] };
const EFFECTS = [{ type: "keep", identity: { userId: "u1" } }, { type: "accept", id: "1", message: { type: "track" } }, { type: "wake", at: 1 }];
const ANSWER = { status: 200, retryAfter: null };
const DELIVERY = { delivery: 1, ids: ["1"], url: "https://a.example/v1/track", headers: { SentAt: "now" }, keepalive: false };

/** Everything that it can be told. */
const tell = (debug) => {
  debug.acted(CALL, EFFECTS);
  debug.delivered(DELIVERY, ['{"type":"track"}'], ANSWER, 41.4);
  debug.failed(["1"], { status: 503, reason: "503", nextTry: 3_000 });
  debug.dropped(["1"], "rejected");
};

for (const logLevel of ["WARN", "ERROR", "NONE"]) test(`nothing is shown at ${logLevel}`, () => assert.equal(made({ logLevel }).isOn, false));

for (const logLevel of ["LOG", "INFO", "DEBUG"]) test(`${logLevel} shows it`, () => assert.equal(made({ logLevel }).isOn, true));

test("each step is a group; a try that failed is a line, too", () => {
  const { debug, lines, said } = made();
  tell(debug);
  assert.deepEqual(said, ["DEBUG a delivery of 1 message(s) failed: 503; next try: 1970-01-01T00:00:03.000Z"]);
  assert.deepEqual(lines, [
    '[rudderanalytics] track("Bought", {"price":3})',
    ["arguments", ["Bought", { price: 3 }]],
    ["visitor", { userId: "u1" }],
    ["message", { type: "track" }],
    ["messageId", "1"],
    "end",
    "[rudderanalytics] POST https://a.example/v1/track: 200, 1 message(s), 41 ms",
    ["messages", [{ type: "track" }]],
    ["headers", { SentAt: "now" }],
    "end",
    "[rudderanalytics] failed: 503; the next try is in 2 s",
    ["messageIds", ["1"]],
    "end",
    "[rudderanalytics] dropped: rejected",
    ["messageIds", ["1"]],
    "end",
  ]);
});

test("what has no arguments is no call; no answer is said; a try may have no time", () => {
  const { debug, lines, said } = made();
  debug.acted({ type: "tick" }, []);
  debug.delivered(DELIVERY, ["{}"], { status: 0, retryAfter: 5_000, movedTo: "https://b.example" }, 1);
  debug.failed(["1"], { status: 0, reason: "offline", nextTry: null });
  assert.deepEqual(lines.filter((line) => typeof line === "string" && line !== "end"), [
    "[rudderanalytics] POST https://a.example/v1/track: no answer, 1 message(s), 1 ms",
    "[rudderanalytics] failed: offline; the next try is when there is reason to",
  ]);
  assert.deepEqual(said, ["DEBUG a delivery of 1 message(s) failed: offline"]);
  assert.ok(lines.some(([name, value]) => name === "retryAfter" && value === 5_000));
  assert.ok(lines.some(([name, value]) => name === "movedTo" && value === "https://b.example"));
});

test("how things are is one, too", () => {
  const { debug, lines } = made();
  debug.show({ runtime: "micropython 1.27.0", stored: undefined });
  assert.deepEqual(lines, ["[rudderanalytics] state", ["chosen by", "the script tag's data-runtime"], ["runtime", "micropython 1.27.0"], "end"]);
});

for (const [what, given, isOn, kept] of [
  ["is not heard where it is not allowed", { search: "?rudder_debug=1" }, false, {}],
  ["turns it on for this visit", { search: "?rudder_debug=1", allowed: true }, true, { "rudderanalytics.debug": "1" }],
  ["holds on the next page", { allowed: true, stored: { "rudderanalytics.debug": "1" } }, true, { "rudderanalytics.debug": "1" }],
  ["ends it", { search: "?rudder_debug=0", allowed: true, stored: { "rudderanalytics.debug": "1" } }, false, {}],
  ["that is stored is not heard where it is no longer allowed", { stored: { "rudderanalytics.debug": "1" } }, false, { "rudderanalytics.debug": "1" }],
  ["overrules no level", { search: "?rudder_debug=0", allowed: true, logLevel: "DEBUG" }, true, {}],
]) {
  test(`a parameter ${what}`, () => {
    const { isOn: isShown, stored } = made(given);
    assert.deepEqual([isShown, stored], [isOn, kept]);
  });
}

test("a page without a console, or with one that throws, goes on", () => {
  const { debug, page } = made();
  page.window.console = undefined;
  tell(debug);
  page.window.console = { groupCollapsed() { throw new Error("no"); } };
  tell(debug);
});
