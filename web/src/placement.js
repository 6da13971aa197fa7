// Where a value is kept that its own area does not take: cookies are blocked or too small for it, localStorage is full.
// Each kind of place has a line of areas to try [js 3.4]; the last is memory, for this page only. What is done is said.

import { isLegacy, KEYS } from "./cookies.js";

/** @type {Record<string, ("localStorage" | "sessionStorage")[]>} */
const NEXT = { cookieStorage: ["localStorage", "sessionStorage"] };
/** @type {Record<string, import("./storage").Area>} */
const AREA = { cookieStorage: "cookie", localStorage: "localStorage", sessionStorage: "sessionStorage" };

/** What is held in memory, because its own area did not take it. @param {import("./storage").BrowserStorage} storage @param {import("./identity").BrowserIdentity} identity */
export const heldOf = (storage, identity) => {
  const found = identity.read();
  const names = Object.entries(KEYS).filter(([stateKey, name]) => storage.read("memory", name) !== null && AREA[identity.placeOf(stateKey)]);
  return Object.fromEntries(names.map(([stateKey]) => [stateKey, found[stateKey]]));
};

/**
 * @param {import("./page").Page} page @param {import("./storage").BrowserStorage} storage @param {import("./identity").BrowserIdentity} identity
 * @param {(mistake: import("./optionTable").Mistake) => void} say @param {Record<string, any>} held what was in memory until now
 */
export const placeAll = (page, storage, identity, say, held) => {
  identity.placeWith((stateKey, text, place) => {
    const name = KEYS[stateKey];
    const taken = (NEXT[place] || []).find((area) => identity.put(name, text, area)) || "memory";
    const area = AREA[place];
    // A text that the official SDK's first version left is not replaced; core.js says so.
    if (!area || isLegacy(identity.textIn(area, name) || "")) return taken;
    const isBlocked = area === "cookie" ? !storage.takesCookies() : !page.storage(/** @type {"localStorage"} */ (area));
    say({ kind: isBlocked ? "blocked" : "placed", name: isBlocked ? area : name, area, where: taken });
    return taken;
  });
  identity.keep(held, true);
};
