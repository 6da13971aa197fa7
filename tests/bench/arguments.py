"""The longest time that one call keeps its caller, whatever it is given.

On a page with a React app, for both runtimes of the script tag. Each value is given several times: the least time is
the SDK's, the rest is what else the machine does.
"""

import subprocess
from pathlib import Path

from bench.visit import CONFIG, ROOT, Stage

TIMES = 7
BAR = 10.0
"""ms."""
APPS = ROOT / "tests" / "browser" / "hosts"
VALUES = """({
  "a React node": () => document.querySelector("#app button"),
  "a NodeList": () => document.querySelectorAll("*"),
  "an event": () => window.event ?? new MouseEvent("click"),
  "the window": () => window,
  "36 objects that know each other": () => acquainted(36),
  "600 of them": () => acquainted(600),
  "an array of 1,000,000": () => Array.from({ length: 1e6 }, (_, at) => at),
  "20,000 objects": () => Array.from({ length: 20000 }, (_, at) => ({ at })),
  "100,000 dates": () => Array(1e5).fill(new Date(0)),
  "1,000,000 bytes": () => new Uint8Array(1e6),
  "100,000 levels": () => deep(1e5),
  "a text of 20 kB": () => "x".repeat(2e4),
  "a text of 1 MB": () => "x".repeat(1e6),
  "a text of 4 MB": () => "x".repeat(4e6),
  "a text of 100 MB": () => "x".repeat(1e8),
  "a proxy without an end": () => new Proxy({}, { get: (_, key) => (key === "toJSON" ? undefined : acquainted(2)) }),
  "5,000 members": () => Object.fromEntries(Array.from({ length: 5000 }, (_, at) => ["k" + at, at])),
  "nothing": () => ({}),
})"""
MEASURE = """async ([make, times]) => {
  const acquainted = (count) => {
    const all = Array.from({ length: count }, (_, name) => ({ name }));
    for (const one of all) for (const other of all) one["k" + other.name] = other;
    return all;
  };
  const deep = (levels) => { let made = {}; while (levels--) made = { made }; return made; };
  const found = {};
  for (const [name, value] of Object.entries(eval(make))) {
    const took = [];
    const given = { given: value() }; // once: what is left of a large one is no work of the SDK's
    for (let time = 0; time < times; time++) {
      const start = performance.now();
      rudderanalytics.track("any", given);
      took.push(performance.now() - start);
      await rudderanalytics.flush(5000);
    }
    found[name] = Math.min(...took);
  }
  return found;
}"""


def measured(stage: Stage) -> dict[str, dict[str, float]]:
    """ms by runtime and value."""
    subprocess.run(["node", APPS / "bundle.mjs", stage.folder], check=True, capture_output=True)
    found: dict[str, dict[str, float]] = {}
    browser = stage.playwright.chromium.launch(executable_path=CONFIG["CHROMIUM"], args=CONFIG["LAUNCH_ARGS"])
    for runtime in ("micropython", "pyodide"):
        tag = f"<script async src='/dist/rudderanalytics.js' data-runtime='{runtime}' data-write-key='k'"
        html = f"<div id='app'></div><script src='/bench/react.js'></script>{tag} data-data-plane-url='{stage.url}'>"
        Path(stage.folder, "arguments.html").write_text(f"<!doctype html><title>Any</title>{html}</script>")
        page = browser.new_page()
        page.goto(f"{stage.url}/bench/arguments.html")
        page.wait_for_function("!!window.rudderanalytics?.flush")
        page.evaluate("new Promise((settle) => rudderanalytics.ready(settle))")
        found[runtime] = page.evaluate(MEASURE, [VALUES, TIMES])
        page.close()
    browser.close()
    return found


def table(found: dict[str, dict[str, float]]) -> str:
    width = max(map(len, found["pyodide"]))
    lines = [f"{'ms of the caller, least of ' + str(TIMES):{width}}  {'  '.join(found)}"]
    for name in found["pyodide"]:
        lines.append(
            f"{name:{width}}  " + "  ".join(f"{times[name]:{len(runtime)}.1f}" for runtime, times in found.items())
        )
    longest = max(max(times.values()) for times in found.values())
    return "\n".join([*lines, f"The longest: {longest:.1f} ms; it should be less than {BAR:.0f}."])
