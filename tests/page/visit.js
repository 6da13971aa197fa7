// A visit to a page with our client in it.

import { createClient } from "../../web/src/client.js";
import { createCore } from "../../web/src/core.js";
import { createScriptedCore } from "./core.js";

export const LOAD = ["WRITE_KEY", "https://dataplane.example.com"];

/**
 * Opens a page with a client. `core`: the scripted core (web/tests/core.js) that its runtime holds; null: Python never
 * comes. `late`: the runtime comes when `come()` is called; `booting`: the page's side of it, too.
 */
export const visit = (browser, { url, core = createScriptedCore(), late = false, booting = false, ...how } = {}) => {
  let come = () => {};
  const comes = new Promise((settle) => (come = settle));
  const runtime = late || booting ? comes.then(() => core) : Promise.resolve(core);
  const side = { createCore, runtime };
  const boot = core ? (booting ? () => comes.then(() => side) : async () => side) : undefined;
  const page = browser.open(url, { boot, ...how });
  const client = createClient(page, "1.2.3");
  return { page, client, api: client.api, core, come };
};

/** The same, loaded. */
export const loaded = (browser, options = {}, how = {}) => {
  const visited = visit(browser, how);
  visited.api.load(...LOAD, options);
  return visited;
};
