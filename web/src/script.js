// The script tag's entry: reads the tag, makes the page's client, and boots the runtime that the tag asks for.

import { attempt } from "./attempt.js";
import { parse, Promise } from "./builtins.js";
import { install } from "./install.js";
import { attributeOf, compiled, ownScript, resolved } from "./page.js";

const tag = ownScript();
const runtime = attributeOf(tag, "data-runtime") || "pyodide";
const assets = resolved((attributeOf(tag, "data-assets-url") || ".").replace(/\/*$/, "/"), tag?.src);
const isHost = runtime === "host";

const extras = () => import(assets + "extras.mjs");

/** The runtime, and the page's side of it, which comes in one script with it. @returns {Promise<import("./page").Booted>} */
const boot = async () => {
  if (isHost) return extras(); // the page's own Python comes when it is imported
  const path = `${assets}${runtime}/rudderanalytics.`;
  const ahead = runtime === "micropython" ? compiled(path + "wasm") : undefined;
  const { createCore, boot: start } = await import(path + "mjs");
  return { createCore, runtime: Promise.resolve(ahead).then(start) };
};

/** @param {any} api @param {(level: string, text: string) => void} log */
const loadFromAttributes = (api, log) => {
  if (!tag) log("ERROR", "no script tag of ours: call load()");
  const writeKey = attributeOf(tag, "data-write-key");
  const dataPlaneUrl = attributeOf(tag, "data-data-plane-url");
  const options = attributeOf(tag, "data-options") || "{}";
  if (writeKey !== undefined || dataPlaneUrl !== undefined) api.load(writeKey, dataPlaneUrl, attempt(() => parse(options)) ?? options);
};

install({ installType: "script", boot, extras }, isHost, loadFromAttributes);
