import assert from "node:assert/strict";
import test from "node:test";
import { nearest } from "../../web/src/nearest.js";

const METHODS = "load ready on flush push identify track page group alias reset getUserId setAnonymousId startSession consent".split(" ");
const OPTIONS = ["logLevel", "integrations", "queueOptions", "sameSiteCookie", "consentManagement", "storage"];

for (const [name, known, meant] of [
  ["idenitfy", METHODS, "identify"],
  ["Track", METHODS, "track"],
  ["trak", METHODS, "track"],
  ["getUserID", METHODS, "getUserId"],
  ["delivery", ["ready", "delivered", "dropped"], "delivered"],
  ["loglevel", OPTIONS, "logLevel"],
  ["sameSiteCookies", OPTIONS, "sameSiteCookie"],
  ["consentManagment", OPTIONS, "consentManagement"],
  ["storge", OPTIONS, "storage"],
]) {
  test(`${name} is meant to be ${meant}`, () => assert.equal(nearest(name, known), meant));
}

// loadIntegration and beaconQueueOptions are options of the official SDK: nobody who sets them means another.
for (const name of ["", "screen", "x", "zzzzzzzz", "loadIntegration", "beaconQueueOptions", "a".repeat(5000)]) {
  test(`nothing is near ${name.slice(0, 20) || "an empty name"}`, () => assert.equal(nearest(name, [...METHODS, ...OPTIONS]), ""));
}

test("of no names none is near", () => assert.equal(nearest("track", []), ""));
