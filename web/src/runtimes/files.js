// The files of a runtime: where each of them is and, where the page's script tag has `integrity`, what it must be
// (integrity.js): then a file that is another one is an error, and nothing stands in for it.

import { attempt } from "../attempt.js";

/** @typedef {(name: string) => string} Address where a file is; a bundler may have left some nowhere */
/** @typedef {Record<string, string>} Integrity name of a file -> its digests, as the attribute `integrity` has them */
/** @typedef {ReturnType<typeof filesOf>} Files */

/** @param {Address} at @param {Integrity} [integrity] */
export const filesOf = (at, integrity) => {
  const ask = fetch; // as it was, for Pyodide is given another one
  return {
    at,
    integrity,

    /** @param {string} name @returns {Promise<Response>} rejects with a ChangedFile, too */
    async ask(name) {
      const digests = integrity && integrity[name];
      const url = at(name);
      if (!integrity) return ask(url);
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

/** A file is not the one that the script was built with. */
export class ChangedFile extends Error {
  /** @param {string} name */
  constructor(name) {
    super(`${name} is not the file that this script was built with (integrity)`);
  }
}

/** The addresses and the digests as one text, for a worker. @param {string[]} names @param {Address} at @param {Integrity} [integrity] */
export const toText = (names, at, integrity) =>
  JSON.stringify({ ...Object.fromEntries(names.map((name) => [name, attempt(() => at(name))])), integrity });

/** @param {string} text @returns {Files} */
export const fromText = (text) => {
  const { integrity, ...addresses } = JSON.parse(text);
  return filesOf((name) => addresses[name], integrity);
};
