"""`.br` and `.gz` beside what pages fetch: many servers send these instead, to those who take them."""

from pathlib import Path

from toolchain.step import run

PROGRAM = Path(__file__).with_name("compressed.mjs")
SUFFIXES = (".js", ".mjs", ".wasm", ".json")
# Archives are compressed, but for this one.
ALSO = ("rudderanalytics.zip",)


def make(folder: Path) -> None:
    paths = [path for path in sorted(folder.rglob("*")) if path.suffix in SUFFIXES or path.name in ALSO]
    run("node", PROGRAM, *paths, otherwise="Node could not compress dist/")
