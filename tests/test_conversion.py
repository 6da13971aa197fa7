"""What values of Python become in JSON."""

import datetime
import decimal
import enum
import json
import math
import time
import uuid
from collections import namedtuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rudderanalytics import conversion
from rudderanalytics.core import nesting

# Python's floats but those that JSON lacks; texts without lone surrogates, which UTF-8 lacks.
texts = st.text(st.characters(exclude_categories=["Cs"]))
scalars = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | texts
json_values = st.recursive(scalars, lambda inner: st.lists(inner) | st.dictionaries(texts, inner), max_leaves=12)


@settings(deadline=None)
@given(json_values)
def test_json_values_of_python_stay_as_they_are(value: object) -> None:
    assert conversion.from_python(value, "traits", exact=False) == value


@pytest.mark.parametrize("number", [0, 2**53, -(2**53), 1.5, 1e300])
def test_numbers_that_javascript_holds_stay(number: float) -> None:
    assert conversion.from_python({"n": number}, "traits") == {"n": number}


@pytest.mark.parametrize("number", [2**53 + 1, 2**60, -(2**53) - 1, 10**400])
def test_a_whole_number_that_javascript_may_not_hold_is_an_error(number: int) -> None:
    with pytest.raises(
        TypeError, match=r"^traits.n: -?\d+ is beyond 2 \*\* 53, to which JavaScript's numbers are exact"
    ):
        conversion.from_python({"n": number}, "traits")
    assert conversion.from_python({"n": number}, "traits", exact=False) == {"n": number}


def test_values_of_other_types_can_be_read() -> None:
    seen = []

    def read(value: object, key: str, depth: int) -> object:
        seen.append((key, depth))
        return None if isinstance(value, set) else value

    point = namedtuple("point", "x y")
    assert conversion.from_python({"a": [{1}, "x", point(1, 2)], "b": 5}, "traits", read) == {
        "a": [None, "x", [1, 2]],
        "b": 5,
    }
    assert seen == [("traits.a[0]", 2), ("traits.a[2]", 2)]


@pytest.mark.parametrize("value", [None, True, 1, 1.5, "é", [], {}, {"a": [{"b": None}]}])
def test_a_json_value_of_python_stays_as_it_is(value: object) -> None:
    assert conversion.from_python(value, "traits") == value


def test_tuples_become_lists() -> None:
    point = namedtuple("point", "x y")
    assert conversion.from_python((1, (2,), point(3, 4)), "p") == [1, [2], [3, 4]]


@pytest.mark.parametrize(
    ("moment", "text"),
    [
        (datetime.date(1990, 1, 31), "1990-01-31"),
        (datetime.datetime(2026, 11, 23, 14, 45, 50, 673000, datetime.UTC), "2026-11-23T14:45:50.673000+00:00"),
    ],
)
def test_dates_become_iso_8601(moment: datetime.date, text: str) -> None:
    assert conversion.from_python({"birthday": moment}, "traits") == {"birthday": text}


@pytest.mark.parametrize(
    ("value", "line"),
    [
        ({"address": {"cities": {"Bonn"}}}, "traits.address.cities: a value of type set cannot be sent as JSON"),
        ([1, [b"x"]], r"traits\[1\]\[0\]: a value of type bytes cannot be sent as JSON"),
        ({"age": math.nan}, "traits.age: nan is not a JSON number"),
        ({"age": math.inf}, "traits.age: inf is not a JSON number"),
        ({"age": -math.inf}, "traits.age: -inf is not a JSON number"),
        ({"a": {1: 2}}, "traits.a: the key 1 is not a string"),
        (object(), "traits: a value of type object cannot be sent as JSON"),
    ],
)
def test_what_json_cannot_hold_is_a_type_error_that_names_the_key(value: object, line: str) -> None:
    with pytest.raises(TypeError, match=f"^{line}$"):
        conversion.from_python(value, "traits")


def test_a_value_that_contains_itself_is_a_type_error() -> None:
    value: dict = {}
    value["self"] = value
    with pytest.raises(TypeError, match="contains itself"):
        conversion.from_python(value, "traits")


def test_from_python_and_nesting_draw_the_same_line() -> None:
    deepest: list = []
    for _ in range(nesting.DEEPEST - 1):
        deepest = [deepest]
    assert nesting.within(deepest)
    assert conversion.from_python(deepest, "traits") == deepest
    assert not nesting.within([deepest])
    with pytest.raises(TypeError):
        conversion.from_python([deepest], "traits")


class Plan(enum.Enum):
    PRO = "pro"


class Size(enum.IntEnum):
    LARGE = 3


class Scalar:
    """As NumPy's: what `item` is to `tolist`."""

    dtype = "int64"

    def __init__(self, value: object) -> None:
        self.value = value

    def tolist(self) -> object:
        return self.value


@pytest.mark.parametrize(
    ("value", "becomes"),
    [
        (decimal.Decimal("9.99"), 9.99),
        (decimal.Decimal("30.00"), 30),
        (decimal.Decimal("-0.5"), -0.5),
        (uuid.UUID("12345678-1234-4678-9234-567812345678"), "12345678-1234-4678-9234-567812345678"),
        (Plan.PRO, "pro"),
        (Size.LARGE, 3),
        (Scalar(7), 7),
        (Scalar([1.5, [2]]), [1.5, [2]]),
        ({"total": [decimal.Decimal(1)]}, {"total": [1]}),
    ],
)
def test_values_of_the_standard_library_and_numpy_become_json(value: object, becomes: object) -> None:
    made = conversion.from_python(value, "it")
    assert made == becomes
    assert json.dumps(made) == json.dumps(becomes)


@pytest.mark.parametrize("value", ["NaN", "Infinity", "-Infinity", "sNaN"])
def test_a_decimal_that_is_no_number_is_refused(value: str) -> None:
    with pytest.raises(TypeError, match=r"^traits\.price: .* is not a JSON number"):
        conversion.from_python({"price": decimal.Decimal(value)}, "traits")


def test_a_moment_without_a_time_zone_is_local_and_gets_its_offset(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", "Asia/Kolkata")
    time.tzset()
    try:
        made = conversion.from_python(datetime.datetime(2026, 11, 23, 14, 45), "it")
    finally:
        monkeypatch.undo()
        time.tzset()
    assert made == "2026-11-23T14:45:00+05:30"


def test_a_moment_that_no_clock_knows_is_as_it_is() -> None:
    assert str(conversion.from_python(datetime.datetime(1, 1, 1), "it")).startswith("0001-01-01T00:00:00")
