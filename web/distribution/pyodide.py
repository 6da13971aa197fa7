"""`pyodide/`: the pinned runtime, our compiled wheel, micropip, and a lock file that lists what is really there.

npm's lock file names 379 packages and ships none of them; one that stayed listed would answer 404, where one that is
not listed lets micropip look further. micropip's wheel on PyPI has another hash than the stock lock file says. npm's
standard library is source text, which Python compiles at each start, for more than half of it: here it is bytecode.
"""

import hashlib
import json
import shutil
from pathlib import Path

from pyodide_lock import PyodideLockSpec
from pyodide_lock.spec import PackageSpec

from toolchain.environment import WHEELS
from toolchain.step import ROOT, Blocked

from . import script, snapshot, wheels

RUNTIME = ROOT / "web" / "node_modules" / "pyodide"
STANDARD_LIBRARY = "python_stdlib.zip"
FILES = ("pyodide.mjs", "pyodide.js", "pyodide.asm.js", "pyodide.asm.wasm", STANDARD_LIBRARY, "README.md")
LOCK = "pyodide-lock.json"


def copy(folder: Path, compiled: Path, version: str) -> None:
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
    remembered = folder / "rudderanalytics.snapshot"
    of = snapshot.snapshot(remembered, library)
    sizes = {path.name: path.stat().st_size for path in (remembered, folder / "pyodide.asm.wasm")}
    stock = json.loads((RUNTIME / LOCK).read_text())
    constants = {"__MEMORY__": of["memory"], "__FRESH__": of["fresh"], "__SIZES__": sizes}
    constants["__LOCK__"] = {"info": stock["info"], "packages": {}}
    script.module("pyodide", folder / "rudderanalytics.mjs", **constants)


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
