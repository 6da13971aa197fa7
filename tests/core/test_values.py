"""values: JSON text that is the same on every interpreter, and merging."""

import json
import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rudderanalytics.core import values

# Python's floats but those that JSON lacks; texts without lone surrogates, which UTF-8 lacks.
texts = st.text(st.characters(exclude_categories=["Cs"]))
scalars = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | texts
json_values = st.recursive(scalars, lambda inner: st.lists(inner) | st.dictionaries(texts, inner), max_leaves=12)
objects = st.dictionaries(
    st.sampled_from("abc"), st.recursive(scalars, lambda i: st.dictionaries(st.sampled_from("abc"), i))
)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ({"a": [1, {"é": None}], "b": {}, "c": []}, '{"a":[1,{"é":null}],"b":{},"c":[]}'),
        ([True, False, -1, 0.1, 1e21, 10**20], "[true,false,-1,0.1,1e+21,100000000000000000000]"),
        ('"\\/\n\r\t\b\f\x00\x1f\x7f', '"\\"\\\\/\\n\\r\\t\\b\\f\\u0000\\u001f\x7f"'),
        ("é\n🙂\u2028", '"é\\n🙂\u2028"'),
    ],
)
def test_encode_writes_what_javascript_writes(value: object, text: str) -> None:
    assert values.encode(value) == text


@settings(deadline=None)
@given(json_values)
def test_encode_is_compact_json(value: object) -> None:
    assert values.encode(value) == json.dumps(value, ensure_ascii=False, separators=(",", ":"))


PIECES = ["x", "é", "✓", "🙂", '"', "\\", "\n", "\x01", "\x7f", 'é\n"\\', '{\\"a\\":[1,', "\\u0041", "\\ud83d"]
ABOUT = [1, 500, 1023, 1024, 1025, 2047, 2048, 2049, 4095, 8191, 8192, 8193, 20_000]


@pytest.mark.parametrize("times", ABOUT)
def test_long_texts_are_encoded_as_short_ones_are(times: int) -> None:
    for piece in PIECES:
        value = {"a": [piece * times, 5], piece * times: None}
        assert values.encode(value) == json.dumps(value, ensure_ascii=False, separators=(",", ":"))


@pytest.mark.parametrize("times", ABOUT)
@pytest.mark.parametrize("ascii", [False, True])
def test_long_texts_are_decoded_as_short_ones_are(times: int, ascii: bool) -> None:
    for piece in PIECES:
        value = {"a": ["short", piece * times, 5, "x" * 3000], piece * times: {"b": piece}, "c": "y" * 2048}
        assert values.decode(json.dumps(value, ensure_ascii=ascii)) == value


# Texts that are long, in which escapes, quotes and characters of every size lie on all places.
long_texts = st.lists(st.tuples(st.sampled_from(PIECES), st.integers(0, 3000)), max_size=5).map(
    lambda parts: "".join(piece * times for piece, times in parts)
)
long_values = st.recursive(
    scalars | long_texts, lambda inner: st.lists(inner) | st.dictionaries(long_texts, inner), max_leaves=4
)


@settings(deadline=None, max_examples=50)
@given(long_values, st.booleans())
def test_large_values_are_coded_as_small_ones_are(value: object, ascii: bool) -> None:
    assert values.encode(value) == json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    assert values.decode(json.dumps(value, ensure_ascii=ascii)) == value


@pytest.mark.parametrize("piece", PIECES)
def test_no_long_text_goes_through_json_at_once(piece: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """MicroPython's takes time with the square of its length."""
    value = {"a": [piece * 20_000], piece * 10_000: 1}
    text = json.dumps(value, ensure_ascii=False)
    longest = 0

    class Watched:
        @staticmethod
        def dumps(given: object, **how: object) -> str:
            return seen(json.dumps(given, **how))  # type: ignore[arg-type]

        @staticmethod
        def loads(given: str) -> object:
            return json.loads(seen(given))

    def seen(given: str) -> str:
        nonlocal longest
        longest = max(longest, len(given))
        return given

    monkeypatch.setattr(values, "json", Watched)
    assert values.decode(text) == value
    assert values.decode(values.encode(value)) == value
    assert longest < 10_000


def test_a_long_text_without_an_end_is_no_json() -> None:
    with pytest.raises(ValueError, match="a text without an end"):
        values.decode('{"a":"' + "x" * 20_000)


@settings(deadline=None)
@given(json_values)
def test_decode_is_the_inverse_of_encode(value: object) -> None:
    assert values.decode(values.encode(value)) == value


@settings(deadline=None)
@given(json_values)
def test_decode_understands_escapes_of_every_character(value: object) -> None:
    assert values.decode(json.dumps(value)) == value


@settings(deadline=None)
@given(st.text())
def test_decoded_text_can_always_be_stored_and_sent(text: str) -> None:
    decoded = values.decode(json.dumps(text))
    assert isinstance(decoded, str)
    decoded.encode()  # UTF-8 has no lone surrogates


def test_lone_surrogates_become_the_replacement_character_in_keys_too() -> None:
    assert values.decode('{"\\ud83d":["\\ude42x",null,5]}') == {"\ufffd": ["\ufffdx", None, 5]}


@pytest.mark.parametrize(
    ("escaped", "whole"),
    [
        ("\\ud800\\udc00", "\U00010000"),
        ("\\udbff\\udfff", "\U0010ffff"),
        ("\\ud83d\\ude42!", "\U0001f642!"),
        ("\\ud800\\udbff", "\ufffd\ufffd"),
        ("\\udc00\\udfff", "\ufffd\ufffd"),
        ("\\ud800\\ue000\\udfff", "\ufffd\ue000\ufffd"),
        ("\\ud7ff\\udc00", "\ud7ff\ufffd"),
        ("\\ud800x\\udc00", "\ufffdx\ufffd"),
        ("\\ud83d\\n\\ude42", "\ufffd\n\ufffd"),
        ("\\\\ud83d\\ude42", "\\ud83d\ufffd"),
        ("\\ud83d\\\\ude42", "\ufffd\\ude42"),
        ("\\\\\\ud83d\\ude42", "\\\U0001f642"),
        ("\\u00e9\\ud83d\\u00e9", "\xe9\ufffd\xe9"),
    ],
)
@pytest.mark.parametrize("before", ["", "x", "é" * 9000])
def test_surrogates_are_what_unicode_says_they_are(escaped: str, whole: str, before: str) -> None:
    assert values.decode(f'["{before}{escaped}"]') == [before + whole]


@pytest.mark.parametrize("escape", ["\\ud83d", "\\uD83d", "\\uDE42"])
def test_an_escape_can_be_in_capital_letters(escape: str) -> None:
    assert values.decode(f'"{escape}"') == "\ufffd"


@pytest.mark.parametrize("number", [math.nan, math.inf, -math.inf])
def test_encode_writes_null_for_what_json_has_no_number_for(number: float) -> None:
    assert values.encode([number]) == "[null]"


@pytest.mark.parametrize("text", ["", "{", "[1,]", "nothing", "'a'"])
def test_decode_raises_value_error_for_what_is_not_json(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        values.decode(text)


def test_decode_refuses_what_nests_hopelessly_deep() -> None:
    with pytest.raises(ValueError, match="nested too deeply"):
        values.decode("[" * 100_000)


@settings(deadline=None)
@given(objects)
def test_merging_nothing_changes_nothing(value: dict) -> None:
    assert values.merge(value, {}) == value
    assert values.merge({}, value) == value


@settings(deadline=None)
@given(objects)
def test_merging_the_same_again_changes_nothing(value: dict) -> None:
    assert values.merge(value, value) == value


@settings(deadline=None)
@given(objects, objects)
def test_merged_objects_hold_the_right_side_whole(left: dict, right: dict) -> None:
    merged = values.merge(left, right)
    assert values.merge(merged, right) == merged
    assert set(merged) == set(left) | set(right)


@settings(deadline=None)
@given(objects, objects)
def test_merge_changes_neither_side(left: dict, right: dict) -> None:
    before = json.dumps([left, right])
    values.merge(left, right)
    assert json.dumps([left, right]) == before


def test_an_array_replaces_an_array_so_that_it_can_shrink() -> None:  # [js 3.7] merges by index, CONTRACT section 8
    assert values.merge({"tags": ["a", "b"]}, {"tags": ["c"]}) == {"tags": ["c"]}


def test_nulls_are_left_out_of_objects_at_every_depth_and_kept_in_arrays() -> None:  # [js 2.1]
    assert values.without_nulls({"a": None, "b": [None, {"c": None}], "d": ""}) == {"b": [None, {}], "d": ""}


@pytest.mark.parametrize(
    ("one", "other", "equal"),
    [
        (1, 1.0, True),
        (1, True, False),
        (False, 0, False),
        (True, True, True),
        (None, False, False),
        ({"a": [1, {"b": True}]}, {"a": [1, {"b": True}]}, True),
        ({"a": [1, {"b": True}]}, {"a": [1, {"b": 1}]}, False),
        ({"a": 1}, {"a": 1, "b": 2}, False),
        ({"a": 1}, {"b": 1}, False),
        ([1, 2], [1], False),
        ([1], {"0": 1}, False),
        ("1", 1, False),
    ],
)
def test_values_are_the_same_as_json(one: object, other: object, equal: bool) -> None:
    assert values.same(one, other) is equal
    assert values.same(other, one) is equal
