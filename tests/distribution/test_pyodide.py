"""The script tag's Pyodide, which lacks functions, answers as the whole one does, or stops, and then that goes on."""

import json
import random
from pathlib import Path
from typing import Any

import pytest

from distribution import pyodide
from toolchain.step import Blocked

from .comparing import compare, node

ORIGINAL = pyodide.RUNTIME / pyodide.WHOLE
WATCH = pyodide.HOT.with_name("pyodideHot.mjs")


def compared(trimmed: Path, *how: object) -> dict[str, Any]:
    return compare(ORIGINAL, pyodide.MADE, trimmed, *how)


@pytest.fixture(scope="module")
def trimmed(dist: Path) -> Path:
    return dist / "pyodide" / "rudderanalytics.wasm"


def test_recorded_sessions_need_nothing_that_was_left_out(trimmed: Path, recorded: Path) -> None:
    found = compared(trimmed, recorded)
    assert found["inputs"] > 2_000
    assert found["fallbacks"] == 0, "the core needs functions that it did not need before: run `make hot`"


def test_2000_inputs_that_nobody_saw_before(trimmed: Path, recorded: Path) -> None:
    seed = random.randrange(2**31)
    print("seed", seed)
    assert compared(trimmed, recorded, seed, 2_000)["inputs"] >= 2_000


@pytest.fixture(scope="module")
def poor(dist: Path, recorded: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A list that knows what two pages needed, and no more."""
    folder = tmp_path_factory.mktemp("poor")
    few, hot = folder / "few.json", folder / "hot.json"
    few.write_text(json.dumps(json.loads(recorded.read_text())[:2]))
    node(WATCH, ORIGINAL, pyodide.MADE, few, hot, 0)
    return hot


def test_one_that_knows_two_pages_only_answers_alike(poor: Path, recorded: Path, tmp_path: Path) -> None:
    made = tmp_path / "poor.wasm"
    node(Path(__file__).with_name("emptied.mjs"), ORIGINAL, poor, made)
    assert compared(made, recorded, 1, 150)["fallbacks"] >= 10


def test_another_pyodide_stops_the_build(dist: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    hot = tmp_path / "hot.json"
    hot.write_text(json.dumps(json.loads(pyodide.HOT.read_text()) | {"sha256": "0" * 64}))
    with pytest.raises(Blocked):
        pyodide.lean(hot, tmp_path / "made.wasm")
    assert "is of another Pyodide: run `make hot`" in capsys.readouterr().out
    assert not (tmp_path / "made.wasm").exists()


def test_a_list_that_lacks_something_stops_the_build(
    poor: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(Blocked):
        pyodide.lean(poor, tmp_path / "made.wasm")
    assert "is of another core: run `make hot`" in capsys.readouterr().out


def test_nothing_reads_constants_that_were_left_out(trimmed: Path, recorded: Path, tmp_path: Path) -> None:
    made = tmp_path / "poisoned.wasm"
    left = json.loads(node(Path(__file__).with_name("poisonedPyodide.mjs"), pyodide.MADE, trimmed, made))
    assert left > 500_000  # bytes
    assert compared(made, recorded, 1, 500)["fallbacks"] == 0
