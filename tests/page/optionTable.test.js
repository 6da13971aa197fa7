import assert from "node:assert/strict";
import test from "node:test";
import { inWords } from "../../web/src/advice.js";
import { checkConsent, checkLoad } from "../../web/src/optionTable.js";
import { runVectors } from "./vectors.js";

/** The defaults with what a vector says over them, by dotted path. */
const over = (defaults, accepted) => {
  const whole = structuredClone(defaults);
  for (const [path, value] of Object.entries(accepted)) {
    const names = path.split(".");
    const last = names.pop();
    names.reduce((table, name) => table[name], whole)[last] = value;
  }
  return whole;
};

const agrees = (check) => (vector) => {
  const { accepted, mistakes } = check(...vector.given);
  assert.deepEqual(accepted, vector.whole ?? over(check(null).accepted, vector.accepted));
  // The order of lines is that of the options as they were given.
  assert.deepEqual(mistakes.map(inWords).sort(), [...vector.lines].sort());
};

runVectors("options", { "options.validate": agrees(checkLoad), "options.consented": agrees(checkConsent) });
