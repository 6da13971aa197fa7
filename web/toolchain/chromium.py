"""The browser of the tests and of `make demo ONCE=1`: an installed Chromium or Chrome, Debian's, or Playwright's.

What was found is written to `build/browser.json`, which `playwright.config.py` reads: `executable` is a path, or null
for the browser that Playwright keeps itself; `shell` is the path of the same browser without windows, or null.
"""

import json
import os
import shutil
import subprocess
from pathlib import Path

from . import debian
from .step import ROOT, Blocked, run, say

RECORD = ROOT / "build" / "browser.json"
SHELL = ROOT / "build" / "headless-shell"
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
MACS = (
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
)


def find() -> None:
    """Leave a record of a browser that starts, if one is there or Debian has it."""
    if not _recorded() and (executable := _installed() or _from_debian()):
        _record(executable, _shell())


def bring() -> None:
    """Where `find` left no record: the browser that Playwright brings."""
    if _recorded():
        return
    say("Chromium, brought by Playwright")
    sorry = "a browser is missing: install Chromium or Chrome, or set CHROMIUM to its path"
    run(ROOT / ".venv" / "bin" / "python", "-m", "playwright", "install", "chromium", otherwise=sorry)
    _record(None, None)


def _record(executable: str | None, shell: str | None) -> None:
    RECORD.parent.mkdir(exist_ok=True)
    RECORD.write_text(json.dumps({"executable": executable, "shell": shell}) + "\n")


def _recorded() -> bool:
    """Is the recorded browser still there, and still the one asked for?"""
    found = json.loads(RECORD.read_text()) if RECORD.is_file() else {}
    if "shell" not in found or not all(Path(path).exists() for path in found.values() if path):
        return False
    asked = os.environ.get("CHROMIUM")
    return not asked or bool(found["executable"] == asked)


def _installed() -> str | None:
    asked = os.environ.get("CHROMIUM")
    if asked:
        if not _starts(asked):
            raise Blocked(f"CHROMIUM names no browser that starts: {asked}")
        return asked
    on_path = [found for name in NAMES if (found := shutil.which(name))]
    return next((path for path in [*on_path, *MACS] if _starts(path)), None)


def _starts(path: str) -> bool:
    # Some systems have a launcher of that name that only says how to install the browser.
    try:
        probe = subprocess.run(
            [path, "--version"], check=False, capture_output=True, stdin=subprocess.DEVNULL, timeout=30
        )
    except (OSError, subprocess.TimeoutExpired):
        return False
    return probe.returncode == 0 and b"Chrom" in probe.stdout


def _from_debian() -> str | None:
    if not debian.can_install():
        return None
    say("Debian's chromium")
    try:
        debian.install("chromium")
    except Blocked as reason:
        say(str(reason))
        return None
    return _installed()


def _shell() -> str | None:
    """Debian's Chromium without windows, in `build/`."""
    if os.environ.get("CHROMIUM") or not shutil.which("apt-get") or not shutil.which("dpkg-deb"):
        return None
    say("Debian's chromium-headless-shell")
    shutil.rmtree(SHELL, ignore_errors=True)
    SHELL.mkdir(parents=True)
    try:
        debian.extract("chromium-headless-shell", "chromium-common", to=SHELL)
    except Blocked as reason:
        say(f"{reason}: the tests take Chromium itself, and longer")
        return None
    executable = SHELL / "usr" / "lib" / "chromium" / "chromium-headless-shell"
    return str(executable) if _starts(str(executable)) else None
