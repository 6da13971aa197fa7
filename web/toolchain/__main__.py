"""`python -m toolchain [browser] [engines]`: everything the project needs, then the browser, then the other engines.

Starts under any Python 3 and goes on under Python 3.13: only `interpreter` and `step` are read before that.
"""

import os
import sys
from concurrent.futures import ThreadPoolExecutor

from . import interpreter
from .step import Blocked


def main() -> None:
    python = interpreter.find()
    if python != sys.executable:
        os.execv(python, [python, "-m", "toolchain", *sys.argv[1:]])
    # Not before: these modules are written in today's Python.
    from . import chromium, environment, node

    wants_engines = "engines" in sys.argv[1:]
    wants_browser = wants_engines or "browser" in sys.argv[1:]
    # Side by side: each waits for its own registry most of the time.
    with ThreadPoolExecutor() as steps:
        begun = [steps.submit(node.prepare), steps.submit(environment.prepare)]
        if wants_browser:
            begun.append(steps.submit(_browsers, wants_engines))
        for step in begun:
            step.result()
    if wants_browser:
        chromium.bring()  # by Playwright, which is there now


def _browsers(wants_engines: bool) -> None:
    from . import chromium, engines

    chromium.find()
    if wants_engines:
        engines.find()


try:
    main()
except Blocked as reason:
    sys.exit(f"set-up: {reason}")
except KeyboardInterrupt:
    sys.exit("set-up: interrupted; run it again to go on")
