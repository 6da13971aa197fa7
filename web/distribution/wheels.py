"""The wheel, which is sdk/rudderanalytics as it is written, and the same compiled for the pinned Pyodide's Python.

hatchling makes the first one, with the script that Python puts into a page among its files (pyproject.toml), and
pyodide-build compiles it, and other archives. They come out byte for byte the same from the same sources, so that
hashes and caches keep.
"""

import os
import sys
import zipfile
from pathlib import Path

from toolchain.step import run

# 2020-02-02, hatchling's own date for reproducible wheels. With it, py_compile writes no modification times either.
EPOCH = "1580601600"
DATE = (2020, 2, 2, 0, 0, 0)


def make(folder: Path) -> tuple[Path, Path]:
    """Both wheels; `script.bundle` comes before."""
    hatchling = [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(folder)]
    run(*hatchling, env=_environment(), otherwise="hatchling could not make the wheel")
    (wheel,) = folder.glob("*-py3-none-any.whl")
    _compile(wheel, "--keep")
    (compiled,) = folder.glob("*-cp313-none-any.whl")
    _date(compiled)
    return wheel, compiled


def compile_archive(archive: Path) -> None:
    """Put bytecode in the place of the Python sources in a zip file."""
    _compile(archive)
    _date(archive)


def _compile(archive: Path, *options: str) -> None:
    pyodide = Path(sys.executable).with_name("pyodide")
    sorry = f"pyodide could not compile {archive.name}"
    run(pyodide, "py-compile", "--silent", *options, archive, env=_environment(), otherwise=sorry)


def _environment() -> dict[str, str]:
    # Without PYTHONPATH, where web/build.py would stand for PyPI's build.
    return {name: value for name, value in os.environ.items() if name != "PYTHONPATH"} | {"SOURCE_DATE_EPOCH": EPOCH}


def _date(archive: Path) -> None:
    """Give every entry the same date: py-compile writes the hour of the build."""
    dated = archive.with_suffix(".dated")
    with zipfile.ZipFile(archive) as before, zipfile.ZipFile(dated, "w", zipfile.ZIP_DEFLATED) as after:
        for name in before.namelist():
            entry = zipfile.ZipInfo(name, DATE)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o644 << 16
            after.writestr(entry, before.read(name))
    dated.replace(archive)
