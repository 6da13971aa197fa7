// Puts what is alive in Python's heap in order by its kind, without gaps: the same in fewer bytes once compressed. A chunk
// is moved only if every word that has its address is known: a member of an object whose type, and with it whose layout, is
// known (py/obj*.h, py/bc.h, py/qstr.h of MicroPython 1.27). Where a word only looks like an address, be it C's or of an
// object of another type, the chunk that it may mean stays where it is. `make build` compares the answers with those of
// the heap as it was.

const WORD = 4; // bytes
const BLOCK = 16; // bytes that are taken or free together
const [HEAD, TAIL] = [1, 2]; // what the table says of a block
/** Words of the heap's state: where the search for a free block begins, and the last block that is taken (py/mpstate.h). */
const [SEARCH, LAST] = [6, 7];
/** Of a pool of names: words before the places of its texts, and where it says how many these are (py/qstr.h). */
const [POOL, COUNT] = [6, 3];
const HASH = 1; // the word of a text that has its hash
/** Of a class: the words before what it takes from its parents and from C; those are addresses or numbers of functions. */
const CLASS = 5;

/**
 * Python's heap: where its state is, the table of blocks with its size in bytes, the table of finalisers, the first block,
 * the end of the last one.
 * @typedef {{state: number, table: number, length: number, finalisers: number, first: number, end: number}} Heap
 */
/**
 * Blocks that were taken together: where they begin, their bytes, what is in them, and from which word on there are addresses,
 * where that is not the same for all of a kind.
 * @typedef {{at: number, size: number, kind?: string, from?: number}} Chunk
 */
/** Words of a chunk that are addresses, and what is there, if an object does not say so itself. @typedef {[place: number, kind?: string][]} Members */

/**
 * What a module's code needs, in one chunk: the numbers of names, two bytes each, and then objects, whose place the module
 * has, too (py/bc.c: `mp_module_context_alloc_tables`).
 */
const TABLES = "tables";

const OBJECTS_OF = 3; // the word of a module that says where they begin

/** The members of objects, by the name of their type. @type {Record<string, (words: Uint32Array) => Members>} */
const OBJECTS = {
  dict: () => [[3, "map"]],
  function: (words) => [[1], [2, "codes"], [3, "bytecode"], ...rest(words, 4)],
  generator: (words) => [[1], [2, "codes"], [3, "bytecode"], ...rest(words, 4)],
  closure: (words) => [[1], ...rest(words, 3)],
  module: () => [[1], [2, TABLES], [OBJECTS_OF]],
  str: () => [[3, "text"]],
  tuple: (words) => rest(words, 2),
  list: () => [[3, "words"]],
  type: (words) => rest(words, CLASS),
};

/** The members of what is no object, by what those say who have its address. @type {Record<string, (words: Uint32Array, from?: number) => Members>} */
const PARTS = {
  map: (words) => rest(words, 0),
  words: (words) => rest(words, 0),
  codes: (words) => rest(words, 0).map(([place]) => [place, "code"]),
  code: () => [[1, "bytecode"], [2, "codes"]],
  bytecode: () => [],
  text: () => [],
  pool: (words) => [[0, "pool"], [4], [5], ...rest(words.subarray(0, POOL + words[COUNT]), POOL).map(([place]) => /** @type {[number, string]} */ ([place, "name"]))],
  name: () => [],
  [TABLES]: (words, from) => rest(words, from ?? words.length),
};

/** The order in which kinds lie. */
const ORDER = ["name", "pool", "bytecode", "text", TABLES, "map", "words", "codes", "code", "str", "function", "generator", "closure", "dict", "module", "list", "tuple", "type"];

/** Kinds that have addresses inside of other chunks. */
const INSIDE = new Set(["module", "pool"]);

/** @param {Uint32Array} words @param {number} from @returns {Members} */
const rest = (words, from) => Array.from(words.subarray(from), (_, place) => [from + place]);

const LARGE = 2 ** 19; // bytes: the heap has more, and nothing else that looks like one

/** Python's heap, as its own state describes it. @param {Uint8Array<ArrayBuffer>} memory @returns {Heap} */
export const heapIn = (memory) => {
  const words = new Uint32Array(memory.buffer);
  /** @type {Heap[]} */
  const found = [];
  for (let place = 0; place + LAST < words.length; place++) {
    const [next, table, length, finalisers, first, end] = words.subarray(place);
    const fits = !next && table && table + length <= finalisers && finalisers < first && end - first === 4 * length * BLOCK;
    if (fits && end - first > LARGE && end <= memory.length) found.push({ state: WORD * place, table, length, finalisers, first, end });
  }
  if (found.length !== 1) throw new Error(`${found.length} heaps of MicroPython`);
  return found[0];
};

/** What is taken. @param {Uint8Array} memory @param {Heap} heap @returns {Chunk[]} */
export const chunksOf = (memory, { table, length, first }) => {
  /** @type {Chunk[]} */
  const found = [];
  for (let block = 0; block < 4 * length; block++) {
    const state = (memory[table + (block >> 2)] >> (2 * (block & 3))) & 3;
    if (state === HEAD) found.push({ at: first + block * BLOCK, size: BLOCK });
    else if (state === TAIL) found[found.length - 1].size += BLOCK;
  }
  return found;
};

/**
 * Packs the heap, in this memory. Texts lose their hashes: Python makes one anew where there is none (py/objstr.h).
 * @param {Uint8Array<ArrayBuffer>} memory @param {Heap} heap
 * @param {{changes: number, names: number}} description where what may change begins (no constant has an address in the
 * heap), and the last pool of names
 */
export const pack = (memory, heap, { changes, names }) => {
  const words = new Uint32Array(memory.buffer);
  const chunks = chunksOf(memory, heap);
  const wordsOf = (/** @type {Chunk} */ { at, size }) => words.subarray(at / WORD, (at + size) / WORD);
  const movable = chunks.filter((chunk) => !isFinalised(memory, heap, chunk));
  const known = recognised(movable, wordsOf, typesOf(memory, names), names);
  for (const { at, kind } of known) if (kind === "str") words[at / WORD + HASH] = 0;

  const unknown = chunks.filter(({ kind }) => !kind);
  const stay = new Set(unknown);
  const keep = (/** @type {number} */ address) => {
    const chunk = holder(chunks, address);
    if (chunk) stay.add(chunk);
  };
  for (const chunk of unknown) wordsOf(chunk).forEach(keep);
  for (let at = changes; at < heap.table; at += WORD) keep(words[at / WORD]);
  for (let at = heap.end; at < memory.length; at += WORD) keep(words[at / WORD]);
  /** Where the addresses of chunks are that may move. @type {number[]} */
  const members = [];
  for (const chunk of known) {
    for (const [place, kind] of membersOf(chunk, wordsOf(chunk))) {
      const address = wordsOf(chunk)[place];
      if (isSure(chunk, place, kind, holder(chunks, address), address)) members.push(chunk.at + WORD * place);
      else keep(address);
    }
  }

  const moved = placed(chunks, stay, heap.first);
  const before = memory.slice(heap.first, heap.end);
  memory.fill(0, heap.first, heap.end);
  for (const [{ at, size }, to] of moved) memory.set(before.subarray(at - heap.first, at - heap.first + size), to);
  /** @param {number} address of a chunk, or in one */
  const now = (address) => {
    const chunk = holder(chunks, address);
    return chunk ? Number(moved.get(chunk)) + address - chunk.at : address;
  };
  for (const member of members) words[now(member) / WORD] = now(words[now(member) / WORD]);
  enter(memory, heap, moved);
};

/**
 * Gives kinds to chunks: objects by their type, what those have the address of, and so on.
 * @param {Chunk[]} chunks @param {(chunk: Chunk) => Uint32Array} wordsOf @param {(address: number) => string | undefined} typeAt
 * @param {number} names the last pool of names @returns {Chunk[]} those whose kind is known
 */
const recognised = (chunks, wordsOf, typeAt, names) => {
  const known = chunks.filter((chunk) => {
    const name = chunk.at === names ? "pool" : typeAt(wordsOf(chunk)[0]);
    if (name && (OBJECTS[name] || PARTS[name])) chunk.kind = name;
    return chunk.kind;
  });
  for (const chunk of known) {
    const own = wordsOf(chunk);
    for (const [place, kind] of membersOf(chunk, own)) {
      const other = holder(chunks, own[place]);
      if (!kind || !other || other.kind || (other.at !== own[place] && kind !== "name")) continue;
      // A function that has no functions inside is its bytecode alone, which begins with something else (py/emitglue.h).
      other.kind = kind === "code" && wordsOf(other)[0] % 2 ** 16 ? "bytecode" : kind;
      if (kind === TABLES) other.from = (own[OBJECTS_OF] - other.at) / WORD;
      known.push(other);
    }
  }
  return known;
};

/** @param {Chunk} chunk @param {Uint32Array} words of it @returns {Members} */
const membersOf = ({ kind = "", from }, words) => (kind in OBJECTS ? OBJECTS[kind](words) : PARTS[kind](words, from));

/**
 * Is a word surely the address of a chunk, so that it may change?
 * @param {Chunk} chunk whose word it is @param {number} place @param {string | undefined} kind of what should be there
 * @param {Chunk | undefined} other what is there @param {number} address
 */
const isSure = (chunk, place, kind, other, address) => {
  if (!other || (address !== other.at && !INSIDE.has(chunk.kind || ""))) return false;
  if (kind && kind !== "code" && kind !== other.kind) return false;
  const isKey = chunk.kind === "map" && place % 2 === 0; // the hash of others than texts may be their address
  return !isKey || other.kind === "str";
};

/** @param {Uint8Array} memory @param {Heap} heap @param {Chunk} chunk */
const isFinalised = (memory, { finalisers, first }, { at }) => {
  const block = (at - first) / BLOCK;
  return memory[finalisers + (block >> 3)] & (1 << (block & 7));
};

/**
 * Where each chunk is to be: from the first block on, around those that stay.
 * @param {Chunk[]} chunks @param {Set<Chunk>} stay @param {number} first @returns {Map<Chunk, number>}
 */
const placed = (chunks, stay, first) => {
  const moving = chunks.filter((chunk) => !stay.has(chunk));
  moving.sort((one, other) => ORDER.indexOf(one.kind || "") - ORDER.indexOf(other.kind || "") || one.at - other.at);
  const staying = chunks.filter((chunk) => stay.has(chunk));
  const found = new Map(staying.map((chunk) => [chunk, chunk.at]));
  let free = first;
  for (const chunk of moving) {
    for (; staying.length && staying[0].at < free + chunk.size; staying.shift()) free = staying[0].at + staying[0].size;
    found.set(chunk, free);
    free += chunk.size;
  }
  return found;
};

/** Says in the heap's own state which blocks are taken. @param {Uint8Array<ArrayBuffer>} memory @param {Heap} heap @param {Map<Chunk, number>} moved */
const enter = (memory, { state, table, length, first }, moved) => {
  memory.fill(0, table, table + length);
  let last = 0;
  for (const [{ size }, at] of moved) {
    const begin = (at - first) / BLOCK;
    for (let block = begin; block < begin + size / BLOCK; block++) {
      memory[table + (block >> 2)] |= (block === begin ? HEAD : TAIL) << (2 * (block & 3));
      last = Math.max(last, block);
    }
  }
  const words = new Uint32Array(memory.buffer, state);
  words[SEARCH] = 0;
  words[LAST] = last;
};

/** The texts in a pool of names. @param {Uint8Array} memory @param {number} pool @returns {Uint8Array[]} */
export const textsOf = (memory, pool) => {
  const words = new Uint32Array(memory.buffer, pool);
  const [count, , lengths] = words.subarray(COUNT);
  return Array.from(words.subarray(POOL, POOL + count), (begin, name) => memory.subarray(begin, begin + memory[lengths + name]));
};

/** The names of Python, in the order of their numbers. @param {Uint8Array<ArrayBuffer>} memory @param {number} last pool @returns {string[]} */
const namesOf = (memory, last) => {
  const [before] = new Uint32Array(memory.buffer, last);
  const own = textsOf(memory, last).map((text) => new TextDecoder().decode(text));
  return [...(before ? namesOf(memory, before) : []), ...own];
};

/**
 * Tells the name of the type of C's that is at an address: a struct that begins with the address of its own type, `type`, and has
 * the number of its name behind flags (py/obj.h: `mp_obj_type_t`).
 * @param {Uint8Array<ArrayBuffer>} memory @param {number} names @returns {(address: number) => string | undefined}
 */
export const typesOf = (memory, names) => {
  const words = new Uint32Array(memory.buffer);
  const known = namesOf(memory, names);
  const nameOf = (/** @type {number} */ at) => known[words[at / WORD + 1] >>> 16];
  const type = WORD * words.findIndex((word, place) => word === WORD * place && nameOf(word) === "type");
  return (address) => (address && address % WORD === 0 && words[address / WORD] === type ? nameOf(address) : undefined);
};

/** The chunk that an address is in. @param {Chunk[]} chunks in order @param {number} address */
const holder = (chunks, address) => {
  let [low, high] = [0, chunks.length];
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (chunks[middle].at <= address) low = middle;
    else high = middle;
  }
  const { at, size } = chunks[low];
  return at <= address && address < at + size ? chunks[low] : undefined;
};
