"""`make bench`: our SDK side by side with the official one and with plain Pyodide, on this machine, in one browser.

All competitors take their turn in each round, another one first each time, so that what else the machine does meets
all of them. Everything is served and received by the local data plane. Prints a table of ratios, writes `bench.json`.
"""

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from statistics import median

from bench import live
from bench.competitors import only_wheel
from bench.results import Results
from bench.rounds import Clock, Rounds
from bench.visit import CONFIG, ROOT, Stage
from playwright.sync_api import sync_playwright

from dataplane.background import serve
from dataplane.options import Options

OFFICIAL_BUILD = ROOT / "web/node_modules/@rudderstack/analytics-js/dist/npm/modern/bundled/umd/index.js"


def prepare(folder: Path) -> None:
    """The official SDK as a site's bundler would serve it, and a page with nothing on it."""
    esbuild = ROOT / "web" / "node_modules" / ".bin" / "esbuild"
    out = f"--outfile={folder / 'official.js'}"
    subprocess.run([esbuild, OFFICIAL_BUILD, "--minify", "--log-level=error", "--legal-comments=none", out], check=True)
    # As dist/ has it: compressed beside it, for the server to send.
    subprocess.run(["node", ROOT / "web" / "distribution" / "compressed.mjs", folder / "official.js"], check=True)
    (folder / "empty.html").write_text("<!doctype html><title>Empty</title><link rel='icon' href='data:,'>")


def run(rounds: int, seconds: float, quick: bool) -> tuple[Results, int, str, list[float]]:
    """What was measured, in how many rounds, the browser's version, and ms from POST to row in `/live`."""
    results = Results()
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        prepare(folder)
        options = Options(port=0, db=folder / "events.sqlite3", extra_static={"/bench": folder})
        with serve(options) as url, sync_playwright() as playwright:
            chromium = playwright.chromium.launch(executable_path=CONFIG["CHROMIUM"], args=CONFIG["LAUNCH_ARGS"])
            version = chromium.version
            chromium.close()
            stage = Stage(playwright, url, folder, only_wheel(ROOT / "dist"))
            done = Rounds(stage, results, Clock(seconds), quick).run(rounds)
            rows = live.rows(stage)
    return results, done, version, rows


def ingestion() -> object:
    """The data plane's own benchmark, in short; what it wants to reach is its own business."""
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "ingestion.json"
        command = [sys.executable, str(Path(__file__).parent / "ingestion.py"), "--seconds", "1", "--json", str(out)]
        subprocess.run(command, cwd=ROOT, check=False, timeout=120, stdout=sys.stderr)
        return json.loads(out.read_text()) if out.is_file() else None


def main() -> None:
    wanted = argparse.ArgumentParser(prog="make bench", description=__doc__.splitlines()[0] if __doc__ else "")
    wanted.add_argument("--rounds", type=int, help="default 7, with --quick 3")
    wanted.add_argument("--seconds", type=float, help="no round begins that would end later: 720, with --quick 55")
    wanted.add_argument("--quick", action="store_true", help="fewer rounds and measures, under two minutes")
    given = wanted.parse_args()
    before = os.getloadavg()
    rounds, seconds = (3, 55.0) if given.quick else (7, 720.0)
    results, done, version, rows = run(given.rounds or rounds, given.seconds or seconds, given.quick)
    machine = {"system": platform.platform(), "cpus": os.cpu_count(), "load before": before, "after": os.getloadavg()}
    about = {"when": datetime.now(UTC).isoformat(timespec="seconds"), "machine": machine, "chromium": version}
    report = about | {"rounds": done, "quick": given.quick, "ms from POST to row in /live": rows} | results.json()
    if not given.quick:
        report["ingestion"] = ingestion()
    (ROOT / "bench.json").write_text(json.dumps(report, indent=2) + "\n")
    print(results.table())
    wanted_rounds = given.rounds or rounds
    if done < wanted_rounds:
        print(f"\nOnly {done} of {wanted_rounds} rounds fit into the time: --seconds gives more.")
    print(f"\nMedians of {done} rounds [smallest-largest]; Chromium {version}, {os.cpu_count()} CPUs, ", end="")
    print(f"load {before[0]:.1f} before and {os.getloadavg()[0]:.1f} after.")
    print(f"From POST to row in /live: {median(rows):.0f} ms [{min(rows):.0f}-{max(rows):.0f}].")
    if second := report["second visit, pyodide / plain's first"]:
        print(f"Pyodide's second visit is {second:.2f} of plain Pyodide's first.")
    sys.exit(bool(results.failures))


if __name__ == "__main__":
    main()
