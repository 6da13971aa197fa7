"""identity: pure transitions of the nine values."""

import pytest

from rudderanalytics.core.visitor import identity

KNOWN = {
    "userId": "u1",
    "userTraits": {"a": 1, "deep": {"b": 1}},
    "anonymousId": "anonymous",
    "groupId": "g1",
    "groupTraits": {"plan": "pro"},
    "initialReferrer": "https://a.example/",
    "initialReferringDomain": "a.example",
    "sessionInfo": {"id": 1},
    "authToken": "token",
}


@pytest.fixture(autouse=True)
def unchanged() -> object:
    """No transition changes what it is given."""
    before = repr((KNOWN, identity.EMPTY))
    yield
    assert repr((KNOWN, identity.EMPTY)) == before


def test_a_visitor_never_seen_has_nothing() -> None:  # [js 3.1]
    assert not any(identity.EMPTY.values())
    assert set(identity.EMPTY) == set(KNOWN)


def test_traits_are_merged_into_the_stored_ones() -> None:
    after = identity.identify(KNOWN, "u1", {"deep": {"c": 2}})
    assert after == KNOWN | {"userTraits": {"a": 1, "deep": {"b": 1, "c": 2}}}


@pytest.mark.parametrize("user_id", ["u1", None])
def test_traits_that_are_not_given_stay(user_id: str | None) -> None:  # CONTRACT section 8
    assert identity.identify(KNOWN, user_id, None) == KNOWN


def test_the_first_user_keeps_what_is_known_of_the_visitor() -> None:  # [js 1.8]
    before = KNOWN | {"userId": ""}
    assert identity.identify(before, "u2", None) == KNOWN | {"userId": "u2"}


def test_another_user_starts_afresh_with_the_same_anonymous_id_and_referrer() -> None:  # [js 1.8]
    assert identity.identify(KNOWN, "u2", {"c": 3}) == identity.EMPTY | {
        "userId": "u2",
        "userTraits": {"c": 3},
        "anonymousId": "anonymous",
        "initialReferrer": "https://a.example/",
        "initialReferringDomain": "a.example",
    }


@pytest.mark.parametrize(("group_id", "found"), [("g2", "g2"), (None, "g1"), ("", "")])
def test_a_group_is_joined_kept_or_left(group_id: str | None, found: str) -> None:  # [js 1.5]
    assert identity.group(KNOWN, group_id, None) == KNOWN | {"groupId": found}


def test_group_traits_are_merged_into_the_stored_ones() -> None:
    assert identity.group(KNOWN, None, {"seats": 5})["groupTraits"] == {"plan": "pro", "seats": 5}


def test_reset_keeps_the_anonymous_id_and_the_first_referrer() -> None:  # [js 1.9]
    kept = ("anonymousId", "initialReferrer", "initialReferringDomain")
    assert identity.reset(KNOWN, {}, "fresh") == identity.EMPTY | {key: KNOWN[key] for key in kept}


@pytest.mark.parametrize("key", identity.EMPTY)
@pytest.mark.parametrize("forget", [True, False])
def test_reset_does_what_an_entry_says(key: str, forget: bool) -> None:  # [js 1.9]
    after = identity.reset(KNOWN, {key: forget}, "fresh")
    assert after[key] == (KNOWN[key] if not forget else "fresh" if key == "anonymousId" else identity.EMPTY[key])


@pytest.mark.parametrize("said", ["yes", 0, 1, None, [], {}])
def test_an_entry_that_is_neither_true_nor_false_is_the_default(said: object) -> None:  # [js 1.9]
    entries = dict.fromkeys(identity.EMPTY, said)
    assert identity.reset(KNOWN, entries, "fresh") == identity.reset(KNOWN, {}, "fresh")


def test_the_first_page_gives_an_anonymous_id_and_the_first_referrer() -> None:  # [js 3.6]
    after = identity.arrive(identity.EMPTY, "fresh", "https://b.example/", "b.example")
    assert after == identity.EMPTY | {
        "anonymousId": "fresh",
        "initialReferrer": "https://b.example/",
        "initialReferringDomain": "b.example",
    }


def test_a_later_page_changes_neither() -> None:  # [js 3.6]
    assert identity.arrive(KNOWN, "fresh", "https://b.example/", "b.example") == KNOWN
    direct = KNOWN | {"initialReferrer": "$direct", "initialReferringDomain": ""}  # a visit without a referrer
    assert identity.arrive(direct, "fresh", "https://b.example/", "b.example") == direct


@pytest.mark.parametrize(
    ("referrer", "domain"),
    [
        ("https://a.example/x", "a.example"),
        ("http://a.example:81", "a.example:81"),
        ("http://a.example?b/c", "a.example"),
        ("http://a.example#b/c", "a.example"),
        ("nonsense", ""),
    ],
)
def test_a_domain_that_is_missing_is_that_of_the_first_referrer(referrer: str, domain: str) -> None:  # [js 3.6]
    before = KNOWN | {"initialReferrer": referrer, "initialReferringDomain": ""}
    after = identity.arrive(before, "fresh", "https://b.example/", "b.example")
    assert after == before | {"initialReferringDomain": domain}


def test_a_domain_without_a_referrer_is_replaced_with_it() -> None:
    after = identity.arrive(KNOWN | {"initialReferrer": ""}, "fresh", "https://b.example/", "b.example")
    assert (after["initialReferrer"], after["initialReferringDomain"]) == ("https://b.example/", "b.example")
