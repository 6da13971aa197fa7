import assert from "node:assert/strict";
import test from "node:test";
import { ask, hear } from "./consentManager.js";

const window = { UC_UI: { getServicesBaseInfo: () => [{ name: "Analytics", id: "x", consent: { status: true } }, { name: "Ads", consent: { status: false } }] } };

test("Usercentrics: its services by name", () => {
  assert.deepEqual(ask("usercentrics", window), { allowed: ["Analytics"], denied: ["Ads"] });
});

test("what the visitor does in its banner is heard", () => {
  assert.equal(hear("usercentrics", window, (page) => page.fire("window", "UC_UI_CMP_EVENT", { detail: { type: "SAVE" } })).length, 1);
});

test("where it is not there it says nothing", () => assert.equal(ask("usercentrics", {}), null));
