"""changes: what a call changes in the identity; tests/vectors has it in messages and cookies."""

import pytest
from vectors.run import PAGE

from rudderanalytics.core.calls import overloads
from rudderanalytics.core.effects import Effects
from rudderanalytics.core.visitor import transition
from rudderanalytics.core.visitor.identity import EMPTY

NOW = 1_795_445_150_673
SESSIONS = {"autoTrack": True, "timeout": 60_000, "cutOff": {"enabled": False}}
KNOWN: dict = EMPTY | {"userId": "u1", "anonymousId": "a", "groupId": "g1", "authToken": "t"}
SESSION = {"id": 5, "expiresAt": NOW, "timeout": 60_000, "autoTrack": True}
ANOTHER = {"id": NOW, "expiresAt": NOW + 60_000, "timeout": 60_000, "autoTrack": True}


def after(method: str, *arguments: object, before: dict = KNOWN) -> tuple[dict, list[dict]]:
    """What is not as before, and the effects."""
    effects = Effects()
    call = overloads.canonical(method, list(arguments))
    found = transition.after(call, dict(before), {"id": "fresh", "at": NOW, "page": PAGE}, SESSIONS, effects)
    return {key: found[key] for key in found if found[key] != before[key]}, effects.take()


@pytest.mark.parametrize(
    ("method", "arguments", "changed"),
    [
        ("identify", ["u1", {"a": 1}], {"userTraits": {"a": 1}}),
        ("identify", ["u2"], {"userId": "u2", "groupId": "", "authToken": ""}),
        ("group", ["g2", {"b": 1}], {"groupId": "g2", "groupTraits": {"b": 1}}),
        ("track", ["Bought"], {}),
        ("page", [], {}),
        ("alias", ["u2"], {}),
        ("reset", [], {"userId": "", "groupId": "", "authToken": ""}),
        ("reset", [True], {"userId": "", "groupId": "", "authToken": "", "anonymousId": "fresh"}),
        ("setAnonymousId", ["b"], {"anonymousId": "b"}),
        ("setAnonymousId", [], {"anonymousId": "fresh"}),
        ("setAnonymousId", [None, "1*1upapd6*rs_amp_id*YW1w"], {"anonymousId": "fresh"}),
        ("setAuthToken", ["s"], {"authToken": "s"}),
        ("setAuthToken", [None], {"authToken": ""}),
        ("startSession", [], {"sessionInfo": {"id": NOW, "manualTrack": True}}),
        ("startSession", [1_234_567_890], {"sessionInfo": {"id": 1_234_567_890, "manualTrack": True}}),
        ("endSession", [], {}),
    ],
)
def test_what_a_call_changes(method: str, arguments: list, changed: dict) -> None:
    assert after(method, *arguments) == (changed, [])


@pytest.mark.parametrize(
    ("method", "arguments", "more"), [("reset", [], {}), ("identify", ["u2"], {"sessionStart": True})]
)
def test_a_session_does_not_outlive_its_user(method: str, arguments: list, more: dict) -> None:  # [js 1.8, 1.9]
    changed, _ = after(method, *arguments, before=KNOWN | {"sessionInfo": SESSION})
    assert changed["sessionInfo"] == ANOTHER | more


def test_a_session_ends_and_stays_with_the_same_user() -> None:
    assert after("endSession", before=KNOWN | {"sessionInfo": SESSION})[0] == {"sessionInfo": {}}
    going_on = SESSION | {"expiresAt": NOW + 60_000, "sessionStart": True}
    assert after("identify", "u1", before=KNOWN | {"sessionInfo": SESSION})[0] == {"sessionInfo": going_on}


@pytest.mark.parametrize(
    ("method", "arguments", "line"),
    [
        ("identify", ["u1", {"age": "x"}], "identify: trait age should be a number, not a string; it is sent as given"),
        ("startSession", [5], "startSession: an id is a whole number of 10 digits or more; the time is used"),
    ],
)
def test_what_is_odd_is_a_line(method: str, arguments: list, line: str) -> None:
    assert after(method, *arguments)[1] == [{"type": "log", "level": "WARN", "text": line}]
