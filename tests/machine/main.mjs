// `node main.mjs`: each line in is a JSON list of commands for a browser ([["new"]] makes another), each line out what
// they answered, what happened, and how things are then.

import { createInterface } from "node:readline";

import { Browser } from "./browser.mjs";

let browser = new Browser();
for (const name of /** @type {const} */ (["uncaughtException", "unhandledRejection"])) {
  process.on(name, (error) => browser.note("uncaught", null, String(/** @type {any} */ (error)?.stack || error)));
}

for await (const line of createInterface({ input: process.stdin })) {
  const results = [];
  for (const command of JSON.parse(line)) {
    if (command[0] === "new") {
      browser.close();
      browser = new Browser();
    } else results.push(await browser.act(command).catch((error) => browser.note("uncaught", null, `${command}: ${error.stack}`)));
  }
  const events = browser.events.splice(0);
  process.stdout.write(JSON.stringify({ results, events, state: browser.state() }) + "\n");
}
