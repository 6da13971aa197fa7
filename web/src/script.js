// The script tag's entry: reads the tag, makes the page's client, and boots the runtime that the tag asks for.

import { attempt } from "./attempt.js";
import { parse } from "./builtins.js";
import { install } from "./install.js";
import { attributeOf, compiled, ownScript, resolved } from "./page.js";

const tag = ownScript();
const runtime = attributeOf(tag, "data-runtime") || "pyodide";
const assets = /** @type {string} */ (attempt(() => resolved((attributeOf(tag, "data-assets-url") || ".").replace(/\/*$/, "/"), tag?.src)));
const isHost = runtime === "host";
const isChecked = attributeOf(tag, "integrity");

/** A module of ours, by its path below the assets. Where our tag says what we must be, so do we of all that we load (integrity.js). @param {string} path @returns {Promise<any>} */
const bring = async (path) => {
  if (!isChecked) return await import(assets + path);
  const file = await fetch(assets + "integrity.mjs", { integrity: __INTEGRITY__ });
  const checks = await import(URL.createObjectURL(await file.blob()));
  return checks.bring(assets, path);
};

/**
 * The runtime, and the page's side of it, which comes in one script with it.
 * @param {Record<string, unknown>} options of `load` @returns {Promise<import("./page").Booted>}
 */
const boot = async ({ crossOriginAssets }) => {
  // Only the page, which writes the options, can say that scripts of another origin may run unchecked.
  if (!isChecked && crossOriginAssets !== true && resolved("/", assets) !== resolved("/", tag?.src)) throw "data-assets-url needs crossOriginAssets";
  if (isHost) return await bring("core.mjs"); // the page's own Python comes when it is imported
  const path = runtime + "/rudderanalytics.";
  const ahead = isChecked ? undefined : compiled(assets + path + "wasm");
  const { createCore, boot: start } = await bring(path + "mjs");
  return { createCore, runtime: start(ahead) };
};

/** @param {any} api @param {(level: string, text: string) => void} log */
const loadFromAttributes = (api, log) => {
  if (!tag) log("ERROR", "no tag of ours: call load()");
  const writeKey = attributeOf(tag, "data-write-key");
  const dataPlaneUrl = attributeOf(tag, "data-data-plane-url");
  const options = attributeOf(tag, "data-options") || "{}";
  if ((writeKey ?? dataPlaneUrl) != null) api.load(writeKey, dataPlaneUrl, attempt(() => parse(options)) ?? options);
};

install({ installType: "script", boot, bring }, isHost, loadFromAttributes);
