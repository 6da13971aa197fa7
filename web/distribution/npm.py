"""`npm/`: the npm package, as a folder and as the tarball that `npm pack` makes of it.

`index.js` is web/src/npm.js in one module, readable; `assets/` holds the files of `dist/` that it fetches when it is
loaded, so it is made after them.
"""

import json
import re
import shutil
from pathlib import Path

from toolchain.step import ROOT, Blocked, run

from . import notices, script

NAME = "rudderanalytics"
README = ROOT / "web" / "npm" / "README.md"
EXPORTS = ROOT / "web" / "npm" / "exports.d.ts"
ENTRY = script.SOURCES / "npm.js"
FOLDER = "npm"


def make(dist: Path, version: str) -> Path:
    """The tarball's path."""
    folder = dist / FOLDER
    folder.mkdir()
    script.esbuild(ENTRY.name, folder / "index.js", "--format=esm", "--minify=false", __VERSION__=version)
    for name in assets():
        if not (dist / name).is_file():
            raise Blocked(f"web/src/npm.js names {name}, which dist/ does not have")
        (folder / "assets" / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(dist / name, folder / "assets" / name)
    for name in ("pyodide.mjs", "pyodide.asm.js"):
        _for_browsers(folder / "assets" / "pyodide" / name)
    (folder / "index.d.ts").write_text(types())
    shutil.copyfile(README, folder / "README.md")
    shutil.copyfile(ROOT / "LICENSE", folder / "LICENSE")
    (folder / "THIRD-PARTY-NOTICES.md").write_text(notices.text())
    (folder / "package.json").write_text(json.dumps(manifest(version), indent=2) + "\n")
    return pack(folder)


def _for_browsers(script: Path) -> None:
    """Take out of a script of Pyodide's what it imports in Node only: Vite's development server looks for it."""
    in_node = re.compile(r'await import\("(?:node:[\w/]+|ws)"\)')
    text, count = in_node.subn("undefined", script.read_text())
    if not count:
        raise Blocked(f"{script.name} of Pyodide is not as web/distribution/npm.py knows it")
    script.write_text(text.replace(f"//# sourceMappingURL={script.name}.map", ""))  # which is not there


def assets() -> list[str]:
    """The files of `dist/` that the entry names."""
    return re.findall(r'new URL\("\./assets/([^"]+)", import\.meta\.url\)', ENTRY.read_text())


def types() -> str:
    """The script tag's types, and what the module exports."""
    shapes = (script.SOURCES / "rudderanalytics.d.ts").read_text()
    without = shapes.replace("  const rudderanalytics: RudderAnalytics;\n", "")  # no global name: it is imported
    return without + EXPORTS.read_text()


FOR_NODE = ("child_process", "crypto", "fs", "fs/promises", "path", "url", "vm", "ws")


def manifest(version: str) -> dict[str, object]:
    return {
        "name": NAME,
        "version": version,
        "description": "Browser analytics whose brain is Python: RudderStack messages from any web app.",
        "license": "MIT",
        "keywords": [
            "analytics",
            "events",
            "identify",
            "micropython",
            "pyodide",
            "python",
            "rudderstack",
            "webassembly",
        ],
        "type": "module",
        "main": "./index.js",
        "types": "./index.d.ts",
        "exports": {
            ".": {"types": "./index.d.ts", "default": "./index.js"},
            "./assets/*": "./assets/*",
            "./package.json": "./package.json",
        },
        # Pyodide names them for Node. A bundler that reads the runtimes (Parcel) would look for them, or bring others.
        "browser": dict.fromkeys(FOR_NODE, False),
        "files": ["index.js", "index.d.ts", "assets", "THIRD-PARTY-NOTICES.md"],
        "sideEffects": False,
        "engines": {"node": ">=20"},
    }


def pack(folder: Path) -> Path:
    quiet = ["--ignore-scripts", "--loglevel=error"]
    run("npm", "pack", *quiet, cwd=folder, otherwise="npm could not pack dist/npm")
    (tarball,) = folder.glob("*.tgz")
    return tarball
