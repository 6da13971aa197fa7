// Constants in MicroPython's memory that only functions read which a module no longer has: frozen modules (Python that is
// compiled into MicroPython), their names, and tables of the C library. Each is found by what it is, not by what nobody
// seems to read: compilers merge texts by their ends and reach arrays from beside them, so that a sweep finds too much.

import { createHash } from "node:crypto";

import { OP, importedFunctions, walk } from "./wasm.mjs";

/** @import {Module} from "./wasm.mjs" */
/** @typedef {[from: number, to: number]} Range of addresses, the second one excluded */

const WORD = 4;

/**
 * Words of a pool of names before the addresses of their texts (py/qstr.h: `qstr_pool_t`): the pool before it, how many
 * names that and all before have (and a bit), how many there is room for and are, where their hashes and lengths are.
 */
const HEAD = 6;
const FEW = 100; // a pool that was compiled has more
const NEAR = 8; // bytes before a text that C may have the address of

/** Names of frozen modules, each with a zero after it, then another zero (py/frozenmod.c). */
const NAMES = /(?:[\w/]+\.py\0){10,}\0/g;

/** What C says to people: a whole text between two zeros, of several words. */
const SENTENCE = /(?<=\0)(?=[^\0]*(?:[a-z]{2}[,:]? |%))[\n\r\t\x20-\x7e]{8,}(?=\0)/g;

/** Words of a frozen module's struct: where its names, its constants and its code are (py/emitglue.h: `mp_frozen_module_t`). */
const STRUCT = 3;

/**
 * Tables of musl, the C library (src/math, and the words of src/errno), and of MicroPython (extmod), by their first bytes in
 * hexadecimal, length and SHA-256.
 * `before`: code has the address of so many bytes before it, as the font begins with character 32.
 * @type {{name: string, begin: string, before?: number, length: number, sha256: string}[]}
 */
const TABLES = [
  { name: "__rem_pio2_large.c: ipio2", begin: "83f9a200444e6e00fc291500d1572700", length: 2760, sha256: "4499611da80c9c56d6375c396ab0426f36caaf351d582da2dd98667492f4fdd1" },
  { name: "__rem_pio2_large.c: PIo2", begin: "00000040fb21f93f000000002d44743e", length: 64, sha256: "ec3438eea867cafc272d028cf3100321d6872483009c3d7cd2d938afacf57920" },
  { name: "exp_data.c", begin: "fe822b65471567400000000000003843", length: 2160, sha256: "63d9afdbf38993f26824103ae150dd9db03af583e924c95b155a7c24139b8f96" },
  { name: "log2_data.c", begin: "000020654715f73f00a2ef2efc05e73d", length: 2192, sha256: "84cafb267ca96b03030b23ed8b585a2b000928bd064bbd2aaa6682c098026b2f" },
  { name: "log_data.c", begin: "0038fafe422ee63f3067c79357f32e3d", length: 4240, sha256: "c26af2ad9c57bf0b64d2d1b93b1e911170e63c39d7bf69bfe423b9e8770a8f4c" },
  { name: "pow_data.c", begin: "0038fafe422ee63f3067c79357f32e3d", length: 4168, sha256: "ec127ef2475d6c77a23fc92e8b481e7d182bff09db6a88f5419c3eb194e86207" },
  { name: "strerror.c", begin: "5375636365737300496c6c6567616c20", length: 1904, sha256: "57047f5cb0edf32bc5c05556edf6cb1a8df5b3ee3e825f4421d0267a8071ac37" },
  { name: "font_petme128_8x8.h", begin: "00000000000000000000004f4f000000", before: 8 * 32, length: 768, sha256: "b0db3489e4e877a8b901ba857c373f9f3dae73c71a9e2829f4d3696bc3586a34" },
  { name: "sha256.c: k", begin: "982f8a4291443771cffbc0b5a5dbb5e9", length: 256, sha256: "74ef7306e7452d6859b6463ce496b8df30925f69e1b2969e1f3f34bbc9c6af04" },
];

/**
 * @typedef {object} Frozen
 * @property {Range} directory names, structs and where those are: the only way to a module that was not imported
 * @property {{name: string, range: Range}[]} modules
 */

/**
 * The frozen modules, in the order in which they lie, but for the last one, whose end nothing tells. After the names come
 * their structs, and after those the address of each struct (tools/mpy-tool.py writes it so).
 * @param {Uint8Array} memory @returns {Frozen}
 */
export const frozen = (memory) => {
  const bytes = Buffer.from(memory.buffer, memory.byteOffset, memory.length);
  const words = (/** @type {number} */ at, /** @type {number} */ count) =>
    Array.from({ length: count }, (_, place) => bytes.readUInt32LE(at + WORD * place));
  const found = [...bytes.toString("latin1").matchAll(NAMES)].flatMap(({ index, 0: text }) => {
    const names = text.slice(0, -2).split("\0");
    for (const structs of addresses(index + text.length)) {
      const each = names.map((_, place) => structs + WORD * STRUCT * place);
      const end = structs + WORD * STRUCT * names.length;
      const table = addresses(end).find((at) => words(at, names.length).join() === each.join());
      if (table === undefined) continue;
      const begins = each.map((at) => bytes.readUInt32LE(at)); // the names come first
      if (begins.some((begin, place) => begin <= (begins[place - 1] ?? table))) continue;
      const modules = names.slice(0, -1).map((name, place) => ({ name, range: /** @type {Range} */ ([begins[place], begins[place + 1]]) }));
      return [{ directory: /** @type {Range} */ ([index, table + WORD * names.length]), modules }];
    }
    return [];
  });
  if (found.length !== 1) throw new Error(`${found.length} lists of frozen modules`);
  return found[0];
};

/** Where what comes next may begin: compilers align as they like. @param {number} at @returns {number[]} */
const addresses = (at) => Array.from({ length: 16 }, (_, place) => WORD * (Math.ceil(at / WORD) + place));

/**
 * Names that were compiled into MicroPython: their pool and the one before it, and where their parts are.
 * @typedef {{at: number, before: number, first: number, arrays: Range, texts: Range[]}} Pool
 */

/**
 * The names that only frozen modules have: the last of three pools, each of which begins to count where the one before ends.
 * @param {Uint8Array} memory @returns {Pool}
 */
export const frozenNames = (memory) => {
  const words = new Uint32Array(memory.slice(0, memory.length - (memory.length % WORD)).buffer);
  /** @type {(Pool & {count: number})[]} */
  const pools = [];
  for (let place = 0; place + HEAD < words.length; place++) {
    const [before, first, , count, hashes, lengths] = words.subarray(place, place + HEAD);
    const at = WORD * place;
    if (count < FEW || !(hashes + count <= lengths && lengths + count <= at && place + HEAD + count <= words.length)) continue;
    const begins = [...words.subarray(place + HEAD, place + HEAD + count)];
    const isText = (/** @type {number} */ begin, /** @type {number} */ number) => begin > 0 && memory[begin + memory[lengths + number]] === 0;
    if (!begins.every(isText)) continue;
    const texts = begins.map((begin, number) => /** @type {Range} */ ([begin, begin + memory[lengths + number]]));
    pools.push({ at, before, first: first % 2 ** 31, count, arrays: [hashes, at + WORD * (HEAD + count)], texts });
  }
  const [one, two, last] = pools;
  const isChain = pools.length === 3 && !one.before && two.before === one.at && last.before === two.at;
  if (!isChain || two.first !== one.count || last.first !== one.count + two.count) throw new Error(`${pools.length} pools of names`);
  return last;
};

/** Where these bytes are. @param {Buffer} bytes @param {Buffer} wanted @returns {number[]} */
const places = (bytes, wanted) => {
  const found = [];
  for (let at = bytes.indexOf(wanted); at >= 0; at = bytes.indexOf(wanted, at + 1)) found.push(at);
  return found;
};

/** Those of these tables that are there. @param {Uint8Array} memory @param {typeof TABLES} [wanted] @returns {{name: string, range: Range, before: number}[]} */
export const tables = (memory, wanted = TABLES) => {
  const bytes = Buffer.from(memory.buffer, memory.byteOffset, memory.length);
  const hash = (/** @type {number} */ from, /** @type {number} */ to) =>
    createHash("sha256").update(bytes.subarray(from, to)).digest("hex");
  return wanted.flatMap(({ name, begin, before = 0, length, sha256 }) =>
    places(bytes, Buffer.from(begin, "hex"))
      .filter((from) => hash(from, from + length) === sha256)
      .map((from) => ({ name, before, range: /** @type {Range} */ ([from, from + length]) })),
  );
};

/**
 * What of it nothing can read. Python was made to forget the names of frozen modules (preset.mjs), so that none can be
 * imported; what is theirs goes if nothing points at those names or at the directory. So do tables that no body names, and
 * sentences that only functions which are left out, or frozen modules, say.
 * @param {Module} module that has left out functions @param {Uint8Array} memory @param {Module} whole with all functions
 * @returns {{name: string, range: Range}[]}
 */
export const unread = (module, memory, whole) => {
  const { at, arrays, texts } = frozenNames(memory);
  const { directory, modules } = frozen(memory);
  const theirs = [
    { name: "names of frozen modules", range: arrays },
    { name: "directory of frozen modules", range: directory },
    ...modules,
  ];
  const known = addressesIn(module);
  const pointed = new Set([...known, ...wordsOutside(memory, theirs.map(({ range }) => range))]);
  const isKnown = (/** @type {Range} */ [from, to]) => known.some((address) => from <= address && address < to);
  const isHeld = pointed.has(at) || isKnown(directory);
  const ofFrozen = wordsInside(memory, theirs.map(({ range }) => range));
  const spare = isHeld ? [] : [...theirs, ...unsaid(memory, texts, pointed), ...sentences(memory, pointed, [...addressesIn(whole), ...ofFrozen])];
  return [...spare, ...tables(memory).filter(({ range: [from, to], before }) => !isKnown([from - before, to]))];
};

/** Every number in the code that may be an address. @param {Module} module */
export const addressesIn = ({ bodies }) => {
  /** @type {Set<number>} */
  const found = new Set();
  for (const body of bodies) {
    walk(body, (opcode, value) => {
      if (opcode === OP.i32Const || (opcode >= OP.firstLoad && opcode <= OP.lastStore)) found.add(Number(value));
    });
  }
  return [...found];
};

/** Every word that may be an address, but for those in the ranges. @param {Uint8Array} memory @param {Range[]} ranges */
const wordsOutside = (memory, ranges) => {
  const words = new Uint32Array(memory.slice(0, memory.length - (memory.length % WORD)).buffer);
  for (const [from, to] of ranges) words.fill(0, Math.floor(from / WORD), Math.ceil(to / WORD));
  return new Set(words);
};

/** Every word in the ranges. @param {Uint8Array} memory @param {Range[]} ranges */
const wordsInside = (memory, ranges) => {
  const words = new Uint32Array(memory.slice(0, memory.length - (memory.length % WORD)).buffer);
  return ranges.flatMap(([from, to]) => [...words.subarray(Math.ceil(from / WORD), Math.floor(to / WORD))]);
};

/**
 * Sentences that somebody said who is gone, and nobody else: no table, in which one would look up a character from beside it.
 * @param {Uint8Array} memory @param {Set<number>} pointed @param {number[]} once what was pointed at with all that was there
 */
const sentences = (memory, pointed, once) => {
  const text = Buffer.from(memory.buffer, memory.byteOffset, memory.length).toString("latin1");
  const isPointed = marks(pointed, memory.length);
  const wasPointed = marks(once, memory.length);
  return [...text.matchAll(SENTENCE)].flatMap(({ index: from, 0: { length } }) => {
    const to = from + length;
    const isSaid = isPointed.subarray(Math.max(0, from - NEAR), to + 1).includes(1);
    const wasSaid = wasPointed.subarray(from, to + 1).includes(1);
    return isSaid || !wasSaid ? [] : [{ name: "a sentence", range: /** @type {Range} */ ([from, to]) }];
  });
};

/** 1 at each address. @param {Iterable<number>} addresses @param {number} length */
const marks = (addresses, length) => {
  const marked = new Uint8Array(length);
  for (const address of addresses) if (address >= 0 && address < length) marked[address] = 1;
  return marked;
};

/**
 * The texts that are of these names only. Texts of C are merged where one ends as another does, so a text stays as far as
 * anything points into it, or at up to some bytes before it, as a loop over it may.
 * @param {Uint8Array} memory @param {Range[]} texts @param {Set<number>} pointed
 */
const unsaid = (memory, texts, pointed) => {
  const isSaid = new Uint8Array(memory.length);
  for (const address of pointed) {
    for (let from = address; from < Math.min(address + NEAR, memory.length); from++) {
      for (let at = from; memory[at] && !isSaid[at]; at++) isSaid[at] = 1;
    }
  }
  return texts.filter(([from, to]) => !isSaid.subarray(from, to).includes(1)).map((range) => ({ name: "a name of frozen modules", range }));
};
