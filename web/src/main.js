// The script tag's entry, and the one that `import rudderanalytics` puts into a page: one client, window.rudderanalytics.

import { attempt } from "./attempt.js";
import { untangle } from "./arguments.js";
import { attach, call, fail, first, flush, hide, log, mute, muted, on, signal, stats, wait } from "./bridge.js";
import { hint } from "./page.js";
import { keep } from "./runtimes/host.js";
import { keepAs, opened, sealed, value } from "./storage.js";

const MESSAGES = ["identify", "track", "page", "group", "alias"];
const CHANGES = ["reset", "setAnonymousId", "startSession", "endSession", "setAuthToken", "consent"];

// The script that Python adds is not `currentScript`: PyScript answers that with the element whose Python runs.
const script = /** @type {HTMLScriptElement | null} */ (
  document.querySelector("script[data-rudderanalytics]") || document.currentScript
);
const { writeKey, dataPlaneUrl, runtime = "pyodide", options, assetsUrl } = script?.dataset ?? {};
const assets = new URL((assetsUrl || ".").replace(/\/*$/, "/"), script?.src || location.href).href;
/** The address of the script with what few pages need. */
let seldom = assets + "seldom.mjs";
let prepared = false;
let booting = runtime === "host";

/** The runtime's own script, and what it would ask for first. @returns {Promise<import("./types").Runtime>} */
const boot = async () => {
  const path = `${assets}${runtime}/rudderanalytics.`;
  const ahead = runtime === "micropython" && WebAssembly.compileStreaming(fetch(path + "wasm")).catch(() => {});
  return (await import(path + "mjs")).boot(await ahead);
};

/** @param {unknown} level the load option `uaChTrackLevel` */
const prepare = async (level) => {
  const { calls, consents } = await (await import(seldom)).prepare(sealed(), opened, level, hint, on, signal);
  first(() => calls.forEach(api.push));
  return consents;
};

/** The anonymousId that a getter made before Python could. */
let fresh = "";

/** The `before_send` that Python's next `load` brings. @type {Function | undefined} */
let review;

/** @type {Record<string, any>} */
const api = {
  version: __VERSION__,
  /** @param {...unknown} given */
  load(...given) {
    const { uaChTrackLevel: level, onLoaded, beforeSend, consentManagement, respectGPC, respectDNT } = keepAs(given[2]);
    if ((respectGPC && navigator.globalPrivacyControl) || (respectDNT && navigator.doNotTrack === "1")) mute();
    if (muted) return void keepAs({ storage: { type: "none" } });
    if (!booting) boot().then(attach, fail); // first: what follows asks the browser much
    booting = true;
    if (level === "default") hint(navigator.userAgentData);
    if (!prepared && (level === "full" || consentManagement || sealed().length || /[?&]ajs_/.test(location.search))) {
      prepared = true;
      wait(prepare(level));
    }
    if (typeof onLoaded === "function") on("ready", () => onLoaded(api));
    call("load", untangle("load", given).values, typeof beforeSend === "function" ? beforeSend : review);
  },
  /** @param {() => void} callback */
  ready: (callback) => on("ready", callback),
  on,
  flush,
  stats,
  /** @param {[string, ...unknown[]]} entry */
  push: ([method, ...given]) => void api[method]?.(...given),
  getUserId: () => String(value("rl_user_id", "userId") || ""),
  getUserTraits: () => value("rl_trait", "userTraits") || {},
  getGroupId: () => String(value("rl_group_id", "groupId") || ""),
  getGroupTraits: () => value("rl_group_trait", "groupTraits") || {},
  getAnonymousId: () => value("rl_anonymous_id", "anonymousId") ?? (fresh ||= first(() => call("setAnonymousId", [, , true]))),
  getSessionId: () => {
    const { id, manualTrack, expiresAt, cutOff } = value("rl_session", "sessionInfo") || {};
    const now = Date.now();
    return manualTrack || (now <= expiresAt && !(now > cutOff?.expiresAt)) ? id : null;
  },
};
for (const method of [...MESSAGES, ...CHANGES]) {
  api[method] = (/** @type {unknown[]} */ ...given) => {
    const { values, callback } = untangle(method, given);
    return call(method, values, callback); // the messageId, of those that become messages
  };
}

/** For Python's `import rudderanalytics`: text and functions only, no objects. */
const python = {
  /** @param {any} handle @param {string} name @param {string} text of seldom.mjs, for where there is no dist/ */
  attach: (handle, name, text) => {
    if (runtime !== "host") return;
    if (!script?.src) seldom = URL.createObjectURL(new Blob([text], { type: "text/javascript" }));
    attach({ name, handle: keep(handle) }, script?.src ? undefined : "python");
  },
  /** @param {string} text */
  call(text) {
    const [method, ...given] = JSON.parse(text);
    return JSON.stringify(api[method](...given) ?? null);
  },
  /** A listener; without a name, the `before_send` of the next `load`. @param {string} name @param {any} listener */
  on(name, listener) {
    const kept = keep(listener);
    /** @param {unknown} detail */
    const told = (detail) => kept(JSON.stringify(detail ?? null));
    if (name) on(name, told);
    else review = (/** @type {unknown} */ message) => JSON.parse(told(message));
  },
  flush: async () => JSON.stringify(await flush()),
};
api.python = python;

/** @param {Record<string, any>} client */
const loadFromAttributes = (client) => {
  if (writeKey === undefined && dataPlaneUrl === undefined) return;
  client.load(writeKey, dataPlaneUrl, attempt(() => JSON.parse(options || "{}")) ?? options);
};

const start = () => {
  const before = /** @type {any} */ (window).rudderanalytics;
  if (before?.python) return loadFromAttributes(before); // Python's import was first: one client is enough
  if (before && !Array.isArray(before)) log("WARN", "window.rudderanalytics is replaced");
  window.rudderanalytics = /** @type {any} */ (api);
  loadFromAttributes(api);
  if (Array.isArray(before)) {
    before.sort((one, other) => Number(other?.[0] === "consent") - Number(one?.[0] === "consent")); // it goes first [js 1.12]
    for (const entry of before) attempt(() => api.push(entry));
  }
  document.addEventListener("visibilitychange", () => (document.hidden ? hide() : signal("shown")));
  addEventListener("pagehide", () => hide(true));
  addEventListener("pageshow", () => signal("shown"));
  addEventListener("online", () => signal("online"));
  addEventListener("offline", () => signal("offline"));
};
start();
