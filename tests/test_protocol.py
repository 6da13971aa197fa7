"""The protocol between page and core is closed: `rudderanalytics._types` has what crosses, and `boundary` names it."""

import json
import re
from pathlib import Path

import protocol
import pytest
from vectors import run as runner

from rudderanalytics.core import boundary
from rudderanalytics.core.analytics import Analytics

FOLDER = Path(__file__).parent / "vectors"
SCENARIOS = [
    vector for path in ("scenarios", "consent") for vector in json.loads((FOLDER / f"{path}.json").read_text())
]


class Strict(Analytics):
    """The core, with an eye on the door."""

    def handle(self, given: dict) -> list[dict]:
        protocol.check_input(given)
        effects = super().handle(given)
        for effect in json.loads(boundary._joined(effects)):
            protocol.check_effect(effect)
        return effects


@pytest.mark.parametrize("vector", SCENARIOS, ids=lambda vector: vector["name"])
def test_what_crosses_is_in_the_protocol(vector: dict, monkeypatch: pytest.MonkeyPatch) -> None:
    page = runner.PAGE | {"brave": False, "snippetVersion": "3.0.0", "uaCh": {"mobile": False}}
    monkeypatch.setattr(runner, "Analytics", Strict)
    monkeypatch.setattr(runner, "PAGE", page)
    failures = json.loads(runner.run(json.dumps([vector])))["failures"]
    assert [failure for failure in failures if "AssertionError" in failure] == []


def test_the_door_names_every_input_and_effect_and_their_members() -> None:
    text = boundary.__doc__ or ""
    said = set(re.findall(r"\w+", text))
    assert said >= set(protocol.INPUTS) | set(protocol.EFFECTS)
    for shape in [*protocol.INPUTS.values(), *protocol.EFFECTS.values()]:
        assert {name for name in shape.__annotations__ if f"`{name}`" not in text} == set()


LOG = {"type": "log", "level": "WARN", "text": "x"}


@pytest.mark.parametrize(
    "effect",
    [
        LOG | {"more": 1},
        {"type": "log", "level": "WARN"},
        LOG | {"text": 5},
        LOG | {"level": "LOUD"},
        {"type": "wake", "at": "soon"},
        {"type": "wake", "at": True},
        {"type": "emit", "name": "ready", "ids": [5]},
        {"type": "keep", "identity": []},
        {"type": "accept", "id": "a", "again": False, "reviewed": "maybe"},
        {"type": "send", "delivery": 1, "ids": "a", "url": "", "headers": {}, "keepalive": True},
    ],
)
def test_what_is_not_in_the_protocol_is_seen(effect: dict) -> None:
    with pytest.raises(AssertionError):
        protocol.check_effect(effect)


def test_what_is_in_the_protocol_passes() -> None:
    for effect in [
        LOG,
        {"type": "wake", "at": None},
        {"type": "wake", "at": 5},
        {"type": "keep", "identity": {"a": 1}},
    ]:
        protocol.check_effect(effect)
    protocol.check_input({"type": "hidden", "now": 5, "parted": None})
