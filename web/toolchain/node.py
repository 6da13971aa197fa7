"""The npm packages in `web/node_modules`: the runtimes, the bundler, the type checker, the SDK that judges ours."""

import re
import shutil

from . import stamp
from .step import ROOT, Blocked, run, say

WEB = ROOT / "web"
OLDEST = 20
WANTED = f"Node {OLDEST} or later with npm is missing"


def prepare() -> None:
    """`npm ci`, unless the packages of this very lock file are there."""
    if not (shutil.which("node") and shutil.which("npm")):
        raise Blocked(WANTED)
    mark = stamp.fingerprint(WEB / "package.json", WEB / "package-lock.json")
    if stamp.holds(WEB / "node_modules" / "stamp", mark):
        return
    version = run("node", "--version", otherwise=WANTED)
    found = re.match(r"v(\d+)\.", version)
    if not found or int(found[1]) < OLDEST:
        raise Blocked(f"{WANTED} (found {version})")
    say("npm packages into web/node_modules")
    # No script needs to run: esbuild and TypeScript bring their programs as packages of their own.
    quiet = ["--ignore-scripts", "--no-audit", "--no-fund", "--no-update-notifier", "--loglevel=error"]
    run("npm", "ci", *quiet, cwd=WEB, otherwise="npm ci failed (is the package registry reachable?)")
    stamp.put(WEB / "node_modules" / "stamp", mark)
