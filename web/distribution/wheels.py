"""The wheel of sdk/rudderanalytics, and the same wheel compiled to the bytecode of the pinned Pyodide's Python.

Both come out byte for byte the same from the same sources, so that hashes and caches keep.
"""

import os
import shutil
import sys
import zipfile
from pathlib import Path

from toolchain.step import ROOT, run

from .lean import lean

SOURCES = ROOT / "sdk" / "rudderanalytics"
# pyproject.toml takes the whole package from here into the wheel.
STAGED = ROOT / "build" / "wheel" / "rudderanalytics"
# What editors show to the people who import it stays as it is written, the shapes without their docstrings.
FACE = "__init__.py"
SHAPES = "_types.py"
# 2020-02-02, hatchling's own date for reproducible wheels. With it, py_compile writes no modification times either.
EPOCH = "1580601600"
DATE = (2020, 2, 2, 0, 0, 0)


def make(folder: Path, script: str) -> tuple[Path, Path]:
    """Both wheels, `script` inside as rudderanalytics/rudderanalytics.js."""
    _stage(script)
    # Without PYTHONPATH, where web/build.py would stand for PyPI's build.
    env = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"} | {"SOURCE_DATE_EPOCH": EPOCH}
    hatchling = [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(folder)]
    run(*hatchling, env=env, otherwise="hatchling could not make the wheel")
    (source,) = folder.glob("*-py3-none-any.whl")

    pyodide = Path(sys.executable).with_name("pyodide")
    run(pyodide, "py-compile", "--silent", "--keep", source, env=env, otherwise="pyodide could not compile the wheel")
    (compiled,) = folder.glob("*-cp313-none-any.whl")
    _forget_times(compiled)
    return source, compiled


def _stage(script: str) -> None:
    shutil.rmtree(STAGED, ignore_errors=True)
    STAGED.mkdir(parents=True)
    for path in SOURCES.glob("*.py"):
        source = path.read_text()
        staged = source if path.name == FACE else lean(source, annotations=path.name == SHAPES)
        (STAGED / path.name).write_text(staged)
    shutil.copyfile(SOURCES / "py.typed", STAGED / "py.typed")
    (STAGED / "rudderanalytics.js").write_text(script)


def _forget_times(archive: Path) -> None:
    """py-compile writes the hour of the build into the archive; give every entry the same date."""
    dated = archive.with_suffix(".dated")
    with (
        zipfile.ZipFile(archive) as before,
        zipfile.ZipFile(dated, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as after,
    ):
        for name in before.namelist():
            entry = zipfile.ZipInfo(name, DATE)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o644 << 16
            after.writestr(entry, before.read(name))
    dated.replace(archive)
