"""The figures of the contract, one by one, on real pages: the page code of web/src and the core on MicroPython."""

import math
import random
import sys
from collections.abc import Callable
from types import CodeType
from typing import Any

import pytest
from machine.browser import DAY, HOUR, MINUTE, SECOND, Browser, Tab, new_core
from machine.data_plane import ANSWER_LOST, NEVER_ARRIVED, OK, Outcome
from machine.test_pages import EXPIRES_AFTER, FAULTS, drain


def open_page(calls: int = 0, online: bool = True, **settings: Any) -> Tab:
    """A page that has called `track` so often, in a browser of its own; what it sends waits for an answer."""
    page = Browser().open(**settings)
    if not online:
        page.signal("offline")
    call(page, *range(calls))
    return page


def call(page: Tab, *numbers: int, text: str = "") -> None:
    """The page calls `track` so often."""
    for start in range(0, len(numbers), 100):
        some = numbers[start : start + 100]
        given = [["good", {"number": number} | ({"text": text} if text else {})] for number in some]
        page.browser.ask(*[["call", page.number, "track", arguments] for arguments in given])


def answer(page: Tab, outcome: Outcome, chance: float = 0.5) -> None:
    """What is in flight gets this answer."""
    for request in list(page.in_flight.values()):
        page.answer(request, outcome, chance)


def answer_all(page: Tab) -> None:
    """The data plane takes everything."""
    while page.in_flight:
        answer(page, OK)


def wake(page: Tab) -> int:
    """The timer goes off. Returns how long that took."""
    assert page.timer is not None
    wait = page.timer - page.browser.elapsed
    page.browser.advance(wait)
    return wait


def wait_for_try(page: Tab) -> int:
    """Timers go off until something is sent. Returns how long that took."""
    wait = 0
    while not page.in_flight:
        wait += wake(page)
    return wait


def wait_in_vain(page: Tab, ms: int) -> None:
    """So much time goes by, and nothing that is tried meanwhile arrives."""
    until = page.browser.elapsed + ms
    while page.browser.elapsed < until:
        answer(page, NEVER_ARRIVED)
        page.browser.advance(until - page.browser.elapsed, stops=True)  # most timers send nothing
    answer(page, NEVER_ARRIVED)


def numbers(page: Tab) -> list[int]:
    """The messages that arrived, by the order of their calls."""
    return [message["properties"]["number"] for message in page.browser.data_plane.arrived]


def reasons(page: Tab) -> list[str]:
    """Why messages were dropped."""
    return [dropped.reason for dropped in page.browser.dropped.values()]


def test_an_hour_without_a_data_plane_costs_at_most_40_requests() -> None:
    # 0: every wait is the shortest. tests/core/test_backoff.py has the bound itself.
    for seed in range(20):
        chance = random.Random(seed)
        page = open_page(calls=5)
        while page.browser.elapsed < HOUR:
            jitter = chance.random() if seed else 0.0
            answer(page, chance.choice([NEVER_ARRIVED, Outcome(500), Outcome(503)]), jitter)
            wake(page)
        assert 10 < sum(request.at < HOUR for request in page.browser.requests) <= 40
        drain(page.browser)
        assert numbers(page) == list(range(5))


def test_30_percent_of_faults_lose_none_of_10_000_messages() -> None:
    chance = random.Random(1)
    faults = [NEVER_ARRIVED, ANSWER_LOST, *[fault for fault in FAULTS if fault.status not in (403, 413)]]
    page = open_page()
    browser = page.browser
    called = 0
    while called < 10_000 or page.held:
        more = min(chance.randrange(100), 10_000 - called)
        call(page, *range(called, called + more))
        called += more
        browser.advance(chance.randrange(4_000))
        answer(page, chance.choice(faults) if chance.random() < 0.3 else OK, chance.random())
        if called == 10_000 and page.timer is not None:
            wake(page)
    assert list(dict.fromkeys(numbers(page))) == list(range(10_000))
    assert max(browser.data_plane.times.values()) > 1, "answers were lost, so some must have arrived again"
    assert all(times <= 1 + browser.excused[id] for id, times in browser.data_plane.times.items())
    assert page.emitted["delivered"] == 10_000 and not browser.dropped and not browser.local


@pytest.mark.parametrize(("status", "reason"), [(400, "rejected"), (403, "rejected"), (413, "too_large")])
def test_one_bad_message_of_100_costs_itself_and_few_requests(status: int, reason: str) -> None:
    # tests/core/test_outbox.py has all places that it can have.
    for bad in (0, 1, 31, 49, 50, 98, 99):
        page = open_page(calls=100, online=False)
        page.signal("online")
        while page.in_flight:
            (request,) = page.in_flight.values()
            there = any(message["properties"]["number"] == bad for message in request.messages)
            answer(page, Outcome(status) if there else OK)
        assert numbers(page) == [number for number in range(100) if number != bad]
        assert reasons(page) == [reason]
        assert len(page.browser.requests) <= 2 * math.log2(100) + 2


def test_a_data_plane_that_takes_small_bodies_only_gets_everything() -> None:
    page = open_page(calls=300, online=False)
    page.signal("online")
    while page.in_flight:
        (request,) = page.in_flight.values()
        answer(page, OK if len(request.body) <= 20_000 else Outcome(413))
    assert numbers(page) == list(range(300)) and not page.browser.dropped


@pytest.mark.parametrize("status", [401, 404])
def test_a_data_plane_that_refuses_us_is_left_alone_for_5_minutes_across_page_loads(status: int) -> None:
    page = open_page(calls=3)
    browser, plane = page.browser, page.browser.data_plane
    answer(page, OK)
    answer(page, Outcome(status))
    for kind in ("hidden", "shown", "online", "flush"):
        page.signal(kind)
    browser.advance(4 * MINUTE)
    page.kill()
    page = browser.open()
    browser.deliver_locks()
    call(page, 3)
    assert len(browser.requests) == 2 and wait_for_try(page) == MINUTE
    answer(page, Outcome(status))
    wait_for_try(page)
    answer(page, Outcome(status))
    said = [[line for line in tab.logs if f"answered {status}" in line] for tab in browser.tabs]
    assert [len(lines) for lines in said] == [1, 1]
    wait_for_try(page)
    answer_all(page)
    assert numbers(page) == [0, 1, 2, 3] and set(plane.times.values()) == {1}
    assert not any(key.endswith(".coolUntil") for key in browser.stored_keys())


@pytest.mark.parametrize("status", [429, 503])
@pytest.mark.parametrize("python", ["here", "elsewhere"])
def test_retry_after_is_obeyed_whatever_happens(status: int, python: str) -> None:
    page = open_page(python=python)
    browser = page.browser

    def hear() -> None:
        while page.replies:
            page.reply()

    hear()
    call(page, 0, 1)
    hear()
    answer(page, Outcome(status, retry_after=HOUR), chance=1)
    hear()
    sent = len(browser.requests)
    for kind in ("hidden", "shown", "offline", "online", "flush"):
        page.signal(kind)
        hear()
        browser.advance(5 * MINUTE)
        hear()
    assert len(browser.requests) == sent
    while len(browser.requests) == sent:
        wake(page)
        hear()
    assert browser.elapsed == HOUR


def test_retry_after_is_obeyed_if_the_clock_was_set_back_meanwhile() -> None:
    page = open_page(calls=1)
    page.browser.jump(-DAY)
    answer(page, Outcome(503, retry_after=HOUR))
    assert wait_for_try(page) == HOUR


@pytest.mark.parametrize(
    ("status", "reason"), [(0, "expired"), (503, "expired"), (401, "unauthorised"), (404, "unauthorised")]
)
@pytest.mark.parametrize(("ends", "slack"), [(None, 0), ("left", 2 * SECOND), ("killed", HOUR + 5 * MINUTE)])
def test_what_waited_7_days_is_dropped(status: int, reason: str, ends: str | None, slack: int) -> None:
    """Across pages, too: one that is killed has noted what it saw an hour ago."""
    page = open_page(calls=2)
    browser = page.browser
    answer(page, Outcome(status, retry_after=MINUTE if status == 503 else None))
    page.signal("offline")
    waited = 0
    if ends:
        waited = 3 * DAY
        wait_in_vain(page, waited)
        browser.jump(-30 * DAY)
        page.leave() if ends == "left" else page.kill()
        page = browser.open()
        browser.deliver_locks()
        page.signal("offline")
    wait_in_vain(page, EXPIRES_AFTER - waited)
    call(page, 2)
    assert not browser.dropped
    wait_in_vain(page, slack + 1)
    page.signal("online")
    answer_all(page)
    assert reasons(page) == [reason, reason]
    assert numbers(page) == [2] and not browser.local
    assert not [key for key in browser.stored_keys() if key.endswith(".waited")]


def test_over_16_mib_the_oldest_are_dropped() -> None:
    page = open_page(online=False)
    for number in range(17):
        call(page, number, text="x" * 2**20)
    assert page.emitted["overflow"] == 2 and len(page.held) == 15
    page.signal("online")
    answer_all(page)
    assert numbers(page) == list(range(2, 17))


@pytest.mark.parametrize("order", [[0, 1, 2], [2, 1, 0], [1, 2, 0]])
def test_what_fails_as_the_page_is_hidden_comes_back_in_order(order: list[int]) -> None:
    """What is in flight, and two that go on their own beside it; it is one failure."""
    page = open_page(calls=3)
    page.signal("hidden")
    requests = list(page.in_flight.values())
    for index in order:
        page.answer(requests[index], NEVER_ARRIVED)
    assert wait_for_try(page) <= 2 * SECOND
    answer_all(page)
    assert numbers(page) == [0, 1, 2]


def operations(inputs: list[str], core: Any) -> int:
    """How many bytecode instructions of the core these inputs take, on CPython."""
    count = 0

    def counted(code: CodeType, offset: int) -> None:
        nonlocal count
        count += "rudderanalytics" in code.co_filename

    monitoring = sys.monitoring
    tool = next(tool for tool in range(3, 6) if monitoring.get_tool(tool) is None)
    monitoring.use_tool_id(tool, "operations")
    monitoring.register_callback(tool, monitoring.events.INSTRUCTION, counted)
    monitoring.set_events(tool, monitoring.events.INSTRUCTION)
    try:
        for text in inputs:
            core.handle(text)
    finally:
        monitoring.free_tool_id(tool)
    return count


ACTS: list[Callable[[Tab], object]] = [
    lambda page: call(page, 0),
    lambda page: page.signal("shown"),
    lambda page: page.signal("online"),
    lambda page: call(page, 0),
    lambda page: answer(page, Outcome(503)),
    lambda page: page.signal("hidden"),
    lambda page: page.signal("hidden"),
    lambda page: answer(page, Outcome(413)),
    lambda page: answer(page, OK),
]


def costs(page: Tab, acts: list[Callable[[Tab], object]]) -> list[int]:
    """How many instructions each of these acts takes."""
    core = new_core()
    for text, _ in page.record:
        core.handle(text)
    taken = []
    for act in acts:
        before = len(page.record)
        act(page)
        taken.append(operations([text for text, _ in page.record[before:]], core))
    return taken


def test_what_waits_makes_nothing_dearer() -> None:
    none = open_page(2, False)
    none.signal("online")
    answer_all(none)
    none.signal("offline")
    assert not none.held
    (first,) = costs(none, ACTS[:1])  # it must ask for a timer, too
    few = costs(open_page(250, False), ACTS)
    page = open_page(2_000, False)
    assert len(page.held) == 2_000
    many = costs(page, ACTS)
    assert 0 < many[0] <= first
    assert few == many


@pytest.mark.parametrize("outcome", [Outcome(403), Outcome(500), NEVER_ARRIVED], ids=["403", "500", "reset"])
@pytest.mark.parametrize("bad", [0, 57, 199])
def test_what_the_data_plane_cannot_swallow_holds_up_none_of_199_others(outcome: Outcome, bad: int) -> None:
    page = open_page(calls=200, online=False)
    page.signal("online")
    while len(set(numbers(page))) < 199:
        for request in list(page.in_flight.values()):
            there = any(message["properties"]["number"] == bad for message in request.messages)
            page.answer(request, outcome if there else OK)
        if not page.in_flight:
            wake(page)
        assert page.browser.elapsed <= 2 * MINUTE
    assert set(numbers(page)) == {*range(200)} - {bad} and max(page.browser.data_plane.times.values()) == 1
    while page.in_flight:
        answer(page, outcome)
    if outcome.status == 403:
        assert reasons(page) == ["rejected"] and not page.browser.local
    else:
        assert len(page.held) == len(page.browser.local) == 1
        # Beside others it is tried once an hour; one that was alone from the start may be as well as any.
        assert wait_for_try(page) >= 55 * MINUTE or bad == 199


@pytest.mark.parametrize("jumps", [[10 * DAY], [-10 * DAY], [10 * DAY, -10 * DAY], [-10 * DAY, 10 * DAY]])
def test_a_clock_that_is_set_loses_nothing_and_stops_nothing(jumps: list[int]) -> None:
    page = open_page(calls=5)
    for jump in jumps:
        answer(page, Outcome(503))
        page.browser.jump(jump)
        assert wait_for_try(page) <= 5 * MINUTE
    answer_all(page)
    assert numbers(page) == [0, 1, 2, 3, 4] and not page.browser.dropped


def test_a_browser_that_never_tells_that_it_is_online_stops_nothing() -> None:
    page = open_page(calls=5, online=False)
    assert wait_for_try(page) <= 5 * MINUTE
    answer_all(page)
    assert numbers(page) == [0, 1, 2, 3, 4]


def test_what_a_browser_refuses_with_keepalive_goes_without() -> None:
    """The page's own requests used up what it allows."""
    page = open_page(calls=1)
    (refused,) = page.in_flight.values()
    answer(page, NEVER_ARRIVED)
    assert wait_for_try(page) <= 2 * SECOND
    (again,) = page.in_flight.values()
    assert (refused.keepalive, again.keepalive) == (True, False)


def test_a_week_of_retry_after_is_a_day() -> None:
    page = open_page(calls=1)
    answer(page, Outcome(503, retry_after=7 * DAY))
    assert wait_for_try(page) == DAY
