"""Who is in the field, and the pages that use them: the packages' own defaults, bundled as a site would."""

import json
import subprocess
from dataclasses import dataclass
from pathlib import Path
from string import Template

from bench.competitors import HEAD
from bench.visit import ROOT

from distribution import compressed
from toolchain import stamp
from toolchain.step import run

HERE = Path(__file__).parent
_HOME = ROOT / "build" / "field"
"""Where the packages are installed: nobody else needs them."""

_OURS = """<script>
window.rudderanalytics = [];
window.track = (n) => rudderanalytics.push(["track", "Order Completed", {n, total: 49.5, currency: "USD"}]);
track(0);
</script>
<script async src="/dist/rudderanalytics.js" data-runtime="$runtime" data-write-key="bench"
  data-data-plane-url="$origin/rudderstack"></script>"""


@dataclass(frozen=True, slots=True)
class Contender:
    name: str
    package: str = ""
    """Its name in the registry; ours is in `dist/`."""

    @property
    def is_ours(self) -> bool:
        return not self.package

    def page(self, origin: str) -> str:
        script = f'<script type="module" src="/pages/{self.name}.js"></script>'
        return HEAD + (Template(_OURS).substitute(runtime=self.name, origin=origin) if self.is_ours else script)


ALL = (
    Contender("micropython"),
    Contender("pyodide"),
    Contender("official", "@rudderstack/analytics-js"),
    Contender("segment", "@segment/analytics-next"),
    Contender("posthog", "posthog-js"),
    Contender("snowplow", "@snowplow/browser-tracker"),
    Contender("mixpanel", "mixpanel-browser"),
    Contender("amplitude", "@amplitude/analytics-browser"),
    Contender("plausible", "plausible-tracker"),
)


def install() -> None:
    """The pinned packages, unless they are there."""
    pins = [HERE / "package.json", HERE / "package-lock.json"]
    mark = stamp.fingerprint(*pins)
    if stamp.holds(_HOME / "stamp", mark):
        return
    _HOME.mkdir(parents=True, exist_ok=True)
    for pin in pins:
        (_HOME / pin.name).write_bytes(pin.read_bytes())
    quiet = ["--ignore-scripts", "--no-audit", "--no-fund", "--no-update-notifier", "--loglevel=error"]
    run("npm", "ci", *quiet, cwd=_HOME, otherwise="npm ci failed (is the package registry reachable?)")
    stamp.put(_HOME / "stamp", mark)


def versions(ours: str) -> dict[str, str]:
    found = {}
    for each in ALL:
        manifest = _modules(each) / each.package / "package.json"
        found[each.name] = ours if each.is_ours else str(json.loads(manifest.read_text())["version"])
    return found


def bundle(folder: Path) -> None:
    """Their scripts into a folder: minified, what is loaded later in files of its own, compressed as `dist/` is."""
    esbuild = ROOT / "web" / "node_modules" / ".bin" / "esbuild"
    options = ["--bundle", "--splitting", "--format=esm", "--minify", "--legal-comments=none", "--log-level=error"]
    for each in ALL:
        if each.is_ours:
            continue
        # esbuild looks for packages beside the page, and then there.
        env = {"NODE_PATH": str(_modules(each)), "PATH": "/usr/bin:/bin"}
        names = [f"--outdir={folder}", f"--chunk-names={each.name}-[hash]"]
        subprocess.run([esbuild, HERE / "pages" / f"{each.name}.js", *options, *names], check=True, env=env)
    scripts = sorted(folder.glob("*.js"))
    subprocess.run(["node", compressed.PROGRAM, *scripts], check=True)


def _modules(contender: Contender) -> Path:
    return (ROOT / "web" if contender.name == "official" else _HOME) / "node_modules"
