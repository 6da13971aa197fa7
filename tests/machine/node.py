"""The Node process that runs the scripted browser (browser.mjs), and the pipe to it."""

import atexit
import json
import subprocess
from functools import cache
from pathlib import Path
from typing import Any

MAIN = Path(__file__).with_name("main.mjs")


class Node:
    """One process for as long as the tests run: a start, and MicroPython's, take longer than a thousand steps."""

    def __init__(self) -> None:
        command = ["node", "--no-warnings", MAIN]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, encoding="utf-8")
        atexit.register(self._process.kill)

    def ask(self, *commands: list[Any]) -> dict[str, Any]:
        """Do these, one after the other; see main.mjs."""
        assert self._process.stdin and self._process.stdout
        self._process.stdin.write(json.dumps(commands) + "\n")
        self._process.stdin.flush()
        line = self._process.stdout.readline()
        assert line, "Node is gone"
        answer: dict[str, Any] = json.loads(line)
        return answer


@cache
def node() -> Node:
    return Node()
