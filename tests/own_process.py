"""What Hypothesis makes of a seed, the same each time: in a process of its own.

Hypothesis draws from the constants of all modules of ours that are loaded. So a seed is other examples where another
test has loaded something before (findings/hypothesis-seed.sh).
"""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
_PATH = os.pathsep.join(str(ROOT / folder) for folder in ("sdk", "web", "tests"))


def run(code: str) -> str:
    """What this code prints. AssertionError with all that it said, where it fails."""
    environment = os.environ | {"PYTHONPATH": _PATH}
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout
