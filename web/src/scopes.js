// Cookies of one name on several domains or paths: the official SDK, another option, or a sibling subdomain set them.
// What this page writes must be the only one; what it cannot remove is overruled while it lives (storage.js), and said.

import { Map } from "./builtins.js";
import { domainsOf } from "./storage.js";

/** The paths that cookies of this page can have. @param {string} pathname */
const pathsOf = (pathname) => {
  const parts = pathname.split("/").slice(1);
  const folders = parts.map((_, at) => "/" + parts.slice(0, at + 1).join("/"));
  return ["/", ...folders, ...folders.map((folder) => folder + "/")];
};

/**
 * @param {import("./page").Page} page @param {import("./storage").BrowserStorage} storage
 * @param {(level: string, text: string) => void} logOnce
 */
export const clearOtherScopes = (page, storage, logOnce) => {
  const left = new Map();
  storage.onRefused((name, { text, attributes }) => {
    const others = storage.textsOf(name).filter((there) => there !== text);
    if (others.length && left.get(name) !== String(others)) {
      const { hostname, pathname } = page.location();
      for (const domain of [null, ...domainsOf(hostname)]) {
        for (const path of pathsOf(pathname)) storage.setCookie(name, null, { ...attributes, domain, path });
      }
      if (text !== null) storage.setCookie(name, text, attributes);
      const remaining = storage.textsOf(name).filter((there) => there !== text);
      left.set(name, String(remaining)); // not tried again at each call
      storage.verify(name, { text, attributes });
      if (remaining.length) logOnce("WARN", `a cookie ${name} of another domain or path cannot be removed; this page does as if it were not there`);
    }
    if (text !== null && !storage.textsOf(name).includes(text)) {
      logOnce("WARN", `the browser refuses the cookie ${name}; its value is kept in memory, for this page only`);
    }
  });
};
