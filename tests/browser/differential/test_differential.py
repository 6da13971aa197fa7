"""Ours against the official SDK, in the same browser: the same calls leave the same messages and cookies.

`differences.json` has what is not the same: row of docs/differences.md -> scenario -> path -> [theirs, ours].
"""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest
from browser.differential import scenarios
from browser.differential.replay import Replay, meaning
from browser.differential.runner import Found, Scenario, differences, groups, run
from browser.site_under_test import Site
from playwright.sync_api import Browser

_AT_ONCE = 3  # quicker than one by one, on two cores
_BY_ROW = json.loads((Path(__file__).parent / "differences.json").read_text())
KNOWN: dict[str, dict[str, list[object]]] = {name: known for row in _BY_ROW.values() for name, known in row.items()}

# From the page to the data plane; for the others see `replay`.
ON_PYODIDE = [
    scenario
    for scenario in scenarios.ALL
    if scenario.name
    in (
        "identify: another user",
        "identify: small numbers",
        "traits: numbers",
        "traits: unicode",
        "page: all",
        "options: orders",
    )
]

Compare = Callable[[Scenario, list[Scenario], str], Found]


@pytest.fixture(scope="module")
def compare(browser: Browser, config: SimpleNamespace, running_site: Site, listening: str) -> Iterator[Compare]:
    """Both SDKs; several run at the same time."""
    contexts = [browser.new_context(viewport=config.VIEWPORT) for _ in range(2 * _AT_ONCE)]
    pages = [context.new_page() for context in contexts]
    found: dict[tuple[str, str], Found] = {}

    def compare(scenario: Scenario, among: list[Scenario], runtime: str) -> Found:
        if (scenario.name, runtime) not in found:
            grouped = groups(among, KNOWN)
            at = next(at for at, group in enumerate(grouped) if scenario in group) // _AT_ONCE * _AT_ONCE
            running_site.clear()
            assets = listening if runtime == "micropython" else "/dist"
            for name, each in run(pages, running_site, grouped[at : at + _AT_ONCE], runtime, assets).items():
                found[name, runtime] = each
        return found[scenario.name, runtime]

    yield compare
    for context in contexts:
        context.close()


@pytest.mark.parametrize("scenario", scenarios.ALL, ids=lambda scenario: scenario.name)
def test_equal_but_for_what_is_written_down(scenario: Scenario, compare: Compare) -> None:
    assert compare(scenario, scenarios.ALL, "micropython").differences == KNOWN.get(scenario.name, {})


@pytest.mark.parametrize("scenario", scenarios.ALL, ids=lambda scenario: scenario.name)
def test_pyodide_does_the_same(scenario: Scenario, compare: Compare, replay: Replay) -> None:
    exchanges = compare(scenario, scenarios.ALL, "micropython").exchanges
    assert len(exchanges) == len(scenario.pages)
    found = [replay.unlike(page) for page in exchanges]
    assert not any(found), json.dumps(found)


@pytest.mark.parametrize("scenario", ON_PYODIDE, ids=lambda scenario: scenario.name)
def test_equal_on_pyodide(scenario: Scenario, compare: Compare) -> None:
    assert compare(scenario, ON_PYODIDE, "pyodide").differences == KNOWN.get(scenario.name, {})


def test_the_tables_fit() -> None:
    names = [scenario.name for scenario in scenarios.ALL]
    assert len(names) == len(set(names)) >= 120
    assert KNOWN.keys() <= set(names)
    assert sum(len(row) for row in _BY_ROW.values()) == len(KNOWN)


def test_every_difference_is_documented_with_its_reason() -> None:
    text = (Path(__file__).parents[3] / "docs" / "differences.md").read_text()
    rows = [line.strip("| ").split(" | ") for line in text.splitlines() if line.count(" | ") == 2]
    assert rows[0] == ["the official SDK", "here", "because"]
    assert [row[0] for row in rows[1:]] == list(_BY_ROW)
    assert all(len(row) == 3 and all(row) for row in rows)


def test_what_is_not_the_same_is_seen() -> None:
    theirs = {"messages": [{"event": "a", "n": 1}, {"type": "page"}], "same": [1, {"a": None}], "theirs": 0}
    ours = {"messages": [{"event": "a", "n": True}], "same": [1, {"a": None}], "ours": [1]}
    assert differences(theirs, ours) == {
        "messages": [["a", "page"], ["a"]],
        "theirs": [0, "(missing)"],
        "ours": ["(missing)", [1]],
    }
    ours["messages"].append({"type": "page"})  # type: ignore[attr-defined]
    assert differences(theirs, ours)["messages.0.n"] == [1, True]


def test_what_pyodide_does_otherwise_is_seen() -> None:
    accept = {"type": "accept", "id": "m", "message": {"a": 1, "b": "c"}}
    lines = [{"type": "log", "level": "WARN", "text": text} for text in ("first", "later")]
    text = json.dumps([lines[0], accept, lines[1]])
    reordered = accept | {"message": {"b": "c", "a": 1}}
    assert meaning(text) == meaning(json.dumps([lines[1], reordered, lines[0]]))
    for one, other in [("1", "1.0"), ("1", "true"), ('"c"', '"d"'), ("WARN", "ERROR"), ("first", "later")]:
        assert meaning(text) != meaning(text.replace(one, other))
    assert meaning(text) != meaning(json.dumps([accept, *lines]))
