import assert from "node:assert/strict";
import test from "node:test";
import { linkedAnonymousId } from "../../web/src/ampLinker.js";
import { empty } from "../../web/src/cookies.js";
import { after, arrive, group, identify, merge, reset } from "../../web/src/visitor.js";
import { NOW } from "./browser.js";
import { compare, runVectors } from "./vectors.js";

/** The arguments that make a canonical call; the page looks into an AMP link before it acts on the call (core.js). */
const ARGUMENTS = {
  identify: ({ userId, traits }) => [userId, traits],
  group: ({ groupId, traits }) => [groupId, traits],
  alias: ({ to, from }) => [to, from],
  reset: ({ entries }) => [{ entries }],
  setAnonymousId: ({ anonymousId, linker }, { page, at }) => [anonymousId || (linker && linkedAnonymousId(linker, page, at))],
  startSession: ({ sessionId }) => [sessionId],
  setAuthToken: ({ token }) => [token],
};

const afterCanonical = (call, before, moment, sessions, extend) => {
  const given = ARGUMENTS[call.type]?.(call, moment) || [];
  return after(before, { type: call.type, arguments: given, id: moment.id, at: moment.at }, sessions, extend ?? true);
};

runVectors("identity", { "identity.identify": compare(identify), "identity.group": compare(group), "identity.reset": compare(reset), "identity.arrive": compare(arrive) });
runVectors("values", { "values.merge": compare(merge) });
runVectors("transition", { "transition.after": compare(afterCanonical) });

const SESSIONS = { autoTrack: true, timeout: 60_000, cutOff: { enabled: false, duration: 0 } };

test("a call that is refused changes nothing", () => {
  const before = { ...empty(), userId: "u1" };
  assert.equal(after(before, { type: "identify", arguments: [" "], id: "id", at: NOW }, SESSIONS, true), before);
});

test("members are own ones, whatever their names", () => {
  const merged = merge(JSON.parse('{"a":1}'), JSON.parse('{"__proto__":{"b":2},"constructor":{"c":3}}'));
  assert.equal(JSON.stringify(merged), '{"a":1,"__proto__":{"b":2},"constructor":{"c":3}}');
  assert.equal(JSON.stringify(merge(merged, JSON.parse('{"__proto__":{"d":4}}'))), '{"a":1,"__proto__":{"b":2,"d":4},"constructor":{"c":3}}');
  assert.equal({}.b, undefined);
});
