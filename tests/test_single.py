"""The core as one module (web/distribution/single.py) does what its modules do."""

import builtins
import dis
import json
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import CodeType, ModuleType, SimpleNamespace

import pytest
from vectors import run as runner

from distribution.single import flat, joined, single

ROOT = Path(__file__).resolve().parents[1]
SOURCES = flat(ROOT / "sdk" / "rudderanalytics")
CORE = {name: text for name, text in SOURCES.items() if name not in ("__init__", "_types")}
PATHS = [path for path in sorted((ROOT / "tests" / "vectors").glob("*.json")) if runner.is_of_the_core(path.name)]
VECTORS = [vector for path in PATHS for vector in json.loads(path.read_text())]


def run(source: str) -> dict:
    """The names of a module with this source in the package."""
    names: dict = {"__name__": "rudderanalytics.single", "__package__": "rudderanalytics", "__file__": "single.py"}
    exec(source, names)
    return names


@pytest.mark.parametrize("make", [joined, single])
def test_scenarios_run_in_the_one_module(make: Callable, monkeypatch: pytest.MonkeyPatch) -> None:
    names = run(make(CORE, SOURCES["__init__"], "browser")[0])
    (analytics,) = {each for each in names.values() if isinstance(each, type) and hasattr(each, "handle")}
    monkeypatch.setattr(runner, "Analytics", analytics)
    scenarios = [vector for vector in VECTORS if "steps" in vector]
    assert json.loads(runner.run(json.dumps(scenarios))) == {"ran": len(scenarios), "failures": []}


def codes(code: CodeType) -> Iterator[CodeType]:
    yield code
    for inner in code.co_consts:
        if isinstance(inner, CodeType):
            yield from codes(inner)


def test_every_name_is_there_and_the_face_finds_what_it_imports() -> None:
    source, face = single(CORE, SOURCES["__init__"], "browser")
    names = run(source)
    needed = {
        step.argval
        for code in codes(compile(source, "single", "exec"))
        for step in dis.get_instructions(code)
        if step.opname in ("LOAD_GLOBAL", "LOAD_NAME")
    }
    assert needed - set(names) - set(vars(builtins)) - {"__module__", "__qualname__"} == set()
    assert "from . import browser" in face
    for line in face.splitlines():
        if line.startswith("from .browser import "):
            assert {part.split(" as ")[0].strip() for part in line.split("import ")[1].split(",")} <= set(names)
    assert names["NotInAPage"].__name__ == "NotInAPage"


TWO = {
    "a": '''
"""What is not for others."""
import json
LIMIT = 1
def limit(values, LIMIT=LIMIT):
    return [LIMIT for values in values] + [each for each in values if each > LIMIT]
class Limit:
    LIMIT = 2
    def limit(self):
        global LIMIT
        LIMIT = LIMIT + 1
        return limit([LIMIT]), self.LIMIT, (lambda LIMIT: LIMIT)(7), json.dumps({"a": LIMIT})
''',
    "b": """
from . import a
from .a import Limit as Bound
def limit():
    return a.limit([5]), Bound().limit(), [a for a in (1, 2)]
def other(a):
    return a.LIMIT
""",
}


def test_scopes_are_told_apart() -> None:
    source, _, public = joined(TWO, "from . import b\nfrom .a import Limit\n", "b")
    names = run(source)
    assert names["limit"]() == ([1, 5], ([1, 2], 2, 7, '{"a": 2}'), [1, 2])
    assert names["other"](type("", (), {"LIMIT": 9})) == 9
    assert public == {"Limit", "limit", "other"}


CALLED = {
    "a": """
import json
class Line(list):
    def dumps(self, width):
        self.head = self.append
        return json.dumps([width])
    def length(self, start=0, width=1):
        return self.dumps(start + width)
def made(kind):
    return kind()
""",
    "b": """
import js
from .a import Line, made
def b(window):
    return window.length(2), made(Line).length(3, width=4), js
""",
}


def test_names_that_nobody_else_knows_are_short(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "js", ModuleType("js"))
    source, _ = single(CALLED, "from . import b\n", "b")
    assert "window" not in source and "kind" not in source and "head" not in source
    page = SimpleNamespace(length=lambda width: width)
    assert run(source)["b"](page)[:2] == (2, "[7]")
