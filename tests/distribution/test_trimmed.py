"""A trimmed interpreter answers as the whole one does, or stops, and then the whole one goes on in its place."""

import json
import random
import subprocess
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from distribution import micropython, pyodide
from toolchain.step import Blocked

HERE = Path(__file__).parent
WATCH = micropython.HOT.with_name("hot.mjs")
WATCH_PYODIDE = pyodide.HOT.with_name("pyodideHot.mjs")
LONG = 5_000  # characters of an input that takes long, and says nothing about functions


def node(program: Path, *arguments: object) -> str:
    done = subprocess.run(
        ["node", program, *map(str, arguments)], capture_output=True, text=True, check=False, timeout=280
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@dataclass(frozen=True)
class Interpreter:
    name: str
    module: ModuleType
    """What makes it, in web/distribution."""
    original: Path
    image: Path
    """What was trimmed, or how that starts; see answers.mjs."""

    def trimmed(self, dist: Path) -> Path:
        return dist / self.name.lower() / "rudderanalytics.wasm"

    def compared(self, trimmed: Path, *how: object) -> dict[str, Any]:
        """So many inputs and fallbacks; no answer differs."""
        found: dict[str, Any] = json.loads(node(HERE / "answers.mjs", self.original, self.image, trimmed, *how))
        assert found["differences"] == []
        return found


MICROPYTHON = Interpreter("MicroPython", micropython, micropython.RUNTIME / "micropython.wasm", micropython.LOOSE)
PYODIDE = Interpreter("Pyodide", pyodide, pyodide.RUNTIME / pyodide.WHOLE, pyodide.MADE)


@pytest.fixture(params=[MICROPYTHON, PYODIDE], ids=lambda interpreter: interpreter.name)
def interpreter(request: pytest.FixtureRequest) -> Interpreter:
    found: Interpreter = request.param
    return found


@pytest.fixture(scope="module")
def recorded(recorded_sessions: list[list[str]], tmp_path_factory: pytest.TempPathFactory) -> Path:
    heard = [[text for text in session if len(text) < LONG] for session in recorded_sessions]
    path = tmp_path_factory.mktemp("recorded") / "sessions.json"
    path.write_text(json.dumps([session for session in heard if session]))
    return path


def test_recorded_sessions_need_nothing_that_was_left_out(interpreter: Interpreter, dist: Path, recorded: Path) -> None:
    found = interpreter.compared(interpreter.trimmed(dist), recorded)
    assert found["inputs"] > 2_000
    assert found["fallbacks"] == 0, "the core needs functions that it did not need before: run `make hot`"


def test_2000_inputs_that_nobody_saw_before(interpreter: Interpreter, dist: Path, recorded: Path) -> None:
    seed = random.randrange(2**31)
    print("seed", seed)
    assert interpreter.compared(interpreter.trimmed(dist), recorded, seed, 2_000)["inputs"] >= 2_000


def test_another_one_stops_the_build(
    interpreter: Interpreter, dist: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    hot = tmp_path / "hot.json"
    hot.write_text(json.dumps(json.loads(interpreter.module.HOT.read_text()) | {"sha256": "0" * 64}))
    with pytest.raises(Blocked):
        interpreter.module.lean(hot, tmp_path / "made.wasm")
    assert f"is of another {interpreter.name}: run `make hot`" in capsys.readouterr().out
    assert not (tmp_path / "made.wasm").exists()


# MicroPython


def test_large_inputs_are_answered_alike(dist: Path, recorded: Path, tmp_path: Path) -> None:
    """The heap grows, and is swept, around what lies in order in it."""
    begin = next(session[0] for session in json.loads(recorded.read_text()) if '"type":"load"' in session[0])
    large = [
        json.dumps({"type": letter * length}) for letter, length in [("x", 100_000), ("y", 234_000), ("z", 400_000)]
    ]
    path = tmp_path / "large.json"
    path.write_text(json.dumps([[begin, *large, *large]]))
    assert MICROPYTHON.compared(MICROPYTHON.trimmed(dist), path)["inputs"] == 7


def test_nothing_reads_what_was_left_out(dist: Path, recorded: Path, tmp_path: Path) -> None:
    trimmed, made = MICROPYTHON.trimmed(dist), tmp_path / "poisoned.wasm"
    node(HERE / "poisoned.mjs", micropython.IMAGE, trimmed, made)
    assert made.read_bytes() != trimmed.read_bytes()
    assert MICROPYTHON.compared(made, recorded, 1, 1_000)["fallbacks"] == 0


@pytest.fixture(scope="module")
def poor(recorded: Path, dist: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A module that knows what 12 pages needed, and no more."""
    folder = tmp_path_factory.mktemp("poor")
    few = folder / "few.json"
    few.write_text(json.dumps(json.loads(recorded.read_text())[:12]))
    node(WATCH, micropython.IMAGE, few, folder / "hot.json", 0)
    micropython.lean(folder / "hot.json", folder / "poor.wasm")
    return folder / "poor.wasm"


def test_one_that_knows_12_pages_only_answers_alike(poor: Path, dist: Path, recorded: Path) -> None:
    assert poor.stat().st_size < MICROPYTHON.trimmed(dist).stat().st_size
    assert MICROPYTHON.compared(poor, recorded, 1, 5_000)["fallbacks"] >= 300


def test_a_list_that_lacks_something_stops_the_build(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    known = json.loads(micropython.HOT.read_text())
    hot = tmp_path / "hot.json"
    hot.write_text(json.dumps(known | {"functions": known["functions"][::2]}))
    with pytest.raises(Blocked):
        micropython.lean(hot, tmp_path / "made.wasm")
    assert "is of another core: run `make hot`" in capsys.readouterr().out


# Pyodide


def test_nothing_reads_constants_that_were_left_out_of_pyodide(dist: Path, recorded: Path, tmp_path: Path) -> None:
    made = tmp_path / "poisoned.wasm"
    left = json.loads(node(HERE / "poisonedPyodide.mjs", pyodide.MADE, PYODIDE.trimmed(dist), made))
    assert left > 500_000  # bytes
    assert PYODIDE.compared(made, recorded, 1, 500)["fallbacks"] == 0


@pytest.fixture(scope="module")
def poor_list(dist: Path, recorded: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A list that knows what two pages needed of Pyodide, and no more."""
    folder = tmp_path_factory.mktemp("poor_list")
    few, hot = folder / "few.json", folder / "hot.json"
    few.write_text(json.dumps(json.loads(recorded.read_text())[:2]))
    node(WATCH_PYODIDE, PYODIDE.original, pyodide.MADE, few, hot, 0)
    return hot


def test_pyodide_that_knows_two_pages_only_answers_alike(poor_list: Path, recorded: Path, tmp_path: Path) -> None:
    made = tmp_path / "poor.wasm"
    node(HERE / "emptied.mjs", PYODIDE.original, poor_list, made)
    assert PYODIDE.compared(made, recorded, 1, 150)["fallbacks"] >= 10


def test_a_list_that_lacks_something_of_pyodide_stops_the_build(
    poor_list: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(Blocked):
        pyodide.lean(poor_list, tmp_path / "made.wasm")
    assert "is of another core: run `make hot`" in capsys.readouterr().out
