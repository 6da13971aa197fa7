"""queue: first in, first out, with a way back to the front."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rudderanalytics.core.delivery.queue import Entry, Queue

NOW = 1_795_445_150_673


def entry(name: str, ordinal: int = 0) -> Entry:
    made = Entry(name, "track", "a", 0, 2, False)
    made.ordinal = ordinal
    return made


def rest(queue: Queue) -> list[str]:
    return [queue.take().id for _ in range(len(queue))]


@pytest.mark.parametrize("recovered", [True, False])
def test_a_queue_gives_back_what_it_was_given(recovered: bool) -> None:
    queue = Queue()
    times = [(NOW, 5), (NOW - 9, 7), (NOW + 2, 0)]
    given = [Entry(f"m{at}", "page", "ab"[at % 2], at, size, recovered) for at, size in times]
    for ordinal, each in enumerate(given):
        each.ordinal = ordinal
        queue.append(each)
    assert [vars(queue.take()) for _ in given] == [vars(each) for each in given]


def test_first_in_first_out() -> None:
    queue = Queue()
    for name in "abc":
        queue.append(entry(name))
    assert len(queue) == 3
    assert queue.head().id == "a"
    assert [queue.take().id for _ in range(3)] == ["a", "b", "c"]
    assert len(queue) == 0


def test_what_is_put_back_is_next_again() -> None:
    queue = Queue()
    queue.append(entry("c", 2))
    queue.put_back([entry("a", 0), entry("b", 1)])
    assert rest(queue) == ["a", "b", "c"]


def test_two_deliveries_come_back_in_the_order_in_which_they_were_added() -> None:
    queue = Queue()
    queue.append(entry("e", 4))
    queue.put_back([entry("a", 0), entry("b", 1)])  # the earlier delivery came back first
    queue.put_back([entry("c", 2), entry("d", 3)])
    assert rest(queue) == ["a", "b", "c", "d", "e"]


@settings(deadline=None)
@given(st.lists(st.sampled_from(["append", "take", "put_back"])))
def test_a_queue_stays_in_the_order_in_which_entries_were_added(steps: list[str]) -> None:
    queue = Queue()
    line: list[int] = []
    out: list[Entry] = []
    for number, step in enumerate(steps):
        if step == "append":
            queue.append(entry(str(number), number))
            line.append(number)
        elif step == "take" and line:
            out.append(queue.take())
            assert out[-1].ordinal == line.pop(0)
        elif out:
            queue.put_back(out)
            line = [held.ordinal for held in out] + line
            out = []
        assert len(queue) == len(line)
    assert rest(queue) == [str(number) for number in line]
