import assert from "node:assert/strict";
import test from "node:test";
import * as session from "../../web/src/session.js";
import { compare, runVectors } from "./vectors.js";

runVectors("session", {
  "session.resume": compare(session.resume),
  "session.extend": compare(session.extend),
  "session.start": compare(session.start),
  "session.renew": compare(session.renew),
});

const AUTOMATIC = { id: 5, expiresAt: 100, timeout: 10, autoTrack: true };

for (const [name, kept, now, id] of [
  ["none", {}, 50, null],
  ["an automatic one that lives", AUTOMATIC, 100, 5],
  ["an automatic one that has ended", AUTOMATIC, 101, null],
  ["one that its cut-off has ended", { ...AUTOMATIC, cutOff: { enabled: true, duration: 40, expiresAt: 40 } }, 50, null],
  ["one before its cut-off", { ...AUTOMATIC, cutOff: { enabled: true, duration: 40, expiresAt: 60 } }, 50, 5],
  ["a manual one never ends by itself", { id: 1234567890, manualTrack: true }, 1e15, 1234567890],
  ["a manual one without an id", { manualTrack: true }, 50, null],
  ["what a cookie may hold instead", { id: 5, expiresAt: "later", timeout: 10, autoTrack: true }, 50, null],
  ["times that are no numbers", { id: 5, expiresAt: true, timeout: [], autoTrack: true }, 50, null],
]) {
  test(`the session's id that a getter answers: ${name}`, () => assert.equal(session.liveId(kept, now), id));
}
