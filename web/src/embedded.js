// The entry of the script that Python's `import rudderanalytics` puts into a page that has no client: the page's own
// Python holds the core. In a worker without a page Python runs it for `load(..., standalone=True)`.

import * as automatic from "./autoTrack.js";
import * as core from "./core.js";
import * as extras from "./extras.js";
import { install } from "./install.js";
import { createStandalone } from "./standalone.js";
import * as words from "./words.js";

/** @type {Record<string, object>} */
const PARTS = { "autoTrack.mjs": automatic, "extras.mjs": extras, "words.mjs": words };
const ours = { installType: "python", boot: async () => core, bring: async (/** @type {string} */ name) => PARTS[name] };
const scope = /** @type {any} */ (globalThis);

if ("WorkerGlobalScope" in scope) scope.rudderanalytics = { python: createStandalone(ours, scope) };
else install(ours, true, () => {});
