"""The wheel of sdk/rudderanalytics, with its core as a single module, and one of all the modules, compiled to the
bytecode of the pinned Pyodide's Python.

Both come out byte for byte the same from the same sources, so that hashes and caches keep.
"""

import ast
import os
import re
import shutil
import sys
import zipfile
from pathlib import Path

import zopfli

from toolchain.step import ROOT, run

from .lean import lean
from .single import flat, single

SOURCES = ROOT / "sdk" / "rudderanalytics"
# pyproject.toml takes the whole package from here into the wheel.
STAGED = ROOT / "build" / "wheel" / "rudderanalytics"
# The wheel of all modules; only the vectors run from it, and what is compiled is made of it.
WHOLE = ROOT / "build" / "modules"
# What editors show to the people who import it stays as it is written, the shapes without their docstrings.
FACE = "__init__"
SHAPES = "_types"
# The map of the house in it is of the sources, and no longer true where they are one module.
MAP = re.compile(r"\nThe house, from the outside in.*?(?=^\"\"\"$)", re.DOTALL | re.MULTILINE)
# The module that the face imports; the single one has its name.
CORE = "browser"
# 2020-02-02, hatchling's own date for reproducible wheels. With it, py_compile writes no modification times either.
EPOCH = "1580601600"
DATE = (2020, 2, 2, 0, 0, 0)


def make(folder: Path, scripts: dict[str, str]) -> tuple[Path, Path]:
    """Both wheels, with `scripts` by name inside."""
    # Without PYTHONPATH, where web/build.py would stand for PyPI's build.
    env = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"} | {"SOURCE_DATE_EPOCH": EPOCH}
    pyodide = Path(sys.executable).with_name("pyodide")

    shutil.rmtree(WHOLE, ignore_errors=True)
    _stage(_modules(), scripts)
    whole = _wheel(WHOLE, env)
    run(pyodide, "py-compile", "--silent", "--keep", whole, env=env, otherwise="pyodide could not compile the wheel")
    (made,) = WHOLE.glob("*-cp313-none-any.whl")
    compiled = made.replace(folder / made.name)
    _pack(compiled, zipfile.ZipFile)

    _stage(_single(), scripts)
    wheel = _wheel(folder, env)
    _pack(wheel, zopfli.ZipFile)
    return wheel, compiled


def _wheel(folder: Path, env: dict[str, str]) -> Path:
    """The wheel of what is staged."""
    hatchling = [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(folder)]
    run(*hatchling, env=env, otherwise="hatchling could not make the wheel")
    (wheel,) = folder.glob("*-py3-none-any.whl")
    return wheel


def _modules() -> dict[str, str]:
    """Every module by its path, lean."""
    paths = {path.relative_to(SOURCES).with_suffix("").as_posix(): path for path in sorted(SOURCES.rglob("*.py"))}
    sources = {name: path.read_text() for name, path in paths.items()}
    return {name: text if name == FACE else lean(text, annotations=name == SHAPES) for name, text in sources.items()}


def _single() -> dict[str, str]:
    """The face, the shapes, and everything else in one."""
    modules, sources = _modules(), flat(SOURCES)
    core = {name: sources[name] for name in sources if name not in (FACE, SHAPES)}
    source, face = single(core, sources[FACE], CORE)
    face, drawn = MAP.subn("", face)
    assert drawn == 1
    return {FACE: face, SHAPES: _needed(modules[SHAPES], face), CORE: source}


def _needed(shapes: str, face: str) -> str:
    """The shapes that the face speaks of, and those that they are made of; the others are the core's."""
    tree = ast.parse(shapes)
    classes = {node.name: node for node in tree.body if isinstance(node, ast.ClassDef)}
    wanted: set[str] = set()
    waiting = list(classes.keys() & set(re.findall(r"\w+", face)))
    while waiting:
        name = waiting.pop()
        wanted.add(name)
        inside = {node.id for node in ast.walk(classes[name]) if isinstance(node, ast.Name)}
        waiting += (classes.keys() & inside) - wanted
    tree.body = [node for node in tree.body if not isinstance(node, ast.ClassDef) or node.name in wanted]
    return lean(ast.unparse(tree), annotations=True)


def _stage(modules: dict[str, str], scripts: dict[str, str]) -> None:
    shutil.rmtree(STAGED, ignore_errors=True)
    STAGED.mkdir(parents=True)
    for name, source in modules.items():
        path = STAGED / f"{name}.py"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(source)
    shutil.copyfile(SOURCES / "py.typed", STAGED / "py.typed")
    for name, text in scripts.items():
        (STAGED / name).write_text(text)


def _pack(archive: Path, packer: "type[zipfile.ZipFile]") -> None:
    """Give every entry the same date (py-compile writes the hour of the build into the archive), and pack it anew."""
    dated = archive.with_suffix(".dated")
    with (
        zipfile.ZipFile(archive) as before,
        packer(dated, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as after,
    ):
        for name in before.namelist():
            entry = zipfile.ZipInfo(name, DATE)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o644 << 16
            after.writestr(entry, before.read(name))
    dated.replace(archive)
