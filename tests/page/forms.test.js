import assert from "node:assert/strict";
import test from "node:test";
import { inWords } from "../../web/src/advice.js";
import { isMisfit } from "../../web/src/forms.js";

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
for (const [method, calls] of Object.entries(RIGHT)) for (const given of calls) test(`${method}(${JSON.stringify(given).slice(1, -1)}) is right`, () => assert.equal(isMisfit(method, given), false));
for (const [method, calls] of Object.entries(WRONG)) {
  for (const given of calls) test(`${method}(${JSON.stringify(given).slice(1, -1)}) is told of`, () => assert.equal(isMisfit(method, given), true));
  test(`there are words for ${method}`, () => assert.match(inWords({ kind: "misfit", name: method }), new RegExp(`^${method}: .*(should be|takes)`)));
}
