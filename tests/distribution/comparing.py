"""The answers of a trimmed interpreter beside those of the whole one."""

import json
import subprocess
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent


def node(program: Path, *arguments: object) -> str:
    done = subprocess.run(
        ["node", program, *map(str, arguments)], capture_output=True, text=True, check=False, timeout=280
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def compare(*how: object) -> dict[str, Any]:
    """What answers.mjs says of so many inputs and fallbacks; no answer differs."""
    found: dict[str, Any] = json.loads(node(HERE / "answers.mjs", *how))
    assert found["differences"] == []
    return found
