// Pyodide on the page's main thread, with the core from the wheel that the lock file beside it lists.

/** @import {Runtime} from "../types" */

/** @param {string} assets where `pyodide/` lies, with a slash at the end @returns {Promise<Runtime>} */
export const boot = async (assets) => {
  const indexURL = assets + "pyodide/";
  const { loadPyodide } = await import(indexURL + "pyodide.mjs");
  const pyodide = await loadPyodide({ indexURL, packages: ["rudderanalytics"] });
  const { handle } = pyodide.pyimport("rudderanalytics.boundary");
  return { name: `pyodide ${pyodide.version}`, handle };
};
