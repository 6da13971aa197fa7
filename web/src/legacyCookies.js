// Opens what the official SDK's first version stored [js 3.2.3]: "RudderEncrypt:" and base64 of OpenSSL's format,
// AES-256-CBC under a passphrase that everyone knows. The ciphers are the browser's and @noble/hashes'.

import { md5 } from "@noble/hashes/legacy.js";
import { atob, parse } from "./builtins.js";
import { V3 } from "./cookies.js";

const PASSPHRASE = new TextEncoder().encode("Rudder");
const LEGACY = "RudderEncrypt:";

/** @param {string} text */
const bytesOf = (text) => Uint8Array.from(atob(text), (character) => character.charCodeAt(0));

/** @param {Uint8Array} salt @returns {Uint8Array} key and vector, as OpenSSL's EVP_BytesToKey with MD5, once, makes them */
const keyAndVector = (salt) => {
  const made = new Uint8Array(48);
  let block = new Uint8Array();
  for (let at = 0; at < made.length; at += block.length) {
    block = md5(Uint8Array.of(...block, ...PASSPHRASE, ...salt));
    made.set(block, at);
  }
  return made;
};

/** @param {string} text base64 of "Salted__", eight bytes of salt, and what is encrypted @param {SubtleCrypto} subtle */
const decrypt = async (text, subtle) => {
  const bytes = bytesOf(text);
  const made = keyAndVector(bytes.slice(8, 16));
  const key = await subtle.importKey("raw", made.slice(0, 32), "AES-CBC", false, ["decrypt"]);
  return subtle.decrypt({ name: "AES-CBC", iv: made.slice(32) }, key, bytes.slice(16));
};

/**
 * The JSON text in a stored one, however often it was encrypted; "" where it was tampered with.
 * @param {string} text @param {SubtleCrypto} subtle @returns {Promise<string>}
 */
const open = async (text, subtle) => {
  const decoder = new TextDecoder("utf-8", { fatal: true });
  try {
    let inner = /** @type {unknown} */ (text.startsWith('"') ? parse(text) : text);
    let json = "";
    while (typeof inner === "string") {
      if (inner.startsWith(LEGACY)) json = decoder.decode(await decrypt(inner.slice(LEGACY.length), subtle));
      else if (inner.startsWith(V3)) json = decoder.decode(bytesOf(inner.slice(V3.length)));
      else break;
      inner = parse(json);
    }
    return json;
  } catch {
    return "";
  }
};

/** @param {string[]} texts @param {Record<string, string>} opened takes what they say, "" of one that was tampered with @param {SubtleCrypto} subtle */
export const openLegacy = async (texts, opened, subtle) => {
  for (const text of texts) opened[text] = await open(text, subtle);
};
