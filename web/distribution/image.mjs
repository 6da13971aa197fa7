// What a module's memory begins with, and what a module of ours says of itself (web/src/runtimes/interpreter.js reads it).

import { Reader, constant, joined, numberOf, named } from "./wasm.mjs";

/** @import {Module} from "./wasm.mjs" */
/** @import {Description} from "../src/runtimes/interpreter.js" */

const SECTION = "rudderanalytics";
const CUSTOM = 0; // the number of sections that are no business of WebAssembly's
const GAP = 1024; // zeros that cost less, compressed, than another segment
const PAGE = 65_536;

/** @param {Module} module @returns {Uint8Array} from address 0 to the last byte that is set */
export const memoryOf = ({ data }) => {
  const placed = data.map(({ offset, content }) => ({ at: numberOf(offset ?? constant(0)), content }));
  const memory = new Uint8Array(Math.max(0, ...placed.map(({ at, content }) => at + content.length)));
  for (const { at, content } of placed) memory.set(content, at);
  return memory;
};

/** From where to where there is anything. @param {Uint8Array} memory @returns {[number, number][]} */
const segments = (memory) => {
  /** @type {[number, number][]} */
  const found = [];
  memory.forEach((byte, at) => {
    const last = found[found.length - 1];
    if (byte && last && at - last[1] < GAP) last[1] = at + 1;
    else if (byte) found.push([at, at + 1]);
  });
  return found;
};

/**
 * The module with that memory instead of its own.
 * @param {Module} module @param {Uint8Array} memory @param {number} [spare] bytes that it has at least beyond what is
 * set; without it, it is as large as it was
 * @returns {Module}
 */
export const withMemory = (module, memory, spare) => {
  const found = segments(memory);
  const data = found.map(([from, to]) => ({ offset: constant(from), content: memory.subarray(from, to) }));
  const [[least, most]] = module.memories;
  const end = Math.max(0, ...found.map(([, to]) => to));
  return { ...module, data, memories: [[spare === undefined ? least : Math.ceil((end + spare) / PAGE), most]] };
};

/** The module that says this of itself, and nothing else. @param {Module} module @param {Description} description @returns {Module} */
export const withDescription = (module, description) => {
  const content = joined([named(SECTION), new TextEncoder().encode(JSON.stringify(description))]);
  return { ...module, sections: [...module.sections.filter(({ id }) => id !== CUSTOM), { id: CUSTOM, content }] };
};

/** @param {Module} module @returns {Description} what a module of ours says of itself */
export const descriptionOf = ({ sections }) => {
  const readers = sections.filter(({ id }) => id === CUSTOM).map(({ content }) => new Reader(content));
  const ours = readers.find((reader) => reader.name() === SECTION);
  if (!ours) throw new Error("this is no module of ours");
  return JSON.parse(new TextDecoder().decode(ours.bytes.subarray(ours.at)));
};
