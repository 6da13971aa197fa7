"""What web/src becomes, bundled and minified by esbuild for browsers that run WebAssembly's big integers (ES2021):

rudderanalytics.js     the script tag's, a classic script; with its source map, integrity and types
integrity.mjs          what that script brings where its tag has `integrity`: the digests of all that a page loads
core.mjs               the page's side of the core, for pages whose own Python holds it; runtimes have it in their own
extras.mjs             what few pages need, which that side imports where it is needed
autoTrack.mjs          what the load option `autoTrack` needs, likewise
words.mjs              what says that something is wrong, and what `debug()` shows, likewise
snippet.html           the loading snippet, which a page has in its own HTML
the wheel's script     the one that Python puts into a page; it needs nothing beside it
*/rudderanalytics.mjs  how a runtime is booted, which the script imports when it knows which one is wanted
"""

import base64
import gzip
import hashlib
import json
import shutil
from pathlib import Path

from toolchain.step import ROOT, run

WEB = ROOT / "web"
ESBUILD = WEB / "node_modules" / ".bin" / "esbuild"
SOURCES = WEB / "src"
# The entries in web/src: of the script tag, of what Python puts into a page, of what checks all that is loaded.
SCRIPT, EMBEDDED, INTEGRITY = "script.js", "embedded.js", "integrity.js"
# Those of scripts that come only where they are needed: each becomes a module of the same name.
ON_DEMAND = ("autoTrack", "core", "extras", "words")
SNIPPET = WEB / "snippet"
NAME = "rudderanalytics.js"
# Whatever a page can load after the script tag's script (web/src/integrity.js, web/src/runtimes).
LOADED = (
    *(f"{name}.mjs" for name in ON_DEMAND),
    "micropython/rudderanalytics.mjs",
    "micropython/rudderanalytics.wasm",
    "micropython/micropython.wasm",
    "pyodide/rudderanalytics.mjs",
    "pyodide/pyodide.mjs",
    "pyodide/pyodide.asm.js",
    "pyodide/pyodide.asm.wasm",
    "pyodide/rudderanalytics.wasm",
    "pyodide/rudderanalytics.snapshot",
    "pyodide/rudderanalytics.snapshot.gz",
    "pyodide/rudderanalytics.zip",
)
# pyproject.toml takes what is in this folder into the wheel, beside sdk/rudderanalytics.
FOR_THE_WHEEL = ROOT / "build" / "embedded"
# Of what every page runs at once: Chromium (136) compiles all of it beside the page, while it comes, in place of each
# function as it is called. Others read a comment.
AT_ONCE = "--banner:js=//# allFunctionsCalledOnLoad"


def bundle(folder: Path, version: str) -> None:
    """The scripts of `dist/` and the wheel's that say nothing of other files."""
    shutil.copyfile(SOURCES / "rudderanalytics.d.ts", folder / "rudderanalytics.d.ts")
    (folder / "snippet.html").write_text(snippet("/dist/rudderanalytics.js", "micropython"))
    for name in ON_DEMAND:
        esbuild(f"{name}.js", folder / f"{name}.mjs", "--format=esm", *([AT_ONCE] if name == "core" else []))
    shutil.rmtree(FOR_THE_WHEEL, ignore_errors=True)
    esbuild(EMBEDDED, FOR_THE_WHEEL / NAME, "--format=iife", __VERSION__=version)


def snippet(address: str, runtime: str) -> str:
    """The loading snippet with the address of the script and the runtime."""
    sorry = "esbuild could not shorten web/snippet/loader.js"
    # Older browsers do not run the script, but must be able to read the snippet. It is bare: no "use strict" before it.
    how = ["--minify", "--target=es2018", "--tsconfig-raw={}", "--log-level=warning"]
    values = [f"--define:__SCRIPT__={json.dumps(address)}", f"--define:__RUNTIME__={json.dumps(runtime)}"]
    loader = run(ESBUILD, SNIPPET / "loader.js", *how, *values, otherwise=sorry)
    return (SNIPPET / "snippet.html").read_text().replace("LOADER", loader.strip())


def tag(folder: Path, version: str) -> None:
    """The script tag's script, which says what all others are: they are there already."""
    checks = folder / "integrity.mjs"
    esbuild(INTEGRITY, checks, "--format=esm", __INTEGRITY__=digests(folder))
    script = folder / NAME
    known = {"__VERSION__": version, "__INTEGRITY__": digest("sha256", checks.read_bytes())}
    esbuild(SCRIPT, script, "--format=iife", "--sourcemap", AT_ONCE, **known)
    (folder / "rudderanalytics.sri").write_text(digest("sha384", script.read_bytes()) + "\n")


def digests(folder: Path) -> dict[str, str]:
    """Path -> what the attribute `integrity` says of it; of what is packed also unpacked, as some servers give it."""
    found = {name: digest("sha256", (folder / name).read_bytes()) for name in LOADED}
    for name in LOADED:
        if name.endswith(".gz"):
            found[name] += " " + digest("sha256", gzip.decompress((folder / name).read_bytes()))
    return found


def digest(algorithm: str, content: bytes) -> str:
    return f"{algorithm}-{base64.b64encode(hashlib.new(algorithm, content).digest()).decode()}"


def module(runtime: str, made: Path, **constants: object) -> None:
    """Bundle web/src/runtimes/<runtime>.js."""
    esbuild(f"runtimes/{runtime}.js", made, "--format=esm", AT_ONCE, **constants)


def esbuild(entry: str, made: Path, *more: str, **constants: object) -> None:
    """`constants`: names in the sources -> the JSON values that stand in their place."""
    # Class fields are younger than ES2021, and older in browsers than those big integers.
    always = ["--bundle", "--minify", "--target=es2021", "--supported:class-field=true", "--legal-comments=none"]
    defined = [f"--define:{name}={json.dumps(value)}" for name, value in constants.items()]
    quiet = "--log-level=warning"
    sorry = f"esbuild could not bundle web/src/{entry}"
    run(ESBUILD, SOURCES / entry, *always, quiet, *more, *defined, f"--outfile={made}", otherwise=sorry)
