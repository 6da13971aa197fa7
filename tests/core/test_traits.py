"""traits: the table of the identify documentation, what is said of a wrong type, and the name that is filled in."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rudderanalytics.core.calls import traits

# The documentation's own table (identify-api.txt, "Identify traits").
TEXTS = ["id", "firstName", "lastName", "name", "email", "phone", "username", "website", "avatar"]
TEXTS += ["description", "gender", "title"]
TEXTS += ["address.city", "address.country", "address.postalCode", "address.state", "address.street"]
TEXTS += ["company.name", "company.industry", "company.plan"]
DATES = ["birthday", "createdAt"]
NUMBERS = ["age", "company.employee_count"]
OBJECTS = ["address", "company"]
EITHER = ["company.id"]

SAMPLES = {"a string": "x", "a number": 1.5, "a boolean": False, "an array": [], "an object": {}, "date": "2026-11-23"}


def nested(name: str, value: object) -> dict:
    for part in reversed(name.split(".")):
        value = {part: value}
    assert isinstance(value, dict)
    return value


def test_the_table_is_that_of_the_documentation() -> None:
    assert set(traits.RESERVED) == {*TEXTS, *DATES, *NUMBERS, *OBJECTS, *EITHER}


@pytest.mark.parametrize(
    ("names", "right"),
    [
        (TEXTS, {"a string", "date"}),
        (NUMBERS, {"a number"}),
        (OBJECTS, {"an object"}),
        (DATES, {"date"}),
        (EITHER, {"a string", "a number", "date"}),
    ],
)
@pytest.mark.parametrize("found", SAMPLES)
def test_a_wrong_type_is_named_with_the_trait_and_both_types(names: list[str], right: set[str], found: str) -> None:
    for name in names:
        lines = traits.check(nested(name, SAMPLES[found]))
        if found in right:
            assert lines == []
        else:
            kind = found.replace("date", "a string")
            assert lines == [f"trait {name} should be {traits.RESERVED[name]}, not {kind}; it is sent as given"]


@pytest.mark.parametrize("name", traits.RESERVED)
def test_null_is_no_wrong_type(name: str) -> None:
    assert traits.check(nested(name, None)) == []


@pytest.mark.parametrize("text", ["2026-11-23", "2026-11-23T14:45:50.673Z", "2026-11-23 14:45", "0001-01-31T"])
def test_a_text_that_begins_as_iso_8601_is_a_date(text: str) -> None:
    assert traits.check({"birthday": text}) == []


@pytest.mark.parametrize(
    "text",
    ["", "2026", "23.11.2026", "2026/11/23", "2026-13-01", "2026-00-01", "2026-01-32", "2026-01-00", "2026-1-01x"],
)
def test_another_text_is_no_date(text: str) -> None:
    assert len(traits.check({"createdAt": text})) == 1


def test_traits_of_ones_own_are_not_checked() -> None:
    assert traits.check({"logins": ["many"], "AGE": "x", "nickname": 5}) == []


@settings(deadline=None)
@given(
    st.dictionaries(
        st.sampled_from(sorted({name.split(".")[0] for name in traits.RESERVED})), st.integers() | st.text()
    )
)
def test_checking_changes_nothing(given_traits: dict) -> None:
    before = dict(given_traits)
    traits.check(given_traits)
    assert given_traits == before


def test_name_is_filled_from_first_name_and_last_name() -> None:
    given_traits = {"firstName": "Richard", "lastName": "Hendricks"}
    assert traits.fill_name(given_traits) == given_traits | {"name": "Richard Hendricks"}
    assert "name" not in given_traits


@pytest.mark.parametrize(
    "given_traits",
    [
        {},
        {"firstName": "Richard"},
        {"lastName": "Hendricks"},
        {"firstName": "", "lastName": "Hendricks"},
        {"firstName": "Richard", "lastName": ""},
        {"firstName": 5, "lastName": "Hendricks"},
        {"firstName": "Richard", "lastName": 5},
        {"firstName": "Richard", "lastName": "Hendricks", "name": "Rick"},
    ],
)
def test_name_is_not_filled_where_a_part_is_missing_or_it_is_there(given_traits: dict) -> None:
    assert traits.fill_name(given_traits) == given_traits
