"""Which Python makes the environment: 3.13, because Pyodide's bytecode is compiled by the same version.

In this order: the Python that runs this, any `python3.13` or `python3` on the PATH that really starts (version
managers leave launchers there that do not), and one that uv brings into a folder of the project's.

Read by whichever Python 3 starts first (3.8 or later), hence the postponed annotations.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from .step import ROOT, Blocked, run, say

WANTED = (3, 13)
UV = "uv==0.13.9"
BROUGHT = "python/cpython-3.13*/bin/python3.13"
# A Python without these cannot make an environment or run the data plane (Debian packages venv apart).
PROBE = f"import ensurepip, sqlite3, ssl, sys, venv; sys.exit(sys.version_info[:2] != {WANTED})"


def find() -> str:
    """The path of a Python 3.13 that works."""
    for candidate in [sys.executable, *_on_path()]:
        if _works(candidate):
            return candidate
    return _from_uv()


def _on_path() -> list[str]:
    folders = os.environ.get("PATH", "").split(os.pathsep)
    return [str(Path(folder, name)) for name in ("python3.13", "python3") for folder in folders if folder]


def _works(candidate: str) -> bool:
    try:
        probe = subprocess.run([candidate, "-c", PROBE], check=False, capture_output=True, stdin=subprocess.DEVNULL)
    except OSError:
        return False
    return probe.returncode == 0


def _from_uv() -> str:
    home = ROOT / ".uv"
    sorry = f"Python 3.13 is missing: install it, or use pyenv or uv (this is {sys.version.split()[0]})"
    if not any(home.glob(BROUGHT)):
        say("Python 3.13, brought by uv")
        run(sys.executable, "-m", "pip", "install", "-qq", "--upgrade", "--target", home, UV, otherwise=sorry)
        env = dict(os.environ, UV_CACHE_DIR=str(home / "cache"), UV_PYTHON_INSTALL_DIR=str(home / "python"))
        run(home / "bin" / "uv", "python", "install", "--no-bin", "3.13", env=env, otherwise=sorry)
    for brought in home.glob(BROUGHT):
        if _works(str(brought)):
            return str(brought)
    raise Blocked(sorry)
