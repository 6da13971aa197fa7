// MicroPython's WebAssembly, the PyScript build, as an interpreter that takes and gives text. It replaces the
// JavaScript that comes with that build, which weighs eight times as much: it has a file system and proxies that a core
// of text in, text out has no use for, and keeps its state in the page's global names, where a page's own MicroPython
// keeps its too. What a function takes and gives is set by that build (web/package.json pins it).

const OUT_OF_FILES = -44; // ENOENT, as the C library of that build has it
const TEXT = 5; // the kind of value that a text is, both ways
const FAILED = -1;
const PAGE = 65_536;

/** Lets the page have its turn; a timer would make it wait 4 ms. */
export const pause = () =>
  new Promise((settle) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = settle;
    port2.postMessage("");
  });

/**
 * @typedef {object} Interpreter
 * @property {(source: string) => void} run
 * @property {(module: string, name: string) => (text: string) => string} get a function of a module
 * @property {(bytes: Uint8Array) => number} place puts bytes where Python can read them, for good; their address
 */

/** @param {WebAssembly.Module} module @param {number} heap bytes to start with @returns {Promise<Interpreter>} */
export const start = async (module, heap) => {
  /** @type {any} */
  let wasm;
  /** Where the stack is. @type {() => number} */
  let top;
  const bytes = () => new Uint8Array(wasm.memory.buffer);
  const words = () => new Int32Array(wasm.memory.buffer);
  const born = Date.now();

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
    // What Python prints goes nowhere: the core prints nothing.
    fd_write: (/** @type {number} */ _file, /** @type {number} */ from, /** @type {number} */ count, /** @type {number} */ written) => {
      let size = 0;
      for (let n = 0; n < count; n++) size += words()[from / 4 + 2 * n + 1];
      words()[written / 4] = size;
      return 0;
    },
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
      if (name.startsWith("__syscall_")) return OUT_OF_FILES;
      throw new Error(`MicroPython asked for ${name}`);
    });
  const imports = new Proxy({}, { get: /** @type {any} */ (find) });
  wasm = (await WebAssembly.instantiate(module, { env: imports, wasi_snapshot_preview1: imports })).exports;
  top = wasm.emscripten_stack_get_current;
  await pause();
  wasm.emscripten_stack_init();
  wasm.__wasm_call_ctors();
  wasm.mp_js_init(2048, heap);
  wasm.proxy_c_init();
  await pause();

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

  return {
    place,
    run(source) {
      lend(source, (at, size) => wasm.mp_js_do_exec(at, size, out));
      result();
    },
    get(module, name) {
      lend(module, (at) => wasm.mp_js_do_import(at, out));
      const found = result();
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
