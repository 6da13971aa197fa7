"""`python -m toolchain [browser]`: everything the project needs, then the browser if it is asked for.

Starts under any Python 3 and goes on under Python 3.13: only `interpreter` and `step` are read before that.
"""

import os
import sys

from . import interpreter
from .step import Blocked


def main() -> None:
    python = interpreter.find()
    if python != sys.executable:
        os.execv(python, [python, "-m", "toolchain", *sys.argv[1:]])
    # Not before: these modules are written in today's Python.
    from . import chromium, environment, node

    node.prepare()
    environment.prepare()
    if "browser" in sys.argv[1:]:
        chromium.prepare()


try:
    main()
except Blocked as reason:
    sys.exit(f"set-up: {reason}")
except KeyboardInterrupt:
    sys.exit("set-up: interrupted; run it again to go on")
