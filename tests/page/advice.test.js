import assert from "node:assert/strict";
import test from "node:test";
import { inWords, levelOf } from "../../web/src/advice.js";

/** Where the browser says that a text is no JSON. */
const brokenAt = (text) => {
  try {
    return JSON.parse(text);
  } catch ({ message }) {
    return message;
  }
};

for (const [mistake, level, words] of [
  [{ kind: "unknown", name: "load option loglevel", known: ["logLevel"] }, "WARN", "load option loglevel does nothing here; it is ignored. Is logLevel meant?"],
  [{ kind: "unknown", name: "load option storage.tpye", known: ["type"] }, "WARN", "load option storage.tpye does nothing here; it is ignored. Is type meant?"],
  [{ kind: "wrong", name: "load option secureCookie", entry: false }, "WARN", "load option secureCookie should be true or false; the default is used"],
  [{ kind: "protected", name: "load option respectGPC", entry: false }, "ERROR", "load option respectGPC should be true or false; it counts as asked for, to protect the visitor"],
  [{ kind: "protected", name: "load option respectGpc", known: ["respectGPC"] }, "ERROR", "load option respectGpc is not known here; protection counts as asked for. Is respectGPC meant?"],
  [{ kind: "strict", name: "load option x", entry: { accepts: { kind: "a list of texts" } } }, "ERROR", "load option x should be a list of texts; it counts as not said"],
  [{ kind: "unread", name: "load" }, "ERROR", "load: the options cannot be read, and may ask for protection: nothing is stored or sent until consent()"],
  [{ kind: "unread", name: "load", value: "{respectGPC" }, "ERROR", `load: the options cannot be read, and may ask for protection: nothing is stored or sent until consent(); it is no JSON: ${brokenAt("{respectGPC")}`],
  [{ kind: "note", name: "load" }, "WARN", "load: the options should be an object"],
  [{ kind: "note", name: "load", value: "{" }, "WARN", `load: the options should be an object; it is no JSON: ${brokenAt("{")}`],
  [{ kind: "note", name: "load", value: "null" }, "WARN", "load: the options should be an object"],
  [{ kind: "misfit", name: "track" }, "WARN", "track: event should be a text, properties and options objects"],
  [{ kind: "method", name: "idenitfy", known: ["identify", "track"] }, "ERROR", "push: idenitfy is no method; the call is ignored. Is identify meant?"],
  [{ kind: "method", name: "null", known: ["identify", "track"] }, "ERROR", "push: null is no method; the call is ignored"],
  [{ kind: "method", name: "", known: ["identify"] }, "ERROR", "push:  is no method; the call is ignored"],
  [{ kind: "listener", name: "delivery", known: ["delivered"] }, "ERROR", "on: delivery is not told to listeners. Is delivered meant?"],
  [{ kind: "listener", name: "ready" }, "ERROR", "on: the listener of ready is no function"],
  [{ kind: "again", name: "load" }, "WARN", "load: this page has loaded already; the first load counts"],
  [{ kind: "without", name: "extras.mjs", detail: "Error: 404" }, "ERROR", "links of AMP pages, client hints, consent managers, decisions of before, old cookies and a cookie service do without extras.mjs: Error: 404"],
  [{ kind: "redirect", level: "ERROR", name: "https://b.example" }, "ERROR", "the data plane redirects in a way that loses what is sent: set the data plane URL to https://b.example; messages are kept, next try in 5 minutes"],
  [{ kind: "key", level: "ERROR", name: "the data plane answered 401" }, "ERROR", "the data plane answered 401: check the write key; messages are kept, next try in 5 minutes"],
  [{ kind: "address", level: "ERROR", name: "the data plane answered 404" }, "ERROR", "the data plane answered 404: check the address, or the source is disabled; messages are kept, next try in 5 minutes"],
  [{ kind: "failing", level: "WARN", name: "the data plane answered 503" }, "WARN", "the data plane answered 503; messages are kept and tried again"],
  [
    { kind: "network", level: "WARN", name: "the data plane cannot be reached" },
    "WARN",
    "the data plane cannot be reached; messages are kept and tried again. If it is up, the network tab says what is in the way: CORS, mixed content, a Content-Security-Policy, an ad blocker",
  ],
  [
    { kind: "firewall", level: "ERROR", name: "1 message(s) dropped: rejected (403)" },
    "ERROR",
    "1 message(s) dropped: rejected (403); a firewall or a proxy before the data plane may refuse this page: the network tab shows what it says",
  ],
  [{ kind: "stranger", level: "ERROR", name: "1 message(s) dropped: rejected (405)" }, "ERROR", "1 message(s) dropped: rejected (405); is a data plane at that address?"],
  [{ kind: "cut", name: "track: properties" }, "WARN", "track: properties is too large; the rest of it is left out"],
]) {
  test(`${mistake.kind} ${mistake.name}`, () => {
    assert.equal(levelOf(mistake), level);
    assert.equal(inWords(mistake), words);
  });
}
