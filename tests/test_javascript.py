"""JavaScript's values, given by Python: the same on every interpreter of a page.

But for a BigInt that is not inside of another value, of which Pyodide makes an int of its own before version 314.
"""

import json
import subprocess
from pathlib import Path

import pytest

from rudderanalytics import browser, javascript

SCRIPT = Path(__file__).parent / "vectors" / "javascript.mjs"
DATE = "2026-11-23T14:45:50.673Z"


def nested(levels: int) -> object:
    value: object = "x"
    for level in range(levels):
        value = [value] if level % 2 else {"a": value}
    return value


GIVES = {
    "null": None,
    "undefined": None,
    "text": "é✓🙂",
    "number": 5,
    "fraction": 0.1,
    "boolean": True,
    "bigint": "12345678901234567890",
    "date": DATE,
    "object": {"a": None, "b": None, "c-d": "é", "e": {"f": []}, "__proto": 1},
    "array": [None, None, 1, "x", [], {}],
    "holes": [1, None, 3],
    "inside": {
        "date": "1970-01-01T00:00:00.000Z",
        "bigint": "100000000000000000000",
        "small": "5",
        "large": 2**53,
        "larger": 1152921504606847000,  # as JavaScript writes it
        "tiny": 1e-7,
        "minus": -5,
    },
    "boxed": [1.5, "x", False],
    "instance": {"x": 1},
    "bare": {},
    "deep": nested(50),
    "inside of Python's": {
        "a": None,
        "b": [DATE, [{"a": None, "b": None, "c-d": "é", "e": {"f": []}, "__proto": 1}]],
        "c": 5,
    },
}
RAISES = {
    "functions": "traits.f: a JavaScript Function cannot be sent as JSON",
    "symbol": "traits[0]: a JavaScript Symbol cannot be sent as JSON",
    "map": "traits.m: a JavaScript Map cannot be sent as JSON",
    "set": "traits: a JavaScript Set cannot be sent as JSON",
    "bytes": "traits[0]: a JavaScript Uint8Array cannot be sent as JSON",
    "expression": "traits: a JavaScript RegExp cannot be sent as JSON",
    "invalid": "traits.when: an invalid Date cannot be sent as JSON",
    "nan": "traits.n[0]: NaN is not a JSON number",
    "infinity": "traits.n: -Infinity is not a JSON number",
}
TOO_DEEP = ("deeper", "circle")
PACKAGES = [
    "@micropython/micropython-webassembly-pyscript",
    "micropython-1.29",
    "pyodide-0.27",
    "pyodide-0.28",
    "pyodide",
    "pyodide-314",
]


@pytest.mark.parametrize("package", PACKAGES)
def test_a_value_of_javascript_is_the_same_everywhere(package: str) -> None:
    command = ["node", SCRIPT, package]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 0, done.stderr[-2000:]
    found = json.loads(done.stdout)
    assert found.pop("an id") == "12345678901234567890"
    assert found.pop("an id of Python's") == str(2**64 + 1)
    for name in TOO_DEEP:
        how, text = found.pop(name)
        assert how == "raises" and text.endswith("nested more than 50 levels deep, or contains itself")
    wanted = {name: ["gives", value] for name, value in GIVES.items()}
    wanted |= {name: ["raises", text] for name, text in RAISES.items()}
    if package in ("pyodide-0.27", "pyodide-0.28", "pyodide"):
        how, text = found.pop("bigint")
        assert how == "raises" and text.startswith("traits: 12345678901234567890 is beyond 2 ** 53")
        del wanted["bigint"]
    assert found == wanted


def test_outside_a_page_there_is_nothing_to_read() -> None:
    value = object()
    assert javascript.read(value, "traits") is value
    assert browser.as_json({"a": (1,)}, "traits") == {"a": [1]}


@pytest.mark.parametrize(
    ("value", "found"),
    [
        (5, 5),
        (2**53, 2**53),
        (2**53 + 1, "9007199254740993"),
        (-(2**70), str(-(2**70))),
        (True, True),
        ("u1", "u1"),
        (None, None),
    ],
)
def test_an_id_keeps_its_digits(value: object, found: object) -> None:
    result = browser.as_id(value, "user_id")
    assert (result, type(result)) == (found, type(found))
