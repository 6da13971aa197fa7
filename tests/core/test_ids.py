"""ids: what texts are none. tests/vectors/calls.json has some of each kind."""

import unicodedata

from dataplane.ingest.ids import visible
from rudderanalytics.core.ids import anonymous_id, is_blank, is_encoded, is_no_number

UNASSIGNED = ("Cn", "Cs")
"""Kinds of characters on which the versions of Unicode differ, and halves of pairs, which arrive as another one."""


def test_what_the_gateway_takes_for_no_id_is_blank() -> None:
    characters = [chr(code) for code in range(0x110000) if unicodedata.category(chr(code)) not in UNASSIGNED]
    missed = [hex(ord(character)) for character in characters if not visible(character) and not is_blank(character)]
    assert missed == []


def test_what_shows_is_none() -> None:
    characters = [chr(code) for code in range(0x110000) if unicodedata.category(chr(code)) not in UNASSIGNED]
    taken = [character for character in characters if visible(character) and is_blank(character)]
    assert all("VARIATION SELECTOR" in unicodedata.name(character) for character in taken)


def test_one_character_that_shows_is_enough() -> None:
    assert is_blank("")
    assert is_blank(" \u200b\u2800")
    assert not is_blank(" \u200bx")


def test_an_anonymous_id_is_a_text_of_its_own() -> None:
    assert anonymous_id("a1") == "a1"
    assert [anonymous_id(value) for value in (5, None, "", " ", "NaN", "RS_ENC_v3_IngiCg==")] == [None] * 6


def test_texts_in_place_of_others() -> None:
    assert is_encoded("RudderEncrypt:x")
    assert not is_encoded("encrypted")
    assert not is_encoded(5)
    assert is_no_number("-Infinity")
    assert not is_no_number("1")
