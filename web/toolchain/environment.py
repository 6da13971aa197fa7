"""The virtual environment `.venv`: the dependency groups of pyproject.toml, and exactly what they bring along."""

import sys
import tomllib

from . import stamp
from .step import ROOT, Blocked, run, say

HOME = ROOT / ".venv"
PYTHON = HOME / "bin" / "python"
CONSTRAINTS = ROOT / "web" / "constraints.txt"
# micropip for dist/pyodide: npm's Pyodide leaves it out. pip checks the hash in this file.
MICROPIP = ROOT / "web" / "micropip.txt"
WHEELS = ROOT / "build" / "wheels"

OFFLINE = "pip could not install the Python packages (is the package index reachable?)"


def prepare() -> None:
    """Make `.venv` anew unless it was made here, by this Python, from these pins."""
    pins = _pins()
    mark = stamp.fingerprint(str(ROOT), sys.version, "\n".join(pins), CONSTRAINTS)
    if not (PYTHON.exists() and stamp.holds(HOME / "stamp", mark)):
        say(f"Python packages into {HOME.name} ({len(pins)} pins)")
        run(sys.executable, "-m", "venv", "--clear", HOME, otherwise="Python's venv module does not work here")
        # -qq: pip's own warnings (a newer pip, an odd index) are not the reader's concern; its errors are.
        # Compiled when they are first imported: most never are.
        quietly = ["-m", "pip", "install", "-qq", "--no-compile", "-c", str(CONSTRAINTS)]
        run(PYTHON, *quietly, *pins, otherwise=OFFLINE)
        stamp.put(HOME / "stamp", mark)
    _fetch_micropip()


def _pins() -> list[str]:
    # venv's pip may be older than its --group option; the groups are plain lists, so read them.
    groups = tomllib.loads((ROOT / "pyproject.toml").read_text())["dependency-groups"]
    pins = [pin for group in groups.values() for pin in group]
    loose = [pin for pin in pins if "==" not in pin]
    if loose:
        raise Blocked(f"pyproject.toml pins no exact version of {', '.join(loose)}")
    return pins


def _fetch_micropip() -> None:
    mark = stamp.fingerprint(MICROPIP)
    if stamp.holds(WHEELS / "stamp", mark) and any(WHEELS.glob("micropip-*.whl")):
        return
    say("micropip's wheel")
    for old in WHEELS.glob("*.whl"):
        old.unlink()
    quietly = ["-m", "pip", "download", "-qq", "--no-deps"]
    run(PYTHON, *quietly, "--require-hashes", "-r", MICROPIP, "-d", WHEELS, otherwise=OFFLINE)
    stamp.put(WHEELS / "stamp", mark)
