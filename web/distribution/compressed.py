"""`.br` and `.gz` beside what pages fetch: many servers send these instead, to those who take them.

Brotli's best quality takes a minute for all of Pyodide, so what was compressed once is kept, by its hash.
"""

import gzip
import hashlib
import shutil
from pathlib import Path

from toolchain.step import ROOT, run

PROGRAM = Path(__file__).with_name("compressed.mjs")
KEPT = ROOT / "build" / "compressed"
ENDINGS = (".br", ".gz")
SUFFIXES = (".js", ".mjs", ".wasm", ".json", ".snapshot")
# Archives are compressed, but for this one.
ALSO = ("rudderanalytics.zip",)


def make(folder: Path) -> None:
    paths = [path for path in sorted(folder.rglob("*")) if path.suffix in SUFFIXES or path.name in ALSO]
    program = PROGRAM.read_bytes() + Path(__file__).read_bytes()
    places = {path: KEPT / hashlib.sha256(program + path.read_bytes()).hexdigest() for path in paths}
    KEPT.mkdir(parents=True, exist_ok=True)
    new = {place: path for path, place in places.items() if not all(_ending(place, each).exists() for each in ENDINGS)}
    for place, path in new.items():
        shutil.copyfile(path, place)
    run("node", PROGRAM, *new, otherwise="Node could not compress dist/")
    for place in new:  # Node's zlib is Chromium's: quicker, and what it makes larger
        part = _ending(place, ".part")
        part.write_bytes(gzip.compress(place.read_bytes(), 9, mtime=0))
        part.rename(_ending(place, ".gz"))
    for path, place in places.items():
        place.unlink(missing_ok=True)
        for ending in ENDINGS:
            shutil.copyfile(_ending(place, ending), _ending(path, ending))
    for kept in KEPT.iterdir():
        if kept.with_suffix("") not in places.values():
            kept.unlink()


def _ending(path: Path, ending: str) -> Path:
    return path.with_name(path.name + ending)
