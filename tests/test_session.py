"""session: start, extend, expire, given the time."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rudderanalytics import session

ON = {"autoTrack": True, "timeout": 1_800_000}
OFF = {"autoTrack": False, "timeout": 1_800_000}
NOW = 1_795_445_150_673
LIVE = {"id": 5, "expiresAt": NOW, "timeout": 60_000, "autoTrack": True, "sessionStart": False}
FRESH = {"id": NOW, "expiresAt": NOW + 1_800_000, "timeout": 1_800_000, "autoTrack": True}
MANUAL = {"id": 1_234_567_890, "manualTrack": True}

scalars = st.none() | st.booleans() | st.integers() | st.floats() | st.text()
# What a cookie can hold: any object, with these keys among others.
stored = st.dictionaries(st.sampled_from([*LIVE, "manualTrack", "x"]), scalars)


@pytest.mark.parametrize(
    "before",
    [
        {},
        LIVE | {"expiresAt": NOW - 1},
        {key: LIVE[key] for key in LIVE if key != "expiresAt"},
        {key: LIVE[key] for key in LIVE if key != "id"},
        LIVE | {"expiresAt": "soon"},
        LIVE | {"expiresAt": True},
        LIVE | {"timeout": None},
        LIVE | {"timeout": False},
    ],
)
def test_a_page_begins_a_session_where_none_is_alive(before: dict) -> None:  # [js 3.9]
    assert session.resume(before, ON, NOW) == FRESH


def test_a_live_session_goes_on_when_a_page_opens_with_the_timeout_of_that_page() -> None:  # [js 3.9]
    assert session.resume(LIVE, ON, NOW) == LIVE | {"expiresAt": NOW + 1_800_000, "timeout": 1_800_000}


@pytest.mark.parametrize("sessions", [OFF, {"autoTrack": True, "timeout": 0}])
def test_a_page_begins_no_session_where_they_are_turned_off(sessions: dict) -> None:  # [js 3.9]
    assert session.resume(LIVE, sessions, NOW) == {}


@pytest.mark.parametrize("sessions", [ON, OFF])
def test_a_manual_session_outlives_the_page(sessions: dict) -> None:  # [js 1.10]
    assert session.resume(MANUAL, sessions, NOW) == MANUAL | {"autoTrack": False, "timeout": 1_800_000}


def test_a_message_makes_a_live_session_last_its_own_timeout_longer() -> None:  # [js 3.9]
    assert session.extend(LIVE, ON, NOW)["expiresAt"] == NOW + 60_000


def test_a_message_of_an_earlier_page_does_not_shorten_a_session() -> None:
    assert session.extend(LIVE, ON, NOW - 3_600_000)["expiresAt"] == NOW


def test_a_message_after_the_end_begins_another_session() -> None:  # [js 3.9]
    assert session.extend(LIVE, ON, NOW + 1) == {
        "id": NOW + 1,
        "expiresAt": NOW + 1_800_001,
        "timeout": 1_800_000,
        "autoTrack": True,
        "sessionStart": True,
    }


def test_a_manual_session_never_expires() -> None:  # [js 1.10]
    assert session.extend(MANUAL, ON, 10**14) == MANUAL | {"sessionStart": True}


def test_no_session_stays_none() -> None:
    assert session.extend({}, ON, NOW) == {}


@pytest.mark.parametrize("before", [FRESH, MANUAL])
def test_the_start_is_said_once(before: dict) -> None:  # [js 3.9]
    said = []
    for _ in range(3):
        before = session.extend(before, ON, NOW)
        said.append(session.context(before))
    assert said == [{"sessionId": before["id"], "sessionStart": True}, {"sessionId": before["id"]}, said[1]]


def test_no_session_says_nothing() -> None:  # [js 2.4]
    assert session.context({}) == {}
    assert session.context({"sessionStart": True}) == {}


@pytest.mark.parametrize(("before", "after"), [(LIVE, FRESH), (MANUAL, {"id": NOW, "manualTrack": True}), ({}, {})])
def test_after_a_reset_there_is_another_of_the_same_kind(before: dict, after: dict) -> None:  # [js 1.9]
    assert session.renew(before, ON, NOW) == after


@settings(deadline=None)
@given(stored)
def test_whatever_a_cookie_holds_the_session_works(before: dict) -> None:
    at = session.resume(before, ON, NOW)
    for now in (NOW, NOW + 1_800_001):
        at = session.extend(at, ON, now)
        assert at.get("manualTrack") or at["sessionStart"] in (True, False)
        session.context(at)
    session.renew(at, ON, NOW)
