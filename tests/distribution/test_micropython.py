"""The trimmed MicroPython answers as the whole one does, or stops, and then the whole one goes on in its place."""

import json
import random
from pathlib import Path
from typing import Any

import pytest

from distribution import micropython
from toolchain.step import Blocked

from .comparing import HERE, compare, node

ORIGINAL = micropython.RUNTIME / "micropython.wasm"
ANOTHER = micropython.RUNTIME.parents[1] / "micropython-1.29" / "micropython.wasm"
HOT = Path(micropython.__file__).with_name("hot.mjs")


def compared(trimmed: Path, *how: object) -> dict[str, Any]:
    return compare(ORIGINAL, micropython.LOOSE, trimmed, *how)


@pytest.fixture(scope="module")
def trimmed(dist: Path) -> Path:
    return dist / "micropython" / "rudderanalytics.wasm"


def test_recorded_sessions_need_nothing_that_was_left_out(trimmed: Path, recorded: Path) -> None:
    found = compared(trimmed, recorded)
    assert found["inputs"] > 2_000
    assert found["fallbacks"] == 0, "the core needs functions that it did not need before: run `make hot`"


def test_2000_inputs_that_nobody_saw_before(trimmed: Path, recorded: Path) -> None:
    seed = random.randrange(2**31)
    print("seed", seed)
    assert compared(trimmed, recorded, seed, 2_000)["inputs"] >= 2_000


def test_large_inputs_are_answered_alike(trimmed: Path, recorded: Path, tmp_path: Path) -> None:
    """The heap grows, and is swept, around what lies in order in it."""
    begin = next(session[0] for session in json.loads(recorded.read_text()) if '"type":"load"' in session[0])
    large = [
        json.dumps({"type": letter * length}) for letter, length in [("x", 100_000), ("y", 234_000), ("z", 400_000)]
    ]
    path = tmp_path / "large.json"
    path.write_text(json.dumps([[begin, *large, *large]]))
    assert compared(trimmed, path)["inputs"] == 7


def test_nothing_reads_what_was_left_out(trimmed: Path, recorded: Path, tmp_path: Path) -> None:
    made = tmp_path / "poisoned.wasm"
    node(HERE / "poisoned.mjs", micropython.IMAGE, trimmed, made)
    assert made.read_bytes() != trimmed.read_bytes()
    assert compared(made, recorded, 1, 1_000)["fallbacks"] == 0


@pytest.fixture(scope="module")
def poor(recorded: Path, dist: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A module that knows what 12 pages needed, and no more."""
    folder = tmp_path_factory.mktemp("poor")
    few = folder / "few.json"
    few.write_text(json.dumps(json.loads(recorded.read_text())[:12]))
    node(HOT, micropython.IMAGE, few, folder / "hot.json", 0)
    micropython.lean(folder / "hot.json", folder / "poor.wasm")
    return folder / "poor.wasm"


def test_one_that_knows_12_pages_only_answers_alike(poor: Path, trimmed: Path, recorded: Path) -> None:
    assert poor.stat().st_size < trimmed.stat().st_size
    assert compared(poor, recorded, 1, 5_000)["fallbacks"] >= 300


def test_another_micropython_stops_the_build(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    other = json.loads(micropython.HOT.read_text()) | {"sha256": "0" * 64}
    hot = tmp_path / "hot.json"
    hot.write_text(json.dumps(other))
    with pytest.raises(Blocked):
        micropython.lean(hot, tmp_path / "made.wasm")
    assert "is of another MicroPython: run `make hot`" in capsys.readouterr().out
    assert not (tmp_path / "made.wasm").exists()


def test_a_list_that_lacks_something_stops_the_build(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    known = json.loads(micropython.HOT.read_text())
    hot = tmp_path / "hot.json"
    hot.write_text(json.dumps(known | {"functions": known["functions"][::2]}))
    with pytest.raises(Blocked):
        micropython.lean(hot, tmp_path / "made.wasm")
    assert "is of another core: run `make hot`" in capsys.readouterr().out
