// What a link from an AMP page says of its visitor, for setAnonymousId [js 3.8]. The core has the same rules
// (core/visitor/amp_linker.py), and one set of vectors.
//
// `1*<checksum>*<key>*<value>*...`: the values are base64 of UTF-8; the checksum is of them, of the browser and of the
// minute in which the link was made, so that a link that was kept, or was made for another browser, says nothing.

import { attempt } from "./attempt.js";
import { fromBase64 } from "./cookies.js";
import { anonymousIdOf } from "./overloads.js";

const KEY = "rs_amp_id";
const MINUTE = 60_000;

/** The checksum of zip and gzip, of the lowest eight bits of each character, in base 36. @param {string} text */
const checksumOf = (text) => {
  let crc = -1;
  for (let at = 0; at < text.length; at++) {
    crc ^= text.charCodeAt(at) & 255;
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
  }
  return (~crc >>> 0).toString(36);
};

/** `GMT+0530` -> -330, as `Date.getTimezoneOffset` has it. @param {string} timezone */
const minutesBehind = (timezone) => {
  const [, sign, hours, minutes] = /([+-])(\d\d)(\d\d)$/.exec(timezone) || [];
  const behind = sign ? Number(hours) * 60 + Number(minutes) : 0;
  return sign === "+" ? -behind || 0 : behind;
};

/**
 * The anonymousId that setAnonymousId is given, or the one that the visitor had on the AMP page, takes the place of its
 * arguments; null where neither holds. Where calls were made already, an id of ours stood for it.
 * @param {import("./types").Call} call @param {Parameters<typeof linkedAnonymousId>[1]} page of the call
 * @param {import("./types").Input[]} queue what was called since
 * @param {import("./identity").BrowserIdentity} identity @param {import("./journal").Journal} journal
 */
export const readLink = (call, page, queue, identity, journal) => {
  const [id, linker] = /** @type {[unknown, string]} */ (call.arguments);
  const linked = anonymousIdOf(id) || linkedAnonymousId(linker, page, call.at);
  call.arguments = [linked];
  if (!linked) return;
  for (const later of queue) {
    if (later.identity?.anonymousId !== call.id) continue;
    later.identity.anonymousId = linked;
    journal.keepCall(/** @type {import("./types").Call} */ (later), true);
  }
  if (identity.read().anonymousId === call.id) identity.keep({ anonymousId: linked });
};

/**
 * The anonymousId that the visitor had on the AMP page; null where the linker does not hold.
 * @param {string} linker @param {{userAgent: string, timezone: string, locale: string}} page @param {number} at
 * @returns {string | null}
 */
export const linkedAnonymousId = (linker, page, at) => {
  const [version, checksum, ...parts] = linker.split("*");
  if (version !== "1" || !parts.length || parts.length % 2) return null;
  const browser = `${page.userAgent}*${minutesBehind(page.timezone)}*${page.locale}`;
  const minute = Math.floor(at / MINUTE);
  const holds = [minute, minute - 1].some((each) => checksumOf(`${browser}*${each}*${parts.join("*")}`) === checksum);
  const value = holds ? parts[parts.lastIndexOf(KEY) + 1] : undefined;
  const isValue = parts.lastIndexOf(KEY) >= 0 && parts.lastIndexOf(KEY) % 2 === 0;
  return anonymousIdOf(isValue && value !== undefined && attempt(() => fromBase64(value.replace(/\.\.$/, "")))) || null;
};
