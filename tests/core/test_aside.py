"""aside: messages that fail alone while others arrive."""

from rudderanalytics.core.delivery.aside import PAUSE, Aside
from rudderanalytics.core.delivery.queue import Entry

NOW = 1_795_445_150_673


def entry(name: str, at: int = NOW) -> Entry:
    return Entry(name, "track", "a", at, 2, False)


def test_each_is_tried_once_an_hour_in_turn() -> None:
    aside = Aside()
    aside.add([entry("a"), entry("b")], NOW)
    assert (len(aside), aside.due(), PAUSE) == (2, NOW + 3_600_000, 3_600_000)
    assert aside.take().id == "a"
    aside.add([entry("a")], NOW + PAUSE)
    assert (aside.take().id, aside.due()) == ("b", NOW + 2 * PAUSE)


def test_those_that_waited_too_long_are_taken_out() -> None:
    aside = Aside()
    aside.add([entry("a", NOW - 2), entry("b", NOW)], NOW)
    assert [gone.id for gone in aside.expire(NOW - 1)] == ["a"]
    assert len(aside) == 1


def test_those_that_are_forgotten_are_taken_out_and_the_others_keep_their_time() -> None:
    aside = Aside()
    aside.add([entry("a"), entry("b")], NOW)
    assert [gone.id for gone in aside.forget({"a": True, "c": True})] == ["a"]
    assert (len(aside), aside.due(), aside.take().id) == (1, NOW + PAUSE, "b")
