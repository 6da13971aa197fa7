import assert from "node:assert/strict";
import test from "node:test";
import { askedByAddress } from "../../web/src/queryStringApi.js";

const PAGE = "https://www.example.com/";

for (const [search, calls] of [
  ["", []],
  ["?utm_source=news", []],
  ["?ajs_other=1", []],
  ["?ajs_aid=a1", [["setAnonymousId", "a1"]]],
  ["?ajs_aid=%20", []],
  ["?ajs_aid=%E2%80%8B%EF%BB%BF", []],
  ["?ajs_aid=RudderEncrypt:x", []],
  ["?ajs_aid=RS_ENC_v3_IlJ1ZGRlckVuY3J5cHQ6eCI=", []],
  ["?ajs_aid=", []],
  ["?ajs_uid=u1", [["identify", "u1", {}]]],
  ["?ajs_uid=", []],
  ["?ajs_uid=u1&ajs_trait_name=Zo%C3%AB&ajs_trait_plan=pro", [["identify", "u1", { name: "Zoë", plan: "pro" }]]],
  ["?ajs_trait_plan=pro", [["identify", null, { plan: "pro" }]]],
  ["?ajs_event=Bought", [["track", "Bought", {}]]],
  ["?ajs_prop_price=5", []],
  ["?ajs_event=Bought&ajs_prop_price=5&ajs_prop_price=6", [["track", "Bought", { price: "5" }]]],
  ["?ajs_trait___proto__=x", [["identify", null, JSON.parse('{"__proto__":"x"}')]]],
  ["?ajs_event=E&ajs_uid=u&ajs_aid=a", [["setAnonymousId", "a"], ["identify", "u", {}], ["track", "E", {}]]],
]) {
  test(`an address asks for calls [js 1.12]: ${search || "nothing"}`, () => assert.deepEqual(askedByAddress(PAGE + search, true), calls));
}

const ALL = `${PAGE}?ajs_aid=a&ajs_uid=u&ajs_trait_plan=pro&ajs_event=E`;

test("no link asks for anything where the page does not want it", () => assert.deepEqual(askedByAddress(ALL, false), []));

test("no link says which user it is, where visitors are to stay anonymous", () => {
  assert.deepEqual(askedByAddress(ALL, "anonymous"), [["setAnonymousId", "a"], ["track", "E", {}]]);
  assert.deepEqual(askedByAddress(`${PAGE}?ajs_trait_plan=pro`, "anonymous"), []);
});
