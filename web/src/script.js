// The script tag's entry: reads the tag, makes the page's client, and boots the runtime that the tag asks for.

import { attempt } from "./attempt.js";
import { install } from "./install.js";

/** The script that runs, and no element that only bears its name. @returns {HTMLScriptElement | null} */
const ownScript = () => {
  const current = attempt(() => Object.getOwnPropertyDescriptor(Document.prototype, "currentScript")?.get?.call(document));
  return current instanceof HTMLScriptElement ? current : null;
};

const tag = ownScript();
const attributeOf = (/** @type {string} */ name) => (tag ? Element.prototype.getAttribute.call(tag, name) : null) ?? undefined;
const runtime = attributeOf("data-runtime") || "pyodide";
const assets = new URL((attributeOf("data-assets-url") || ".").replace(/\/*$/, "/"), tag?.src || location.href).href;
const isHost = runtime === "host";

const extras = () => import(assets + "extras.mjs");

/** The runtime, and the page's side of it, which comes in one script with it. @returns {Promise<import("./page").Booted>} */
const boot = async () => {
  if (isHost) return extras(); // the page's own Python comes when it is imported
  const path = `${assets}${runtime}/rudderanalytics.`;
  const ahead = runtime === "micropython" ? WebAssembly.compileStreaming(fetch(path + "wasm")).catch(() => undefined) : undefined;
  const { createCore, boot: start } = await import(path + "mjs");
  return { createCore, runtime: Promise.resolve(ahead).then(start) };
};

/** @param {any} api */
const loadFromAttributes = (api) => {
  const writeKey = attributeOf("data-write-key");
  const dataPlaneUrl = attributeOf("data-data-plane-url");
  const options = attributeOf("data-options") || "{}";
  if (writeKey !== undefined || dataPlaneUrl !== undefined) api.load(writeKey, dataPlaneUrl, attempt(() => JSON.parse(options)) ?? options);
};

install({ installType: "script", boot, extras }, isHost, loadFromAttributes);
