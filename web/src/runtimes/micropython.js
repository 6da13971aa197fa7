// MicroPython, the PyScript build, on the page's main thread, with the core from one file.

/** @import {Runtime} from "../types" */

const HEAP = 2 * 2 ** 20; // bytes to start with; every call ends with a sweep of the whole heap, so it is kept small

/** @param {string} assets where `micropython/` lies, with a slash at the end @returns {Promise<Runtime>} */
export const boot = async (assets) => {
  const folder = assets + "micropython/";
  const [{ loadMicroPython }, core] = await Promise.all([
    import(folder + "micropython.mjs"),
    fetch(folder + "rudderanalytics.core.json").then((response) => response.json()),
  ]);
  const micropython = await loadMicroPython({ url: folder + "micropython.wasm", heapsize: HEAP });
  micropython.FS.mkdir("/lib");
  micropython.FS.mkdir("/lib/rudderanalytics");
  for (const path in core) micropython.FS.writeFile("/lib/" + path, core[path]);
  const { handle } = micropython.pyimport("rudderanalytics.boundary");
  // The version is a tuple, which does not cross; the text that `sys.version` holds is "3.4.0; MicroPython v1.27.0 ..."
  const version = /v([\d.]+)/.exec(micropython.pyimport("sys").version)?.[1];
  return { name: `micropython ${version}`, handle };
};
