"""What the script tag's Pyodide boots from: its memory as it is with the core imported, or else a small library.

Both hold the core. The memory (a snapshot that Pyodide itself makes) saves the interpreter's start; without it there
is the part of the standard library that is read at the start, as bytecode: `python_stdlib.zip` is three times as large,
and source text. No chance comes out of either: ids are made by the page.
"""

import gzip
import importlib.util
import marshal
import zipfile
from pathlib import Path

from toolchain.step import ROOT, run

RUNTIME = ROOT / "web" / "node_modules" / "pyodide"
SNAPSHOT = Path(__file__).with_name("snapshot.mjs")
# What the bridge calls needs neither the face for Python in a page nor the shapes for type checkers.
NOT_FOR_THE_TAG = ("rudderanalytics/__init__.pyc", "rudderanalytics/browser.pyc", "rudderanalytics/_types.pyc")
DATE = (2020, 2, 2, 0, 0, 0)


def library(made: Path, wheel: Path) -> None:
    """One archive with what is imported at the start, not compressed: servers compress it better whole."""
    sorry = "Pyodide did not start in Node"
    wanted = run("node", SNAPSHOT, RUNTIME, "modules", otherwise=sorry).splitlines()
    with (
        zipfile.ZipFile(RUNTIME / "python_stdlib.zip") as standard,
        zipfile.ZipFile(wheel) as ours,
        zipfile.ZipFile(made, "w") as archive,
    ):
        there = set(standard.namelist())
        for name in sorted(wanted):
            for path in (f"{name.replace('.', '/')}.py", f"{name.replace('.', '/')}/__init__.py"):
                if path in there:
                    archive.writestr(zipfile.ZipInfo(path + "c", DATE), _bytecode(standard.read(path), path))
        for path in ours.namelist():
            if path.endswith(".pyc") and path not in NOT_FOR_THE_TAG:
                archive.writestr(zipfile.ZipInfo(path, DATE), ours.read(path))
        archive.writestr(zipfile.ZipInfo("rudderanalytics/__init__.pyc", DATE), _bytecode(b"", "rudderanalytics"))


def snapshot(made: Path, library: Path) -> tuple[int, int]:
    """What web/src/runtimes/memory.js reads; its size before compression, and that of a fresh memory."""
    raw = ROOT / "build" / "snapshot"
    sorry = "Pyodide made no snapshot in Node"
    fresh = run("node", SNAPSHOT, RUNTIME, library, raw, otherwise=sorry)
    memory = raw.read_bytes()
    made.write_bytes(gzip.compress(memory, 9, mtime=0))
    return len(memory), int(fresh)


def _bytecode(source: bytes, path: str) -> bytes:
    """As a .pyc that has no source beside it: magic number, no flags, no date, no size."""
    code = compile(source, path, "exec", dont_inherit=True, optimize=2)
    return importlib.util.MAGIC_NUMBER + bytes(12) + marshal.dumps(code)
