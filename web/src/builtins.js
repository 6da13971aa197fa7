// What the language gives, as it was when we came: pages put their own in its place, or nothing. The Promise is the one
// that async functions make, whatever a library has made of the name. `await` needs no `then`, which a page may have changed:
// so where something may be lost the promise of another function is awaited, neither returned from an async one nor given to
// `Promise.all`.

export const { Map, Set, atob, btoa, escape, unescape } = globalThis;
export const { parse, stringify } = JSON ?? {};
/** @type {PromiseConstructor} */
export const Promise = /** @type {any} */ ((async () => {})().constructor);
