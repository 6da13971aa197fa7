// Cookies of one name on several domains or paths: the official SDK, another option, or a sibling subdomain set them.
// What this page writes must be the only one; what it cannot remove is overruled while it lives (storage.js), and said.

import { Map } from "./collections.js";
import { KEYS } from "./cookies.js";
import { domainsOf } from "./storage.js";

/** The paths that cookies of this page can have. @param {string} pathname */
export const pathsOf = (pathname) => {
  const parts = pathname.split("/").slice(1);
  const folders = parts.map((_, at) => "/" + parts.slice(0, at + 1).join("/"));
  return ["/", ...folders, ...folders.map((folder) => folder + "/")];
};

/**
 * Removes a cookie of every domain that this page can have set it on.
 * @param {import("./page").Page} page @param {import("./storage").BrowserStorage} storage @param {string} name
 * @param {string[]} paths @param {import("./storage").CookieAttributes} [attributes] that it may have
 */
export const removeEverywhere = (page, storage, name, paths, attributes) => {
  for (const domain of [null, ...domainsOf(page.location().hostname)]) {
    for (const path of paths) storage.setCookie(name, null, { ...attributes, domain, path });
  }
};

/**
 * As a page opens: of two cookies of one name the one of this page's own scope counts, whoever wrote the other one. No page
 * is told the scope of a cookie; it is the one that goes when it is removed there, and it is put back at once.
 * @param {import("./storage").BrowserStorage} storage @param {string[]} names @param {() => import("./storage").CookieAttributes} attributesOf of this page's cookies: to find their domain takes a while
 */
export const preferOwn = (storage, names, attributesOf) => {
  for (const name of names) {
    const texts = storage.textsOf(name);
    if (texts.length < 2) continue;
    const attributes = attributesOf();
    storage.setCookie(name, null, attributes);
    const others = storage.textsOf(name);
    if (others.length === texts.length) continue; // none is of this scope: the last counts
    const text = texts.find((each, at) => each !== others[at]) ?? texts[0];
    storage.setCookie(name, text, attributes);
    storage.verify(name, { text, attributes });
  }
};

/**
 * @param {import("./page").Page} page @param {import("./storage").BrowserStorage} storage
 * @param {(mistake: import("./optionTable").Mistake) => void} say
 */
export const clearOtherScopes = (page, storage, say) => {
  const left = new Map();
  storage.onRefused((name, { text, attributes }) => {
    const others = storage.textsOf(name).filter((there) => there !== text);
    if (others.length && left.get(name) !== String(others)) {
      removeEverywhere(page, storage, name, pathsOf(page.location().pathname), attributes);
      if (text !== null) storage.setCookie(name, text, attributes);
      const remaining = storage.textsOf(name).filter((there) => there !== text);
      left.set(name, String(remaining)); // not tried again at each call
      storage.verify(name, { text, attributes });
      if (remaining.length) say({ kind: "scope", name });
    }
    if (text !== null && !storage.textsOf(name).includes(text)) say({ kind: "refused", name });
  });
};

/**
 * Cookies of which this page wrote what is there, or removed it. Of what it holds in memory it wrote none; where it keeps a
 * value elsewhere, one that is there is another page's.
 * @param {import("./storage").BrowserStorage} storage @param {import("./identity").BrowserIdentity} identity @returns {string[]} names
 */
export const writtenHere = (storage, identity) => {
  storage.look();
  const written = Object.entries(KEYS).filter(([stateKey, name]) => {
    const place = identity.placeOf(stateKey);
    return place === "cookieStorage" || (place !== "held" && storage.read("cookie", name) === null);
  });
  return written.map(([, name]) => name);
};

/**
 * What the page wrote before this came met others, too, which stayed: it is written again, so that they go.
 * @param {import("./storage").BrowserStorage} storage @param {string[]} names @param {() => import("./storage").CookieAttributes} attributesOf as with `preferOwn`
 */
export const writeAgain = (storage, names, attributesOf) => {
  for (const name of names) {
    const others = storage.textsOf(name);
    const text = storage.read("cookie", name);
    if (others.some((there) => there !== text)) storage.writeCookie(name, text, attributesOf());
  }
};
