"""nesting: how deep objects and arrays go."""

import json

import pytest

from rudderanalytics.core import nesting


@pytest.mark.parametrize(("levels", "within"), [(0, True), (2, True), (3, False)])
def test_depth_counts_objects_and_arrays(levels: int, within: bool) -> None:
    value: object = "leaf"
    for level in range(levels):
        value = [value] if level % 2 else {"key": value}
    assert nesting.within(value, 2) is within


def test_depth_of_something_far_too_deep_is_measured_without_recursion() -> None:
    value: list = []
    for _ in range(100_000):
        value = [value]
    assert not nesting.within(value)


@pytest.mark.parametrize(
    "text",
    ["[" * 301, '{"a":' * 301, "[[]," * 301, "[" * 301 + "]" * 301, '["\\"",' + "[" * 301, '["\\\\",' + "[" * 301],
)
def test_what_nests_hopelessly_deep_is_seen(text: str) -> None:
    assert nesting.is_hopeless(text)


@pytest.mark.parametrize(
    "value", [[[]] * 500, "[" * 500, ["[" * 500, '"[\\' * 500], [{"[" * 301: "]"}], [[[0], "\\"]] * 301, {"a": []}]
)
def test_many_brackets_are_not_hopeless(value: object) -> None:
    assert not nesting.is_hopeless(json.dumps(value))
