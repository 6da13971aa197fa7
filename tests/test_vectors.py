"""The vectors: behaviour as data, with equal results on CPython, in MicroPython and in Pyodide.

Those two run in Node here, with the core as it lies in sdk/; tests/browser/test_vectors.py runs them in a real page.
"""

import json
import shutil
import subprocess
from pathlib import Path

import pytest
from vectors import run as runner

FOLDER = Path(__file__).parent / "vectors"
FILES = sorted(FOLDER.glob("*.json"))
VECTORS = [vector for path in FILES for vector in json.loads(path.read_text())]


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: vector["name"])
def test_vector_on_cpython(vector: dict) -> None:
    assert json.loads(runner.run(json.dumps([vector]))) == {"ran": 1, "failures": []}


@pytest.mark.parametrize("interpreter", ["micropython", "pyodide"])
def test_vectors_in(interpreter: str) -> None:
    node = shutil.which("node")
    assert node, "Node runs the interpreters of the pages; `make setup` says how to get it"
    done = subprocess.run(
        [node, str(FOLDER / f"{interpreter}.mjs")], capture_output=True, text=True, check=False, timeout=120
    )
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == {"ran": len(VECTORS), "failures": []}


def test_names_of_vectors_are_their_own() -> None:
    names = [vector["name"] for vector in VECTORS]
    assert sorted(names) == sorted(set(names))


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
            {"name": "t", "function": "options.write_key", "given": [""], "raises": "Refused", "text": "no"},
            id="another text",
        ),
        pytest.param({"name": "t", "function": "options.write_key", "given": [""], "gives": ""}, id="an exception"),
        pytest.param({"name": "t", "steps": [["track", "a"]], "messages": []}, id="a message too many"),
        pytest.param({"name": "t", "steps": [["track", "a"]], "messages": [{"event": None}]}, id="a field too many"),
        pytest.param({"name": "t", "steps": [], "logs": ["WARN x"]}, id="a line missing"),
        pytest.param({"name": "t", "steps": [["identify", ""]]}, id="a line too many"),
        pytest.param({"name": "t", "steps": [], "identity": {"userId": "u1"}}, id="another identity"),
        pytest.param({"name": "t", "steps": [], "after": {"cookie": {"rl_user_id": "x"}}}, id="another cookie"),
        pytest.param({"name": "t", "steps": [["fly"]]}, id="an unknown step"),
    ],
)
def test_runner_sees(vector: dict) -> None:
    found = json.loads(runner.run(json.dumps([vector])))
    assert found["ran"] == 1
    assert found["failures"]
