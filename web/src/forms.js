// Whether the arguments of a call are such that its method has a use for them; advice.js says what they should be.

/** Of each method its arguments as kinds: text, number, boolean, object, "-" for none. @type {Record<string, RegExp>} */
const FORMS = {
  identify: /^[tn-]?[o-]{0,2}$/,
  track: /^t[o-]{0,2}$/,
  page: /^[t-]{0,2}[o-]{0,2}$/,
  group: /^[tn-]?[o-]{0,2}$/,
  alias: /^[tn][tn-]?[o-]?$/,
  reset: /^[bo]?$/,
  setAnonymousId: /^[t-]{0,2}$/,
  setAuthToken: /^t?$/,
  consent: /^o?$/,
};

/** @param {unknown} value JSON */
const kindOf = (value) => (value === null || value === undefined || value === "" ? "-" : Array.isArray(value) ? "a" : (typeof value)[0].replace("s", "t"));

/** Are there some that the method has no use for, by their types? @param {string} method @param {unknown[]} given @returns {boolean} */
export const isMisfit = (method, given) => !(FORMS[method]?.test(given.map(kindOf).join("").replace(/-+$/, "")) ?? true);
