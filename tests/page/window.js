// The globals of a browser's page, by script, for what touches them: web/src/page.js and the entries. Properties that a
// browser has on prototypes are there; `named` are elements that stand in for properties of the document, `over` replaces
// globals (a value, or undefined to take one away).

import { NOW, URL_OF_PAGE } from "./browser.js";

/** ms. A timer that is longer is none that a test waits for. */
const LONG = 1_000;
const { setTimeout: start } = globalThis;
// Clients go on after their test: what they wait for must not keep the process.
globalThis.setTimeout = (action, ms, ...given) => {
  const timer = start(action, ms, ...given);
  if (ms >= LONG) timer.unref();
  return timer;
};

/** Puts a page's globals in place; gives {document, fire, restore, ...} */
export const openWindow = ({ url = URL_OF_PAGE, named = {}, over = {}, scripts = [], currentScript = null } = {}) => {
  const listeners = [];
  const lines = [];
  let cookie = "";

  class EventTarget {
    addEventListener(name, listener) {
      listeners.push([this, name, listener]);
    }
  }
  class Element extends EventTarget {
    constructor(attributes = {}) {
      super();
      this.attributes = attributes;
    }
    getAttribute(name) {
      return this.attributes[name] ?? null;
    }
  }
  class HTMLScriptElement extends Element {
    get src() {
      return this.attributes.src ? new URL(this.attributes.src, url).href : "";
    }
    get type() {
      return this.attributes.type ?? "";
    }
  }
  class Document extends EventTarget {
    get cookie() {
      return cookie;
    }
    set cookie(text) {
      cookie = text.split(";")[0];
    }
    get title() {
      return "A title";
    }
    get referrer() {
      return "https://www.google.com/";
    }
    hasFocus() {
      return document.isFocused === true;
    }
    get hidden() {
      return document.isHidden === true;
    }
    get prerendering() {
      return document.isPrerendered === true;
    }
    get currentScript() {
      return currentScript;
    }
    get scripts() {
      return scripts;
    }
    querySelector(selector) {
      return selector === "link[rel=canonical]" ? document.canonical : null;
    }
  }
  class Storage {
    getItem = () => null;
  }

  /** Node's own would keep the process, and be heard by other pages. */
  class BroadcastChannel {
    postMessage() {}
    close() {}
  }

  class HTMLDocument extends Document {}
  const document = new HTMLDocument();
  Object.assign(document, { canonical: new Element({ href: "https://www.example.com/item" }) });
  for (const [name, element] of Object.entries(named)) Object.defineProperty(document, name, { value: element, configurable: true });
  const location = new URL(url);
  const window = {
    EventTarget,
    Element,
    HTMLScriptElement,
    Document,
    Storage,
    BroadcastChannel,
    document,
    location,
    console: Object.fromEntries(["log", "info", "debug", "warn", "error"].map((level) => [level, (...words) => lines.push([level, ...words].map(String).join(" "))])),
    crypto: globalThis.crypto,
    navigator: { userAgent: "Mozilla/5.0", language: "en-US", onLine: true, cookieEnabled: true, locks: { request: async (...given) => given } },
    screen: { width: 1280, height: 800 },
    devicePixelRatio: 2,
    innerWidth: 1280,
    innerHeight: 720,
    localStorage: new Storage(),
    sessionStorage: new Storage(),
    fetch: async (...given) => given,
    rudderanalytics: undefined,
    __VERSION__: "1.2.3",
    ...over,
  };
  window.window = globalThis;
  const before = Object.keys(window).map((name) => [name, Object.getOwnPropertyDescriptor(globalThis, name)]);
  for (const [name, descriptor] of Object.entries(Object.getOwnPropertyDescriptors(window))) {
    Object.defineProperty(globalThis, name, { ...descriptor, configurable: true });
  }
  const restore = () => {
    for (const [name, descriptor] of before) {
      if (descriptor) Object.defineProperty(globalThis, name, descriptor);
      else delete globalThis[name];
    }
  };
  return { window, document, lines, listeners, restore, now: NOW };
};

/** Runs in such a page, and puts back what was there. */
export const inWindow = async (how, run) => {
  const opened = openWindow(how);
  try {
    return await run(opened);
  } finally {
    opened.restore();
  }
};
