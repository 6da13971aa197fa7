// A browser's cookies, as far as pages see them: RFC 6265bis, sections 5.6 to 5.8, without `HttpOnly` and site rules.

const LARGEST = 4096; // bytes of a cookie's name and value together
/** Domains that no cookie can be set for. */
const PUBLIC_SUFFIXES = ["com", "uk", "co.uk"];

/** @typedef {{name: string, value: string, domain: string, isHostOnly: boolean, path: string, expires: number, isLocked: boolean}} Cookie */

/** @param {string} host @param {string} domain */
const isWithin = (host, domain) => host === domain || host.endsWith("." + domain);

/** @param {string} place of a page @param {string} path of a cookie */
const isBelow = (place, path) => place === path || (place.startsWith(path) && (path.endsWith("/") || place[path.length] === "/"));

/** @param {string} place @returns {string} the path of a cookie that names none */
const folderOf = (place) => place.slice(0, Math.max(1, place.lastIndexOf("/")));

/**
 * `refuses` is what the browser does with what a page writes: "nothing" is refused; "everything"; "domains": cookies that
 * name a domain; "blocked": there are no cookies at all, for pages. A locked cookie is one that pages see and cannot
 * change, as a `Secure` one is to pages over HTTP.
 */
export class CookieJar {
  /** In the order of their creation. @type {Cookie[]} */
  cookies = [];
  refuses = "nothing";

  /** @param {string} host @param {string} place the page's path @param {number} now @returns {string} `document.cookie` */
  read(host, place, now) {
    if (this.refuses === "blocked") return "";
    this.cookies = this.cookies.filter(({ expires }) => expires > now);
    const seen = this.cookies.filter(({ domain, isHostOnly, path }) => (isHostOnly ? host === domain : isWithin(host, domain)) && isBelow(place, path));
    seen.sort((one, other) => other.path.length - one.path.length);
    return seen.map(({ name, value }) => `${name}=${value}`).join("; ");
  }

  /** @param {string} host @param {string} place @param {string} text as a page writes it @param {number} now @returns {boolean} is it done? */
  write(host, place, text, now) {
    const [pair, ...rest] = text.split(/; */);
    const [name, value] = pair.split(/=(.*)/s);
    const attributes = Object.fromEntries(rest.map((each) => each.split(/=(.*)/s)).map(([key, given = ""]) => [key.toLowerCase(), given]));
    const domain = (attributes.domain || "").replace(/^\./, "");
    if (this.refuses === "blocked" || this.refuses === "everything" || (domain && this.refuses === "domains")) return false;
    if (name.length + value.length > LARGEST) return false;
    if (domain && (!isWithin(host, domain) || PUBLIC_SUFFIXES.includes(domain))) return false;
    const expires = "expires" in attributes ? Date.parse(attributes.expires) : Infinity;
    const path = attributes.path?.startsWith("/") ? attributes.path : folderOf(place);
    return this.put({ name, value, domain: domain || host, isHostOnly: !domain, path, expires, isLocked: false }, now);
  }

  /** @param {Cookie} cookie @param {number} now @returns {boolean} is it done? */
  put(cookie, now) {
    const { name, domain, isHostOnly, path, isLocked } = cookie;
    const at = this.cookies.findIndex((each) => each.name === name && each.domain === domain && each.isHostOnly === isHostOnly && each.path === path);
    if (at >= 0 && this.cookies[at].isLocked && !isLocked) return false;
    if (at >= 0) this.cookies[at] = cookie;
    else this.cookies.push(cookie);
    this.cookies = this.cookies.filter(({ expires }) => expires > now);
    return true;
  }
}
