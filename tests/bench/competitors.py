"""Those who are compared: how a page uses each, with the first identify called as early as the page can."""

from dataclasses import dataclass
from pathlib import Path
from string import Template

CALL = '"u-1", {name: "Richard Hendricks", email: "", logins: 0}'

# Tasks of the main thread over 50 ms: the browser reports no shorter ones.
HEAD = """<!doctype html><html><head><meta charset="utf-8"><title>A page</title><link rel="icon" href="data:,"><script>
window.longTasks = [];
new PerformanceObserver((list) => {
  for (const task of list.getEntries()) longTasks.push(task.duration);
}).observe({type: "longtask", buffered: true});
</script></head><body>"""

_OFFICIAL = """<script src="/bench/official.js"></script><script>
window.sdk = new rudderanalytics.RudderAnalytics();
sdk.load("$key", location.origin, {configUrl: location.origin});
sdk.identify($call);
</script>"""

# As docs/script-tag.md has it.
_AHEAD = """<link rel="modulepreload" href="$dist/micropython/rudderanalytics.mjs"><script>
window.rudderanalyticsWasm = fetch("$dist/micropython/rudderanalytics.wasm");
rudderanalyticsWasm.catch(() => {});
</script>"""

_OURS = """<script>
window.rudderanalytics = [["identify", $call]];
</script>
<script async src="$dist/rudderanalytics.js" data-runtime="$runtime" data-write-key="$key"
  data-data-plane-url="$origin"></script>"""

_PLAIN = """<script type="module">
import { loadPyodide } from "/bench/pyodide/pyodide.mjs";
const pyodide = await loadPyodide();
await pyodide.loadPackage("micropip");
await pyodide.runPythonAsync(`
import micropip
await micropip.install("${origin}/dist/$wheel")
import rudderanalytics
rudderanalytics.load("$key", "$origin")
rudderanalytics.identify("u-1", {"name": "Richard Hendricks", "email": "", "logins": 0})
`);
</script>"""


@dataclass(frozen=True, slots=True)
class Competitor:
    name: str
    body: Template
    runtime: str = ""
    """Ours: which interpreter the script tag boots."""
    dist: str = "/dist"
    """Ours: under which path the data plane serves the build."""

    def page(self, key: str, origin: str, wheel: str) -> str:
        ours = {"runtime": self.runtime, "dist": self.dist}
        return HEAD + self.body.substitute(ours, key=key, origin=origin, wheel=wheel, call=CALL)


OFFICIAL = Competitor("official", Template(_OFFICIAL))
MICROPYTHON = Competitor("micropython", Template(_AHEAD + _OURS), "micropython")
PYODIDE = Competitor("pyodide", Template(_OURS), "pyodide")
PLAIN = Competitor("plain", Template(_PLAIN))

ALL = (OFFICIAL, MICROPYTHON, PYODIDE, PLAIN)
OURS = (MICROPYTHON, PYODIDE)
SDKS = (OFFICIAL, MICROPYTHON, PYODIDE)

BEFORE = "/before"
"""Where the build of the git ref to compare with is served."""
MICROPYTHON_BEFORE = Competitor("micropython before", Template(_AHEAD + _OURS), "micropython", BEFORE)
PYODIDE_BEFORE = Competitor("pyodide before", Template(_OURS), "pyodide", BEFORE)


def only_wheel(dist: Path) -> str:
    """The source wheel's name: what `micropip.install` is given."""
    (found,) = dist.glob("rudderanalytics-*-py3-none-any.whl")
    return found.name
