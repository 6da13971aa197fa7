"""calls: the public overloads, untangled. tests/vectors/calls.json has every overload of [js 1.5] one by one."""

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rudderanalytics.core.calls.overloads import METHODS, canonical
from rudderanalytics.errors import Refused

scalars = st.none() | st.booleans() | st.integers() | st.floats() | st.text()
arguments = st.lists(scalars | st.lists(scalars) | st.dictionaries(st.text(), scalars), max_size=5)
KEYS = {
    "identify": {"type", "userId", "traits", "options"},
    "track": {"type", "event", "properties", "options"},
    "page": {"type", "category", "name", "properties", "options"},
    "group": {"type", "groupId", "traits", "options"},
    "alias": {"type", "to", "from", "options"},
    "reset": {"type", "entries"},
    "setAnonymousId": {"type", "anonymousId", "linker"},
    "startSession": {"type", "sessionId", "invalid"},
    "endSession": {"type"},
    "setAuthToken": {"type", "token"},
}


@pytest.mark.parametrize("method", METHODS)
@settings(deadline=None)
@given(given_arguments=arguments)
def test_any_arguments_give_the_methods_own_keys_or_are_refused(method: str, given_arguments: list) -> None:
    try:
        call = canonical(method, given_arguments)
    except Refused as refusal:
        assert str(refusal).startswith(f"{method}: ")
        assert str(refusal).endswith(" is not an id; the call is ignored")
    else:
        assert set(call) == KEYS[method]
        assert call["type"] == method
        assert isinstance(call.get("options"), dict | None)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("u1", "u1"),
        (" u1 ", " u1 "),  # [js 1.5]: no trimming
        (123, "123"),
        (0, "0"),
        (-5, "-5"),
        (0.5, "0.5"),
        (3.0, "3"),
        (1e20, "100000000000000000000"),
        (1e21, "1e+21"),
        (1e-7, "1e-7"),
        (-1.5e-10, "-1.5e-10"),
        (0.00001, "0.00001"),
        (-0.00000125, "-0.00000125"),
        (0.0001, "0.0001"),
        (10**21, "1000000000000000000000"),
        (True, "true"),
        (False, "false"),
    ],
)
def test_an_id_becomes_its_json_text(value: object, text: str) -> None:  # [js 1.5]
    assert canonical("identify", [value])["userId"] == text
    assert canonical("group", [value])["groupId"] == text
    assert canonical("alias", [value])["to"] == text


@pytest.mark.parametrize("method", ["identify", "alias"])
@pytest.mark.parametrize("value", ["", "  ", "\t\n", "\u00a0", "\u200b\ufeff", "NaN", "Infinity", "-Infinity", [1]])
def test_blanks_and_what_is_no_id_are_refused(method: str, value: object) -> None:  # CONTRACT section 8
    with pytest.raises(Refused, match=f"^{method}: .* is not an id; the call is ignored$"):
        canonical(method, [value])


@pytest.mark.parametrize("method", ["identify", "alias", "group"])
@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_a_number_that_is_none_is_refused(method: str, value: float) -> None:
    with pytest.raises(Refused):
        canonical(method, [value])


@pytest.mark.parametrize(
    ("value", "kind"), [([1, 2], "an array"), ({"id": 1}, "an object")], ids=["an array", "an object"]
)
def test_a_refusal_says_what_was_found(value: object, kind: str) -> None:
    with pytest.raises(Refused, match=f"^alias: {kind} is not an id; the call is ignored$"):
        canonical("alias", [value])


@pytest.mark.parametrize("method", ["identify", "group"])
def test_traits_come_first_where_there_is_no_id(method: str) -> None:  # [js 1.5]
    call = canonical(method, [{"a": 1}, {"o": 1}])
    assert (call["traits"], call["options"]) == ({"a": 1}, {"o": 1})
    assert call.get("userId") is call.get("groupId") is None


def test_null_in_the_place_of_the_id_is_not_the_place_of_the_traits() -> None:  # CONTRACT section 8
    assert canonical("identify", [None, {"a": 1}, {"o": 1}]) == {
        "type": "identify",
        "userId": None,
        "traits": {"a": 1},
        "options": {"o": 1},
    }


@pytest.mark.parametrize("value", ["NaN", "Infinity", "-Infinity", [1]])
def test_what_is_no_group_id_is_refused(value: object) -> None:
    with pytest.raises(Refused, match=r"^group: .* is not an id; the call is ignored$"):
        canonical("group", [value])


def test_group_without_arguments_leaves_the_group_and_null_keeps_it() -> None:  # [js 1.5]
    assert canonical("group", [])["groupId"] == ""
    assert canonical("group", [None])["groupId"] is None


@pytest.mark.parametrize(
    ("event", "found"),
    [
        ("Bought", "Bought"),
        ("", None),
        (None, None),
        (0, None),
        (42, 42),
        (False, None),
        (True, True),
        ({}, {}),
        ([], []),
    ],
)
def test_an_event_name_is_as_given_or_left_out(event: object, found: object) -> None:  # [js 1.5]
    assert canonical("track", [event])["event"] == found


@pytest.mark.parametrize(("properties", "found"), [(None, {}), ({}, {}), ([1], [1]), ("x", "x"), (0, 0)])
def test_properties_of_track_are_as_given(properties: object, found: object) -> None:  # [js 1.5]
    assert canonical("track", ["Bought", properties])["properties"] == found


@pytest.mark.parametrize(
    ("given_arguments", "category", "name", "properties", "options"),
    [
        (["C", "N", {"p": 1}, {"o": 1}], "C", "N", {"p": 1}, {"o": 1}),
        (["N", {"p": 1}, {"o": 1}], None, "N", {"p": 1}, {"o": 1}),
        ([5, {"p": 1}, {"o": 1}], 5, None, {"p": 1}, {"o": 1}),
        ([None, {"p": 1}], None, None, {"p": 1}, None),
        ([{"p": 1}, {"o": 1}], None, None, {"p": 1}, {"o": 1}),
        (["N"], None, "N", {}, None),
        ([], None, None, {}, None),
        ([None, "N"], None, "N", {}, None),
        (["C", None, {"p": 1}], None, "C", {"p": 1}, None),
        (["", ""], "", "", {}, None),
        ([5, 6], 5, 6, {}, None),
    ],
)
def test_page_overloads(  # [js 1.5]
    given_arguments: list, category: object, name: object, properties: dict, options: dict | None
) -> None:
    assert canonical("page", given_arguments) == {
        "type": "page",
        "category": category,
        "name": name,
        "properties": properties,
        "options": options,
    }


@pytest.mark.parametrize(
    ("given_arguments", "to", "from_id", "options"),
    [
        (["new", "old", {"o": 1}], "new", "old", {"o": 1}),
        (["new", {"o": 1}], "new", None, {"o": 1}),
        (["new", None, {"o": 1}], "new", None, {"o": 1}),
        (["new", 5], "new", "5", None),
        ([], None, None, None),
    ],
)
def test_alias_overloads(  # [js 1.5]
    given_arguments: list, to: str | None, from_id: str | None, options: dict | None
) -> None:
    assert canonical("alias", given_arguments) == {"type": "alias", "to": to, "from": from_id, "options": options}


@pytest.mark.parametrize(
    ("given_arguments", "entries"),
    [
        ([], {}),
        ([True], {"anonymousId": True}),
        ([False], {"anonymousId": False}),
        ([{"entries": {"userId": False}}], {"userId": False}),
        ([{"entries": 5}], {}),
        ([{}], {}),
        (["x"], {}),
    ],
)
def test_reset_arguments(given_arguments: list, entries: dict) -> None:  # [js 1.9]
    assert canonical("reset", given_arguments)["entries"] == entries


@pytest.mark.parametrize(("value", "found"), [("me", "me"), (" ", None), ("", None), (5, None), (None, None)])
def test_an_anonymous_id_is_a_text_or_none(value: object, found: str | None) -> None:  # [js 1.7]
    assert canonical("setAnonymousId", [value])["anonymousId"] == found


@pytest.mark.parametrize(("value", "found"), [("t", "t"), ("", None), (5, None), (None, None)])
def test_an_authentication_token_is_a_text_or_none(value: object, found: str | None) -> None:  # [js 1.7]
    assert canonical("setAuthToken", [value])["token"] == found


def test_end_session_takes_nothing() -> None:  # [js 1.10]
    assert canonical("endSession", ["x"]) == {"type": "endSession"}


@pytest.mark.parametrize(
    ("given_arguments", "session_id", "invalid"),
    [
        ([1_000_000_000], 1_000_000_000, False),
        ([999_999_999], None, True),
        ([-1_000_000_000], None, True),
        (["1234567890"], None, True),
        ([1234567890.0], None, True),
        ([True], None, True),
        ([None], None, False),
        ([], None, False),
    ],
)
def test_a_session_id_is_a_whole_number_of_ten_digits(  # [js 1.10]
    given_arguments: list, session_id: int | None, invalid: bool
) -> None:
    call = canonical("startSession", given_arguments)
    assert (call["sessionId"], call["invalid"]) == (session_id, invalid)


@pytest.mark.parametrize("method", sorted(set(METHODS) - {"track", "page", "endSession"}))
@pytest.mark.parametrize("encoded", ["RudderEncrypt:U2FsdGVkX1", "RS_ENC_v3_ImEi"])
def test_what_reads_as_an_encoded_text_is_no_id(method: str, encoded: str) -> None:
    with pytest.raises(Refused, match=f"^{method}: what is encoded is not an id; the call is ignored$"):
        canonical(method, [encoded])


@pytest.mark.parametrize("method", ["track", "page"])
def test_where_there_is_no_id_it_is_a_text_as_any_other(method: str) -> None:
    assert "RS_ENC_v3_ImEi" in canonical(method, ["RS_ENC_v3_ImEi"]).values()
