"""`make build`: sdk/ and web/src/ become `dist/`, which any static host serves.

Made aside and moved into place when complete, so that nothing stale stays and a running server never sees half of it.
Does nothing when neither the inputs nor `dist/` changed since the last time; `--force` makes it anyway.
"""

import argparse
import re
import shutil
import sys
import tomllib
from pathlib import Path

from distribution import compressed, micropython, notices, npm, pyodide, script, sizes, wheels
from toolchain import stamp
from toolchain.step import ROOT, Blocked

DIST = ROOT / "dist"
ASIDE = ROOT / "build" / "dist"
STAMP = ROOT / "build" / "dist.stamp"


def build(*, force: bool = False, whole: bool = False) -> bool:
    """Make `dist/`; False if it was made from these very inputs already.

    `whole`: with all functions of MicroPython and Pyodide in the script tag's modules.
    """
    if not force and not whole and is_current():
        return False
    STAMP.unlink(missing_ok=True)
    shutil.rmtree(ASIDE, ignore_errors=True)
    ASIDE.mkdir(parents=True)
    script.bundle(ASIDE, version())
    _, compiled = wheels.make(ASIDE)
    pyodide.copy(ASIDE / "pyodide", compiled, version(), whole=whole)
    micropython.copy(ASIDE / "micropython", whole=whole)
    compressed.make(ASIDE)
    (ASIDE / "THIRD-PARTY-NOTICES.md").write_text(notices.text())
    script.tag(ASIDE, version())
    compressed.make(ASIDE)
    npm.make(ASIDE, version())
    shutil.rmtree(DIST, ignore_errors=True)
    ASIDE.rename(DIST)
    if not whole:
        stamp.put(STAMP, _mark())
    return True


def is_current() -> bool:
    """Was this very `dist/` made from these very inputs?"""
    return stamp.holds(STAMP, _mark())


def version() -> str:
    """The version, from the file that pyproject.toml tells hatchling to read it from."""
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text())
    source = ROOT / settings["tool"]["hatch"]["version"]["path"]
    found = re.search(r'^__version__ = "(.+)"$', source.read_text(), re.MULTILINE)
    if not found:
        raise Blocked(f'{source.relative_to(ROOT)} has no line __version__ = "..."')
    return found[1]


def _mark() -> str:
    """One hash over everything that goes in, and the names and sizes of what came out."""
    web = ROOT / "web"
    folders = [
        ROOT / "sdk",
        web / "src",
        web / "distribution",
        web / "licences",
        web / "npm",
        web / "snippet",
        web / "toolchain",
    ]
    files = [path for folder in folders for path in folder.rglob("*") if path.is_file() and path.suffix != ".pyc"]
    others = [
        "pyproject.toml",
        "README.md",
        "LICENSE",
        "web/constraints.txt",
        "web/package-lock.json",
        "web/micropip.txt",
    ]
    files += [Path(__file__), *(ROOT / name for name in others)]
    there = [path for path in DIST.rglob("*") if path.is_file() and path.parent.name != "release"]
    made = sorted(f"{path.relative_to(DIST)} {path.stat().st_size}" for path in there)
    return stamp.fingerprint(files, "\n".join(made))


def main() -> None:
    wanted = argparse.ArgumentParser(prog="make build", description="Make dist/ from sdk/ and web/src/.")
    wanted.add_argument("--force", action="store_true", help="make it even if nothing changed")
    wanted.add_argument("--quiet", action="store_true", help="print no table")
    options = wanted.parse_args()
    try:
        made = build(force=options.force)
    except (Blocked, FileNotFoundError) as reason:
        sys.exit(f"build: {reason}")
    if not made and not options.quiet:
        print("build: dist/ is up to date")
    elif made:
        print("build: dist/ made" if options.quiet else sizes.table(DIST))


if __name__ == "__main__":
    main()
