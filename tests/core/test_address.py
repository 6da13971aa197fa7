"""address: addresses in pieces, whatever is encoded."""

from urllib.parse import quote, unquote

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rudderanalytics.core.consent import address

texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"))
addresses = st.lists(
    st.sampled_from(
        ["a", "/", "?", "#", "&", ";", "=", "%3F", "%3f", "%2526", "%25253b", "%", "%25", "%zz", "é", "x=1"]
    )
).map("".join)


@settings(deadline=None)
@given(texts | addresses)
def test_the_pieces_of_an_address_are_the_address(text: str) -> None:
    for split in (address.parameters, address.segments):
        assert "".join(piece.mark + piece.content for piece in split(text)) == text
    assert "".join(address.name_and_value(text)) == text
    before, rest = address.host(text)
    assert before == "" or text.endswith(rest)


@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        ("", [("", "", 0, "")]),
        (
            "/a?b#c&d;e",
            [("", "", 0, "/a"), ("?", "?", 0, "b"), ("#", "#", 0, "c"), ("&", "&", 0, "d"), (";", ";", 0, "e")],
        ),
        ("a%3Fb%3fc", [("", "", 0, "a"), ("%3F", "?", 1, "b"), ("%3f", "?", 1, "c")]),
        ("a%2526b%252523c", [("", "", 0, "a"), ("%2526", "&", 2, "b"), ("%252523", "#", 3, "c")]),
        ("a\0b?c", [("", "", 0, "a"), ("", "", 0, "b"), ("?", "?", 0, "c")]),
        ("a%25252526b", [("", "", 0, "a%25252526b")]),
    ],
)
def test_what_begins_with_a_mark_is_a_piece(text: str, pieces: list) -> None:
    found = [(piece.mark, piece.kind, piece.level, piece.content) for piece in address.parameters(text)]
    assert found == pieces


@pytest.mark.parametrize(
    ("content", "parts"),
    [
        ("a=b", ("a", "=", "b")),
        ("a=b=c", ("a", "=", "b=c")),
        ("a%3Db=c", ("a", "%3D", "b=c")),
        ("a%253db", ("a", "%253d", "b")),
        ("a", ("a", "", "")),
        ("=b", ("", "=", "b")),
    ],
)
def test_a_parameter_is_a_name_and_a_value(content: str, parts: tuple) -> None:
    assert address.name_and_value(content) == parts


@pytest.mark.parametrize(
    ("text", "before", "rest"),
    [
        ("https://a.example/b?c", "https://a.example", "/b?c"),
        ("https://me:pw@a.example:81/b", "https://a.example:81", "/b"),
        ("https://me@b@a.example?c", "https://a.example", "?c"),
        ("https://a.example", "https://a.example", ""),
        ("/a?b=https://c.example", "", "/a?b=https://c.example"),
        ("#https://c.example", "", "#https://c.example"),
        ("$direct", "", "$direct"),
    ],
)
def test_a_host_has_no_user(text: str, before: str, rest: str) -> None:
    assert address.host(text) == (before, rest)


@settings(deadline=None)
@given(texts, st.integers(0, 3))
def test_what_is_encoded_says_what_it_said(text: str, times: int) -> None:
    if "%" in text:
        return
    encoded = text
    for _ in range(times):
        encoded = quote(encoded, safe="")
    assert address.plain(encoded) == text


@pytest.mark.parametrize("text", ["%", "%4", "100%", "%zz", "a%zb", "%é0", "%ff", "%41%ff", "%+4"])
def test_what_is_not_encoded_stays(text: str) -> None:
    assert address.plain(text) == text


@pytest.mark.parametrize("text", ["%41", "%2541", "%252541", "%25252541"])
def test_what_is_encoded_a_few_times_is_known(text: str) -> None:
    assert address.plain(text) == "A"
    assert address.plain("é" + text + "%C3%A9") == "éAé"


def test_the_parts_of_a_path_may_be_apart_by_what_is_encoded() -> None:
    parts = address.segments("/a%2Fb%252fc?d")
    assert [(part.mark, part.content) for part in parts] == [("", ""), ("/", "a"), ("%2F", "b"), ("%252f", "c?d")]


def test_what_is_encoded_too_often_is_not_known() -> None:
    assert address.plain("%2525252541") == "%41"
    assert unquote("%41") == "A"
