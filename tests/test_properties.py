"""What holds whatever happens (DESIGN section 6): Hypothesis attacks it, then the figures of the contract, one by one.

A *message* is what a call became; a *page* dies at any moment, also between two effects of one reply. Precisely:

1. Any text: a JSON list of effects, never an exception.
2. Every call is accepted once, under the id that it was given. What a page accepted it holds until it reports it as
   delivered (it arrived) or dropped (for a reason that is so). `beforeSend` may drop it instead of accepting it.
   Stored is exactly what is held and had room. What died with a page is only what never had room.
3. A page has one delivery in flight; `hidden` may start one more beside it. A delivery leaves nothing behind that its
   page called before what it takes, but what failed alone. So messages arrive for the first time in the order of their
   calls, per page. Only a delivery that `hidden` started can overtake the one in flight beside it; and a request whose
   page died can still arrive, late, with what was never stored or has been dropped since.
4. What was stored when a page died arrives all the same, with the same id. A message arrives again only after an
   arrival of which no page acted on the answer in full: the answer was lost, or the page died first.
5. While a page holds anything, a delivery is in flight or a timer is set, never further away than the longest wait
   (5 minutes, an hour where it failed alone, or what the data plane asked for, a day at most), however the clock is
   set. While offline there is one try in 5 minutes. Nothing is sent before the data plane's `Retry-After` or cool-down
   is over, or within the shortest backoff of a failure unless `online`, `hidden` or `flush` ask for a try or the clock
   went ahead. Once the data plane answers, everything drains.
6. The same inputs give the same answers.
7. A page whose visitor has not decided about consent stores nothing and sends nothing.
"""

import json
import math
import os
import random
import sys
from collections.abc import Callable
from types import CodeType

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from .simulation import (
    ANSWER_LOST,
    COOL_UNTIL,
    DAY,
    HOUR,
    MINUTE,
    NEVER_ARRIVED,
    OK,
    PENDING,
    SECOND,
    Browser,
    DataPlane,
    Outcome,
    Page,
    Request,
    new_core,
)

KEEPALIVE_BYTES = 60 * 1024
EXPIRES_AFTER = 7 * DAY

STABLE = settings(
    max_examples=500,
    stateful_step_count=50,
    derandomize=True,
    deadline=None,
    print_blob=True,
    report_multiple_bugs=False,
    suppress_health_check=[HealthCheck.too_slow],
)
# To look further: EXAMPLES=20000 pytest tests/test_properties.py
if "EXAMPLES" in os.environ:
    STABLE = settings(STABLE, max_examples=int(os.environ["EXAMPLES"]), derandomize=False)

USUAL = [OK, OK, OK, OK, OK, ANSWER_LOST, ANSWER_LOST, NEVER_ARRIVED, NEVER_ARRIVED]
FAULTS = [
    Outcome(403),
    Outcome(413),
    Outcome(429),
    Outcome(429, retry_after=0),
    Outcome(429, retry_after=40 * SECOND),
    Outcome(500),
    Outcome(503),
]
LONG_WAITS = [Outcome(503, retry_after=2 * HOUR), Outcome(429, retry_after=3 * DAY), Outcome(401), Outcome(404)]
OUTCOMES = st.sampled_from(USUAL + FAULTS + LONG_WAITS)
CHANCES = st.sampled_from([0, 0.5, 1]) | st.floats(0, 1)
INDEX = st.integers(0, 5)
JUMPS = st.sampled_from([SECOND, MINUTE, 2 * MINUTE, 10 * MINUTE, HOUR, 3 * HOUR, DAY, 8 * DAY])
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)
CALLS = st.sampled_from(["good", "good", "bad", "large", "identify", "unwanted"])
METHODS = st.sampled_from(["identify", "track", "page", "group", "alias", "reset", "setAnonymousId", "load"])
GARBAGE = (
    st.text(max_size=20).filter(lambda text: text[:1] != "+")  # a piece of an input
    | JSON.map(json.dumps)
    | st.builds(
        lambda kind, now, rest: json.dumps(rest | {"type": kind, "now": now}),
        METHODS | st.just("response") | st.text(max_size=5),
        st.none() | st.text(max_size=5),
        st.dictionaries(st.sampled_from(["arguments", "identity", "page", "delivery", "id"]), JSON, max_size=3),
    )
)
"""Texts that no page gives. They leave out numbers as `now` (that is a clock) and the signals, which always mean it."""


class Pages(RuleBasedStateMachine):
    """Several tabs of one browser, and a data plane that answers as Hypothesis likes."""

    @initialize(reviews=st.booleans())
    def first_page(self, reviews: bool) -> None:
        self.browser = Browser(DataPlane())
        self.requests_seen = self.arrivals_seen = 0
        self.first_arrivals: dict[str, None] = {}
        self.overtakes: set[tuple[str, str]] = set()
        self.browser.open(reviews=reviews)

    def page(self, index: int) -> list[Page]:
        """One of those that are open, if there are any."""
        pages = self.browser.alive
        return pages and [pages[index % len(pages)]]

    def in_flight(self) -> list[Request]:
        return [request for page in self.browser.alive for request in page.in_flight.values()]

    def timers(self) -> list[Page]:
        return [page for page in self.browser.alive if page.timer is not None]

    def any_page(self) -> bool:
        return bool(self.browser.alive)

    # What can happen

    @precondition(any_page)
    @rule(index=INDEX, events=st.lists(CALLS | OUTCOMES | st.just("due"), min_size=1, max_size=10), chance=CHANCES)
    def traffic(self, index: int, events: list[str | Outcome], chance: float) -> None:
        """Calls; answers to what is in flight; waiting for a timer."""
        for event in events:
            if event == "due":
                self.time(index, event)
            elif isinstance(event, str):
                self.call(index, event)
            elif self.in_flight():
                requests = self.in_flight()
                request = requests[index % len(requests)]
                request.page.answer(request, event, chance)

    @precondition(any_page)
    @rule(index=INDEX, calls=st.lists(CALLS, min_size=1, max_size=3), elsewhere=st.booleans(), stays=st.booleans())
    def call_and_leave(self, index: int, calls: list[str], elsewhere: bool, stays: bool) -> None:
        for page in self.page(index):
            page.elsewhere = elsewhere
        for what in calls:
            self.call(index, what)
        if stays:
            self.signal(index, "hidden")
        else:
            self.leave(index)

    def call(self, index: int, what: str) -> None:
        for page in self.page(index):
            if what == "identify":
                page.call("identify", "a user", {"plan": "free"})
            else:
                page.call("track", what, {"text": "x" * (30_000 if what == "large" else 0)})

    @precondition(any_page)
    @rule(index=INDEX, what=st.sampled_from(["due", "early", 1, SECOND, MINUTE, 10 * MINUTE]))
    def time(self, index: int, what: str | int) -> None:
        """Goes by; or a timer goes off, perhaps too early: browsers do that by a millisecond."""
        timers = self.timers()
        page = timers[index % len(timers)] if timers else None
        if isinstance(what, int):
            self.browser.advance(what)
        elif page and page.timer is not None and what == "due":
            self.browser.advance(max(0, page.timer - self.browser.clock.elapsed))
        elif page:
            page.tick()

    @precondition(any_page)
    @rule(index=INDEX, kind=st.sampled_from(["hidden", "online", "online", "shown", "flush", "offline"]))
    def signal(self, index: int, kind: str) -> None:
        for page in self.page(index):
            page.signal(kind)

    @precondition(any_page)
    @rule(index=INDEX, effects=st.none() | st.integers(0, 6))
    def kill(self, index: int, effects: int | None) -> None:
        """At once, or when the page has performed so many of the effects of its next input."""
        for page in self.page(index):
            page.dies_after = effects
            if effects is None:
                self.browser.kill(page)

    def leave(self, index: int) -> None:
        for page in self.page(index):
            page.leave()

    @precondition(lambda self: len(self.browser.alive) < 3)
    @rule(boot=st.booleans(), room=st.sampled_from([None, None, None, 5_000, 0, -1]), reviews=st.booleans())
    def open(self, boot: bool, room: int | None, reviews: bool) -> None:
        """-1: the visitor has not decided yet."""
        options = None if room is None else PENDING if room < 0 else {"outboxMaxBytes": room}
        self.browser.open(options, boot, reviews)

    @precondition(lambda self: any(page.pending and page.ready for page in self.browser.alive))
    @rule()
    def decide(self) -> None:
        next(page for page in self.browser.alive if page.pending and page.ready).consent()

    @precondition(lambda self: any(not page.ready for page in self.browser.alive))
    @rule()
    def boot(self) -> None:
        next(page for page in self.browser.alive if not page.ready).boot()

    @precondition(lambda self: self.browser.alive and self.browser.left_behind())
    @rule(index=INDEX)
    def inherit(self, index: int) -> None:
        for page in self.page(index):
            page.inherit()

    @precondition(lambda self: self.browser.ghosts)
    @rule(index=INDEX, arrives=st.booleans())
    def request_of_a_dead_page(self, index: int, arrives: bool) -> None:
        ghosts = self.browser.ghosts
        self.browser.ghost(ghosts[index % len(ghosts)], arrives)

    @precondition(any_page)
    @rule(what=st.tuples(st.sampled_from([-1, 1]), JUMPS) | st.sampled_from(["full", "empty", "empty"]) | GARBAGE)
    def disturb(self, what: tuple[int, int] | str) -> None:
        """Somebody sets the clock, fills or empties the storage, or gives the core what is no input."""
        if isinstance(what, tuple):
            self.browser.jump(what[0] * what[1])
        elif what in ("full", "empty"):
            self.browser.full = what == "full"
        else:
            for page in self.browser.alive:
                if page.ready:
                    page.handle(what)

    # What must hold. (1: every reply is read as a JSON list of effects.)

    @invariant()
    def nothing_vanishes(self) -> None:
        """2"""
        browser = self.browser
        held = {id for page in browser.alive for id in [*page.held, *[call["id"] for call in page.calls]]}
        known = held | browser.stored_ids() | browser.delivered | set(browser.dropped) | browser.lost
        assert set(browser.calls) <= known | set(browser.data_plane.times)
        assert browser.delivered <= set(browser.data_plane.times) <= set(browser.place) <= set(browser.calls)

    @invariant()
    def stored_is_what_is_held_and_had_room(self) -> None:
        """2"""
        keys = self.browser.message_keys()
        for page in self.browser.alive:
            owned = {key for key in keys if self.browser.owners.get(keys[key]) is page}
            held = {key for key in page.held.values() if key}
            waiting = {call["key"] for call in [*page.left, *page.calls] if "key" in call}
            assert owned == held | waiting
            if page.options and "outboxMaxBytes" in page.options:
                stored = [self.browser.local[key] for key in held if keys[key] == page.owner]
                assert sum(len(text.encode()) for text in stored) <= page.options["outboxMaxBytes"]

    @invariant()
    def reasons_are_so(self) -> None:
        """2"""
        refused = self.browser.data_plane.refused
        for id, (reason, last_status, _) in self.browser.dropped.items():
            if reason in ("expired", "unauthorised"):
                assert self.browser.clock.elapsed > EXPIRES_AFTER
                assert (reason == "unauthorised") == (last_status in (401, 404))
            elif reason in ("before_send", "before_send_failed"):
                assert id in (self.browser.unwanted if reason == "before_send" else self.browser.unanswered)
            else:
                assert id in (refused[413] if reason == "too_large" else refused[400] | refused[403])

    @invariant()
    def deliveries_are_allowed(self) -> None:
        """3, 5"""
        for request in self.browser.requests[self.requests_seen :]:
            assert not request.beside or (len(request.beside) == 1 and request.cause == "hidden")
            assert request.at >= request.not_before
            assert request.cause != "hidden" or request.keepalive or not (request.beside or request.ids[1:])
            together = [request, *request.beside]
            assert sum(len(other.body.encode()) for other in together if other.keepalive) <= KEEPALIVE_BYTES
            kind = request.messages[0]["type"] if len(request.ids) == 1 else "batch"
            assert request.url.endswith(f"/v1/{kind}") and len(request.ids) <= 100
            assert all("sentAt" in message for message in request.messages)
            self.check_order(request)
            self.overtakes |= {(early, id) for other in request.beside for early in other.ids for id in request.ids}
        self.requests_seen = len(self.browser.requests)

    def check_order(self, request: Request) -> None:
        place = self.browser.place
        latest: dict[tuple[int, bool], int] = {}
        for id in request.ids:
            line, at = place[id]
            assert latest.get(line, -1) < at, "out of order in one delivery"
            latest[line] = max(at, latest.get(line, -1))
        for id in set(request.behind) - self.browser.failed_alone:
            line, at = place[id]
            assert latest.get(line, -1) < at, "left behind"

    @invariant()
    def first_arrivals_are_in_order(self) -> None:
        """3"""
        browser, place = self.browser, self.browser.place
        stragglers = browser.lost | set(browser.dropped) | browser.failed_alone
        for message in browser.data_plane.arrived[self.arrivals_seen :]:
            id = message["messageId"]
            for before in self.first_arrivals:
                late = place[before][0] == place[id][0] and place[before][1] > place[id][1]
                assert not late or id in self.first_arrivals or (id, before) in self.overtakes or id in stragglers
            self.first_arrivals[id] = None
        self.arrivals_seen = len(browser.data_plane.arrived)

    @invariant()
    def repeats_are_excused(self) -> None:
        """4"""
        for id, times in self.browser.data_plane.times.items():
            assert times <= 1 + self.browser.excused[id]

    @invariant()
    def something_will_happen(self) -> None:
        """5"""
        browser = self.browser
        for page in browser.alive:
            if page.held and page.opened and not page.in_flight and not page.pending:
                assert page.timer is not None
                longest = HOUR if browser.failed_alone & set(page.held) else page.longest_wait
                assert page.timer - browser.clock.elapsed <= max(longest, page.longest_wait)

    def teardown(self) -> None:
        if not hasattr(self, "browser"):
            return
        drain(self.browser)
        self.nothing_vanishes()
        self.reasons_are_so()
        self.deliveries_are_allowed()
        self.first_arrivals_are_in_order()
        self.repeats_are_excused()
        arrived = set(self.browser.data_plane.times)
        assert set(self.browser.calls) <= arrived | set(self.browser.dropped) | self.browser.lost
        for page in self.browser.pages:
            replay(page)


def drain(browser: Browser) -> None:
    """The network is back, the data plane answers, and one page is open: now everything must go."""
    browser.full = False
    if not browser.alive:
        browser.open()
    for page in browser.alive:
        page.dies_after = None
        page.inherit()
        if not page.ready:
            page.boot()
        if page.pending:
            page.consent()
        page.signal("online")
    for page in browser.alive:
        for _ in range(2_000):
            if page.in_flight:
                page.answer(next(iter(page.in_flight.values())), OK)
            elif page.timer is not None:
                browser.advance(max(0, page.timer - browser.clock.elapsed))
            else:
                break
        assert not page.held
    assert not browser.message_keys()


def replay(page: Page) -> None:
    """6"""
    core = new_core()
    for asked, answer in page.record:
        assert core.handle(asked) == answer


Pages.TestCase.settings = STABLE
TestPages = Pages.TestCase


@settings(STABLE, max_examples=300)
@given(st.lists(GARBAGE, max_size=5), st.booleans())
def test_any_text_gets_a_list_of_effects(texts: list[str], loaded: bool) -> None:
    core = Browser(DataPlane()).open(boot=loaded).core
    for text in texts:
        assert isinstance(json.loads(core.handle(text)), list)


def open_page(calls: int = 0, online: bool = True, options: dict[str, object] | None = None) -> Page:
    """A page that has called `track` so often, in a browser of its own; what it sends waits for an answer."""
    page = Browser(DataPlane()).open(options)
    page.signal("online" if online else "offline")
    for number in range(calls):
        page.call("track", "good", {"number": number})
    return page


def answer(page: Page, outcome: Outcome, chance: float = 0.5) -> None:
    """What is in flight gets this answer."""
    for request in list(page.in_flight.values()):
        page.answer(request, outcome, chance)


def wake(page: Page) -> int:
    """The timer goes off. Returns how long that took."""
    assert page.timer is not None
    wait = page.timer - page.clock.elapsed
    page.browser.advance(wait)
    return wait


def wait_in_vain(page: Page, ms: int) -> None:
    """So much time goes by, and nothing that is tried meanwhile arrives."""
    until = page.clock.elapsed + ms
    while page.clock.elapsed < until:
        answer(page, NEVER_ARRIVED)
        due = until if page.timer is None else min(until, max(page.timer, page.clock.elapsed))
        page.browser.advance(due - page.clock.elapsed)
    answer(page, NEVER_ARRIVED)


def numbers(page: Page) -> list[int]:
    """The messages that arrived, by the order of their calls."""
    return [message["properties"]["number"] for message in page.browser.data_plane.arrived]


def test_an_hour_without_a_data_plane_costs_at_most_40_requests() -> None:
    # The full jitter of one seed in a thousand would make more tries; 0, where every wait is the shortest, many more.
    for seed in range(300):
        chance = random.Random(seed)
        page = open_page(calls=5)
        while page.clock.elapsed < HOUR:
            jitter = chance.random() if seed else 0.0
            answer(page, chance.choice([NEVER_ARRIVED, Outcome(500), Outcome(503)]), jitter)
            wake(page)
        assert sum(request.at < HOUR for request in page.browser.requests) <= 40
        drain(page.browser)
        assert numbers(page) == list(range(5))


@pytest.mark.parametrize("seed", [1, 2])
def test_30_percent_of_faults_lose_none_of_10_000_messages(seed: int) -> None:
    chance = random.Random(seed)
    faults = [NEVER_ARRIVED, ANSWER_LOST, *[fault for fault in FAULTS if fault.status not in (403, 413)]]
    page = open_page()
    called = 0
    while called < 10_000 or page.held:
        for _ in range(min(chance.randrange(20), 10_000 - called)):
            page.call("track", "good", {"number": called})
            called += 1
        page.browser.advance(chance.randrange(4_000))
        answer(page, chance.choice(faults) if chance.random() < 0.3 else OK, chance.random())
        if called == 10_000 and page.timer is not None:
            wake(page)
    browser = page.browser
    assert list(dict.fromkeys(numbers(page))) == list(range(10_000))
    assert max(browser.data_plane.times.values()) > 1, "answers were lost, so some must have arrived again"
    assert all(times <= 1 + browser.excused[id] for id, times in browser.data_plane.times.items())
    assert page.emitted["delivered"] == 10_000 and not browser.dropped and not browser.message_keys()


@pytest.mark.parametrize(("status", "reason"), [(400, "rejected"), (403, "rejected"), (413, "too_large")])
def test_one_bad_message_of_100_costs_itself_and_few_requests(status: int, reason: str) -> None:
    for bad in range(100):
        page = open_page(calls=100, online=False)
        page.signal("online")
        while page.in_flight:
            (request,) = page.in_flight.values()
            there = any(message["properties"]["number"] == bad for message in request.messages)
            answer(page, Outcome(status) if there else OK)
        assert numbers(page) == [number for number in range(100) if number != bad]
        assert [why for why, _, _ in page.browser.dropped.values()] == [reason]
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
    answer(page, Outcome(status))
    for kind in ("hidden", "online", "flush"):
        page.signal(kind)
    browser.advance(4 * MINUTE)
    browser.kill(page)
    page = browser.open()
    page.call("track", "good", {"number": 3})
    assert len(browser.requests) == 1 and wake(page) == MINUTE
    answer(page, Outcome(status))
    wake(page)
    answer(page, Outcome(status))
    assert [len(log) for log in (browser.pages[0].logs, page.logs)] == [1, 1]
    assert f"answered {status}" in page.logs[0]
    wake(page)
    answer(page, OK)
    assert numbers(page) == [0, 1, 2, 3] and set(plane.times.values()) == {1}
    assert COOL_UNTIL not in browser.local


@pytest.mark.parametrize("status", [429, 503])
def test_retry_after_is_obeyed_whatever_happens(status: int) -> None:
    page = open_page(calls=2)
    page.elsewhere = True
    answer(page, Outcome(status, retry_after=HOUR), chance=1)
    for kind in ("hidden", "shown", "offline", "online", "flush"):
        page.signal(kind)
        page.browser.advance(5 * MINUTE)
    page.tick()
    assert len(page.browser.requests) == 1
    assert page.browser.clock.elapsed + wake(page) == HOUR
    assert len(page.browser.requests) == 2


def test_retry_after_is_obeyed_if_the_clock_was_set_back_meanwhile() -> None:
    page = open_page(calls=1)
    page.browser.jump(-DAY)
    answer(page, Outcome(503, retry_after=HOUR))
    assert wake(page) == HOUR


@pytest.mark.parametrize(
    ("status", "reload", "reason"),
    [(0, False, "expired"), (503, True, "expired"), (401, False, "unauthorised"), (404, True, "unauthorised")],
)
def test_what_waited_7_days_is_dropped(status: int, reload: bool, reason: str) -> None:
    page = open_page(calls=2)
    answer(page, Outcome(status, retry_after=MINUTE if status == 503 else None))
    page.signal("offline")
    wait_in_vain(page, EXPIRES_AFTER)
    page.call("track", "good", {"number": 2})
    assert not page.browser.dropped
    wait_in_vain(page, 1)
    if reload:
        page.browser.kill(page)
        page = page.browser.open()
    page.signal("online")
    answer(page, OK)
    assert [why for why, _, _ in page.browser.dropped.values()] == [reason, reason]
    assert numbers(page) == [2] and not page.browser.message_keys()


def test_over_16_mib_the_oldest_are_dropped() -> None:
    page = open_page(online=False)
    for number in range(20):
        page.call("track", "good", {"number": number, "text": "x" * 2**20})
    assert page.emitted["overflow"] == 5 and len(page.held) == 15
    page.signal("online")
    while page.in_flight:
        answer(page, OK)
    assert numbers(page) == list(range(5, 20))


def test_two_deliveries_that_fail_come_back_in_order() -> None:
    page = open_page(calls=3)
    page.signal("hidden")
    first, second = page.in_flight.values()
    page.answer(first, NEVER_ARRIVED)
    page.answer(second, NEVER_ARRIVED)
    drain(page.browser)
    assert numbers(page) == [0, 1, 2]


def test_a_timer_that_goes_off_early_is_set_again() -> None:
    page = open_page(calls=1)
    answer(page, Outcome(503))
    due = page.timer
    page.browser.clock.elapsed += 1
    page.tick()
    assert page.timer == due


def operations(act: Callable[[Page], object], page: Page) -> int:
    """How many bytecode instructions of the core an act takes."""
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
        act(page)
    finally:
        monitoring.free_tool_id(tool)
    return count


def call(page: Page) -> None:
    page.call("track", "good", {"number": 0})


ACTS: list[Callable[[Page], object]] = [
    call,
    lambda page: page.tick(),
    lambda page: page.signal("online"),
    call,
    lambda page: answer(page, Outcome(503)),
    lambda page: page.signal("hidden"),
    lambda page: page.signal("hidden"),
    lambda page: answer(page, Outcome(413)),
    lambda page: answer(page, OK),
]


def test_what_waits_makes_nothing_dearer() -> None:
    room = {"outboxMaxBytes": 2**24}
    none, few, many = (open_page(waiting, False, room) for waiting in (2, 250, 5_000))
    none.signal("online")
    while none.in_flight:
        answer(none, OK)
    none.signal("offline")
    assert not none.held and len(many.held) == 5_000
    assert operations(call, many) <= operations(call, none)  # which must ask for a timer too
    call(few)
    for act in ACTS:
        assert operations(act, few) == operations(act, many)
