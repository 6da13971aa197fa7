"""outbox: messages accepted and not yet delivered. tests/machine attacks the whole with random pages."""

import itertools

import pytest
from vectors.run import OPTIONS

from rudderanalytics.core.delivery import outbox as rules
from rudderanalytics.core.delivery.backoff import COOL_DOWN
from rudderanalytics.core.delivery.outbox import Delivery, Outbox
from rudderanalytics.core.delivery.queue import Entry

NOW = 1_795_445_150_673
LIMITS = OPTIONS["queueOptions"]


def entry(name: str, size: int = 100, at: int = NOW, recovered: bool = False) -> Entry:
    return Entry(name, "track", "a", at, size, recovered)


def opened(*names: str) -> Outbox:
    """Where these were called since the page began."""
    outbox = Outbox(LIMITS)
    outbox.open()
    for name in names:
        outbox.add(entry(name))
    return outbox


def taken(outbox: Outbox, now: int = NOW, leaving: bool = False) -> Delivery:
    delivery = outbox.take(now, leaving)
    assert delivery is not None
    return delivery


def ids(delivery: Delivery) -> list[str]:
    return [held.id for held in delivery.entries]


def settled(outbox: Outbox, delivery: Delivery, status: int, retry_after: int | None = None) -> str:
    return outbox.settle(delivery, status, retry_after, NOW, 0.5)


def test_messages_leave_in_the_order_in_which_they_were_called() -> None:
    assert ids(taken(opened("a", "b", "c"))) == ["a", "b", "c"]


def test_messages_of_pages_that_are_gone_leave_first() -> None:
    outbox = opened("new")
    outbox.add(entry("old", recovered=True))
    delivery = taken(outbox)
    settled(outbox, delivery, 200)
    assert [ids(delivery), ids(taken(outbox))] == [["old"], ["new"]]


def test_nothing_leaves_before_the_messages_of_earlier_pages_are_there() -> None:
    outbox = Outbox(LIMITS)
    outbox.add(entry("a"))
    assert outbox.take(NOW, False) is None
    assert outbox.wake_at(NOW) is None


def test_nothing_leaves_where_nothing_waits() -> None:
    outbox = opened()
    assert outbox.take(NOW, False) is None
    assert outbox.wake_at(NOW) is None


def test_one_delivery_is_in_flight_at_a_time() -> None:
    outbox = opened("a")
    first = taken(outbox)
    outbox.add(entry("b"))
    assert outbox.take(NOW, False) is None
    assert outbox.wake_at(NOW) is None  # its answer comes
    settled(outbox, first, 200)
    assert ids(taken(outbox)) == ["b"]


def test_two_more_may_leave_with_the_page_and_no_fourth() -> None:
    """One as it is about to be left, one of what is called since."""
    outbox = opened("a")
    taken(outbox)
    for name in "bc":
        outbox.add(entry(name))
        delivery = taken(outbox, leaving=True)
        assert (ids(delivery), delivery.keepalive) == ([name], True)
    outbox.add(entry("d"))
    assert outbox.take(NOW, True) is None


def test_a_delivery_that_was_not_started_is_next_again() -> None:
    outbox = opened("a", "b")
    outbox.untake(taken(outbox, leaving=True))
    outbox.add(entry("c"))
    assert ids(taken(outbox)) == ["a", "b", "c"]


def test_a_page_that_is_left_waits_for_no_backoff_but_for_a_cool_down() -> None:
    outbox = opened("a")
    settled(outbox, taken(outbox), 503)
    assert outbox.take(NOW, False) is None
    settled(outbox, taken(outbox, leaving=True), 401)
    assert outbox.take(NOW, True) is None


def test_what_leaves_with_the_page_fits_the_keepalive_budget() -> None:
    outbox = opened()
    for name in "abc":
        outbox.add(entry(name, 25_000))
    first = taken(outbox, leaving=True)
    assert (ids(first), first.keepalive) == (["a", "b"], True)
    assert outbox.take(NOW, True) is None  # what is left of the budget does not hold the third


def test_a_message_larger_than_the_keepalive_budget_leaves_without_it() -> None:
    outbox = opened()
    outbox.add(entry("a", rules.KEEPALIVE_BYTES))
    delivery = taken(outbox, leaving=True)
    assert (ids(delivery), delivery.keepalive) == (["a"], False)


def test_small_deliveries_use_keepalive_and_retries_do_not() -> None:
    outbox = opened("a")
    first = taken(outbox)
    assert first.keepalive
    settled(outbox, first, 0)
    outbox.backoff.forget()
    assert not taken(outbox).keepalive


def test_a_batch_has_100_messages_at_most() -> None:
    outbox = opened(*[str(number) for number in range(101)])
    assert len(taken(outbox).entries) == 100


@pytest.mark.parametrize(
    ("batch", "ids_of_the_first"),
    [({"maxItems": 2}, ["a", "b"]), ({"maxItems": 0}, ["a"]), ({"maxSize": 400}, ["a", "b"])],
)
def test_the_options_can_make_a_batch_smaller(batch: dict, ids_of_the_first: list[str]) -> None:  # [js 4.3]
    outbox = Outbox(LIMITS | {"batch": LIMITS["batch"] | batch})
    outbox.open()
    for name in "abcd":
        outbox.add(entry(name))
    assert ids(taken(outbox)) == ids_of_the_first


@pytest.mark.parametrize("waiting", [0, 10, 30])
def test_what_waited_as_the_page_began_goes_one_by_one_at_first_and_as_it_is_left_together(waiting: int) -> None:
    outbox = Outbox(LIMITS)
    for n in range(30 - waiting):
        outbox.add(entry(f"early {n}"))
    outbox.open(waiting)
    for n in range(30 - waiting, 30):
        outbox.add(entry(f"early {n}"))
    for n in range(30):
        outbox.add(entry(f"late {n}"))
    for n in range(rules.ALONE):
        delivery = taken(outbox)
        assert ids(delivery) == [f"early {n}"]
        if n == 3:
            assert settled(outbox, delivery, 503) == "retried"  # which says nothing of later ones
            outbox.backoff.forget()
            delivery = taken(outbox)
        if n == 5:
            beside = taken(outbox, leaving=True)
            assert ids(beside)[:2] == ["early 6", "early 7"]
            outbox.untake(beside)
        assert settled(outbox, delivery, 200) == "delivered"
    assert len(taken(outbox).entries) == 60 - rules.ALONE


def test_a_few_that_pages_before_left_go_one_by_one_to_the_end() -> None:
    outbox = opened()
    for n in range(rules.ALONE + rules.APART):
        outbox.add(entry(f"old {n}", recovered=True))
    outbox.add(entry("late"))
    for _ in range(rules.ALONE):
        assert settled(outbox, taken(outbox), 200) == "delivered"
    delivery = taken(outbox)
    assert len(delivery.entries) == 1 + rules.APART  # more than a few
    assert settled(outbox, delivery, 200) == "delivered"
    for n in range(rules.APART):
        outbox.add(entry(f"older {n}", recovered=True))
    for n in range(rules.APART):
        delivery = taken(outbox)
        assert ids(delivery) == [f"older {n}"]
        assert settled(outbox, delivery, 200) == "delivered"


@pytest.mark.parametrize("others", [0, 1])
def test_what_is_called_while_pages_before_left_something_goes_one_by_one_too(others: int) -> None:
    outbox = opened()
    for n in range(1 + others):
        outbox.add(entry(f"old {n}", recovered=True))
    delivery = taken(outbox)
    for name in "abc":
        outbox.add(entry(name))
    for _ in range(1 + others):
        assert settled(outbox, delivery, 200) == "delivered"
        delivery = taken(outbox)
    assert ids(delivery) == ["a"]
    assert settled(outbox, delivery, 200) == "delivered"
    outbox.add(entry("d"))
    assert ids(taken(outbox)) == ["b"]


def test_what_pages_before_left_goes_one_by_one_at_first_whenever_it_comes() -> None:
    outbox = opened()
    for n in range(30):
        outbox.add(entry(f"old {n}", recovered=True))
    for n in range(rules.ALONE):
        delivery = taken(outbox)
        assert ids(delivery) == [f"old {n}"]
        assert settled(outbox, delivery, 200) == "delivered"
    assert len(taken(outbox).entries) == 30 - rules.ALONE


def test_of_what_pages_before_left_some_leave_with_the_page() -> None:
    outbox = opened()
    for n in range(30):
        outbox.add(entry(f"old {n}", recovered=True))
    taken(outbox)
    assert ids(taken(outbox, leaving=True)) == [f"old {n}" for n in range(1, 1 + rules.APART)]


def test_what_was_sent_as_a_page_was_left_is_not_sent_so_once_more() -> None:
    outbox = Outbox(LIMITS)
    for name in "abcd":
        outbox.add(entry(name, recovered=True))
    for name in "abd":
        outbox.doubt(name)
    outbox.open()
    outbox.add(entry("e"))
    assert ids(taken(outbox, leaving=True)) == ["c", "e"]
    assert outbox.take(NOW, leaving=True) is None


def test_what_is_doubtful_holds_up_nothing_of_a_page_that_is_left() -> None:
    outbox = Outbox(LIMITS)
    outbox.add(entry("old", recovered=True))
    outbox.doubt("old")
    outbox.open()
    names = [f"own {n}" for n in range(2 * rules.APART)]
    for name in names:
        outbox.add(entry(name))
    assert ids(taken(outbox, leaving=True)) == names


def test_what_is_doubtful_keeps_its_place_where_there_is_an_answer() -> None:
    outbox = Outbox(LIMITS)
    for name in "abc":
        outbox.add(entry(name, recovered=True))
    outbox.doubt("a")
    outbox.doubt("b")
    outbox.open()
    outbox.untake(taken(outbox, leaving=True))
    for name in "abc":
        delivery = taken(outbox)
        assert ids(delivery) == [name]
        assert settled(outbox, delivery, 200) == "delivered"


@pytest.mark.parametrize("order", [[0, 1, 2], [2, 1, 0]])
def test_parts_of_a_delivery_have_their_own_answers(order: list[int]) -> None:
    outbox = opened("a", "b", "c")
    delivery = taken(outbox, leaving=True)
    became = [(200, "delivered"), (503, "retried"), (400, "rejected")]
    for index in order:
        part = outbox.part(delivery, ["abc"[index]])
        status, outcome = became[index]
        assert settled(outbox, part, status) == outcome
    outbox.backoff.forget()
    assert ids(taken(outbox)) == ["b"]


def test_what_fails_beside_one_another_is_one_failure() -> None:
    outbox = opened("a", "b", "c")
    delivery = taken(outbox, leaving=True)
    for name in "abc":
        settled(outbox, outbox.part(delivery, [name]), 503)
    assert outbox.backoff.next_try(NOW) <= NOW + 2_000  # the wait after the first one
    outbox.backoff.forget()
    assert ids(taken(outbox)) == ["a", "b", "c"]  # there is no search yet


def test_where_little_waited_what_comes_later_goes_together() -> None:
    outbox = Outbox(LIMITS)
    outbox.add(entry("early"))
    outbox.open()
    delivery = taken(outbox)
    for name in "abc":
        outbox.add(entry(name))
    settled(outbox, delivery, 200)
    assert ids(taken(outbox)) == ["a", "b", "c"]


def test_a_batch_has_half_a_megabyte_at_most() -> None:
    outbox = opened()
    for name in "abcd":
        outbox.add(entry(name, 200_000))
    delivery = taken(outbox)
    assert ids(delivery) == ["a", "b"]
    assert delivery.size <= rules.MOST_BYTES


def test_a_message_larger_than_that_leaves_alone() -> None:
    outbox = opened()
    for name in "ab":
        outbox.add(entry(name, rules.MOST_BYTES + 1))
    assert ids(taken(outbox)) == ["a"]


@pytest.mark.parametrize("status", [200, 204, 304])
def test_what_was_taken_is_delivered(status: int) -> None:
    outbox = opened("a")
    delivery = taken(outbox)
    assert outbox.in_flight(delivery.number) is delivery
    assert settled(outbox, delivery, status) == "delivered"
    assert outbox.in_flight(delivery.number) is None
    assert outbox.wake_at(NOW) is None


@pytest.mark.parametrize("status", [0, 408, 425, 429, 500, 503, 504])
def test_what_failed_is_tried_again_later_in_the_same_order(status: int) -> None:
    outbox = opened("a", "b")
    assert settled(outbox, taken(outbox), status) == "retried"
    outbox.add(entry("c"))
    wake = outbox.wake_at(NOW)
    assert wake is not None
    assert wake > NOW
    assert outbox.take(wake - 1, False) is None
    again = taken(outbox, wake)
    assert ids(again) == ["a", "b", "c"]
    assert (again.attempt, again.first_at) == (1, NOW)


def test_retry_after_is_obeyed_even_where_the_page_is_being_left() -> None:
    outbox = opened("a")
    settled(outbox, taken(outbox), 503, 60_000)
    outbox.backoff.forget()
    assert outbox.wake_at(NOW) == NOW + 60_000
    assert outbox.take(NOW + 59_999, True) is None
    assert ids(taken(outbox, NOW + 60_000)) == ["a"]


@pytest.mark.parametrize("status", [401, 404])
def test_a_wrong_key_or_address_waits_five_minutes(status: int) -> None:
    outbox = opened("a")
    assert settled(outbox, taken(outbox), status) == "retried"
    assert outbox.wake_at(NOW) == NOW + COOL_DOWN
    assert taken(outbox, NOW + COOL_DOWN).attempt == 0


@pytest.mark.parametrize(
    ("status", "reason"),
    [(400, "rejected"), (402, "rejected"), (403, "rejected"), (405, "rejected"), (413, "too_large"), (499, "rejected")],
)
def test_a_message_that_is_refused_on_its_own_is_dropped(status: int, reason: str) -> None:
    outbox = opened("a")
    assert settled(outbox, taken(outbox), status) == reason
    assert outbox.take(NOW, False) is None


@pytest.mark.parametrize("status", [400, 403, 413, 422])
@pytest.mark.parametrize("bad", range(7))
def test_one_bad_message_costs_one_message(status: int, bad: int) -> None:  # CONTRACT section 8
    outbox = opened(*"abcdefg")
    arrived, dropped = [], []
    while outbox.wake_at(NOW) is not None:
        delivery = taken(outbox)
        failed = "abcdefg"[bad] in ids(delivery)
        outcome = settled(outbox, delivery, status if failed else 200)
        if outcome == "delivered":
            arrived += ids(delivery)
        elif outcome != "retried":
            dropped += ids(delivery)
    assert dropped == ["abcdefg"[bad]]
    assert arrived == [name for name in "abcdefg" if name not in dropped]


def test_messages_called_while_a_bad_one_is_looked_for_arrive_after_it() -> None:
    outbox = opened("good", "bad")
    settled(outbox, taken(outbox), 400)
    outbox.add(entry("new"))
    assert settled(outbox, taken(outbox), 200) == "delivered"
    assert settled(outbox, taken(outbox), 400) == "rejected"
    assert ids(taken(outbox)) == ["new"]


def test_offline_nothing_is_tried_and_a_late_wake_is_set_all_the_same() -> None:
    outbox = opened("a")
    outbox.online = False
    assert outbox.take(NOW, True) is None
    assert outbox.wake_at(NOW) == NOW + COOL_DOWN  # where the browser never tells
    outbox.online = True
    assert outbox.wake_at(NOW) == NOW


def test_messages_that_waited_for_a_week_expire() -> None:
    outbox = Outbox(LIMITS)
    outbox.open()
    for name, age, recovered in [("a", 2, True), ("b", -1, True), ("c", 1, False), ("d", 0, False)]:
        outbox.add(entry(name, at=NOW - rules.EXPIRES_AFTER - age, recovered=recovered))
    assert [held.id for held in outbox.expire(NOW)] == ["a", "c"]
    delivery = taken(outbox)
    settled(outbox, delivery, 200)
    assert [ids(delivery), ids(taken(outbox))] == [["b"], ["d"]]


def test_what_is_lost_leaves_a_delivery_that_goes_on_without_it() -> None:
    outbox = opened("a", "b", "c")
    delivery = taken(outbox)
    assert [held.id for held in outbox.lose(delivery, ["b", "x"])] == ["b"]
    assert settled(outbox, delivery, 503) == "retried"
    assert ids(taken(outbox, NOW + 300_000)) == ["a", "c"]


def test_a_delivery_of_which_all_is_lost_is_over_and_no_failure() -> None:
    outbox = opened("a", "b")
    delivery = taken(outbox)
    assert len(outbox.lose(delivery, ["a", "b"])) == 2
    assert outbox.in_flight(delivery.number) is None
    outbox.add(entry("c"))
    assert ids(taken(outbox)) == ["c"]


def test_what_is_lost_is_no_suspect_any_more() -> None:
    outbox = opened("a", "b", "c", "d")
    settled(outbox, taken(outbox), 400)
    half = taken(outbox)
    assert ids(half) == ["a", "b"]
    outbox.lose(half, ["a", "b"])
    assert ids(taken(outbox)) == ["c"]  # of the two that are left one is bad
    outbox = opened("a", "b")
    settled(outbox, taken(outbox), 400)
    outbox.lose(taken(outbox), ["a"])
    outbox.lose(taken(outbox), ["b"])
    for name in "cd":
        outbox.add(entry(name))
    assert ids(taken(outbox)) == ["c", "d"]


def test_what_is_lost_makes_room() -> None:
    outbox = Outbox(LIMITS)
    outbox.open()
    outbox.add(entry("a", rules.MOST_IN_MEMORY))
    outbox.lose(taken(outbox), ["a"])
    assert outbox.add(entry("b", rules.MOST_IN_MEMORY)) == []
    assert outbox.add(entry("c", 1)) != []


def test_over_what_memory_holds_the_oldest_are_dropped() -> None:
    outbox = Outbox(LIMITS)
    third = rules.MOST_IN_MEMORY // 3
    assert outbox.add(entry("own", third)) == []
    assert outbox.add(entry("old", third, recovered=True)) == []
    assert [dropped.id for dropped in outbox.add(entry("new", third + 3))] == ["old"]
    outbox.open()
    assert ids(taken(outbox)) == ["own"]


def test_one_message_is_never_dropped_for_its_size() -> None:
    outbox = Outbox(LIMITS)
    assert outbox.add(entry("huge", rules.MOST_IN_MEMORY + 1)) == []


def failing(outbox: Outbox, poison: set[str], until: int, chance: float = 1, status: int = 500) -> list[str]:
    """Deliver for so many ms where the data plane fails at these; what arrived, in order."""
    arrived: list[str] = []
    now = NOW
    while (wake := outbox.wake_at(now)) is not None and wake <= NOW + until:
        now = wake
        delivery = taken(outbox, now)
        ok = not poison & set(ids(delivery))
        outbox.settle(delivery, 200 if ok else status, None, now, chance)
        arrived += ids(delivery) if ok else []
    return arrived


@pytest.mark.parametrize("chance", [0, 0.5, 1])
@pytest.mark.parametrize("status", [0, 500])
@pytest.mark.parametrize("bad", [0, 1, 50, 99, 100, 150, 199])
def test_what_the_data_plane_cannot_swallow_holds_up_no_other(bad: int, status: int, chance: float) -> None:
    names = [str(number) for number in range(200)]
    outbox = opened(*names)
    arrived = failing(outbox, {str(bad)}, 120_000, chance, status)
    assert arrived == names[:bad] + names[bad + 1 :]
    wake = outbox.wake_at(NOW + 120_000)
    assert wake is not None
    assert bad == 199 or wake > NOW + 3_600_000  # it is tried once an hour, but where nobody waits behind it


@pytest.mark.parametrize("bad", [{"0", "1", "2"}, {"0", "50", "199"}, {"98", "99", "100"}])
def test_several_such_messages_hold_up_no_other(bad: set[str]) -> None:
    names = [str(number) for number in range(200)]
    assert failing(opened(*names), bad, 360_000) == [name for name in names if name not in bad]


def test_what_fails_alone_is_tried_once_an_hour_and_arrives_when_it_is_taken() -> None:
    outbox = opened("a", "b", "c", "d")
    assert failing(outbox, {"b"}, 120_000) == ["a", "c", "d"]
    tries = []
    now = NOW + 120_000
    for _ in range(3):
        now = outbox.wake_at(now) or 0
        tries.append(now)
        delivery = taken(outbox, now)
        assert ids(delivery) == ["b"]
        assert delivery.attempt > 0
        outbox.settle(delivery, 500, None, now, 0.5)
    assert [after - before for before, after in itertools.pairwise(tries)] == [3_600_000, 3_600_000]
    outbox.add(entry("e"))
    assert ids(taken(outbox, now)) == ["e"]  # it is not held up meanwhile


def test_what_fails_alone_expires() -> None:
    outbox = opened("a", "b", "c", "d")
    failing(outbox, {"b"}, 120_000)
    assert outbox.expire(NOW + rules.EXPIRES_AFTER) == []
    assert [gone.id for gone in outbox.expire(NOW + rules.EXPIRES_AFTER + 1)] == ["b"]
    assert outbox.wake_at(NOW + rules.EXPIRES_AFTER + 1) is None


def test_where_the_data_plane_is_down_nothing_is_put_aside_and_the_order_stays() -> None:
    names = [str(number) for number in range(20)]
    outbox = opened(*names)
    assert failing(outbox, set(names), 7_200_000) == []
    assert failing(outbox, set(), 7_800_000) == names


def test_a_lone_message_is_tried_at_the_usual_waits_however_often_it_fails() -> None:
    outbox = opened("a")
    failing(outbox, {"a"}, 3_600_000)
    wake = outbox.wake_at(NOW + 3_600_000)
    assert wake is not None
    assert wake <= NOW + 3_900_000


def test_leaving_a_page_takes_more_than_one_message_though_one_is_accused() -> None:
    outbox = opened("a", "b", "c", "d")
    now = NOW
    for _ in range(10):
        now = outbox.wake_at(now) or 0
        outbox.settle(taken(outbox, now), 500, None, now, 0.5)
    delivery = taken(outbox, outbox.wake_at(now) or 0)
    assert ids(delivery) == ["b"]  # the first one is accused
    outbox.untake(delivery)
    delivery = taken(outbox, now, leaving=True)
    assert ids(delivery) == ["b", "c", "d"]
    outbox.settle(delivery, 500, None, now, 0.5)
    assert failing(outbox, set(), 7_200_000) == ["b", "c", "d", "a"]


def test_a_witness_that_is_dropped_leaves_the_accused_to_be_tried_again() -> None:
    outbox = opened("a", "b")
    now = NOW
    for _ in range(10):
        now = outbox.wake_at(now) or 0
        outbox.settle(taken(outbox, now), 500, None, now, 0.5)
    now = outbox.wake_at(now) or 0
    delivery = taken(outbox, now)
    outbox.lose(delivery, ids(delivery))
    assert ids(taken(outbox, outbox.wake_at(now) or 0)) == ["a"]


@pytest.mark.parametrize("status", [200, 404, 405])
def test_an_answer_to_what_a_redirect_made_a_get_is_no_delivery(status: int) -> None:
    outbox = opened("a", "b")
    assert outbox.settle(taken(outbox), status, None, NOW, 0.5, moved=True) == "retried"
    assert outbox.wake_at(NOW) == NOW + COOL_DOWN
    assert ids(taken(outbox, NOW + COOL_DOWN)) == ["a", "b"]


def test_a_browser_that_never_tells_that_it_is_online_is_asked_to_try_every_five_minutes() -> None:
    outbox = opened("a")
    outbox.online = False
    now, tries = NOW, []
    while now < NOW + 3_600_000:
        assert outbox.take(now, False) is None
        now = outbox.wake_at(now) or 0
        tries.append(now - NOW)
        outbox.settle(taken(outbox, now), 0, None, now, 0)
    assert tries == [COOL_DOWN * number for number in range(1, 13)]


def test_calls_while_offline_do_not_put_the_try_off() -> None:
    outbox = opened("a")
    outbox.online = False
    assert outbox.wake_at(NOW) == NOW + COOL_DOWN
    assert outbox.wake_at(NOW + 1_000) == NOW + COOL_DOWN


def test_what_is_forgotten_is_nowhere_any_more() -> None:
    """In line, of pages that are gone, on its way, and after it came back."""
    outbox = opened("a", "b")
    delivery = taken(outbox)
    for name in "cde":
        outbox.add(entry(name, recovered=name == "e"))
    outbox.forget(["a", "c", "e", "x"])
    assert ids(delivery) == ["b"]
    assert settled(outbox, delivery, 503) == "retried"
    later = NOW + 3_600_000
    again = taken(outbox, later)
    assert ids(again) == ["b", "d"]
    outbox.forget(["b", "d"])
    assert outbox.in_flight(again.number) is None
    assert (outbox.take(later, False), outbox.wake_at(later)) == (None, None)
    assert outbox._held == 0


def test_what_stepped_aside_or_is_accused_is_forgotten_too() -> None:
    outbox = opened("bad")
    for _ in range(10):
        outbox.add(entry("good"))
    guilty, accused = entry("guilty"), entry("accused")
    for each in (guilty, accused):
        outbox._count(each, 1)
    outbox._aside.add([guilty], NOW)
    outbox._search.accused = [accused]
    outbox.forget(["guilty", "accused", "bad", "good"])
    assert (outbox.wake_at(NOW), outbox._held) == (None, 0)


@pytest.mark.parametrize(
    ("status", "retry_after", "moved", "wait", "refused"),
    [
        (200, None, False, 0, False),
        (503, 9_000, False, 9_000, False),
        (0, 9_000, False, 9_000, False),
        (401, None, False, COOL_DOWN, True),
        (200, None, True, COOL_DOWN, True),
    ],
)
def test_an_answer_to_what_was_put_back_says_when_to_try_next(
    status: int, retry_after: int | None, moved: bool, wait: int, refused: bool
) -> None:
    outbox = opened("a")
    outbox.heed(status, retry_after, NOW, 0, moved)
    assert (max(0, outbox.backoff.next_try(NOW) - NOW), outbox.backoff.refused) == (wait, refused)
    assert ids(taken(outbox, NOW + wait)) == ["a"]
