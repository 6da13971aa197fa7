// Constants in Pyodide's memory that only functions read which a module no longer has: the tables of East Asian character
// sets, of Python's and of the C library's, those of characters' names and parts, and frozen modules, the bytecode of
// Python's own that an interpreter begins with. Each is found by what it is, not by what nobody seems to read
// (constants.mjs says why). What is left is told where it is, here and not at each start.

import { tables } from "./constants.mjs";
import { OP, importedFunctions, walk } from "./wasm.mjs";

/** @import {Module} from "./wasm.mjs" */
/** @typedef {[from: number, to: number]} Range of addresses, the second one excluded */

/** What tells data where it is: it has the address of all that data points at, and reads none of it. */
const RELOCATES = "__wasm_apply_data_relocs";
/** What makes a module of frozen bytecode; nothing else reads that (Python/import.c, `unmarshal_frozen_code`). */
const UNMARSHALS = "PyMarshal_ReadObjectFromString";

/**
 * Tables as constants.mjs describes such, of musl's `iconv` (src/locale) and of Python's `unicodedata` (Modules/unicodedata_db.h
 * and unicodename_db.h). Of the latter, several lie one after the other, in the order and of the lengths that CPython's own
 * build names in the symbols of its `unicodedata`, which has the same bytes.
 */
const TABLES = [
  { name: "gb18030.h", begin: "024e044e054e064e0f4e124e174e1f4e", length: 47880, sha256: "7fb763c6255ab66308a25be9e05a37e5c94acf8863b533a15499ca8dad2710f5" },
  { name: "jis0208.h", begin: "0030013002300cff0efffb301aff1bff", length: 15792, sha256: "b9020d59c36f975fbf437ae5dae857fbc332ab2bf2429b91d488bd08bc42f314" },
  { name: "big5.h", begin: "00300cff013002300eff27201bff1aff", length: 27946, sha256: "4572b8f9025af1ed12fc3f99605b60bf6f63efba092fbcb7959ab6582195fe2c" },
  { name: "ksc.h", begin: "003001300230b70025202620a8000330", length: 17484, sha256: "a730cc2bbc523a90535b6d4c99a480cef88cca9edacd4832a0d03db4cfe9742c" },
  { name: "index1, index2", begin: "00000100020003000400050006000700", length: 89600, sha256: "d743f650bc6471d3739e9d742918a67cb44af925fc0d418db421bee2c8306331" },
  { name: "decomp_data to change_records_3_2_0, packed_name_dawg among them", begin: "00000000010100002000000002020000", length: 569152, sha256: "d0d26dc47ce16e9a53ac5c67ffb97ce38c74beb524e94ad91333b5377064187e" },
];

const ROW = 8; // bytes: where a row's characters are, the first and the last that there is (Modules/cjkcodecs/cjkcodecs.h, `dbcs_index`)
const CHARACTER = 2; // bytes
const FEW = 8; // rows; a table has more of them, one after the other
const FROZEN = 16; // bytes: where name and bytecode are, its length, is it a package (Include/cpython/import.h, `_frozen`)
const CODE = 0xe3; // what marshalled bytecode begins with (Python/marshal.c: a code object that may be referred to)
const NAME = /^[A-Za-z_][\w.]*$/;

/**
 * Tables of characters, by the rows that lead to them: each row's characters lie behind those of the row before it.
 * @param {Uint32Array} words of the memory @param {Range} data where constants are
 * @returns {{rows: Range, range: Range}[]}
 */
export const characterSets = (words, [begin, end]) => {
  /** @type {{rows: Range, range: Range, count: number}[]} */
  const found = [];
  for (let at = Math.ceil(begin / ROW) * ROW; at + ROW <= end; at += ROW) {
    const [from, bounds] = words.subarray(at / 4, at / 4 + 2);
    if (!from && !bounds) continue; // a row without characters
    const [first, last] = [bounds & 255, bounds >>> 8];
    const to = from + CHARACTER * (last - first + 1);
    const isRow = last < 256 && first <= last && from % CHARACTER === 0 && begin <= from && to <= end;
    const before = found[found.length - 1];
    if (!isRow) found.push({ rows: [at, at], range: [0, 0], count: 0 });
    else if (before?.range[1] === from) Object.assign(before, { rows: [before.rows[0], at + ROW], range: [before.range[0], to], count: before.count + 1 });
    else found.push({ rows: [at, at + ROW], range: [from, to], count: 1 });
  }
  return found.filter(({ count }) => count >= FEW);
};

/**
 * The bytecode of frozen modules, by the structs that say where it is.
 * @param {Uint8Array} memory @param {Uint32Array} words of it @param {Range} data where constants are @returns {Range[]}
 */
export const frozenModules = (memory, words, [begin, end]) => {
  const isData = (/** @type {number} */ at) => begin <= at && at < end;
  const textAt = (/** @type {number} */ at) => new TextDecoder("latin1").decode(memory.subarray(at, memory.indexOf(0, at)));
  /** @type {Map<number, Range>} */
  const found = new Map();
  for (let at = Math.ceil(begin / 4) * 4; at + FROZEN <= end; at += 4) {
    const [name, code, length, isPackage] = words.subarray(at / 4, at / 4 + FROZEN / 4);
    const isFrozen = isData(name) && isData(code) && isPackage <= 1 && code + length <= end && memory[code] === CODE;
    if (isFrozen && NAME.test(textAt(name))) found.set(code, [code, code + length]);
  }
  return [...found.values()];
};

/** The number of an exported function. @param {Module} module @param {string} wanted */
const numberOf = (module, wanted) => {
  const found = module.exports.find(({ name }) => name === wanted);
  if (!found) throw new Error(`Pyodide has no ${wanted}`);
  return found.index;
};

/**
 * What of it the functions that are kept cannot read: none of them names an address in there, or reads bytecode.
 * @param {Module} module @param {Set<number>} kept its functions that are kept
 * @param {Uint8Array<ArrayBuffer>} memory of an instance @param {number} base where the module's data begins in it @returns {Range[]}
 */
export const unread = (module, kept, memory, base) => {
  /** @type {Range} */
  const data = [base, base + module.data[0].content.length];
  const words = new Uint32Array(memory.buffer, 0, Math.ceil(data[1] / 4));
  const [relocates, unmarshals] = [numberOf(module, RELOCATES), numberOf(module, UNMARSHALS)];
  const named = addressesIn(module, [...kept].filter((index) => index !== relocates), base);
  const isNamed = (/** @type {Range} */ [from, to]) => named.some((address) => from <= address && address < to);
  const sets = characterSets(words, data).filter(({ rows, range }) => !isNamed(rows) && !isNamed(range));
  const frozen = kept.has(unmarshals) ? [] : frozenModules(memory, words, data).filter((range) => !isNamed(range));
  const known = tables(memory.subarray(0, data[1]), TABLES).filter(({ range }) => !isNamed(range));
  return [...[...sets, ...known].map(({ range }) => range), ...frozen].sort(([one], [other]) => one - other);
};

/**
 * Every number in these functions that may be an address: in code that can be put anywhere, it is added to where the data
 * begins, which is a variable, so that the sum comes next or after that.
 * @param {Module} module @param {number[]} functions @param {number} base
 */
const addressesIn = (module, functions, base) => {
  const imported = importedFunctions(module);
  /** @type {Set<number>} */
  const found = new Set();
  for (const index of functions) {
    /** The numbers of the two instructions before, if they are that. @type {(number | undefined)[]} */
    let before = [];
    walk(module.bodies[index - imported], (opcode, value) => {
      if (opcode >= OP.firstLoad && opcode <= OP.lastStore) found.add(Number(value) + base);
      if (opcode === OP.i32Add) for (const each of before) if (each !== undefined) found.add(each + base);
      before = [before[1], opcode === OP.i32Const ? value : undefined];
    });
  }
  return [...found];
};

/** A body that does nothing. */
const NOTHING = Uint8Array.of(0, OP.end);

/**
 * The module with data that knows where it is. Its largest function, which tells it so, then has nothing to do.
 * @param {Module} module @param {Uint8Array} fresh memory with that data @param {number} base where it begins @returns {Module}
 */
export const placed = (module, fresh, base) => {
  const told = numberOf(module, RELOCATES) - importedFunctions(module);
  const [{ offset, content }, ...more] = module.data;
  return {
    ...module,
    bodies: module.bodies.map((body, place) => (place === told ? NOTHING : body)),
    data: [{ offset, content: fresh.subarray(base, base + content.length) }, ...more],
  };
};

/** The module without what is in these ranges. @param {Module} module @param {Range[]} ranges @param {number} base as `unread` has it @param {number} [byte] that is there instead @returns {Module} */
export const without = (module, ranges, base, byte = 0) => {
  const content = module.data[0].content.slice();
  for (const [from, to] of ranges) content.fill(byte, from - base, to - base);
  return { ...module, data: [{ ...module.data[0], content }, ...module.data.slice(1)] };
};
