"""amp_linker: what a link from an AMP page says of its visitor. The official SDK decodes the same (tests/browser)."""

import base64
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rudderanalytics.core.visitor import amp_linker

AT = 1_795_445_150_673
PAGE = {"userAgent": "Any/1.0 (✓)", "timezone": "GMT+0530", "locale": "en-GB"}
DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"


def base_36(number: int) -> str:
    return base_36(number // 36) + DIGITS[number % 36] if number >= 36 else DIGITS[number]


def linked(*pairs: tuple[str, str], at: int = AT, behind: int = -330, version: str = "1") -> str:
    """The linker that an AMP page in this browser makes."""
    texts = [part for key, value in pairs for part in (key, base64.b64encode(value.encode()).decode().rstrip("="))]
    signed = f"{PAGE['userAgent']}*{behind}*{PAGE['locale']}*{at // 60_000}*{'*'.join(texts)}"
    checksum = base_36(zlib.crc32(bytes(ord(character) & 0xFF for character in signed)))
    return "*".join([version, checksum, *texts])


@pytest.mark.parametrize("age", [0, 60_000])
def test_what_was_linked_is_known(age: int) -> None:  # [js 3.8]
    assert amp_linker.anonymous_id(linked(("rs_amp_id", "amp-Zoë ✓"), at=AT - age), PAGE, AT) == "amp-Zoë ✓"
    assert amp_linker.anonymous_id(linked(("other", "x"), ("rs_amp_id", "amp")), PAGE, AT) == "amp"


def test_dots_at_the_end_are_padding() -> None:
    pairs = "rs_amp_id*YQ.."
    signed = f"{PAGE['userAgent']}*-330*{PAGE['locale']}*{AT // 60_000}*{pairs}"
    checksum = base_36(zlib.crc32(bytes(ord(character) & 0xFF for character in signed)))
    assert amp_linker.anonymous_id(f"1*{checksum}*{pairs}", PAGE, AT) == "a"


@pytest.mark.parametrize(
    "text",
    [
        linked(("rs_amp_id", "amp"), at=AT - 120_000),
        linked(("rs_amp_id", "amp"), at=AT + 60_000),
        linked(("rs_amp_id", "amp"), behind=0),
        linked(("rs_amp_id", "amp"), version="2"),
        linked(("rs_amp_id", "amp")) + "x",
        linked(("rs_amp_id", "amp")) + "*x",
        linked(("other", "amp")),
        linked(),
        "",
        "1",
        "1*2*3",
    ],
)
def test_what_does_not_hold_says_nothing(text: str) -> None:
    assert amp_linker.anonymous_id(text, PAGE, AT) is None


@pytest.mark.parametrize(("timezone", "behind"), [("GMT+0000", 0), ("GMT-0330", 210), ("GMT+1245", -765), ("NA", 0)])
def test_time_zones_are_minutes(timezone: str, behind: int) -> None:
    text = linked(("rs_amp_id", "amp"), behind=behind)
    assert amp_linker.anonymous_id(text, PAGE | {"timezone": timezone}, AT) == "amp"


def test_what_is_no_text_says_nothing() -> None:
    pairs = "rs_amp_id*/w"
    signed = f"{PAGE['userAgent']}*-330*{PAGE['locale']}*{AT // 60_000}*{pairs}"
    checksum = base_36(zlib.crc32(bytes(ord(character) & 0xFF for character in signed)))
    assert amp_linker.anonymous_id(f"1*{checksum}*{pairs}", PAGE, AT) is None


@given(st.text())
def test_any_text_is_an_id_or_none(text: str) -> None:
    assert amp_linker.anonymous_id(text, PAGE, AT) is None
