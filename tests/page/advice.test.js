import assert from "node:assert/strict";
import test from "node:test";
import { inWords, levelOf, misfit } from "../../web/src/advice.js";

for (const [mistake, level, words] of [
  [{ kind: "unknown", name: "load option loglevel", known: ["logLevel"] }, "WARN", "load option loglevel does nothing here; it is ignored. Is logLevel meant?"],
  [{ kind: "unknown", name: "load option storage.tpye", known: ["type"] }, "WARN", "load option storage.tpye does nothing here; it is ignored. Is type meant?"],
  [{ kind: "wrong", name: "load option secureCookie", expected: "true or false" }, "WARN", "load option secureCookie should be true or false; the default is used"],
  [{ kind: "protected", name: "load option respectGPC", expected: "true or false" }, "ERROR", "load option respectGPC should be true or false; it counts as asked for, to protect the visitor"],
  [{ kind: "protected", name: "load option respectGpc", known: ["respectGPC"] }, "ERROR", "load option respectGpc is not known here; protection counts as asked for. Is respectGPC meant?"],
  [{ kind: "strict", name: "load option x", expected: "a list of texts" }, "ERROR", "load option x should be a list of texts; it counts as not said"],
  [{ kind: "unread", name: "anything" }, "ERROR", "anything"],
  [{ kind: "note", name: "anything" }, "WARN", "anything"],
  [{ kind: "method", name: "idenitfy", known: ["identify", "track"] }, "ERROR", "push: idenitfy is no method; the call is ignored. Is identify meant?"],
  [{ kind: "method", name: "null", known: ["identify", "track"] }, "ERROR", "push: null is no method; the call is ignored"],
  [{ kind: "method", name: "", known: ["identify"] }, "ERROR", "push:  is no method; the call is ignored"],
  [{ kind: "listener", name: "delivery", known: ["delivered"] }, "ERROR", "on: delivery is not told to listeners. Is delivered meant?"],
  [{ kind: "listener", name: "ready" }, "ERROR", "on: the listener of ready is no function"],
  [{ kind: "again", name: "load" }, "WARN", "load: this page has loaded already; the first load counts"],
  [{ kind: "cut", name: "track: properties" }, "WARN", "track: properties is too large; the rest of it is left out"],
]) {
  test(`${mistake.kind} ${mistake.name}`, () => {
    assert.equal(levelOf(mistake), level);
    assert.equal(inWords(mistake), words);
  });
}

const RIGHT = {
  identify: [[], [null], ["u1"], [7], [{ plan: "pro" }], [{ plan: "pro" }, { context: {} }], ["u1", null, {}], [null, { plan: "pro" }], ["u1", {}, {}], ["u1", undefined]],
  track: [["Bought"], ["Bought", null, {}], ["Bought", { price: 3 }], ["Bought", undefined, null]],
  page: [[], ["Home"], ["Docs", "Home"], [null, "Home"], ["Home", { version: 2 }], [{ version: 2 }, {}], ["Docs", "Home", {}, {}], ["Docs", null, {}], ["", ""]],
  group: [[], ["g1", {}], [5], [{ seats: 3 }], ["", {}], [null, {}]],
  alias: [["new"], ["new", "old"], ["new", {}], ["new", "old", {}], [1, 2], ["new", null, {}]],
  reset: [[], [true], [false], [{ entries: {} }], [null]],
  setAnonymousId: [[], ["a"], ["a", "linker"], [null, "linker"]],
  setAuthToken: [["token"], [null], []],
  consent: [[], [{}], [null]],
  startSession: [["today"]], // the core says that
  endSession: [[5]],
};
const WRONG = {
  identify: [[true], [["u1"]], ["u1", "Ada"], ["u1", { plan: "pro" }, "all"], [{}, "Ada"], ["u1", {}, {}, {}]],
  track: [[], [""], [null], [{ name: "Bought" }], [5], ["Bought", "shoes"], ["Bought", 3], ["Bought", ["shoes"]], ["Bought", {}, "all"], [null, {}]],
  page: [[5], ["Docs", ["Home"]], ["Docs", "Home", "en"], ["Docs", "Home", {}, "x"], [true]],
  group: [["g1", "pro"], ["g1", ["pro"]], [true]],
  alias: [[], [null], [{ id: 1 }], ["new", ["old"]], ["new", "old", "x"]],
  reset: [["yes"], [1], [["userId"]]],
  setAnonymousId: [[5], [{ id: "a" }], ["a", 5]],
  setAuthToken: [[5], [{}]],
  consent: [["yes"], [true], [["analytics"]]],
};
for (const [method, calls] of Object.entries(RIGHT)) for (const given of calls) test(`${method}(${JSON.stringify(given).slice(1, -1)}) is right`, () => assert.equal(misfit(method, given), undefined));
for (const [method, calls] of Object.entries(WRONG)) for (const given of calls) test(`${method}(${JSON.stringify(given).slice(1, -1)}) is told of`, () => assert.match(misfit(method, given) ?? "", new RegExp(`^${method}: `)));
