"""Long values cost memory in proportion to their length, in MicroPython with the heap that a PyScript page has.

Before, a trait of 10,000 characters took 230 MB there, and one of 100,000 more than there is.
"""

import json
import subprocess
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parent / "vectors" / "memory.mjs"
MOST_FOR_A_BYTE = 30
MOST_BESIDES = 100_000
"""Bytes for all that an identify takes without its long trait."""


@pytest.fixture(scope="module", params=["@micropython/micropython-webassembly-pyscript", "micropython-1.29"])
def measured(request: pytest.FixtureRequest) -> dict:
    command = ["node", SCRIPT, request.param]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=300)
    assert done.returncode == 0, done.stderr[-2000:]
    found: dict = json.loads(done.stdout)
    return found


def test_memory_is_in_proportion_to_length(measured: dict) -> None:
    for piece, times, size, took in measured["found"]:
        assert took <= size * MOST_FOR_A_BYTE + MOST_BESIDES, f"{piece} {times}: {size} bytes took {took}"
    few, many = measured["found"][::2], measured["found"][1::2]
    for (piece, _, _, less), (_, _, _, more) in zip(few, many, strict=True):
        assert more <= 4.2 * less, f"{piece}: four times as much took {less} and {more}"


def test_every_size_that_a_data_plane_takes_is_taken(measured: dict) -> None:
    assert measured["taken"] == [True, True, True]
