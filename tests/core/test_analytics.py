"""analytics: one object, one verb: whatever comes in, something that the page can perform goes out."""

import pytest
from core.page import LOAD, call, kinds, lines, load, only
from vectors.run import NOW

from rudderanalytics.core.analytics import Analytics
from rudderanalytics.core.calls import overloads
from rudderanalytics.core.client import Client


@pytest.fixture
def analytics() -> Analytics:
    """Loaded, with nothing left by pages before."""
    analytics = Analytics("1.2.3")
    analytics.handle(LOAD)
    analytics.handle({"type": "adopted", "now": NOW})
    return analytics


def test_a_page_loads() -> None:
    effects = Analytics("1.2.3").handle(LOAD)
    assert effects[-1] == {"type": "emit", "name": "ready", "ids": []}


@pytest.mark.parametrize("absent", ["options", "page", "identity", "policy", "consents", "owner"])
def test_a_load_that_cannot_be_is_a_line_and_another_may_follow(absent: str) -> None:
    analytics = Analytics("1.2.3")
    effects = analytics.handle({key: LOAD[key] for key in LOAD if key != absent})
    assert lines(effects) == [f"load failed: KeyError: '{absent}'"]
    assert analytics.handle(LOAD)[-1]["name"] == "ready"


@pytest.mark.parametrize("kind", [*overloads.METHODS, "tick", "response", "adopt", "consent"])
def test_whatever_comes_before_load_is_a_line(kind: str) -> None:
    effects = Analytics("1.2.3").handle(call(kind))
    assert lines(effects) == [f"{kind}: load has not been called; it is ignored"]
    assert len(effects) == 1


@pytest.mark.parametrize(
    ("given", "line"),
    [
        ({"type": "unknown", "now": NOW}, "unknown: there is no such input"),
        ({"type": "response", "now": NOW, "id": "0"}, "response failed: KeyError: 'delivery'"),
        (call("track", identity={}), "track failed: KeyError: 'sessionInfo'"),
    ],
)
def test_an_input_that_cannot_be_is_a_line(analytics: Analytics, given: dict, line: str) -> None:
    assert lines(analytics.handle(given)) == [line]


@pytest.mark.parametrize("step", ["stay", "act", "deliver"])
def test_wherever_it_fails_the_page_is_told_and_the_next_input_is_acted_on(
    analytics: Analytics, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    def fails(self: Client, given: dict) -> None:
        raise IndexError("a fault")

    with monkeypatch.context() as broken:
        broken.setattr(Client, step, fails)
        effects = analytics.handle(call("track", "first", id="first"))
    assert only(effects, "fail") == {"type": "fail", "text": "track failed: IndexError: a fault"}
    assert kinds(effects).count("accept") == (step != "act")
    effects = analytics.handle(call("track", "second", id="second"))
    assert only(effects, "accept")["id"] == "second"
    assert "fail" not in kinds(effects)


def test_a_failure_is_said_whatever_the_level() -> None:
    analytics = Analytics("1.2.3")
    analytics.handle(load({"logLevel": "NONE"}))
    assert kinds(analytics.handle(call("track", page={}))) == ["fail"]


def test_what_was_gathered_before_a_failure_is_still_done(analytics: Analytics) -> None:
    effects = analytics.handle(call("identify", "u1", page={}))
    assert only(effects, "keep")["identity"]["userId"] == "u1"
    assert lines(effects) == ["identify failed: KeyError: 'query'"]


def test_a_page_that_cannot_wait_for_an_answer_asks_before_it_is_left(analytics: Analytics) -> None:
    analytics.handle(call("track", "first"))
    part = only(analytics.handle(call("track", "second") | {"part": True}), "part")
    assert analytics.handle({"type": "hidden", "now": NOW, "parted": part["delivery"]}) == []


def test_what_was_for_leaving_goes_in_line_on_a_page_that_stays(analytics: Analytics) -> None:
    analytics.handle(call("track", "first"))
    analytics.handle(call("track", "second") | {"part": True})
    assert "send" not in kinds(analytics.handle({"type": "shown", "now": NOW, "parted": None}))
    assert len(only(analytics.handle({"type": "hidden", "now": NOW}), "send")["ids"]) == 1
