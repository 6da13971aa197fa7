// A page of its own: a realm with its own built-ins, around a page of the scripted browser, so that a test can change or
// take away whatever a browser and the language give, and nothing else notices. What runs in it is the script tag's
// script, bundled as `make build` bundles it, with all that it fetches.

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import vm from "node:vm";
import { URL_OF_PAGE } from "./browser.js";

const require = createRequire(new URL("../../web/package.json", import.meta.url));
const SOURCES = new URL("../../web/src/", import.meta.url);
const DEFINED = { __VERSION__: '"1.2.3"', __INTEGRITY__: '"sha256-x"' };

/** A script of web/src, bundled. `import()` becomes a function of the realm: a realm of Node has none. */
const bundled = (contents, how) => {
  const { buildSync } = require("esbuild");
  const stdin = { contents: contents.replace(/\bimport\((?!")/g, "__import("), resolveDir: SOURCES.pathname };
  const { outputFiles } = buildSync({ stdin, bundle: true, write: false, format: "iife", define: DEFINED, ...how });
  return outputFiles[0].text;
};

const FIRST = new vm.Script(bundled(readFileSync(new URL("script.js", SOURCES), "utf8"), {}), { filename: "rudderanalytics.js" });
/** The realm's clock is the browser's. */
const CLOCK = new vm.Script(`(now) => {
  globalThis.Date = class Date extends globalThis.Date {
    constructor(...given) {
      super(...(given.length ? given : [now()]));
    }
    static now() {
      return now();
    }
  };
}`);
const REST = new vm.Script(`(() => { ${bundled('export * from "./core.js"; export * from "./extras.js"; export * from "./words.js"', { globalName: "__rest" })}; return __rest; })()`, { filename: "rest.mjs" });

/** Where an action leads that the browser takes: what it throws is uncaught in the page. */
const guarded = (uncaught, action) => (...given) => {
  try {
    return action(...given);
  } catch (error) {
    uncaught.push(error);
    return undefined;
  }
};

/** The browser's classes, as much of them as pages of ours use, and the objects that are of them. */
const platform = (page, browser, { attributes, uncaught }) => {
  class EventTarget {
    addEventListener(name, listener) {
      if (typeof listener === "function") page.listen(this === document ? "document" : "window", name, guarded(uncaught, listener));
    }
  }
  class Node extends EventTarget {}
  class Element extends Node {
    constructor(given = {}) {
      super();
      this.given = given;
    }
    get nodeType() {
      return 1;
    }
    get nodeName() {
      return "DIV";
    }
    getAttribute(name) {
      return this.given[name] ?? null;
    }
  }
  class HTMLScriptElement extends Element {
    get src() {
      return this.given.src ?? "";
    }
  }
  class Document extends Node {
    get cookie() {
      return page.readCookies();
    }
    set cookie(text) {
      page.writeCookie(String(text));
    }
    get title() {
      return "A title";
    }
    get referrer() {
      return "https://www.google.com/search?q=x";
    }
    get hidden() {
      return page.isHidden();
    }
    get currentScript() {
      return script;
    }
    get scripts() {
      return [script];
    }
    querySelector() {
      return null;
    }
  }
  class Storage {
    getItem(key) {
      return areas.get(this).getItem(key);
    }
    setItem(key, text) {
      areas.get(this).setItem(String(key), String(text));
    }
    removeItem(key) {
      areas.get(this).removeItem(key);
    }
  }
  /** What each of them holds, wherever its methods were taken from. */
  const areas = new Map();
  const storage = (name) => {
    const holds = () => page.storage(name).state.items;
    const made = new Proxy(Object.create(Storage.prototype), {
      get: (target, key) => (key in target ? target[key] : holds().get(key)),
      ownKeys: () => [...holds().keys()],
      getOwnPropertyDescriptor: (_, key) => (holds().has(key) ? { value: holds().get(key), enumerable: true, configurable: true } : undefined),
    });
    areas.set(made, { getItem: (key) => page.storage(name).getItem(key), setItem: (...given) => page.storage(name).setItem(...given), removeItem: (key) => page.storage(name).removeItem(key) });
    return made;
  };
  class Navigator {
    get userAgent() {
      return "Mozilla/5.0";
    }
    get language() {
      return "en-US";
    }
    get onLine() {
      return page.isOnline();
    }
    get locks() {
      return page.locks;
    }
  }
  class MessageChannel {
    port1 = { onmessage: null, close() {} };
    port2 = { postMessage: () => page.later(guarded(uncaught, () => this.port1.onmessage?.({}))) };
  }
  const script = new HTMLScriptElement({ src: `${page.location().origin}/dist/rudderanalytics.js`, ...attributes });
  class HTMLDocument extends Document {}
  const document = new HTMLDocument();
  // What a page changes of it is changed in no other page.
  class TextEncoder extends globalThis.TextEncoder {
    encode(text) {
      return super.encode(text);
    }
  }
  const { URL, URLSearchParams, TextDecoder, AbortController, Blob, Response, structuredClone } = globalThis;
  return {
    ...{ EventTarget, Node, Element, HTMLScriptElement, Document, Storage, Navigator, MessageChannel },
    ...{ URL, URLSearchParams, TextEncoder, TextDecoder, AbortController, Blob, Response, structuredClone },
    document,
    location: page.location(),
    navigator: new Navigator(),
    localStorage: storage("localStorage"),
    sessionStorage: storage("sessionStorage"),
    history: { pushState() {}, replaceState() {} },
    screen: { width: 1280, height: 800 },
    ...{ devicePixelRatio: 1, innerWidth: 1280, innerHeight: 720 },
    crypto: { getRandomValues: (bytes) => crypto.getRandomValues(bytes), subtle: crypto.subtle },
    performance: { now: () => page.elapsed() },
    console: Object.fromEntries(["log", "info", "debug", "warn", "error", "groupCollapsed", "groupEnd"].map((level) => [level, (...words) => page.log(level, ...words)])),
    // What is not for the data plane is there.
    fetch: async (address, how) => (how?.method === "POST" || String(address).startsWith("https://dataplane") ? page.fetch(String(address), how ?? {}) : new Response("")),
    setTimeout: (action, ms) => browser.setTimer(page, guarded(uncaught, action), Number(ms) || 0),
    clearTimeout: browser.clearTimer,
    WebAssembly: { compileStreaming: async () => undefined },
    atob,
    btoa,
  };
};

/**
 * Opens a page of this browser in a realm. `runtime`: a promise of what holds the core; `attributes` of the script tag.
 * Gives {global, page, run, damage, start, api, uncaught}: nothing of ours runs before `start`.
 */
export const openRealm = (browser, { runtime, attributes = {}, url = URL_OF_PAGE }) => {
  const page = browser.open(url);
  /** Whatever was thrown into the page. */
  const uncaught = [];
  const global = vm.createContext(platform(page, browser, { attributes, uncaught }));
  Object.assign(global, { window: global, self: global });
  CLOCK.runInContext(global)(browser.now);
  global.__import = async (path) => {
    const rest = REST.runInContext(global);
    return path.endsWith("rudderanalytics.mjs") ? { ...rest, boot: () => runtime } : rest;
  };
  return {
    global,
    page,
    uncaught,
    /** Runs code of the page's. */
    run: (code) => vm.runInContext(code, global),
    /** The script is there. What it throws is uncaught in the page. */
    start() {
      guarded(uncaught, () => FIRST.runInContext(global))();
      return global.rudderanalytics;
    },
  };
};
