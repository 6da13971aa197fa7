// The files of a runtime: where each of them is and, where the page's script tag has `integrity`, what it must be
// (integrity.js): then a file that is another one is an error, and nothing stands in for it.

import { attempt } from "../attempt.js";

/** @typedef {(name: string) => string} Address where a file is; a bundler may have left some nowhere */
/** @typedef {Record<string, string>} Integrity name of a file -> its digests, as the attribute `integrity` has them */
/** @typedef {{at: Address, ask(name: string): Promise<Response>, integrity?: Integrity}} Files `ask` rejects with a ChangedFile, too, where it checks */

/** Those that nobody checks. @param {Address} at @returns {Files} */
export const uncheckedFiles = (at) => {
  const ask = fetch; // as it was, for Pyodide is given another one
  return { at, ask: async (name) => ask(at(name)) };
};

/** @param {Address} at @param {Integrity} integrity @returns {Files} */
const checkedFiles = (at, integrity) => {
  const ask = fetch;
  return {
    at,
    integrity,
    async ask(name) {
      const digests = integrity[name];
      const url = at(name);
      if (!digests) throw new ChangedFile(name);
      try {
        return await ask(url, { integrity: digests });
      } catch (error) {
        // The browser does not say what it was that failed: is there such a file?
        const { ok } = (await ask(url).catch(() => undefined)) || {};
        throw ok ? new ChangedFile(name) : error;
      }
    },
  };
};

/** @param {Address} at @param {Integrity} [integrity] */
export const filesOf = (at, integrity) => (integrity ? checkedFiles(at, integrity) : uncheckedFiles(at));

/** A file is not the one that the script was built with. */
export class ChangedFile extends Error {
  /** A script that did not make it has another class of this name. */
  isChangedFile = true;

  /** @param {string} name */
  constructor(name) {
    super(`${name} is not the file that this script was built with (integrity)`);
  }
}

/** The addresses and the digests as one text, for a worker. @param {string[]} names @param {Pick<Files, "at" | "integrity">} files */
export const toText = (names, { at, integrity }) =>
  JSON.stringify({ ...Object.fromEntries(names.map((name) => [name, attempt(() => at(name))])), integrity });

/** @param {string} text @returns {Files} */
export const fromText = (text) => {
  const { integrity, ...addresses } = JSON.parse(text);
  return filesOf((name) => addresses[name], integrity);
};
