"""`make bench`: our SDK side by side with others, on this machine, in one browser.

One of these a time:

- with the official SDK and plain Pyodide (no flag; `--quick` in short),
- `--against REF`: with the build of another commit,
- `--field`: with other analytics SDKs,
- `--scale`: with itself, when there is much of everything,
- `--engines`: with the official SDK, first and second visits in Chromium, Firefox and WebKitGTK,
- `--leaving`: with the official SDK, on pages that are left; with `--engines`: what each engine carries of them,
- `--arguments`: how long one call keeps its caller, whatever it is given.
- `--workers`: what a worker's call costs the page's main thread, beside one of the page's own.

All competitors take their turn in each round, another one first each time, so that what else the machine does meets
all of them. Prints a table of ratios, writes `bench.json`; `--document` writes its tables into docs/performance.md.
"""

import argparse
import json
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from typing import Any

from bench import against, arguments, before, document, leaves, leaving, live, rounds, scale, starts, workers
from bench.competitors import BEFORE, only_wheel
from bench.field import contenders, contest
from bench.field.endpoint import Endpoint
from bench.results import Results
from bench.section import Section, about_chromium
from bench.turns import Clock
from bench.visit import ROOT, Stage
from playwright.sync_api import sync_playwright

import build
from dataplane.background import serve
from dataplane.options import Options

ROUNDS = {"official": 7, "quick": 3, "against": 7, "field": 7, "scale": 1, "leaving": 1, "engines": 1, "starts": 7}
SECONDS = {
    "official": 1200.0,
    "quick": 55.0,
    "against": 2400.0,
    "field": 3600.0,
    "scale": 2400.0,
    "leaving": 2400.0,
    "engines": 2400.0,
    "starts": 2400.0,
}
EMPTY = "<!doctype html><title>Empty</title><link rel='icon' href='data:,'>"
OFFICIAL_BUILD = ROOT / "web/node_modules/@rudderstack/analytics-js/dist/npm/modern/bundled/umd/index.js"


def prepare(folder: Path) -> None:
    """The official SDK as a site's bundler would serve it, Pyodide as npm has it, and a page with nothing on it."""
    esbuild = ROOT / "web" / "node_modules" / ".bin" / "esbuild"
    out = f"--outfile={folder / 'official.js'}"
    subprocess.run([esbuild, OFFICIAL_BUILD, "--minify", "--log-level=error", "--legal-comments=none", out], check=True)
    # As dist/ has it: compressed beside it, for the server to send.
    subprocess.run(["node", ROOT / "web" / "distribution" / "compressed.mjs", folder / "official.js"], check=True)
    # With the lock file that lists micropip: all but the standard library is as npm has it in dist/, too.
    shutil.copytree(ROOT / "dist" / "pyodide", folder / "pyodide", ignore=shutil.ignore_patterns("rudderanalytics.*"))
    shutil.copy(ROOT / "web" / "node_modules" / "pyodide" / "python_stdlib.zip", folder / "pyodide")
    (folder / "empty.html").write_text(EMPTY)


@contextmanager
def staged(**more: Path) -> Iterator[tuple[Stage, str]]:
    """A data plane and a browser, and the browser's version; `more` are folders that it serves, by their names."""
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        prepare(folder)
        static = {"/bench": folder} | {f"/{name}": path for name, path in more.items()}
        options = Options(port=0, db=folder / "events.sqlite3", extra_static=static)
        with serve(options) as url, sync_playwright() as playwright:
            yield Stage(playwright, url, folder, only_wheel(ROOT / "dist")), about_chromium(playwright)[0]


def finished(section: Section, results: Results, done: int, **more: Any) -> list[str]:
    """Write a section of the report, and say what is in it; what failed."""
    section.put(results, done, **more)
    print(results.table())
    print(f"\n{section.closing(done)}")
    return results.failures


def beside_chromium(versions: dict[str, str]) -> dict[str, str]:
    """Those that the report does not have anyway."""
    return {name: version for name, version in versions.items() if name != "Chromium"}


def ingestion() -> object:
    """The data plane's own benchmark, in short; what it wants to reach is its own business."""
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "ingestion.json"
        command = [sys.executable, str(Path(__file__).parent / "ingestion.py"), "--seconds", "1", "--json", str(out)]
        subprocess.run(command, cwd=ROOT, check=False, timeout=120, stdout=sys.stderr)
        return json.loads(out.read_text()) if out.is_file() else None


def beside_official(name: str, wanted: int, seconds: float) -> list[str]:
    quick, results = name == "quick", rounds.results()
    with staged() as (stage, chromium):
        section = Section(name, wanted, chromium)
        done = rounds.Rounds(stage, results, Clock(seconds), quick).run(wanted)
        rows = live.rows(stage)
    section.put(results, done, **{"ms from POST to row in /live": rows, "ingestion": None if quick else ingestion()})
    print(results.table())
    print(f"\n{section.closing(done)}")
    print(f"From POST to row in /live: {median(rows):.0f} ms [{min(rows):.0f}-{max(rows):.0f}].")
    second, first = results.middle("second", "pyodide"), results.middle("cold", "plain")
    if second and first:
        print(f"Pyodide's second visit is {second / first:.2f} of plain Pyodide's first.")
    return results.failures


def beside_before(ref: str, wanted: int, seconds: float) -> list[str]:
    other, results = before.made(ref), against.results()
    with staged(**{BEFORE.strip("/"): other.dist}) as (stage, chromium):
        section = Section("against", wanted, chromium)
        done = against.Against(stage, other, results, Clock(seconds)).run(wanted)
    section.put(results, done, ref=ref, commit=other.commit)
    print(results.table())
    print(f"\nBefore: {other.commit}. {section.closing(done)}")
    return results.failures


def field(wanted: int, seconds: float) -> list[str]:
    contenders.install()
    results = contest.results()
    with tempfile.TemporaryDirectory() as temporary, sync_playwright() as playwright:
        pages, scripts = Path(temporary, "pages"), Path(temporary, "scripts")
        for folder in (pages, scripts):
            folder.mkdir()
        (pages / "empty.html").write_text(EMPTY)
        contenders.bundle(scripts)
        endpoint = Endpoint({"/bench": pages, "/pages": scripts, "/dist": ROOT / "dist"})
        chromium, user_agent = about_chromium(playwright)
        section = Section("field", wanted, chromium)
        with endpoint.serve():
            for each in contenders.ALL:
                (pages / f"{each.name}.html").write_text(each.page(endpoint.url))
            done = contest.Contest(playwright, endpoint, user_agent, results, Clock(seconds)).run(wanted)
    section.put(results, done, versions=contenders.versions(build.version()))
    print(results.by_competitor())
    print(f"\n{section.closing(done)}")
    return results.failures


def much(wanted: int, seconds: float) -> list[str]:
    results = scale.results()
    with staged() as (stage, chromium):
        section = Section("scale", wanted, chromium)
        done = scale.Scale(stage, results, Clock(seconds), seconds / 8).run(wanted)
    return finished(section, results, done)


def pages_left(wanted: int, seconds: float) -> list[str]:
    results = leaving.results()
    with staged() as (stage, chromium):
        section = Section("leaving", wanted, chromium)
        done = leaving.Leaving(stage, results, Clock(seconds)).run(wanted)
    return finished(section, results, done)


def carried(wanted: int, seconds: float) -> list[str]:
    results = leaves.results()
    with sync_playwright() as playwright:
        section = Section("engines", wanted, about_chromium(playwright)[0])
        left = leaves.Leaves(playwright, results, Clock(seconds))
        done = left.run(wanted)
    return finished(section, results, done, versions=beside_chromium(left.versions))


def started(wanted: int, seconds: float) -> list[str]:
    results = starts.results()
    with staged() as (stage, chromium):
        section = Section("starts", wanted, chromium)
        visits = starts.Starts(stage, results, Clock(seconds))
        done = visits.run(wanted)
    return finished(section, results, done, versions=beside_chromium(visits.versions))


def any_arguments() -> list[str]:
    with staged() as (stage, _):
        print(arguments.table(arguments.measured(stage)))
    return []


def from_workers() -> list[str]:
    with staged() as (stage, _):
        print(workers.table(workers.measured(stage)))
    return []


def main() -> None:
    wanted = argparse.ArgumentParser(prog="make bench", description=__doc__.splitlines()[0] if __doc__ else "")
    what = wanted.add_mutually_exclusive_group()
    what.add_argument("--quick", action="store_true", help="fewer rounds and measures, under two minutes")
    what.add_argument("--field", action="store_true", help="beside other analytics SDKs")
    what.add_argument("--scale", action="store_true", help="ours, where there is much of everything")
    what.add_argument("--leaving", action="store_true", help="pages that are left: what arrives, and what again")
    what.add_argument(
        "--arguments", action="store_true", help="how long one call keeps its caller, whatever it is given"
    )
    what.add_argument("--workers", action="store_true", help="what a worker's call costs the page's main thread")
    what.add_argument("--against", metavar="REF", help="the git ref whose build is measured beside today's")
    wanted.add_argument(
        "--engines",
        action="store_true",
        help="three engines: visits or, with --leaving, pages that are left",
    )
    wanted.add_argument("--rounds", type=int, help=f"default {ROUNDS}")
    wanted.add_argument("--seconds", type=float, help=f"no round begins that would end later: {SECONDS}")
    wanted.add_argument("--document", action="store_true", help="write the tables into docs/performance.md")
    given = wanted.parse_args()
    flags = {name: getattr(given, name) for name in ("against", "field", "scale")}
    flags |= {"engines": given.engines and given.leaving, "starts": given.engines}
    flags |= {name: getattr(given, name) for name in ("leaving", "quick")}
    name = next((name for name, is_wanted in flags.items() if is_wanted), "official")
    number = given.rounds or ROUNDS[name]
    seconds = given.seconds or SECONDS[name]
    if given.arguments:
        sys.exit(bool(any_arguments()))
    if given.workers:
        sys.exit(bool(from_workers()))
    try:
        if given.against:
            failures = beside_before(given.against, number, seconds)
        elif given.field:
            failures = field(number, seconds)
        elif given.scale:
            failures = much(number, seconds)
        elif name == "starts":
            failures = started(number, seconds)
        elif name == "engines":
            failures = carried(number, seconds)
        elif given.leaving:
            failures = pages_left(number, seconds)
        else:
            failures = beside_official(name, number, seconds)
        if given.document:
            document.write(name)
    except ValueError as reason:
        sys.exit(f"bench: {reason}")
    sys.exit(bool(failures))


if __name__ == "__main__":
    main()
