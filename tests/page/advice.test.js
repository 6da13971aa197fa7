import assert from "node:assert/strict";
import test from "node:test";
import { inWords, levelOf } from "../../web/src/advice.js";

for (const [mistake, level, words] of [
  [{ kind: "unknown", name: "load option loglevel", known: ["logLevel"] }, "WARN", "load option loglevel does nothing here; it is ignored. Is logLevel meant?"],
  [{ kind: "unknown", name: "load option storage.tpye", known: ["type"] }, "WARN", "load option storage.tpye does nothing here; it is ignored. Is type meant?"],
  [{ kind: "wrong", name: "load option secureCookie", entry: false }, "WARN", "load option secureCookie should be true or false; the default is used"],
  [{ kind: "protected", name: "load option respectGPC", entry: false }, "ERROR", "load option respectGPC should be true or false; it counts as asked for, to protect the visitor"],
  [{ kind: "protected", name: "load option respectGpc", known: ["respectGPC"] }, "ERROR", "load option respectGpc is not known here; protection counts as asked for. Is respectGPC meant?"],
  [{ kind: "strict", name: "load option x", entry: { accepts: { kind: "a list of texts" } } }, "ERROR", "load option x should be a list of texts; it counts as not said"],
  [{ kind: "unread", name: "load" }, "ERROR", "load: the options cannot be read, and may ask for protection: nothing is stored or sent until consent()"],
  [{ kind: "unread", name: "load", detail: "Unexpected end" }, "ERROR", "load: the options cannot be read, and may ask for protection: nothing is stored or sent until consent(); it is no JSON: Unexpected end"],
  [{ kind: "note", name: "load" }, "WARN", "load: the options should be an object"],
  [{ kind: "note", name: "load", detail: "Unexpected end" }, "WARN", "load: the options should be an object; it is no JSON: Unexpected end"],
  [{ kind: "misfit", name: "track" }, "WARN", "track: event should be a text, properties and options objects"],
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
