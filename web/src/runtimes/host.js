// The interpreter that the page itself runs (PyScript, Pyodide): Python hands its core over.

/**
 * A function that Python passed, kept beyond the call: Pyodide destroys a borrowed proxy when the call returns,
 * MicroPython's proxies have no `copy`.
 * @template {Function & {copy?: () => any}} F @param {F} python @returns {F}
 */
export const keep = (python) => (python.copy ? python.copy() : python);
