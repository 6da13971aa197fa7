"""`micropython/`: the pinned runtime, and the core as one file that the page mounts ({path: source})."""

import json
import shutil
from pathlib import Path

from toolchain.step import ROOT

from .lean import lean

RUNTIME = ROOT / "web" / "node_modules" / "@micropython" / "micropython-webassembly-pyscript"
FILES = ("micropython.mjs", "micropython.wasm", "README.md")
CORE = ROOT / "sdk" / "rudderanalytics"


def copy(folder: Path) -> None:
    folder.mkdir()
    for name in FILES:
        shutil.copyfile(RUNTIME / name, folder / name)
    core = {f"rudderanalytics/{path.name}": lean(path.read_text()) for path in modules()}
    (folder / "rudderanalytics.core.json").write_text(json.dumps(core, ensure_ascii=False))


def modules() -> list[Path]:
    """Every module but the shapes for type checkers, which are never imported at run time."""
    return sorted(path for path in CORE.glob("*.py") if path.name != "_types.py")
