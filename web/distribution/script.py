"""`rudderanalytics.js`: web/src as one classic script; its source map, integrity (`<script integrity>`) and types."""

import base64
import hashlib
import json
import shutil
from pathlib import Path

from toolchain.step import ROOT, run

WEB = ROOT / "web"
SOURCES = WEB / "src"
NAME = "rudderanalytics.js"
SELDOM = "seldom.mjs"
MAP_COMMENT = "//# sourceMappingURL="


def bundle(folder: Path, version: str) -> None:
    """Bundle and minify for every browser that runs WebAssembly's big integers (ES2021).

    Beside it what few pages need, in a script of its own.
    """
    script = folder / NAME
    esbuild(SOURCES / "main.js", script, "--format=iife", "--sourcemap", f"--define:__VERSION__={json.dumps(version)}")
    maps = f"content='{script}.map',url='{NAME}.map'"
    shorten(script, "hoist_vars", "--source-map", maps)
    script.write_text(script.read_text() + "\n")
    esbuild(SOURCES / "seldom.js", folder / SELDOM, "--format=esm", "--supported:class-field=true")
    shorten(folder / SELDOM, "module")
    digest = base64.b64encode(hashlib.sha384(script.read_bytes()).digest()).decode()
    (folder / "rudderanalytics.sri").write_text(f"sha384-{digest}\n")
    shutil.copyfile(SOURCES / "rudderanalytics.d.ts", folder / "rudderanalytics.d.ts")


def shorten(script: Path, compress: str, *more: str) -> None:
    """terser finds a few hundred bytes that esbuild does not; `unsafe`: `String` and the like are the browser's own."""
    terser = WEB / "node_modules" / ".bin" / "terser"
    options = ["--compress", f"passes=3,unsafe,{compress}", "--mangle", "--ecma", "2020", "--output"]
    run(terser, script, *more, *options, script, otherwise=f"terser could not shorten {script.name}")


def module(entry: str, made: Path, *more: str) -> None:
    """Bundle web/src/runtimes/<entry>.js, which the script imports when it knows which runtime is wanted."""
    esbuild(SOURCES / "runtimes" / f"{entry}.js", made, "--format=esm", *more)


def esbuild(entry: Path, made: Path, *more: str) -> None:
    program = WEB / "node_modules" / ".bin" / "esbuild"
    always = ["--bundle", "--minify", "--target=es2021", "--legal-comments=none", "--log-level=warning"]
    sorry = f"esbuild could not bundle {entry.relative_to(ROOT)}"
    run(program, entry, *always, *more, f"--outfile={made}", otherwise=sorry)


def for_wheels(folder: Path) -> dict[str, str]:
    """The same scripts for the wheels, where no map lies beside them."""
    lines = (folder / NAME).read_text().splitlines(keepends=True)
    script = "".join(line for line in lines if not line.startswith(MAP_COMMENT))
    return {NAME: script, SELDOM: (folder / SELDOM).read_text()}
