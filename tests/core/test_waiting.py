"""waiting: messages that wait for the visitor's decision."""

from rudderanalytics.core.delivery.outbox import MOST_IN_MEMORY
from rudderanalytics.core.delivery.queue import Entry
from rudderanalytics.core.delivery.waiting import Waiting


def entry(name: str, size: int = 100) -> Entry:
    return Entry(name, "track", "a", 0, size, False)


def test_what_waits_comes_back_in_order_and_once() -> None:
    waiting = Waiting()
    entries = [entry("a"), entry("b")]
    for each in entries:
        assert waiting.add({"messageId": each.id}, each) == []
    assert waiting.take() == [({"messageId": "a"}, entries[0]), ({"messageId": "b"}, entries[1])]
    assert waiting.take() == []


def test_where_memory_ends_the_oldest_goes_and_one_alone_may_be_larger() -> None:
    waiting = Waiting()
    half = MOST_IN_MEMORY // 2
    assert waiting.add({}, entry("a", half)) == []
    assert waiting.add({}, entry("b", half)) == []
    assert [each.id for each in waiting.add({}, entry("c", half))] == ["a"]
    assert [each.id for each in waiting.add({}, entry("d", MOST_IN_MEMORY + 1))] == ["b", "c"]
    assert [each.id for _, each in waiting.take()] == ["d"]
    assert waiting.add({}, entry("e", MOST_IN_MEMORY)) == []


def test_what_is_forgotten_waits_no_longer_and_takes_no_room() -> None:
    waiting = Waiting()
    half = MOST_IN_MEMORY // 2
    waiting.add({}, entry("a", half))
    waiting.add({}, entry("b", half))
    waiting.forget(["a", "c"])
    assert waiting.add({}, entry("d", half)) == []
    assert [each.id for _, each in waiting.take()] == ["b", "d"]
