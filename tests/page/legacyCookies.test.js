import assert from "node:assert/strict";
import { createCipheriv, createHash, randomBytes } from "node:crypto";
import test from "node:test";
import { openLegacy } from "../../web/src/legacyCookies.js";

/** What the official SDK's first version stored: AES-256-CBC under "Rudder", as OpenSSL has it [js 3.2.3]. */
const sealed = (json, salt = randomBytes(8)) => {
  let made = Buffer.alloc(0);
  for (let block = Buffer.alloc(0); made.length < 48; made = Buffer.concat([made, block])) {
    block = createHash("md5").update(Buffer.concat([block, Buffer.from("Rudder"), salt])).digest();
  }
  const cipher = createCipheriv("aes-256-cbc", made.subarray(0, 32), made.subarray(32, 48));
  return `RudderEncrypt:${Buffer.concat([Buffer.from("Salted__"), salt, cipher.update(json), cipher.final()]).toString("base64")}`;
};
const v3 = (json) => `RS_ENC_v3_${Buffer.from(json).toString("base64")}`;

const opened = async (...texts) => {
  const found = {};
  await openLegacy(texts, found, globalThis.crypto.subtle);
  return texts.map((text) => found[text]);
};

for (const [name, text, json] of [
  ["a text", sealed('"u1"'), '"u1"'],
  ["beyond ASCII", sealed('{"name":"Zoë ✓"}'), '{"name":"Zoë ✓"}'],
  ["with the layer of localStorage", JSON.stringify(sealed('"u1"')), '"u1"'],
  ["encrypted twice", sealed(JSON.stringify(sealed('"u1"'))), '"u1"'],
  ["inside v3", v3(JSON.stringify(sealed('"u1"'))), '"u1"'],
  ["v3 inside", sealed(JSON.stringify(v3('{"a":1}'))), '{"a":1}'],
  ["a number", sealed("5"), "5"],
]) {
  test(`what the first version stored is opened: ${name}`, async () => assert.deepEqual(await opened(text), [json]));
}

for (const [name, text] of [
  ["cut off", sealed('"u1"').slice(0, -8)],
  ["changed", sealed('"u1"').replace(/.{6}$/, "AAAA==")],
  ["no base64", "RudderEncrypt:###"],
  ["no JSON inside", sealed("u1")],
  ["no UTF-8 inside", sealed(Buffer.from([0x22, 0xff, 0x22]))],
  ["empty", "RudderEncrypt:"],
  ["of another passphrase", "RudderEncrypt:U2FsdGVkX1+5q5jikppUASe8AdIH6O2iORyF41sYXgxzIGiX9whSeVxxww0OK5h/".replace("q5", "q6")],
  ["a quote that opens nothing", '"RudderEncrypt:'],
]) {
  test(`what was tampered with says nothing: ${name}`, async () => assert.deepEqual(await opened(text, sealed('"u2"')), ["", '"u2"']));
}
