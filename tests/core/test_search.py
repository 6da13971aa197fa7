"""search: which message it is that always fails. test_outbox.py has what becomes of the others."""

from rudderanalytics.core.delivery.queue import Entry
from rudderanalytics.core.delivery.search import ACCUSED, PAUSE, TROUBLED, WITNESSES, Search

NOW = 1_795_445_150_673


def entries(count: int) -> list[Entry]:
    return [Entry(str(number), "track", "a", NOW, 2, False) for number in range(count)]


def accusing() -> Search:
    search = Search()
    for _ in range(ACCUSED):
        search.failed(entries(1), 9, NOW)
    return search


def test_a_refusal_halves_at_once() -> None:
    search = Search()
    assert search.most(100) == 100
    assert search.refused(100) == []
    assert search.most(100) == 50
    search.arrived(50)
    assert search.most(100) == 25
    search.refused(1)
    assert search.most(100) == 100


def test_failures_halve_from_the_third_in_a_row_on() -> None:
    search = Search()
    for _ in range(TROUBLED - 1):
        assert len(search.failed(entries(100), 9, NOW)) == 100
        assert (search.most(100), search.goes_on(NOW)) == (100, False)
    search.failed(entries(100), 9, NOW)
    assert (search.most(100), search.goes_on(NOW)) == (50, True)
    search.failed(entries(50), 9, NOW)
    assert search.most(100) == 25


def test_an_arrival_between_begins_the_count_anew() -> None:
    search = Search()
    for _ in range(5):
        search.failed(entries(4), 9, NOW)
        search.failed(entries(4), 9, NOW)
        search.arrived(1)
    assert search.most(100) == 100


def test_one_that_fails_alone_steps_aside_and_an_arrival_proves_it() -> None:
    search = accusing()
    assert (len(search.accused), search.most(100), search.most(100, leaving=True)) == (1, 1, 100)
    assert len(search.arrived(1)) == 1
    assert (search.accused, search.most(100)) == ([], 100)


def test_a_refusal_proves_it_too() -> None:
    assert len(accusing().refused(1)) == 1


def test_where_no_witness_arrives_all_come_back_and_there_is_no_search_for_an_hour() -> None:
    search = accusing()
    for _ in range(WITNESSES - 1):
        assert search.failed(entries(1), 9, NOW) == []
    assert len(search.failed(entries(1), 9, NOW)) == 1 + WITNESSES
    for _ in range(50):
        assert len(search.failed(entries(100), 9, NOW + PAUSE - 1)) == 100
        assert (search.most(100), search.goes_on(NOW)) == (100, False)
    search.failed(entries(100), 9, NOW + PAUSE)
    assert search.most(100) == 50


def test_where_no_witness_is_left_all_come_back() -> None:
    assert len(accusing().failed(entries(1), 0, NOW)) == 2


def test_nobody_is_accused_where_nobody_else_waits() -> None:
    search = Search()
    for _ in range(50):
        assert len(search.failed(entries(1), 0, NOW)) == 1
    assert not search.goes_on(NOW)  # so that waits grow


def test_several_that_fail_with_the_page_accuse_nobody() -> None:
    search = accusing()
    assert len(search.failed(entries(3), 9, NOW)) == 3
    assert len(search.accused) == 1


def test_what_is_lost_is_no_suspect() -> None:
    search = Search()
    search.refused(4)
    search.leave_out(2)
    assert search.most(100) == 1
    search.leave_out(5)
    assert search.most(100) == 100
