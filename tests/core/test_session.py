"""session: start, extend, expire, given the time."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rudderanalytics.core.visitor import session

ON = {"autoTrack": True, "timeout": 1_800_000, "cutOff": {"enabled": False}}
OFF = ON | {"autoTrack": False}
CUT = ON | {"cutOff": {"enabled": True, "duration": 3_600_000}}
NOW = 1_795_445_150_673
LIVE = {"id": 5, "expiresAt": NOW, "timeout": 60_000, "autoTrack": True, "sessionStart": False}
FRESH = {"id": NOW, "expiresAt": NOW + 1_800_000, "timeout": 1_800_000, "autoTrack": True}
MANUAL = {"id": 1_234_567_890, "manualTrack": True}

scalars = st.none() | st.booleans() | st.integers() | st.floats() | st.text()
# What a cookie can hold: any object, with these keys among others.
cut_offs = st.dictionaries(st.sampled_from(["enabled", "duration", "expiresAt"]), scalars)
stored = st.dictionaries(st.sampled_from([*LIVE, "manualTrack", "cutOff", "x"]), scalars | cut_offs)


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


@pytest.mark.parametrize("sessions", [OFF, ON | {"timeout": 0}])
def test_a_page_begins_no_session_where_they_are_turned_off(sessions: dict) -> None:  # [js 3.9]
    assert session.resume(LIVE, sessions, NOW) == {}


@pytest.mark.parametrize("sessions", [ON, OFF])
def test_a_manual_session_outlives_the_page(sessions: dict) -> None:  # [js 1.10]
    assert session.resume(MANUAL, sessions, NOW) == MANUAL | {"autoTrack": False, "timeout": 1_800_000}


def test_a_message_makes_a_live_session_last_its_own_timeout_longer() -> None:  # [js 3.9]
    assert session.extend(LIVE, ON, NOW)["expiresAt"] == NOW + 60_000


def test_a_session_in_use_ends_at_its_cut_off() -> None:  # [js 3.9]
    at = session.resume({}, CUT, NOW)
    assert at["cutOff"] == {"enabled": True, "duration": 3_600_000, "expiresAt": NOW + 3_600_000}
    for now in range(NOW, NOW + 3_600_001, 600_000):
        at = session.resume(session.extend(at, CUT, now), CUT, now)
        assert (at["id"], at["cutOff"]["expiresAt"]) == (NOW, NOW + 3_600_000)
    at = session.extend(at, CUT, NOW + 3_600_001)
    assert (at["id"], at["sessionStart"]) == (NOW + 3_600_001, True)
    assert at["cutOff"]["expiresAt"] == NOW + 7_200_001
    assert session.resume(at, CUT, NOW + 7_200_002)["id"] == NOW + 7_200_002


def test_a_cut_off_goes_on_through_the_sessions_before_it() -> None:  # [js 3.9]
    at = session.extend(session.resume({}, CUT, NOW), CUT, NOW + 1_800_001)
    assert (at["id"], at["cutOff"]["expiresAt"]) == (NOW + 1_800_001, NOW + 3_600_000)


def test_a_page_without_a_cut_off_forgets_it() -> None:  # [js 3.9]
    at = session.resume(session.resume({}, CUT, NOW), ON, NOW)
    assert at == FRESH


def test_a_reset_begins_another_cut_off() -> None:  # [js 1.9]
    at = session.renew(session.resume({}, CUT, NOW), CUT, NOW + 5)
    assert at["cutOff"]["expiresAt"] == NOW + 3_600_005


@pytest.mark.parametrize("cut_off", [5, {}, {"expiresAt": "soon"}])
def test_a_cut_off_of_the_wrong_kind_is_none(cut_off: object) -> None:
    assert session.resume(LIVE | {"cutOff": cut_off}, CUT, NOW)["cutOff"]["expiresAt"] == NOW + 3_600_000


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
@given(stored, st.sampled_from([ON, CUT]))
def test_whatever_a_cookie_holds_the_session_works(before: dict, sessions: dict) -> None:
    at = session.resume(before, sessions, NOW)
    for now in (NOW, NOW + 1_800_001):
        at = session.extend(at, sessions, now)
        assert at.get("manualTrack") or at["sessionStart"] in (True, False)
        session.context(at)
    session.renew(at, sessions, NOW)


def test_a_session_whose_first_message_the_page_dropped_is_opened_by_the_next_one() -> None:
    unsaid = session.Unsaid()
    going_on = {"id": 5, "manualTrack": True, "sessionStart": False}
    for dropped in ({"context": {"sessionId": 5}}, {"context": "x"}, {}):
        unsaid.add(dropped)
    assert unsaid.context(going_on) == {"sessionId": 5}
    unsaid.add({"context": {"sessionId": 5, "sessionStart": True}})
    assert unsaid.context({"id": 6, "sessionStart": True}) == {"sessionId": 6, "sessionStart": True}
    assert unsaid.context({}) == {}
    assert unsaid.context(going_on) == {"sessionId": 5, "sessionStart": True}
    assert unsaid.context(going_on) == {"sessionId": 5}
    assert going_on["sessionStart"] is False  # the session itself stays as it is


def test_a_session_whose_start_was_not_said_is_kept_as_if_no_message_had_opened_it() -> None:
    unsaid = session.Unsaid()
    kept = {"id": 5, "autoTrack": True, "sessionStart": True}
    assert unsaid.reopened(kept) == kept
    unsaid.add({"context": {"sessionId": 5, "sessionStart": True}})
    assert unsaid.reopened(kept) == {"id": 5, "autoTrack": True}
    assert unsaid.reopened({"id": 6}) == {"id": 6}
    assert unsaid.context({"id": 5})["sessionStart"] is True
    assert unsaid.reopened(kept) == kept
