// Do the trimmed interpreter and the whole one answer alike?

import { call, describe, instantiate, restore, save } from "../src/runtimes/interpreter.js";
import { replayed } from "../src/runtimes/replay.js";
import { fuzzed } from "./fuzz.mjs";

/** @import {Session} from "./fuzz.mjs" */

/**
 * @typedef {object} Comparison
 * @property {number} inputs @property {number} fallbacks how often the trimmed one stopped
 * @property {{session: number, input: string, trimmed: string, whole: string}[]} differences the first one of each session
 */

/** An answer, or the error in its place. @param {() => string | Promise<string>} answer */
const told = async (answer) => {
  try {
    return await answer();
  } catch (error) {
    return String(error);
  }
};

/** Both at their start: the trimmed one, which may fall back, and the whole one. @typedef {{core: ReturnType<typeof replayed>, whole(text: string): string}} Both */

/**
 * MicroPython's: each in a fresh instance. Where the trimmed one stops, MicroPython as it is goes on, as in a page.
 * @param {{trimmed: WebAssembly.Module, image: WebAssembly.Module, original: WebAssembly.Module}} modules `image` is what
 * was trimmed, `original` MicroPython without our core in it
 * @returns {() => Promise<Both>}
 */
export const micropythons = ({ trimmed, image, original }) => {
  const described = describe(trimmed);
  return async () => {
    const lean = await instantiate(trimmed);
    const takeOver = async (/** @type {Uint8Array | undefined} */ memory) => {
      const rest = await instantiate(original);
      restore(rest, described, memory ?? save(await instantiate(trimmed), described));
      return call(rest, described);
    };
    const core = replayed({ handle: call(lean, described), save: () => save(lean, described) }, 2 ** 18, takeOver);
    return { core, whole: call(await instantiate(image), describe(image)) };
  };
};

/** @param {() => Promise<Both>} begin @param {Iterable<Session>} sessions @returns {Promise<Comparison>} */
export const compare = async (begin, sessions) => {
  /** @type {Comparison} */
  const found = { inputs: 0, fallbacks: 0, differences: [] };
  let number = 0;
  for (const session of sessions) {
    const { core, whole } = await begin();
    for (const input of session) {
      const answers = [await told(() => core.handle(input)), await told(() => whole(input))];
      found.inputs++;
      if (answers[0] === answers[1]) continue;
      found.differences.push({ session: number, input, trimmed: answers[0], whole: answers[1] });
      break;
    }
    found.fallbacks += core.fallbacks;
    number++;
  }
  return found;
};

const [SEED, FUZZED] = [1, 500]; // inputs; `make test` takes more of them, and others each time

/**
 * An error where the trimmed one stops in a session that its list was made of, or answers otherwise than the whole one.
 * @param {() => Promise<Both>} begin @param {Session[]} sessions @param {string} list where it is, for whoever reads the error
 */
export const requireAlike = async (begin, sessions, list) => {
  const known = await compare(begin, sessions);
  if (known.fallbacks) throw new Error(`${list} is of another core: run \`make hot\``);
  const { differences } = await compare(begin, fuzzed(sessions, SEED, FUZZED));
  const [different] = [...known.differences, ...differences];
  if (different) throw new Error(`the trimmed interpreter answers otherwise: ${JSON.stringify(different)}`);
};
