"""`make hot`: web/distribution/*.hot.json anew, the functions of MicroPython and Pyodide that the core needs.

Needed when one of them is another one, and when the core does what it never did: `make build` and `make test` say so.
Watched are the vectors, the state machines, and the pages of the browser tests, with the whole MicroPython in them.
"""

import json
import shutil
import subprocess
import sys

import build
from distribution import micropython, pyodide
from toolchain.step import ROOT, run

from .inputs import sessions

RECORDED = ROOT / "build" / "recorded"
PAGES = ["tests/browser", "-k", "not pyodide and not fallback and not pyscript and not npm", "--timeout=600"]
LISTENING = ["-p", "tests.recording", "--recorded", RECORDED]
AT_ONCE = ["--numprocesses", "2", "--dist", "loadfile"]


def main() -> None:
    build.build(whole=True)
    shutil.rmtree(RECORDED, ignore_errors=True)
    RECORDED.mkdir(parents=True)
    # What a test that fails saw is what a page gives all the same.
    subprocess.run([sys.executable, "-m", "pytest", "-q", *LISTENING, *AT_ONCE, *PAGES], cwd=ROOT, check=False)
    pages = [session for path in sorted(RECORDED.glob("*.json")) for session in json.loads(path.read_text())]
    heard = RECORDED / "sessions.json"
    heard.write_text(json.dumps([*pages, *sessions()]))
    program = micropython.HOT.with_name("hot.mjs")
    sorry = "MicroPython could not be watched"
    found = json.loads(run("node", program, micropython.IMAGE, heard, micropython.HOT, otherwise=sorry))
    program = pyodide.HOT.with_name("pyodideHot.mjs")
    sorry = "Pyodide could not be watched"
    of_pyodide = run(
        "node", program, pyodide.RUNTIME / pyodide.WHOLE, pyodide.MADE, heard, pyodide.HOT, otherwise=sorry
    )
    build.build(force=True)
    shown = ", ".join(f"{count} after {what}" for what, count in found.items())
    print(f"hot: {len(pages)} pages; functions of MicroPython: {shown}; of Pyodide: {of_pyodide.strip()}")


if __name__ == "__main__":
    main()
