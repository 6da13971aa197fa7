"""base64: as everywhere, on every interpreter."""

import base64 as standard

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rudderanalytics.core import base64

texts = st.text(st.characters(exclude_categories=["Cs"]))


@settings(deadline=None)
@given(texts)
def test_it_is_the_standard_one(text: str) -> None:
    encoded = base64.encode(text)
    assert encoded == standard.b64encode(text.encode()).decode()
    assert base64.decode(encoded) == text
    assert base64.decode(encoded.rstrip("=")) == text


@pytest.mark.parametrize("text", ["", "a", "ab", "abc", "é✓🙂", "x" * 1000])
def test_every_length_comes_back(text: str) -> None:
    assert base64.encode(text) == standard.b64encode(text.encode()).decode()
    assert base64.decode(base64.encode(text)) == text


@pytest.mark.parametrize("text", ["a", "a===", "YQ=YQ", "Y Q", "YW1w\n", "-_-_", "é", "/w=="])
def test_what_is_none_is_an_error(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        base64.decode(text)
