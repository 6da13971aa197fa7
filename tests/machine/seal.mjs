// What the official SDK's first version stored: "RudderEncrypt:" and base64 of what OpenSSL makes of a text and a passphrase
// (EVP_BytesToKey with MD5, AES-256-CBC).

import { createCipheriv, createHash } from "node:crypto";

const PASSPHRASE = Buffer.from("Rudder");
const SALT = Buffer.from("01234567");

/** @param {string} text */
export const seal = (text) => {
  const blocks = [Buffer.alloc(0)];
  for (let at = 0; at < 3; at++) blocks.push(createHash("md5").update(Buffer.concat([blocks[at], PASSPHRASE, SALT])).digest());
  const made = Buffer.concat(blocks);
  const cipher = createCipheriv("aes-256-cbc", made.subarray(0, 32), made.subarray(32));
  return "RudderEncrypt:" + Buffer.concat([Buffer.from("Salted__"), SALT, cipher.update(text), cipher.final()]).toString("base64");
};
