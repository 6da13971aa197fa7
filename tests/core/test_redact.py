"""redact: messages without what is not for others. tests/vectors/redact.json has the addresses, one by one."""

import json
from pathlib import Path

import pytest
from vectors.run import OPTIONS, redacting

from rudderanalytics.core.consent.redact import Redaction

NAMES: list[str] = OPTIONS["redact"]  # type: ignore[assignment]
VECTORS = json.loads((Path(__file__).parents[1] / "vectors" / "redact.json").read_text())
SECRET = [vector for vector in VECTORS if "secret" in vector]
HARMLESS = [vector for vector in VECTORS if vector["name"].startswith("redact, harmless")]
address, text = redacting("address"), redacting("text")


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: vector["name"])
def test_what_a_vector_says_is_left(vector: dict) -> None:
    function = redacting(vector["function"].split(".")[1])
    assert function(*vector["given"]) == vector["gives"]


@pytest.mark.parametrize("vector", SECRET, ids=lambda vector: vector["name"])
def test_no_secret_leaves(vector: dict) -> None:
    assert vector["secret"] in vector["given"][0]
    assert vector["secret"] not in address(*vector["given"])


@pytest.mark.parametrize("vector", HARMLESS, ids=lambda vector: vector["name"])
def test_nothing_else_is_taken(vector: dict) -> None:
    assert address(*vector["given"]) == vector["given"][0]


def test_the_table_is_large_enough() -> None:
    assert len({vector["given"][0] for vector in SECRET}) >= 60
    assert len({vector["given"][0] for vector in HARMLESS}) >= 60


@pytest.mark.parametrize("vector", [*SECRET, *HARMLESS], ids=lambda vector: vector["name"])
def test_what_was_cleaned_is_clean(vector: dict) -> None:
    left = address(*vector["given"])
    assert address(left, NAMES) == left


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("", ""),
        ("?token=1&b=2", "?b=2"),
        ("?a=1&token=2&b=3", "?a=1&b=3"),
        ("?token=1&key=2&b=3&code=4", "?b=3"),
        ("?token=1#top", "#top"),
        ("?token=1&b#top", "?b#top"),
        ("?token=1;a;b=2", "?b=2"),
        ("#/reset?token=1&b=2", "#/reset?b=2"),
        ("?next=%3Ftoken%3D1%26b%3D2&c=3", "?next=%3Fb%3D2&c=3"),
        ("/a&token=1/b", "/a/b"),
    ],
)
def test_what_stays_is_as_it_was_and_in_order(text: str, left: str) -> None:
    assert address(text, NAMES) == left


def test_the_addresses_of_a_page_message_are_those_of_its_context_and_its_properties() -> None:
    fields = dict.fromkeys(("url", "tab_url", "search", "path", "referrer", "initial_referrer"), "?a=1&token=2")
    clean = dict.fromkeys(fields, "?a=1") | {"title": "of redacted", "other": "?token=1"}
    given = fields | {"title": "of ada@example.com", "other": "?token=1"}
    built: dict = {"type": "page", "context": {"page": dict(given)}, "properties": given | {"url": None}}
    Redaction(NAMES).message(built)
    assert built == {"type": "page", "context": {"page": clean}, "properties": clean | {"url": None}}


@pytest.mark.parametrize("page", [None, "?token=1", {"url": 5}])
def test_what_is_no_page_and_the_properties_of_other_messages_stay(page: object) -> None:
    built = {"type": "track", "context": {"page": page}, "properties": {"url": "?token=1"}}
    Redaction(NAMES).message(built)
    assert built == {"type": "track", "context": {"page": page}, "properties": {"url": "?token=1"}}


def test_results_are_kept_and_not_too_many() -> None:
    redaction = Redaction(NAMES)
    for number in range(100):
        built = {"type": "track", "context": {"page": {"url": f"?a={number}&token=1", "search": "?token=1"}}}
        redaction.message(built)
        assert built["context"]["page"] == {"url": f"?a={number}", "search": ""}
        assert len(redaction._known) <= 20


def test_a_query_is_looked_at_once() -> None:
    redaction = Redaction(NAMES)
    first = redaction.query([["a", "1"], ["token", "2"]])
    assert first == [["a", "1"]]
    assert redaction.query([["a", "1"], ["token", "2"]]) is first
    assert redaction.query([["a", "2"]]) == [["a", "2"]]


def test_the_texts_of_an_error_are_cleaned_and_those_of_no_other_track_message() -> None:
    given = {
        "message": "for ada@example.com",
        "traceback": "token: 1",
        "stack": 5,
        "source": "/a?key=1",
        "name": "k: 1",
    }
    for event in ("Error", "Errors", 5, None):
        built: dict = {"type": "track", "event": event, "context": {}, "properties": dict(given)}
        Redaction(NAMES).message(built)
        clean = {"message": "for redacted", "traceback": "token: redacted", "source": "/a"} if event == "Error" else {}
        assert built["properties"] == given | clean
    Redaction(NAMES).message({"type": "track", "event": "Error", "context": {}, "properties": None})


@pytest.mark.parametrize("line", ["  File 'x', line 1, in é\n", "a@b.co ", "é"])
def test_a_text_of_a_program_is_8_kb_at_most_and_its_end_is_kept(line: str) -> None:
    for names in (NAMES, []):
        left = text(line * 5000 + "the end", names)
        assert 3000 < len(left.encode()) <= 8192
        assert left.endswith("the end")
