"""What the state machine found, made small: the fewest steps, and the plainest, that still fail alike.

    PYTHONPATH=sdk:web:tests .venv/bin/python -m machine.smaller LOG

LOG is what the failed test printed, with pytest's margin or without. Seconds, where Hypothesis, which draws anew each
time, takes minutes. What comes out, with a name, is a test for test_scenarios.py.
"""

import ast
import re
import sys
import traceback
from collections.abc import Callable
from copy import deepcopy
from pathlib import Path
from typing import Any

from machine.data_plane import Outcome
from machine.test_pages import Pages

Step = tuple[str, dict[str, Any]]
"""The name of a rule, and what it is given."""

PLAIN: dict[str, Any] = {"refuses": "nothing", "blocked": [], "locks": True, "cookies": []}
PLAIN |= {"options": {}, "loads": True, "boot": 2, "python": "here", "looks": False, "referrer": "", "reviews": ""}
PLAIN |= {"subtle": True, "writeKey": "WRITE_KEY", "oddities": [], "chance": 0, "times": 1, "index": 0}
"""How things usually are, by the name of what is given."""

_OUTCOME = re.compile(r"<(\d+)(, stored)?(?:, Retry-After (\d+) ms)?>")


def steps_of(log: str) -> list[Step]:
    """The steps of the last example that Hypothesis printed."""
    example = log[log.rindex("state = Pages()") : log.rindex("state.teardown()")]
    example = re.sub(r"^E {3,7}", "", example, flags=re.MULTILINE)
    text = _OUTCOME.sub(lambda found: f"Outcome({found[1]}, {found[3]}, {bool(found[2])})", example)
    invariants = _invariants(Pages())
    steps: list[Step] = []
    for statement in ast.parse(text).body[1:]:
        assert isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Call)
        called = statement.value.func
        assert isinstance(called, ast.Attribute)
        given = {str(each.arg): _value(each.value) for each in statement.value.keywords}
        if called.attr not in invariants:
            steps.append((called.attr, given))
    return steps


def _value(expression: ast.expr) -> Any:
    return eval(compile(ast.Expression(expression), "<log>", "eval"), {"Outcome": Outcome})


def _invariants(state: Pages) -> list[str]:
    return [invariant.function.__name__ for invariant in state.invariants]


def failure(steps: list[Step], machine: type[Pages] = Pages) -> tuple[str, str] | None:
    """Where these steps fail, and what that says; those that are not possible are left out."""
    state = machine()
    conditions = {rule.function.__name__: rule.preconditions for rule in state.rules}
    try:
        for name, given in deepcopy(steps):
            if all(is_so(state) for is_so in conditions.get(name, ())):
                getattr(state, name)(**given)
                for invariant in _invariants(state):
                    getattr(state, invariant)()
        state.teardown()
    except Exception as error:
        last = traceback.extract_tb(error.__traceback__)[-1]
        return f"{type(error).__name__} in {last.name}: {last.line}", " ".join(str(error).split())
    return None


def smaller(steps: list[Step], machine: type[Pages] = Pages) -> list[Step]:
    """The fewest and plainest of these steps that fail in the same place."""
    first = failure(steps, machine)
    assert first, "it does not fail"
    place, _ = first

    def fails(tried: list[Step]) -> bool:
        found = failure(tried, machine)
        return found is not None and found[0] == place

    before: list[Step] = []
    while steps != before:
        before = steps
        steps = _plainer(_fewer(steps, fails), fails)
    return steps


def _fewer(steps: list[Step], fails: Callable[[list[Step]], bool]) -> list[Step]:
    """Without what is not needed: half of it at a time, then less. The first step, which opens the browser, stays."""
    size = len(steps) // 2
    while size:
        at = 1
        while at < len(steps):
            tried = steps[:at] + steps[at + size :]
            if fails(tried):
                steps = tried
            else:
                at += size
        size //= 2
    return steps


def _plainer(steps: list[Step], fails: Callable[[list[Step]], bool]) -> list[Step]:
    """With what is usual in place of what is given, where that is not what it is about."""
    for at, (_, given) in enumerate(steps):
        for path in [(key,) for key in given] + [(key, name) for key in given for name in _members(given[key])]:
            if path[-1] in PLAIN:
                steps = _changed(steps, at, path, PLAIN[path[-1]], fails)
        for key, value in given.items():
            for number in reversed(range(len(value) if isinstance(value, list) else 0)):
                rest = steps[at][1][key]
                steps = _changed(steps, at, (key,), rest[:number] + rest[number + 1 :] or rest, fails)
    return steps


def _members(value: Any) -> list[str]:
    return list(value) if isinstance(value, dict) else []


def _changed(
    steps: list[Step], at: int, path: tuple[str, ...], value: Any, fails: Callable[[list[Step]], bool]
) -> list[Step]:
    """With this in its place, if they fail then, too."""
    tried = deepcopy(steps)
    inner = tried[at][1]
    for key in path[:-1]:
        inner = inner[key]
    if inner[path[-1]] == value:
        return steps
    inner[path[-1]] = value
    return tried if fails(tried) else steps


def shown(steps: list[Step]) -> str:
    """As Python; of pages and browsers only what is unusual."""
    lines = []
    for name, given in steps:
        brief = {key: _unusual(value) if isinstance(value, dict) else value for key, value in given.items()}
        lines.append(f"state.{name}({', '.join(f'{key}={value!r}' for key, value in brief.items())})")
    return "\n".join(lines)


def _unusual(value: dict[str, Any]) -> dict[str, Any]:
    return {key: each for key, each in value.items() if key not in PLAIN or each != PLAIN[key]}


if __name__ == "__main__":
    found = smaller(steps_of(Path(sys.argv[1]).read_text()))
    print(shown(found))
    print(*(failure(found) or ()), sep="\n")
