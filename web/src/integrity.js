// What the script brings where its tag has `integrity`: then all that it loads is checked before it runs, by digests that
// `make build` puts into this script, whose own digest is in the first one. A script is fetched and checked, and runs as a
// Blob of what was checked; what else a runtime fetches is checked by the browser as it comes (runtimes/files.js).

import { Promise } from "./builtins.js";
import { filesOf } from "./runtimes/files.js";

/** Path below the assets -> its digests. @type {import("./runtimes/files").Integrity} */
const INTEGRITY = __INTEGRITY__;

/** The scripts that a runtime starts with, and those that it imports itself. @type {Record<string, string[]>} */
const SCRIPTS = { pyodide: ["pyodide.mjs", "pyodide.asm.js"], micropython: [] };

/** A Blob of a script. @param {string} assets their address @param {string} path @returns {Promise<string>} its address */
const checked = async (assets, path) => {
  const text = await (await filesOf((name) => assets + name, INTEGRITY).ask(path)).text();
  return URL.createObjectURL(new Blob([text], { type: "text/javascript" }));
};

/** @param {string} address of a Blob @param {string} path */
const run = (address, path) =>
  import(address).catch((error) => {
    throw new Error(`${path} cannot run: a tag with integrity needs blob: in the page's Content-Security-Policy (script-src, worker-src) (${error})`);
  });

/** @param {string} assets their address, with a slash at its end @param {string} path of a module of ours */
export const bring = async (assets, path) => {
  const [runtime, name] = path.split("/");
  if (!name) return run(await checked(assets, path), path);
  const scripts = [name, ...SCRIPTS[runtime]];
  const blobs = await Promise.all(scripts.map(async (script) => [script, await checked(assets, `${runtime}/${script}`)]));
  const addresses = Object.fromEntries(blobs);
  const own = Object.entries(INTEGRITY).filter(([each]) => each.startsWith(`${runtime}/`));
  const integrity = Object.fromEntries(own.map(([each, digests]) => [each.slice(runtime.length + 1), digests]));
  const { createCore, boot } = await run(addresses[name], path);
  /** @param {string} file */
  const at = (file) => addresses[file] || `${assets}${runtime}/${file}`;
  return { createCore, boot: () => boot(undefined, at, filesOf(at, integrity)) };
};
