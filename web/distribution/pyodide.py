"""`pyodide/`: the pinned runtime, our compiled wheel, micropip, and a lock file that lists what is really there.

npm's lock file names 379 packages and ships none of them; one that stayed listed would answer 404, where one that is
not listed lets micropip look further. micropip's wheel on PyPI has another hash than the stock lock file says. npm's
standard library is source text, which Python compiles at each start, for more than half of it: here it is bytecode.

For the script tag, `rudderanalytics.wasm` has only the functions of Pyodide that the core was seen to need
(pyodide.hot.json). An input that needs another one makes the page's worker fetch the whole `pyodide.asm.wasm` and go on
in that (web/src/runtimes/replay.js).
"""

import hashlib
import json
import shutil
from pathlib import Path

from pyodide_lock import PyodideLockSpec
from pyodide_lock.spec import PackageSpec

from toolchain.environment import WHEELS
from toolchain.step import ROOT, Blocked, run

from . import core, micropython, script, snapshot, wheels

RUNTIME = ROOT / "web" / "node_modules" / "pyodide"
STANDARD_LIBRARY = "python_stdlib.zip"
WHOLE = "pyodide.asm.wasm"
FILES = ("pyodide.mjs", "pyodide.js", "pyodide.asm.js", WHOLE, STANDARD_LIBRARY, "README.md")
LOCK = "pyodide-lock.json"
STAGED = ROOT / "build" / "pyodide"
SNAPSHOT = STAGED / "rudderanalytics.snapshot"
MADE = STAGED / "made.json"  # what pyodide.mjs needs to know to start from that
LEAN = Path(__file__).with_name("pyodideLean.mjs")
HOT = Path(__file__).with_name("pyodide.hot.json")


def copy(folder: Path, compiled: Path, version: str, *, whole: bool) -> None:
    """`whole`: with all functions in the script tag's module, too."""
    folder.mkdir()
    for name in FILES:
        shutil.copyfile(RUNTIME / name, folder / name)
    wheels.compile_archive(folder / STANDARD_LIBRARY)
    shutil.copyfile(compiled, folder / compiled.name)
    for wheel in WHEELS.glob("*.whl"):
        shutil.copyfile(wheel, folder / wheel.name)
    lock(folder, compiled.name, version).to_json(folder / LOCK)
    library = folder / "rudderanalytics.zip"
    snapshot.library(library)
    of: dict[str, object] = {"unread": [], **remember(library)}
    remembered = folder / SNAPSHOT.name
    shutil.copyfile(SNAPSHOT, remembered)
    made = folder / "rudderanalytics.wasm"
    if whole:
        shutil.copyfile(RUNTIME / WHOLE, made)
    else:
        of["unread"] = lean(HOT, made)
        MADE.write_text(json.dumps(json.loads(MADE.read_text()) | of))
    sizes = {path.name: path.stat().st_size for path in (remembered, made)}
    stock = json.loads((RUNTIME / LOCK).read_text())
    constants = {"__MEMORY__": of["memory"], "__FRESH__": of["fresh"], "__SIZES__": sizes, "__UNREAD__": of["unread"]}
    constants["__LOCK__"] = {"info": stock["info"], "packages": {}}
    script.module("pyodide", folder / "rudderanalytics.mjs", **constants)


def remember(library: Path) -> dict[str, int]:
    """Pyodide's memory with the core imported, and what there is to know of it; see `snapshot.snapshot`."""
    STAGED.mkdir(parents=True, exist_ok=True)
    of = snapshot.snapshot(SNAPSHOT, library)
    places = {"runtime": str(RUNTIME), "snapshot": str(SNAPSHOT), "door": core.DOOR}
    MADE.write_text(json.dumps(places | of))
    return of


def lean(hot: Path, made: Path) -> list[list[int]]:
    """Pyodide's WebAssembly without what no session in a list needs; where in its memory constants are left out."""
    sorry = "Pyodide could not be trimmed"
    said = run("node", LEAN, RUNTIME / WHOLE, MADE, hot, micropython.HOT, made, otherwise=sorry)
    ranges: list[list[int]] = json.loads(said)
    return ranges


def lock(folder: Path, wheel: str, version: str) -> PyodideLockSpec:
    """The stock lock file, less what is not in `folder`, plus our wheel; every hash is that of the file there."""
    spec = PyodideLockSpec.from_json(RUNTIME / LOCK)
    if not spec.info.python.startswith("3.13."):
        raise Blocked(f"Pyodide runs Python {spec.info.python}; .python-version and the toolchain must follow it")
    spec.packages = {name: entry for name, entry in spec.packages.items() if (folder / entry.file_name).is_file()}
    spec.packages["rudderanalytics"] = PackageSpec(
        name="rudderanalytics",
        version=version,
        file_name=wheel,
        install_dir="site",
        imports=["rudderanalytics"],
    )
    for entry in spec.packages.values():
        entry.sha256 = hashlib.sha256((folder / entry.file_name).read_bytes()).hexdigest()
        absent = [name for name in entry.depends if name not in spec.packages]
        if absent:
            raise Blocked(f"{entry.name} depends on {', '.join(absent)}, which dist/pyodide does not carry")
    spec.check_wheel_filenames()
    return spec
