// An interpreter that has only the functions that the core was ever seen to need stops where it needs another one.
// Then the whole interpreter takes over: it gets the memory as it was some inputs ago, is given those inputs again, and
// answers the one that was in the way. Nobody sees the difference: an answer follows from the memory and the input alone,
// and one that was never given had no effect outside the memory.

import { attempt } from "../attempt.js";
import { inNextTurn } from "../nextTurn.js";

/** ms that inputs are given again in a row, before the page has its turn. */
const TURN = 8;

/** Lets the page have its turn; a timer, which would make it wait 4 ms, only where a page took all else away. */
export const pause = () =>
  new Promise((/** @type {(nothing?: unknown) => void} */ settle) => attempt(() => inNextTurn(settle)) || setTimeout(settle));

/**
 * @template Memory
 * @param {{handle(text: string): string, save(): Memory}} lean the interpreter that may stop, at its start
 * @param {number} often characters of inputs after which its memory is copied, so that few are to be given again
 * @param {(memory: Memory | undefined) => Promise<(text: string) => string>} takeOver the whole interpreter's `handle`, with
 * such a memory, or that of the start
 * @returns {{handle(text: string): string | Promise<string>, readonly fallbacks: number}} `fallbacks`: how often it was needed
 */
export const replayed = (lean, often, takeOver) => {
  let { handle } = lean;
  /** @type {Memory | undefined} */
  let saved;
  /** Inputs that were answered since then. @type {string[]} */
  let since = [];
  let characters = 0;
  let fallbacks = 0;
  /** While the whole one is on its way. @type {Promise<unknown> | undefined} */
  let waiting;

  /** @param {string} text */
  const remember = (text) => {
    since.push(text);
    characters += text.length;
    if (characters < often) return;
    const memory = attempt(lean.save);
    characters = 0;
    if (!memory) return; // there was no room for a copy
    saved = memory;
    since = [];
  };

  /** @param {string} text the input that was not answered */
  const fallBack = async (text) => {
    fallbacks++;
    handle = await takeOver(saved);
    saved = undefined;
    let began = performance.now();
    for (const each of since) {
      handle(each);
      if (performance.now() - began < TURN) continue;
      await pause();
      began = performance.now();
    }
    since = [];
    waiting = undefined;
    return handle(text);
  };

  return {
    get fallbacks() {
      return fallbacks;
    },
    handle(text) {
      if (waiting) return waiting.then(() => handle(text));
      if (fallbacks) return handle(text);
      let answer;
      try {
        answer = handle(text);
      } catch {
        return (waiting = fallBack(text));
      }
      remember(text);
      return answer;
    },
  };
};
