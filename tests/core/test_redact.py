"""redact: addresses without the parameters that are not for others."""

import pytest
from vectors.run import OPTIONS

from rudderanalytics.core.consent import redact

NAMES = OPTIONS["redact"]


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("", ""),
        ("$direct", "$direct"),
        ("https://a.example/token=1/b?", "https://a.example/token=1/b?"),
        ("https://a.example/?a=1&b=2;c=3#d", "https://a.example/?a=1&b=2;c=3#d"),
        ("https://a.example/?token=1", "https://a.example/"),
        ("?token=1&b=2", "?b=2"),
        ("?a=1&token=2&b=3", "?a=1&b=3"),
        ("?a=1;token=2;b=3", "?a=1;b=3"),
        ("?token=1&key=2&b=3&code=4", "?b=3"),
        ("?token=1#top", "#top"),
        ("?a&token&b", "?a&token&b"),
        ("?a=token&b=email", "?a=token&b=email"),
        ("?token=1=2&b", "?b"),
        ("?TOKEN=1&Email=2&b", "?b"),
        ("?access_token=1&id-token=2&apiKey=3&clientSecret=4&user.password=5&b", "?b"),
        ("?user[email]=1&user%5Bemail%5D=2&user%5bname%5d=3", "?user%5bname%5d=3"),
        ("?monkey=1&tokens=2&keyword=3&zipcode=4", "?monkey=1&tokens=2&keyword=3&zipcode=4"),
        ("https://a.example/#access_token=1&state=2", "https://a.example/#state=2"),
        ("https://a.example/#/reset?token=1", "https://a.example/#/reset"),
        ("?next=/a?token=1&b=2", "?next=/a?b=2"),
        ("?a=é&email=ü", "?a=é"),
    ],
)
def test_parameters_that_are_named_are_taken_out(text: str, left: str) -> None:
    assert redact.address(text, NAMES) == left


@pytest.mark.parametrize(
    ("names", "left"), [([], "?a=1&token=2"), (["a"], "?token=2"), (["A", "Token"], ""), (["b"], "?a=1&token=2")]
)
def test_a_list_of_names_counts_instead(names: list, left: str) -> None:
    assert redact.address("?a=1&token=2", names) == left


def test_the_addresses_of_a_page_message_are_those_of_its_context_and_its_properties() -> None:
    fields = dict.fromkeys(("url", "tab_url", "search", "referrer", "initial_referrer", "title"), "?a=1&token=2")
    clean = dict.fromkeys(fields, "?a=1") | {"title": "?a=1&token=2"}
    built: dict = {"type": "page", "context": {"page": dict(fields)}, "properties": fields | {"url": None}}
    redact.message(built, NAMES)
    assert built == {"type": "page", "context": {"page": clean}, "properties": clean | {"url": None}}


@pytest.mark.parametrize("page", [None, "?token=1", {"url": 5}])
def test_what_is_no_page_and_the_properties_of_other_messages_stay(page: object) -> None:
    built = {"type": "track", "context": {"page": page}, "properties": {"url": "?token=1"}}
    redact.message(built, NAMES)
    assert built == {"type": "track", "context": {"page": page}, "properties": {"url": "?token=1"}}
