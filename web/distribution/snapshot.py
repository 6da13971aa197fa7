"""What the script tag's Pyodide starts from: its memory as it is with the core imported, or else a small library.

Both hold the core. The memory (a snapshot that Pyodide itself makes) saves the interpreter's start; without it there
is the part of the standard library that is read at the start, as bytecode: all of it is three times as large. No chance
comes out of either: ids are made by the page.
"""

import importlib.util
import json
import marshal
import zipfile
from pathlib import Path
from types import CodeType

from toolchain.step import ROOT, run

from . import core

RUNTIME = ROOT / "web" / "node_modules" / "pyodide"
PROGRAM = Path(__file__).with_name("snapshot.mjs")
DATE = (2020, 2, 2, 0, 0, 0)


def library(made: Path) -> None:
    """One archive with what is imported at the start, not compressed: servers compress it better whole."""
    wanted = run("node", PROGRAM, "modules", RUNTIME, otherwise="Pyodide did not start in Node").splitlines()
    with zipfile.ZipFile(RUNTIME / "python_stdlib.zip") as standard, zipfile.ZipFile(made, "w") as archive:
        there = set(standard.namelist())
        paths = [path for name in sorted(wanted) for path in _paths(name) if path in there]
        sources = {path: standard.read(path) for path in paths}
        sources |= {path: source.encode() for path, source in core.sources().items()}
        for path, source in sources.items():
            archive.writestr(zipfile.ZipInfo(path + "c", DATE), _bytecode(source, path))


def snapshot(made: Path, library: Path) -> dict[str, int]:
    """What web/src/runtimes/memory.js reads; bytes of the `memory` that it makes of it, and of a `fresh` one."""
    sorry = "Pyodide made no snapshot in Node"
    sizes: dict[str, int] = json.loads(
        run("node", PROGRAM, "memory", RUNTIME, library, core.DOOR, made, otherwise=sorry)
    )
    return sizes


def _paths(module: str) -> tuple[str, str]:
    """Where a module may be: a file of its own, or a folder's."""
    path = module.replace(".", "/")
    return f"{path}.py", f"{path}/__init__.py"


def _bytecode(source: bytes, path: str) -> bytes:
    """As a .pyc that has no source beside it: magic number, no flags, no date, no size. No docstrings, no asserts."""
    code = compile(source, path, "exec", dont_inherit=True, optimize=2)
    return importlib.util.MAGIC_NUMBER + bytes(12) + marshal.dumps(_without_lines(code))


def _without_lines(code: CodeType) -> CodeType:
    """The code, which then does not know its lines in the source: nobody reads them, and they are a seventh of all."""
    inside = tuple(_without_lines(each) if isinstance(each, CodeType) else each for each in code.co_consts)
    return code.replace(co_linetable=b"", co_consts=inside)
