// WebAssembly's binary format, as far as it takes to leave something out of a module: read, walk, write. What stands in
// brackets are sections of the core specification (https://webassembly.github.io/spec/core/binary/). Compilers of C leave
// most of the format unused; what is not known here is an error, never a guess.

/** The header: "\0asm", version 1 [5.5.16]. */
const HEADER = Uint8Array.of(0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00);

/** What imports and exports are of [5.5.5]. */
export const KIND = { function: 0, table: 1, memory: 2, global: 3, tag: 4 };

/** Instructions that tools ask for by name [5.4]; those of exceptions are the proposal's first, which Emscripten writes. */
export const OP = {
  unreachable: 0x00,
  block: 0x02,
  loop: 0x03,
  if: 0x04,
  else: 0x05,
  try: 0x06,
  catch: 0x07,
  throw: 0x08,
  rethrow: 0x09,
  end: 0x0b,
  br: 0x0c,
  brIf: 0x0d,
  brTable: 0x0e,
  return: 0x0f,
  call: 0x10,
  callIndirect: 0x11,
  delegate: 0x18,
  catchAll: 0x19,
  localGet: 0x20,
  localSet: 0x21,
  localTee: 0x22,
  globalGet: 0x23,
  globalSet: 0x24,
  firstLoad: 0x28, // of those that load and store, with an alignment and an offset
  i32Store8: 0x3a,
  lastStore: 0x3e,
  i32Const: 0x41,
  i32Add: 0x6a,
  refFunc: 0xd2,
  more: 0xfc,
};

/** Those that open a block, which `end` (or `delegate`) closes. */
export const OPENS = new Set([OP.block, OP.loop, OP.if, OP.try]);

/** Those that begin another part of the block that they are in. */
export const DIVIDES = new Set([OP.else, OP.catch, OP.catchAll]);

/**
 * The immediates of an instruction, one letter for each: n a number without sign, s one with sign, 4 and 8 so many bytes,
 * l the labels of `br_table`, t types.
 * @type {Map<number, string>}
 */
const IMMEDIATES = new Map();

/** @param {number} first @param {number} last @param {string} letters */
const immediates = (first, last, letters) => {
  for (let opcode = first; opcode <= last; opcode++) IMMEDIATES.set(opcode, letters);
};
immediates(0x00, 0x01, ""); // unreachable, nop
immediates(0x02, 0x04, "s"); // block, loop, if, with a block type
immediates(0x05, 0x05, ""); // else
immediates(0x06, 0x06, "s"); // try, with a block type
immediates(0x07, 0x09, "n"); // catch, throw, rethrow
immediates(0x0b, 0x0b, ""); // end
immediates(0x0c, 0x0d, "n"); // br, br_if
immediates(0x0e, 0x0e, "l"); // br_table
immediates(0x0f, 0x0f, ""); // return
immediates(0x10, 0x10, "n"); // call
immediates(0x11, 0x11, "nn"); // call_indirect
immediates(0x18, 0x18, "n"); // delegate
immediates(0x19, 0x1b, ""); // catch_all, drop, select
immediates(0x1c, 0x1c, "t"); // select, with its type
immediates(0x20, 0x26, "n"); // local, global, table: get and set
immediates(0x28, 0x3e, "nn"); // load and store: alignment, offset
immediates(0x3f, 0x40, "n"); // memory.size, memory.grow
immediates(0x41, 0x42, "s"); // i32.const, i64.const
immediates(0x43, 0x43, "4"); // f32.const
immediates(0x44, 0x44, "8"); // f64.const
immediates(0x45, 0xc4, ""); // arithmetic
immediates(0xd0, 0xd0, "n"); // ref.null
immediates(0xd1, 0xd1, ""); // ref.is_null
immediates(0xd2, 0xd2, "n"); // ref.func

/** The same for those that begin with 0xfc, by their second number: saturating conversions; memory and table. */
const MORE = ["", "", "", "", "", "", "", "", "nn", "n", "nn", "n", "nn", "n", "nn", "n", "n", "n"];

/** Reads the format's numbers and names, one after the other. */
export class Reader {
  /** @param {Uint8Array} bytes */
  constructor(bytes, at = 0) {
    this.bytes = bytes;
    this.at = at;
  }

  get isAtEnd() {
    return this.at >= this.bytes.length;
  }

  byte() {
    return this.bytes[this.at++];
  }

  /** @param {number} length */
  take(length) {
    this.at += length;
    return this.bytes.subarray(this.at - length, this.at);
  }

  /** LEB128 without sign, of 32 bits at most [5.2.2]. */
  unsigned() {
    let value = 0;
    for (let unit = 1; ; unit *= 128) {
      const byte = this.byte();
      value += (byte & 127) * unit;
      if (byte < 128) return value;
    }
  }

  /** LEB128 with sign; of one that is longer than 32 bits, the lower half. */
  signed() {
    let value = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = this.byte();
      if (shift < 32) value |= (byte & 127) << shift;
      if (byte < 128) return byte & 64 && shift < 25 ? value | (-1 << (shift + 7)) : value;
    }
  }

  name() {
    return new TextDecoder().decode(this.take(this.unsigned()));
  }

  /** @template T @param {() => T} item @returns {T[]} */
  vector(item) {
    return Array.from({ length: this.unsigned() }, item);
  }

  /**
   * The next instruction: its opcode, and the last number of its immediates (of 0xfc, the number that tells which one).
   * @returns {[number, number | undefined]}
   */
  instruction() {
    const opcode = this.byte();
    const which = opcode === OP.more ? this.unsigned() : undefined;
    const letters = which === undefined ? IMMEDIATES.get(opcode) : MORE[which];
    if (letters === undefined) throw new Error(`the instruction 0x${opcode.toString(16)} ${which ?? ""} is not known`);
    let value;
    for (const letter of letters) {
      if (letter === "n") value = this.unsigned();
      else if (letter === "s") value = this.signed();
      else if (letter === "l") for (let labels = this.unsigned() + 1; labels; labels--) this.unsigned();
      else if (letter === "t") this.take(this.unsigned());
      else this.at += Number(letter);
    }
    return [opcode, which ?? value];
  }

  /** A constant expression, with its `end` [5.4.9]. */
  expression() {
    const from = this.at;
    while (this.instruction()[0] !== OP.end);
    return this.bytes.subarray(from, this.at);
  }
}

/** @param {number} value @returns {number[]} */
export const unsigned = (value) => (value < 128 ? [value] : [(value % 128) | 128, ...unsigned(Math.floor(value / 128))]);

/** @param {number} value of 32 bits @returns {number[]} */
export const signed = (value) => {
  const rest = value >> 7;
  const isLast = value & 64 ? rest === -1 : rest === 0;
  return isLast ? [value & 127] : [(value & 127) | 128, ...signed(rest)];
};

/** @param {(Uint8Array | number[])[]} parts */
export const joined = (parts) => {
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
};

/** With its length before it. @param {Uint8Array} content */
const measured = (content) => joined([unsigned(content.length), content]);

/** A name, with its length before it [5.2.4]. @param {string} text */
export const named = (text) => measured(new TextEncoder().encode(text));

/** @typedef {{module: string, name: string, kind: number, description: Uint8Array}} Import */
/** @typedef {{name: string, kind: number, index: number}} Export */
/** @typedef {{type: Uint8Array, value: Uint8Array}} Global two bytes; an expression */
/** @typedef {{offset: Uint8Array, functions: number[]}} Elements of table 0, from an offset (an expression) on */
/** @typedef {{offset: Uint8Array | null, content: Uint8Array}} Data of memory 0; null: copied when code asks for it */

/** How an item of a section is read and written. @typedef {{read(reader: Reader): any, write(item: any): Uint8Array}} Form */

/** @type {Form} */
const FUNCTION_TYPE = {
  read(reader) {
    const from = reader.at;
    if (reader.byte() !== 0x60) throw new Error("a type that is no function's");
    reader.take(reader.unsigned());
    reader.take(reader.unsigned());
    return reader.bytes.subarray(from, reader.at);
  },
  write: (/** @type {Uint8Array} */ type) => type,
};

/** Limits [5.3.8]. @param {Reader} reader @returns {[number, number | null]} least and most */
const limits = (reader) => {
  const flag = reader.byte();
  if (flag > 1) throw new Error(`limits with the flag ${flag}`); // of memories that are shared, or of 64 bits
  return [reader.unsigned(), flag ? reader.unsigned() : null];
};

/**
 * What an import of each kind says of itself [5.3].
 * @type {Record<number, (reader: Reader) => unknown>}
 */
const DESCRIPTIONS = {
  [KIND.function]: (reader) => reader.unsigned(),
  [KIND.table]: (reader) => [reader.byte(), limits(reader)],
  [KIND.memory]: limits,
  [KIND.global]: (reader) => reader.take(2),
  [KIND.tag]: (reader) => [reader.byte(), reader.unsigned()],
};

/** @type {Form} */
const IMPORT = {
  read(reader) {
    const [module, name, kind, from] = [reader.name(), reader.name(), reader.byte(), reader.at];
    DESCRIPTIONS[kind](reader);
    return { module, name, kind, description: reader.bytes.subarray(from, reader.at) };
  },
  write: (/** @type {Import} */ { module, name, kind, description }) =>
    joined([named(module), named(name), [kind], description]),
};

/** @type {Form} */
const INDEX = { read: (reader) => reader.unsigned(), write: (/** @type {number} */ index) => joined([unsigned(index)]) };

/** @type {Form} */
const MEMORY = {
  read: limits,
  write: (/** @type {[number, number | null]} */ [least, most]) =>
    joined(most === null ? [[0], unsigned(least)] : [[1], unsigned(least), unsigned(most)]),
};

/** @type {Form} */
const GLOBAL = {
  read: (reader) => ({ type: reader.take(2), value: reader.expression() }),
  write: (/** @type {Global} */ { type, value }) => joined([type, value]),
};

/** @type {Form} */
const EXPORT = {
  read: (reader) => ({ name: reader.name(), kind: reader.byte(), index: reader.unsigned() }),
  write: (/** @type {Export} */ { name, kind, index }) => joined([named(name), [kind], unsigned(index)]),
};

/** @type {Form} */
const ELEMENTS = {
  read(reader) {
    const kind = reader.unsigned();
    if (kind) throw new Error(`elements of kind ${kind}`); // 1 to 7 [5.5.12]
    return { offset: reader.expression(), functions: reader.vector(() => reader.unsigned()) };
  },
  write: (/** @type {Elements} */ { offset, functions }) =>
    joined([[0], offset, unsigned(functions.length), ...functions.map(unsigned)]),
};

/** @type {Form} */
const BODY = { read: (reader) => reader.take(reader.unsigned()), write: measured };

/** @type {Form} */
const DATA = {
  read(reader) {
    const kind = reader.unsigned();
    if (kind > 1) throw new Error(`data of kind ${kind}`); // 2: of another memory [5.5.14]
    return { offset: kind ? null : reader.expression(), content: reader.take(reader.unsigned()) };
  },
  write: (/** @type {Data} */ { offset, content }) => joined([offset ? [0] : [1], offset ?? [], measured(content)]),
};

/** The sections that are lists of what tools change: number [5.5.2], name of the module's member, form. */
const LISTS = /** @type {const} */ ([
  [1, "types", FUNCTION_TYPE],
  [2, "imports", IMPORT],
  [3, "functions", INDEX],
  [5, "memories", MEMORY],
  [6, "globals", GLOBAL],
  [7, "exports", EXPORT],
  [9, "elements", ELEMENTS],
  [10, "bodies", BODY],
  [11, "data", DATA],
]);

/**
 * A module. `functions` are the types of its own functions, `bodies` their code; their numbers come after those of the
 * imported ones. `sections` has the order and, where they are not lists above, the contents.
 * @typedef {object} Module
 * @property {{id: number, content: Uint8Array}[]} sections
 * @property {Uint8Array[]} types
 * @property {Import[]} imports
 * @property {number[]} functions
 * @property {[number, number | null][]} memories least and most pages
 * @property {Global[]} globals
 * @property {Export[]} exports
 * @property {Elements[]} elements
 * @property {Uint8Array[]} bodies
 * @property {Data[]} data
 */

/** @param {Uint8Array} bytes @returns {Module} */
export const read = (bytes) => {
  if (HEADER.some((byte, at) => byte !== bytes[at])) throw new Error("this is no WebAssembly");
  const reader = new Reader(bytes, HEADER.length);
  /** @type {any} */
  const module = { sections: [], ...Object.fromEntries(LISTS.map(([, name]) => [name, []])) };
  while (!reader.isAtEnd) {
    const id = reader.byte();
    const content = reader.take(reader.unsigned());
    module.sections.push({ id, content });
    const list = LISTS.find(([number]) => number === id);
    if (!list) continue;
    const [, name, form] = list;
    const inside = new Reader(content);
    module[name] = inside.vector(() => form.read(inside));
    if (inside.at !== content.length) throw new Error(`section ${id} is longer than its items`);
  }
  return module;
};

/** @param {Module} module @returns {Uint8Array} */
export const write = (module) => {
  const there = new Set(module.sections.map(({ id }) => id));
  const homeless = LISTS.find(([id, name]) => !there.has(id) && module[name].length);
  if (homeless) throw new Error(`there is no section for ${homeless[1]}`);
  /** @type {(Uint8Array | number[])[]} */
  const parts = [HEADER];
  for (const { id, content } of module.sections) {
    const list = LISTS.find(([number]) => number === id);
    const items = list && /** @type {any[]} */ (module[list[1]]);
    const now = list && items ? joined([unsigned(items.length), ...items.map(list[2].write)]) : content;
    parts.push([id], measured(now));
  }
  return joined(parts);
};

/** How many functions are imported: those have the lowest numbers. @param {Module} module */
export const importedFunctions = (module) => module.imports.filter(({ kind }) => kind === KIND.function).length;

/** Where a body's instructions begin, after the types of its locals [5.5.13]. @param {Uint8Array} body */
export const firstInstruction = (body) => {
  const reader = new Reader(body);
  reader.vector(() => [reader.unsigned(), reader.byte()]);
  return reader.at;
};

/**
 * Every instruction of a body, in order.
 * @param {Uint8Array} body
 * @param {(opcode: number, value: number | undefined, from: number, to: number) => void} visit opcode, the last number of
 * its immediates, where it begins and ends
 */
export const walk = (body, visit) => {
  const reader = new Reader(body, firstInstruction(body));
  while (!reader.isAtEnd) {
    const from = reader.at;
    const [opcode, value] = reader.instruction();
    visit(opcode, value, from, reader.at);
  }
};

/** An expression that is a number of 32 bits. @param {number} value */
export const constant = (value) => Uint8Array.from([OP.i32Const, ...signed(value), OP.end]);

/** The number that an expression is. @param {Uint8Array} expression */
export const numberOf = (expression) => {
  const [opcode, value] = new Reader(expression).instruction();
  if (opcode !== OP.i32Const) throw new Error("an expression that is no number");
  return /** @type {number} */ (value);
};
