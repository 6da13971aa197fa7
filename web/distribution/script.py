"""What web/src becomes, bundled and minified by esbuild for browsers that run WebAssembly's big integers (ES2021):

rudderanalytics.js     the script tag's, a classic script; with its source map, integrity and types
extras.mjs             what few pages need, which that script imports where it is needed
snippet.html           the loading snippet, which a page has in its own HTML
the wheel's script     the one that Python puts into a page; it needs nothing beside it
*/rudderanalytics.mjs  how a runtime is booted, which the script imports when it knows which one is wanted
"""

import base64
import hashlib
import json
import shutil
from pathlib import Path

from toolchain.step import ROOT, run

WEB = ROOT / "web"
ESBUILD = WEB / "node_modules" / ".bin" / "esbuild"
SOURCES = WEB / "src"
# The entries in web/src: of the script tag, of what few pages need, of what Python puts into a page.
SCRIPT, EXTRAS, EMBEDDED = "script.js", "extras.js", "embedded.js"
SNIPPET = WEB / "snippet"
NAME = "rudderanalytics.js"
# pyproject.toml takes what is in this folder into the wheel, beside sdk/rudderanalytics.
FOR_THE_WHEEL = ROOT / "build" / "embedded"


def bundle(folder: Path, version: str) -> None:
    """The scripts of `dist/` and the wheel's; not those of the runtimes, which follow them."""
    script = folder / NAME
    esbuild(SCRIPT, script, "--format=iife", "--sourcemap", __VERSION__=version)
    digest = base64.b64encode(hashlib.sha384(script.read_bytes()).digest()).decode()
    (folder / "rudderanalytics.sri").write_text(f"sha384-{digest}\n")
    shutil.copyfile(SOURCES / "rudderanalytics.d.ts", folder / "rudderanalytics.d.ts")
    (folder / "snippet.html").write_text(snippet("/dist/rudderanalytics.js", "micropython"))
    esbuild(EXTRAS, folder / "extras.mjs", "--format=esm", __VERSION__=version)
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


def module(runtime: str, made: Path, **constants: object) -> None:
    """Bundle web/src/runtimes/<runtime>.js."""
    esbuild(f"runtimes/{runtime}.js", made, "--format=esm", **constants)


def esbuild(entry: str, made: Path, *more: str, **constants: object) -> None:
    """`constants`: names in the sources -> the JSON values that stand in their place."""
    # Class fields are younger than ES2021, and older in browsers than those big integers.
    always = ["--bundle", "--minify", "--target=es2021", "--supported:class-field=true", "--legal-comments=none"]
    defined = [f"--define:{name}={json.dumps(value)}" for name, value in constants.items()]
    quiet = "--log-level=warning"
    sorry = f"esbuild could not bundle web/src/{entry}"
    run(ESBUILD, SOURCES / entry, *always, quiet, *more, *defined, f"--outfile={made}", otherwise=sorry)
