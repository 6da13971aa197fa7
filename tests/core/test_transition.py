"""transition: what a call changes in the identity. tests/vectors/transition.json has it call by call."""

import json
from pathlib import Path

import pytest
from vectors.run import EMPTY

from rudderanalytics.core.calls import overloads
from rudderanalytics.core.visitor import transition

VECTORS = json.loads((Path(__file__).parents[1] / "vectors" / "transition.json").read_text())


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: vector["name"])
def test_a_call_changes_what_the_vector_says(vector: dict) -> None:
    function = getattr(transition, vector["function"].split(".")[1])
    assert function(*vector["given"]) == vector["gives"]


def test_every_method_has_a_vector() -> None:
    assert {vector["given"][0].get("type") for vector in VECTORS} >= set(overloads.METHODS)


def test_a_link_of_an_amp_page_says_who_the_visitor_is() -> None:  # [js 3.8]
    page = {"userAgent": "Mozilla/5.0", "timezone": "GMT+0000", "locale": "en-US"}
    given = {"id": "fresh", "at": 1_795_445_150_673, "page": page}
    call = {"type": "setAnonymousId", "anonymousId": None, "linker": "1*16x5jyc*rs_amp_id*YW1w"}
    assert transition.after(call, EMPTY, given, {})["anonymousId"] == "amp"


@pytest.mark.parametrize(
    ("method", "arguments", "lines"),
    [
        ("identify", ["u1", {"age": "x"}], ["trait age should be a number, not a string; it is sent as given"]),
        ("identify", ["u1"], []),
        ("startSession", [5], ["an id is a whole number of 10 digits or more; the time is used"]),
        ("startSession", [], []),
        ("track", ["x"], []),
    ],
)
def test_what_looks_like_a_mistake_is_a_line(method: str, arguments: list, lines: list[str]) -> None:
    assert transition.remarks(overloads.canonical(method, arguments)) == lines
