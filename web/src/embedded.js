// The entry of the script that Python's `import rudderanalytics` puts into a page that has no client: the page's own
// Python holds the core.

import * as automatic from "./autoTrack.js";
import * as extras from "./extras.js";
import { install } from "./install.js";

install({ installType: "python", boot: async () => extras, bring: async (name) => (name === "extras.mjs" ? extras : automatic) }, true, () => {});
