"""boundary: the only door to the core. Text in, text out, and never an exception."""

import json
from collections.abc import Iterator

import pytest
from core.page import LOAD, call
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from protocol import EFFECTS, check_effect
from vectors.run import EMPTY, NOW

from rudderanalytics._version import __version__
from rudderanalytics.core import boundary
from rudderanalytics.core.analytics import Analytics
from rudderanalytics.core.calls import overloads

SIGNALS = [
    "consent",
    "consents",
    "reviewed",
    "adopt",
    "adopted",
    "response",
    "lost",
    "forget",
    "online",
    "offline",
    "hidden",
]
KINDS = ["load", *overloads.METHODS, *SIGNALS, "shown", "tick", "flush"]

MEMBERS = [
    *LOAD,
    "arguments",
    "recovered",
    "messages",
    "message",
    "delivery",
    "status",
    "ids",
    "size",
    "discard",
    "part",
]

scalars = st.none() | st.booleans() | st.integers() | st.floats() | st.text()
json_values = st.recursive(scalars, lambda i: st.lists(i) | st.dictionaries(st.text(), i), max_leaves=6)


@pytest.fixture(autouse=True)
def core() -> Iterator[None]:
    """A page of its own for each test: the module holds one client."""
    before, boundary._analytics = boundary._analytics, Analytics(__version__)
    yield
    boundary._analytics = before


def handled(text: str) -> list[dict]:
    effects = json.loads(boundary.handle(text), parse_constant=pytest.fail)  # NaN is not JSON in a page
    assert {effect["type"] for effect in effects} <= set(EFFECTS)
    return effects


def test_a_call_goes_in_and_a_message_comes_out() -> None:
    handled(json.dumps(LOAD))
    handled(json.dumps({"type": "adopted", "now": NOW}))
    effects = handled(json.dumps(call("track", "Bought ✓")))
    (accept,) = [effect for effect in effects if effect["type"] == "accept"]
    message = accept["message"]
    assert message["event"] == "Bought ✓"
    assert message["context"]["library"]["version"] == __version__


def test_a_long_input_can_come_in_pieces() -> None:
    handled(json.dumps(LOAD))
    text = json.dumps(call("track", "✓" * 1000), ensure_ascii=False)
    pieces = [text[start : start + 300] for start in range(0, len(text), 300)]
    assert [boundary.handle("+" + piece) for piece in pieces[:-1]] == [""] * (len(pieces) - 1)
    (accept,) = [effect for effect in handled(pieces[-1]) if effect["type"] == "accept"]
    assert accept["message"]["event"] == "✓" * 1000
    assert handled('{"type":"tick","now":5}') == []


@pytest.mark.parametrize("text", ["", "junk", "null", "5", "[]", '"load"', "{}", "[" * 100_000])
def test_what_is_no_input_is_one_line(text: str) -> None:
    (effect,) = handled(text)
    assert effect["type"] == "fail"
    assert effect["text"].startswith("an input failed: ")


@settings(deadline=None)
@given(st.text().filter(lambda text: text[:1] != "+") | st.binary().map(repr))  # "+": a piece
def test_any_text_gives_a_list_of_effects(text: str) -> None:
    assume(not text.startswith("+"))  # a piece of an input, which is not answered
    handled(text)


@settings(deadline=None)
@given(json_values)
def test_any_json_gives_a_list_of_effects(value: object) -> None:
    handled(json.dumps(value))


@settings(deadline=None)
@given(st.sampled_from(KINDS), st.dictionaries(st.sampled_from(MEMBERS), json_values))
def test_any_object_of_a_known_type_gives_a_list_of_effects(kind: str, given_fields: dict) -> None:
    handled(json.dumps(LOAD))
    handled(json.dumps(LOAD | call("x") | given_fields | {"type": kind}))
    handled(json.dumps(given_fields | {"type": kind}))


@settings(deadline=None)
@given(st.lists(st.tuples(st.sampled_from(list(overloads.METHODS)), st.lists(json_values, max_size=4)), max_size=4))
def test_any_arguments_of_calls_give_effects_that_the_page_can_do(made: list) -> None:
    boundary._analytics = Analytics(__version__)
    handled(json.dumps(LOAD))
    for method, arguments in made:
        for effect in handled(json.dumps(call(method, *arguments))):
            check_effect(effect)
            if effect["type"] == "accept":
                assert effect["message"]["type"] == method
                json.dumps(effect["message"], ensure_ascii=False).encode()


@settings(deadline=None)
@given(st.dictionaries(st.sampled_from(list(EMPTY)), json_values))
def test_any_identity_gives_effects(value: dict) -> None:
    boundary._analytics = Analytics(__version__)
    handled(json.dumps(LOAD | {"identity": EMPTY | value}))
    handled(json.dumps(call("identify", "u1", {"a": 1}, identity=EMPTY | value)))


def test_the_same_inputs_give_the_same_effects() -> None:
    inputs = [json.dumps(LOAD | call("x", "x", {"a": 1}) | {"type": kind}) for kind in KINDS]
    first = [boundary.handle(text) for text in inputs]
    boundary._analytics = Analytics(__version__)
    assert [boundary.handle(text) for text in inputs] == first
