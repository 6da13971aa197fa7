"""Pages on which one to three of what the browser and the language give is damaged, and a clean one after each.

What a case does is in tests/page/fuzz.js: it runs in Node, by a seed made of these dice.
"""

import json
import random
import select
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

COUNT = 100_000
LONGEST = 60
"""Seconds of a case: one that takes longer never ends."""
_PROGRAM = Path(__file__).resolve().parents[2] / "page" / "fuzzing.mjs"


@contextmanager
def opened() -> Iterator[Callable[[random.Random], None]]:
    with subprocess.Popen(["node", _PROGRAM], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as node:
        assert node.stdin and node.stdout
        longest = 0.0

        def one(dice: random.Random) -> None:
            nonlocal longest
            assert node.stdin and node.stdout
            node.stdin.write(f"{dice.getrandbits(64):x}\n")
            node.stdin.flush()
            if not select.select([node.stdout], [], [], LONGEST)[0]:
                node.kill()
                raise AssertionError(f"no answer within {LONGEST} s")
            said = json.loads(node.stdout.readline())
            assert "error" not in said, said["error"]
            longest = max(longest, said["longest"])

        yield one
        node.stdin.close()
        print(f"page: the longest call took {longest:.1f} ms")
