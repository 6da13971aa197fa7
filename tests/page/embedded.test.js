import assert from "node:assert/strict";
import test from "node:test";
import { createScriptedCore } from "./core.js";
import { until } from "./browser.js";
import { inWindow } from "./window.js";

test("the client that Python puts into a page: its own interpreter holds the core", () =>
  inWindow({}, async () => {
    await import("../../web/src/embedded.js");
    const { rudderanalytics } = globalThis;
    const core = createScriptedCore();
    rudderanalytics.python.attach((text) => core.handle(text), "pyodide 0.29.5");
    rudderanalytics.python.call(JSON.stringify(["load", "KEY", "https://dataplane.example.com", { consentManagement: { enabled: true, provider: "custom" } }]));
    await until(() => core.of("load").length);
    const [{ installType, runtime }] = core.of("load");
    assert.deepEqual([installType, runtime], ["python", "pyodide 0.29.5"]);
  }));
