"""The vectors: behaviour as data, with equal results on CPython, in MicroPython and in Pyodide, old and new.

Those two run in Node here, MicroPython with the core as it lies in sdk/, Pyodide with the wheel of dist/;
tests/browser/test_vectors.py runs them in a real page.
"""

import json
import shutil
import subprocess
from pathlib import Path

import pytest
from vectors import run as runner

FOLDER = Path(__file__).parent / "vectors"
FILES = sorted(path for path in FOLDER.glob("*.json") if runner.is_of_python(path.name))
VECTORS = [vector for path in FILES for vector in json.loads(path.read_text())]
PAGE = sorted(set(FOLDER.glob("*.json")) - set(FILES))


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: vector["name"])
def test_vector_on_cpython(vector: dict) -> None:
    assert json.loads(runner.run(json.dumps([vector]))) == {"ran": 1, "failures": []}


def run_in(*command: str | Path) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 0, done.stderr[-2000:]
    assert json.loads(done.stdout) == {"ran": len(VECTORS), "failures": []}


@pytest.mark.parametrize("package", ["pyodide", "pyodide-0.27", "pyodide-0.28", "pyodide-314"])
def test_vectors_in_pyodide(package: str, dist: Path) -> None:
    (wheel,) = dist.glob("*-py3-none-any.whl")
    run_in("node", FOLDER / "pyodide.mjs", package, wheel)


@pytest.mark.parametrize(
    "package", ["@micropython/micropython-webassembly-pyscript", "micropython-1.28", "micropython-1.29"]
)
def test_vectors_in_micropython(package: str) -> None:
    run_in("node", FOLDER / "micropython.mjs", package)


ALL_IN_ONE = """
import json, pathlib, sys
sys.path[:0] = sys.argv[2:]
from vectors import run
paths = [path for path in sorted(pathlib.Path(sys.argv[1]).glob("*.json")) if run.is_of_python(path.name)]
texts = [path.read_text() for path in paths]
found = [json.loads(run.run(text)) for text in texts]
failures = [failure for each in found for failure in each["failures"]]
print(json.dumps({"ran": sum(each["ran"] for each in found), "failures": failures}))
"""


@pytest.mark.parametrize("version", ["3.12", "3.14"])
def test_vectors_on_another_cpython(version: str) -> None:
    """Where this machine has it; the tests themselves run on 3.13."""
    pyenv = sorted(Path("~/.pyenv/versions").expanduser().glob(f"{version}.*/bin/python{version}"))
    python = pyenv[-1] if pyenv else shutil.which(f"python{version}")
    if not python:
        pytest.skip(f"there is no Python {version} here")
    tests = FOLDER.parent
    run_in(python, "-c", ALL_IN_ONE, FOLDER, tests, tests.parent / "sdk")


def test_names_of_vectors_are_their_own() -> None:
    names = [vector["name"] for vector in VECTORS]
    assert sorted(names) == sorted(set(names))


def test_names_of_the_pages_vectors_are_their_own() -> None:
    """Those the page's JavaScript runs, with the core or alone."""
    names = [vector["name"] for path in PAGE for vector in json.loads(path.read_text())]
    assert sorted(names) == sorted(set(names))
    assert {path.stem for path in PAGE} >= {"cookies", "options", "page_scenarios", "page_consent", "page_storage"}


def test_vectors_hold_no_escaped_surrogates() -> None:
    # MicroPython's json leaves a pair in halves: vectors hold characters, and escapes only inside a JSON text in them.
    for path in FILES:
        assert "\\ud" not in path.read_text().replace("\\\\", "").lower(), path.name


VALUE = {"name": "value", "function": "identity.group", "given": [{"groupId": "", "groupTraits": {}}, "g", None]}


@pytest.mark.parametrize(
    "vector",
    [
        pytest.param(VALUE | {"gives": {"groupId": "h", "groupTraits": {}}}, id="another value"),
        pytest.param(VALUE | {"gives": {"groupId": "g"}}, id="a key too many"),
        pytest.param(VALUE | {"raises": "Refused"}, id="no exception"),
        pytest.param(
            {"name": "t", "function": "values.merge", "given": [{}, {"a": True}], "gives": {"a": 1}}, id="bool"
        ),
        pytest.param(
            {"name": "t", "function": "calls.canonical", "given": ["alias", [""]], "raises": "Refused", "text": "no"},
            id="another text",
        ),
        pytest.param(
            {"name": "t", "function": "calls.canonical", "given": ["alias", [""]], "gives": {}}, id="an exception"
        ),
        pytest.param({"name": "t", "steps": [["track", "a"]], "messages": []}, id="a message too many"),
        pytest.param({"name": "t", "steps": [["track", "a"]], "messages": [{"event": None}]}, id="a field too many"),
        pytest.param({"name": "t", "steps": [], "logs": ["WARN x"]}, id="a line missing"),
        pytest.param({"name": "t", "steps": [["identify", ""]]}, id="a line too many"),
        pytest.param({"name": "t", "steps": [], "identity": {"userId": "u1"}}, id="another identity"),
        pytest.param({"name": "t", "steps": [["track", "a"]], "sent": 0}, id="a delivery too many"),
        pytest.param({"name": "t", "steps": [["fly"]]}, id="an unknown step"),
    ],
)
def test_runner_sees(vector: dict) -> None:
    found = json.loads(runner.run(json.dumps([vector])))
    assert found["ran"] == 1
    assert found["failures"]
