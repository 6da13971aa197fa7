// MicroPython's WebAssembly, the PyScript build, as an interpreter that takes and gives text. It replaces the
// JavaScript that comes with that build, which weighs eight times as much: it has a file system that can be written and
// proxies, which a core of text in, text out has no use for, and keeps its state in the page's global names, where a
// page's own MicroPython keeps its too. What a function takes and gives is set by that build (web/package.json pins it).

const NO_FILE = -44; // ENOENT, as the C library of that build has it
const [IS_FILE, IS_FOLDER] = [0x8000, 0x4000]; // its modes
const FIRST_FILE = 3; // those before are the streams
const TEXT = 5; // the kind of value that a text is, both ways
const FAILED = -1;
const PAGE = 65_536;

/**
 * @typedef {object} Interpreter
 * @property {(source: string) => void} run
 * @property {(module: string) => void} load imports it
 * @property {(module: string, name: string) => (text: string) => string} get a function of a module
 */

/**
 * @param {WebAssembly.Module} module @param {Record<string, Uint8Array>} files that Python finds, by path
 * @param {number} [heap] bytes to start with; without them, the module comes with the memory of an interpreter that has started
 * @returns {Promise<Interpreter>}
 */
export const start = async (module, files, heap) => {
  /** @type {any} */
  let wasm;
  /** Where the stack is. @type {() => number} */
  let top;
  const bytes = () => new Uint8Array(wasm.memory.buffer);
  const words = () => new Int32Array(wasm.memory.buffer);
  const born = Date.now();
  const paths = Object.keys(files);
  /** Files that were opened, and how far they were read. @type {{content: Uint8Array, at: number}[]} */
  const opened = [];

  /** @param {number} at where a C text is */
  const textAt = (at) => {
    const all = bytes();
    return new TextDecoder().decode(all.subarray(at, all.indexOf(0, at)));
  };

  /** The pieces of memory that C reads into or writes from. @param {number} at @param {number} count @returns {[number, number][]} */
  const pieces = (at, count) =>
    Array.from({ length: count }, (_, n) => /** @type {any} */ (words().subarray(at / 4 + 2 * n, at / 4 + 2 * n + 2)));

  /** @type {Record<string, Function>} */
  const asked = {
    mp_js_random_u32: () => crypto.getRandomValues(new Uint32Array(1))[0],
    mp_js_ticks_ms: () => Date.now() - born,
    mp_js_time_ms: () => Date.now(),
    emscripten_resize_heap: (/** @type {number} */ size) => {
      const short = Math.max((size >>> 0) - wasm.memory.buffer.byteLength, wasm.memory.buffer.byteLength / 5);
      try {
        wasm.memory.grow(Math.ceil(short / PAGE));
        return 1;
      } catch {
        return 0;
      }
    },
    __syscall_stat64: (/** @type {number} */ at, /** @type {number} */ found) => {
      const path = textAt(at);
      const mode = files[path] ? IS_FILE : paths.some((each) => each.startsWith(path + "/")) ? IS_FOLDER : 0;
      words()[found / 4 + 1] = mode;
      return mode ? 0 : NO_FILE;
    },
    __syscall_openat: (/** @type {number} */ _folder, /** @type {number} */ at) => {
      const content = files[textAt(at)];
      return content ? opened.push({ content, at: 0 }) - 1 + FIRST_FILE : NO_FILE;
    },
    fd_read: (/** @type {number} */ number, /** @type {number} */ into, /** @type {number} */ count, /** @type {number} */ read) => {
      const file = opened[number - FIRST_FILE];
      const start = file.at;
      for (const [at, size] of pieces(into, count)) {
        const piece = file.content.subarray(file.at, file.at + size);
        bytes().set(piece, at);
        file.at += piece.length;
      }
      words()[read / 4] = file.at - start;
      return 0;
    },
    fd_close: () => 0,
    // What Python prints goes nowhere: the core prints nothing.
    fd_write: (/** @type {number} */ _file, /** @type {number} */ from, /** @type {number} */ count, /** @type {number} */ written) => {
      words()[written / 4] = pieces(from, count).reduce((sum, [, size]) => sum + size, 0);
      return 0;
    },
    js_check_existing: () => -1, // JavaScript keeps no objects for Python's
    // C's longjmp: a throw that the innermost `invoke` catches.
    _emscripten_throw_longjmp: () => {
      throw Infinity;
    },
  };

  /** The functions of WebAssembly's table, once they are asked for: the table itself is slow. @type {Function[]} */
  const functions = [];

  /** @param {number} stack @param {unknown} error */
  const caught = (stack, error) => {
    wasm._emscripten_stack_restore(stack);
    if (error !== Infinity) throw error;
    wasm.setThrew(1, 0);
  };

  // Python's every step comes through here, some thousand times in a call. What is given beyond what it takes is nothing.
  const invoke = (
    /** @type {number} */ index,
    /** @type {number} */ a,
    /** @type {number} */ b,
    /** @type {number} */ c,
    /** @type {number} */ d,
    /** @type {number} */ e,
  ) => {
    const stack = top();
    try {
      return (functions[index] ||= wasm.__indirect_function_table.get(index))(a, b, c, d, e);
    } catch (error) {
      caught(stack, error);
    }
  };

  /** @param {object} _imports @param {string} name */
  const find = (_imports, name) =>
    asked[name] ||
    (name.startsWith("invoke_") ? invoke : () => {
      if (name.startsWith("__syscall_")) return NO_FILE;
      throw new Error(`MicroPython asked for ${name}`);
    });
  const imports = new Proxy({}, { get: /** @type {any} */ (find) });
  wasm = (await WebAssembly.instantiate(module, { env: imports, wasi_snapshot_preview1: imports })).exports;
  top = wasm.emscripten_stack_get_current;
  wasm.emscripten_stack_init(); // what it sets is not in the memory
  if (heap) {
    wasm.__wasm_call_ctors();
    wasm.mp_js_init(2048, heap);
    wasm.proxy_c_init();
  }

  const given = wasm.malloc(12);
  const out = wasm.malloc(12);

  /** @param {Uint8Array} content with a zero after it */
  const place = (content) => {
    const at = wasm.malloc(content.length + 1);
    bytes().set(content, at);
    bytes()[at + content.length] = 0;
    return at;
  };

  /** Calls with a text that goes when the call returns. @param {string} text @param {(at: number, size: number) => void} call */
  const lend = (text, call) => {
    const content = new TextEncoder().encode(text);
    const at = place(content);
    call(at, content.length);
    wasm.free(at);
  };

  /** What Python answered: a text, or the number of what else it was. @returns {any} */
  const result = () => {
    const [kind, size, at] = words().subarray(out / 4);
    if (kind !== TEXT && kind !== FAILED) return size;
    const text = new TextDecoder().decode(bytes().subarray(at, at + size));
    if (kind === TEXT) return text;
    wasm.free(at);
    throw new Error(text.replace("\x04", ": "));
  };

  /** @param {string} module @returns {number} */
  const load = (module) => {
    lend(module, (at) => wasm.mp_js_do_import(at, out));
    return result();
  };

  return {
    run(source) {
      lend(source, (at, size) => wasm.mp_js_do_exec(at, size, out));
      result();
    },
    load,
    get(module, name) {
      const found = load(module);
      lend(name, (at) => wasm.proxy_c_to_js_lookup_attr(found, at, out));
      const callable = result();
      return (text) => {
        const content = new TextEncoder().encode(text);
        words().set([TEXT, content.length, place(content)], given / 4); // Python frees it
        wasm.proxy_c_to_js_call(callable, 1, given, out);
        return result();
      };
    },
  };
};
