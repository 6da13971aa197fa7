#!/bin/sh
# One would guess that a page which awaits indexedDB.databases() inside try and catch has no unhandled rejection of it.
# In a sandboxed frame (no origin of its own) Chromium's await throws a SecurityError, which is caught, and the frame has an
# `unhandledrejection` event all the same, with the reason undefined: the call makes a promise of its own, rejects it without
# a reason and drops it, and the page is given another one for the error. Nothing in the page can handle the first. So a
# script that looks for a database in a place that may be sandboxed must find out in another way whether it may.
# Version: Chromium 147.0.7727.0 (@sparticuz/chromium 153.0.0 with playwright-core 1.65.1); also Debian's Chromium 156.
# Source: third_party/blink/renderer/modules/indexeddb/idb_factory.cc, IDBFactory::GetDatabaseInfo.
# Needs Node 20 and, for Chromium, the system libraries that it has on Debian.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm install --silent --no-audit --no-fund @sparticuz/chromium@153.0.0 playwright-core@1.65.1

cat >page.mjs <<'JAVASCRIPT'
import { createServer } from "node:http";
import chromium from "@sparticuz/chromium";
import { chromium as playwright } from "playwright-core";

const INNER = `<script>
addEventListener("unhandledrejection", ({ reason }) => parent.postMessage("unhandled: " + reason, "*"));
(async () => {
  try {
    await indexedDB.databases();
    parent.postMessage("settled: databases", "*");
  } catch (error) {
    parent.postMessage("settled: caught " + error.name, "*");
  }
  setTimeout(() => parent.postMessage("end", "*"), 500);
})();
</script>`;
const OUTER = `<script>said = []; onmessage = ({ data }) => said.push(data)</script><iframe sandbox="allow-scripts" src="inner"></iframe>`;
const server = createServer(({ url }, answer) => answer.setHeader("Content-Type", "text/html").end(url === "/inner" ? INNER : OUTER));
await new Promise((up) => server.listen(0, "127.0.0.1", up));
const browser = await playwright.launch({ executablePath: await chromium.executablePath(), args: chromium.args });
const page = await browser.newPage();
await page.goto(`http://127.0.0.1:${server.address().port}/`);
await page.waitForFunction(() => said.includes("end"));
const said = await page.evaluate(() => said);
console.log(`Chromium ${browser.version()}: ${said.filter((each) => each !== "end").join("; ")}`);
await browser.close();
server.close();
const isSo = said.includes("settled: caught SecurityError") && said.includes("unhandled: undefined");
console.log(isSo ? "an error that was caught is reported as unhandled, too" : "this has changed");
process.exitCode = isSo ? 0 : 1;
JAVASCRIPT
node page.mjs
