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
MAP_COMMENT = "//# sourceMappingURL="


def bundle(folder: Path, version: str) -> Path:
    """Bundle and minify for every browser that runs WebAssembly's big integers (ES2020)."""
    script = folder / NAME
    run(
        WEB / "node_modules" / ".bin" / "esbuild",
        SOURCES / "main.js",
        "--bundle",
        "--minify",
        "--format=iife",
        "--target=es2020",
        "--sourcemap",
        "--legal-comments=none",
        "--log-level=warning",
        f"--define:__VERSION__={json.dumps(version)}",
        f"--outfile={script}",
        otherwise="esbuild could not bundle web/src",
    )
    digest = base64.b64encode(hashlib.sha384(script.read_bytes()).digest()).decode()
    (folder / "rudderanalytics.sri").write_text(f"sha384-{digest}\n")
    shutil.copyfile(SOURCES / "rudderanalytics.d.ts", folder / "rudderanalytics.d.ts")
    return script


def without_map(script: Path) -> str:
    """The same script for the wheel, where no map lies beside it."""
    lines = script.read_text().splitlines(keepends=True)
    return "".join(line for line in lines if not line.startswith(MAP_COMMENT))
