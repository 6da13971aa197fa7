#!/bin/sh
# One would guess that a program which is always put at the same place has its addresses in its data, where its linker wrote
# them: Pyodide's own script gives its WebAssembly the same `__memory_base` each time. But it is linked so that it could be put
# anywhere, and its largest function, __wasm_apply_data_relocs, does nothing but write each address that the data holds, some
# 28,000 of them, at each start. The data has them already, each less by that base (1024), or by that of functions (1). It is a
# ninth of all code, counted in bytes, and 2% of the file after Brotli. It also runs before a memory is restored
# (`_loadSnapshot`), which overwrites it all.
# Version: pyodide 0.29.5 from npm (Emscripten's MAIN_MODULE).
# Source: pyodide.asm.js (getWasmImports, `__memory_base`; `__RELOC_FUNCS__`); the tool conventions of WebAssembly, DynamicLinking.md.
# Needs Node 20.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm install --silent --no-audit --no-fund pyodide@0.29.5

cat >look.mjs <<'JAVASCRIPT'
import { readFileSync } from "node:fs";
import { brotliCompressSync } from "node:zlib";

const wasm = readFileSync("node_modules/pyodide/pyodide.asm.wasm");
const glue = readFileSync("node_modules/pyodide/pyodide.asm.js", "utf8");
const bases = new Set([...glue.matchAll(/___memory_base=new WebAssembly\.Global\(\{[^}]*\},(\d+)\)/g)].map(([, base]) => base));

let at = 8;
const number = () => {
  let [value, shift, byte] = [0, 0, 128];
  for (; byte > 127; shift += 7) value += ((byte = wasm[at++]) & 127) * 2 ** shift;
  return value;
};
const text = () => {
  const length = number();
  return wasm.subarray(at, (at += length)).toString();
};
let [imported, index, begin, end] = [0];
const bodies = [];
while (at < wasm.length) {
  const section = wasm[at++];
  const length = number();
  const next = at + length;
  if (section === 2) {
    for (let left = number(); left; left--) {
      text(), text();
      const kind = wasm[at++];
      if (kind === 0) imported++, number();
      else if (kind === 1) at++, wasm[at++] ? (number(), number()) : number();
      else if (kind === 2) wasm[at++] ? (number(), number()) : number();
      else if (kind === 3) at += 2;
      else at++, number();
    }
  } else if (section === 7) {
    for (let left = number(); left; left--) {
      const name = text();
      at++;
      const which = number();
      if (name === "__wasm_apply_data_relocs") index = which;
    }
  } else if (section === 10) {
    [begin, end] = [at, next];
    for (let left = number(); left; left--) {
      const size = number();
      bodies.push([at, (at += size)]);
    }
  }
  at = next;
}
const [from, to] = bodies[index - imported];
const largest = Math.max(...bodies.map(([from, to]) => to - from));
const share = (to - from) / (end - begin);
const sent = brotliCompressSync(wasm).length;
const without = brotliCompressSync(Buffer.concat([wasm.subarray(0, from), wasm.subarray(to)])).length;
console.log(`__memory_base: ${[...bases]}; functions: ${bodies.length}`);
console.log(`__wasm_apply_data_relocs: ${to - from} bytes, the largest has ${largest}; ${Math.round(100 * share)}% of the code, ${sent - without} of ${sent} bytes after Brotli`);
const isSo = bases.size === 1 && to - from === largest && sent - without > 40_000;
console.log(isSo ? "a program that is always at one place writes its addresses at each start" : "this has changed");
process.exitCode = isSo ? 0 : 1;
JAVASCRIPT
node look.mjs
