import assert from "node:assert/strict";
import test from "node:test";
import { askForHints } from "../../web/src/clientHints.js";

const broken = () => {
  throw new Error("no");
};

test("client hints, as the browser gives them", async () => {
  const hints = { mobile: false, model: "" };
  const asked = [];
  const userAgentData = { getHighEntropyValues: async (names) => (asked.push(names), hints) };
  assert.equal(await askForHints({ navigator: { userAgentData } }), hints);
  assert.ok(asked[0].includes("platformVersion"));
});

for (const [name, window] of [
  ["no navigator", {}],
  ["none", { navigator: {} }],
  ["none but simple ones", { navigator: { userAgentData: {} } }],
  ["some that throw", { navigator: { userAgentData: { getHighEntropyValues: broken } } }],
]) {
  test(`a browser with ${name}`, async () => assert.equal(await askForHints(window), undefined));
}
