"""One step of the set-up or the build: run its commands quietly, and end in one clear line when it cannot be done.

Read by whichever Python 3 starts first (3.8 or later), hence the postponed annotations.
"""

from __future__ import annotations

import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


class Blocked(Exception):
    """The work cannot go on; the text is the one line that says what is in the way."""


def say(text: str) -> None:
    print(f"set-up: {text}", flush=True)


def run(*command: str | Path, otherwise: str, cwd: Path = ROOT, env: dict[str, str] | None = None) -> str:
    """What the command prints. Nothing of it is shown unless it fails: then its last lines, and `otherwise`."""
    try:
        done = subprocess.run(
            [str(word) for word in command],
            check=False,
            cwd=str(cwd),
            env=env,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            errors="replace",
        )
    except OSError as error:
        raise Blocked(f"{otherwise} ({error})") from error
    if done.returncode:
        for line in done.stdout.strip().splitlines()[-40:]:
            print(f"    {line}", flush=True)
        raise Blocked(otherwise)
    return done.stdout.strip()
