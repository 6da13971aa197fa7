"""Third-party notices: whose software `dist/` carries, under which licence, with the texts that must go along."""

import sysconfig
from pathlib import Path

from toolchain.step import ROOT

LICENCES = ROOT / "web" / "licences"
MODULES = ROOT / "web" / "node_modules"


def parts() -> list[tuple[str, str, str, Path]]:
    """Name, where its source is, where it is in `dist/`, and the file of its licence."""
    return [
        ("Pyodide", "https://github.com/pyodide/pyodide", "pyodide/", LICENCES / "MPL-2.0.txt"),
        (
            "CPython, as Pyodide has it",
            "https://github.com/python/cpython",
            "pyodide/",
            Path(sysconfig.get_path("stdlib")) / "LICENSE.txt",
        ),
        ("MicroPython", "https://github.com/micropython/micropython", "micropython/", LICENCES / "MicroPython.txt"),
        (
            "Emscripten and musl, in both WebAssembly files",
            "https://github.com/emscripten-core/emscripten",
            "pyodide/, micropython/",
            LICENCES / "Emscripten.txt",
        ),
        (
            "noble-hashes (MD5 of cookies of the official SDK's first version)",
            "https://github.com/paulmillr/noble-hashes",
            "extras.mjs",
            MODULES / "@noble" / "hashes" / "LICENSE",
        ),
    ]


def text() -> str:
    lines = [
        "# Third-party notices",
        "",
        "What is not ours in this package. It is unchanged, but for Python's standard library, which is bytecode, and",
        "for MicroPython and Pyodide in `rudderanalytics.wasm`, of which only what runs is there.",
        "",
    ]
    for name, source, place, licence in parts():
        lines += [
            f"## {name}",
            "",
            f"In `{place}`. Source: <{source}>",
            "",
            "```text",
            licence.read_text().strip(),
            "```",
            "",
        ]
    return "\n".join(lines)
