"""What holds whatever happens (DESIGN section 6): Hypothesis attacks it.

The pages are the real page code of web/src with the real core on MicroPython, in Node, around a scripted browser
(browser.mjs). A *message* is what a call became; a *page* dies at any moment, also between two things that reach beyond
it. Precisely:

1. No exception reaches the page, whatever it gives; and the core never fails.
2. Every call is accepted once, under the id that it was given. What a page accepted it holds until it reports it as
   delivered (it arrived) or dropped (for a reason that is so). `beforeSend` may drop it instead of accepting it, and
   whatever else it does, the message is accepted. Stored is exactly what is not settled and had room. What died with a
   page is only what never had room.
3. A page has one delivery in flight; `hidden` may start one more beside it, and once more, each of which it sends as a
   request for each message. A delivery leaves nothing behind that its page called before what it takes, but what failed
   alone, and what was held apart (web/src/leaving.js). So messages arrive for the first time in the order of their
   calls, per page; what others took over from a page that was in the back/forward cache is a line of its own. Only a
   delivery that `hidden` started can overtake the one in flight beside it (or of whose failure Python has not heard),
   and within itself; and a request whose page died can still arrive, late, with what was never stored or has been
   dropped since; and what had no room may be stored when others have taken over what followed it, or be sent by its
   page when they have taken over what was before it; and what a page stored under two names (web/src/tabs.js), while
   the clock was set back, is in the order of its times.
4. What was stored when a page died arrives all the same, with the same id. A message arrives again only after an
   arrival of which no page acted on the answer in full: the answer was lost, or the page died first, or it came back
   from the back/forward cache, and gave the answer up.
5. While a page holds anything, a delivery is in flight or a timer is set, never further away than the longest wait
   (5 minutes, an hour where it failed alone, or what the data plane asked for, a day at most), however the clock is
   set. While offline there is one try in 5 minutes. Nothing is sent before the data plane's `Retry-After` or cool-down
   is over, or within the shortest backoff of a failure unless `online`, `hidden` or `flush` ask for a try or the clock
   went ahead. Once the data plane answers, everything drains.
6. The same inputs give the same answers, on MicroPython and on CPython.
7. A page whose visitor has not decided about consent stores nothing and sends nothing. What a decision discards never
   arrives, unless others had it by then.
8. What getters answer is so, before Python is there and after: it is what the messages of that moment say, on whatever
   page they are made, and what the next page finds, where the browser keeps it. A visitor has one anonymousId.
"""

import json
import math
import os
import secrets
from typing import Any

import own_process
import pytest
from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from machine.browser import DAY, HOUR, MINUTE, ODDITIES, SECOND, WRITE_KEY, Browser, Call, Tab, new_core, pending
from machine.data_plane import ANSWER_LOST, NEVER_ARRIVED, OK, Outcome, Request
from machine.visitor import encode, is_new, is_so

KEEPALIVE_BYTES = 60 * 1024
EXPIRES_AFTER = 7 * DAY

# To look further, with other seeds: EXAMPLES=20000 pytest tests/machine
EXAMPLES = int(os.environ.get("EXAMPLES", "1000"))
PER_SEED = 50
SEEDS = 4
"""Of one test: several processes share the tests (tests/conftest.py); but each test starts Python and Node anew."""
SETTINGS = settings(
    max_examples=PER_SEED,
    stateful_step_count=50,
    database=None,
    deadline=None,
    print_blob=True,
    report_multiple_bugs=False,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)

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
TRACKS = ["good", "good", "bad", "large", "unwanted", "renamed", "nulls", "inPlace"]
CALLS: dict[str, tuple[str, list[Any]]] = {
    "identify": ("identify", ["alice", {"plan": "free", "address": {"city": "Paris"}}]),
    "identify another": ("identify", ["bob", {"address": {"country": "France"}}]),
    "identify by traits": ("identify", [{"address": {"street": "Rue"}, "tags": [1]}]),
    "identify with much": ("identify", ["alice", {"bio": "x" * 5_000}]),
    "identify nobody": ("identify", [" ", {"plan": "none"}]),
    "group": ("group", ["a group", {"size": 1}]),
    "group none": ("group", [""]),
    "alias": ("alias", ["carol"]),
    "page": ("page", ["Home"]),
    "reset": ("reset", []),
    "reset all": ("reset", [True]),
    "reset some": ("reset", [{"entries": {"anonymousId": True, "userId": False}}]),
    "setAnonymousId": ("setAnonymousId", ["given"]),
    "setAnonymousId anew": ("setAnonymousId", []),
    "startSession": ("startSession", []),
    "startSession by id": ("startSession", [1_234_567_890]),
    "endSession": ("endSession", []),
    "setAuthToken": ("setAuthToken", ["a token"]),
} | {event: ("track", [event, {"text": "x" * (30_000 if event == "large" else 0)}]) for event in TRACKS}
CALLED = st.sampled_from(TRACKS) | st.sampled_from(list(CALLS))
STORAGES = [
    *[{"type": place} for place in ("localStorage", "sessionStorage", "memoryStorage", "none")],
    {"entries": {"userTraits": {"type": "localStorage"}, "authToken": {"type": "none"}}},
    {"encryption": {"version": "legacy"}},
]
OPTIONS = st.sampled_from(
    [
        *[{}] * 12,
        {"outboxMaxBytes": 5_000},
        {"outboxMaxBytes": 0},
        {"beforeSendFailure": "send"},
        {"sessions": {"timeout": MINUTE, "cutOff": {"enabled": True, "duration": 10 * MINUTE}}},
        {"sessions": {"autoTrack": False}},
        {"sameDomainCookiesOnly": True},
        {"externalAnonymousIdCookieName": "theirs"},
        {"anonymousIdOptions": {"autoCapture": {"enabled": True, "source": "segment"}}},
        pending(),
        pending("session"),
        pending("anonymousId"),
        pending(delivery="immediate"),
        *[{"storage": storage} for storage in STORAGES],
    ]
)
PAGES = st.fixed_dictionaries(
    {
        "options": OPTIONS,
        "loads": st.sampled_from([True, True, True, False]),
        "boot": st.sampled_from([2, 2, 2, 1, 0]),
        "python": st.sampled_from(["here", "here", "elsewhere"]),
        "looks": st.booleans(),
        "referrer": st.sampled_from(["", "https://www.google.com/search"]),
        "reviews": st.sampled_from(["", "", "now", "later"]),
        "subtle": st.sampled_from([True, True, False]),
        "writeKey": st.sampled_from([WRITE_KEY, WRITE_KEY, WRITE_KEY, "ANOTHER"]),
    }
)
BROWSERS = st.fixed_dictionaries(
    {
        "refuses": st.sampled_from(["nothing", "nothing", "nothing", "everything", "domains", "blocked"]),
        "blocked": st.sampled_from([[], [], [], ["localStorage"], ["localStorage", "sessionStorage"]]),
        "locks": st.sampled_from([True, True, True, False]),
    }
)
COOKIES = ["alice", "an older one", "theirs", "segment", "sealed", "not ours", "null", "cut off"]
"""What there is in a browser before, or comes from elsewhere."""
LITTER = st.sampled_from(
    ["", "{", "null", "[]", "5", '"text"', "{}", '{"messageId": 1}', '{"id": "x", "type": "track"}']
)


class Pages(RuleBasedStateMachine):
    """Several tabs of one browser, and a data plane that answers as Hypothesis likes."""

    @initialize(browser=BROWSERS, page=PAGES, cookies=st.lists(st.sampled_from(COOKIES), max_size=2))
    def first_page(self, browser: dict[str, Any], page: dict[str, Any], cookies: list[str]) -> None:
        self.browser = Browser(**browser)
        for what in cookies:
            set_cookie(self.browser, what)
        self.requests_seen = self.arrivals_seen = self.accepted_seen = 0
        self.anonymous_ids: set[str] = set()
        self.first_arrivals: dict[str, None] = {}
        self.overtakes: set[tuple[str, str]] = set()
        self.browser.open(**page)

    def active(self) -> list[Tab]:
        return [tab for tab in self.browser.alive if not tab.frozen]

    def tab(self, index: int) -> Tab:
        tabs = self.active()
        return tabs[index % len(tabs)]

    def in_flight(self) -> list[Request]:
        return [request for tab in self.browser.alive for request in tab.in_flight.values()]

    def any_page(self) -> bool:
        return bool(self.active())

    # What can happen

    @precondition(any_page)
    @rule(index=INDEX, events=st.lists(CALLED | OUTCOMES | st.just("due"), min_size=1, max_size=8), chance=CHANCES)
    def traffic(self, index: int, events: list[str | Outcome], chance: float) -> None:
        """Calls; answers to what is in flight; waiting for a timer."""
        for event in events:
            if event == "due":
                self.wait_for_timer(index)
            elif isinstance(event, str):
                self.call(index, event)
            elif self.in_flight():
                requests = self.in_flight()
                request = requests[index % len(requests)]
                request.tab.answer(request, event, chance)

    @precondition(any_page)
    @rule(index=INDEX, calls=st.lists(CALLED, min_size=1, max_size=3), how=st.sampled_from(["hidden", "left", "kept"]))
    def call_and_leave(self, index: int, calls: list[str], how: str) -> None:
        if not self.active():
            return
        tab = self.tab(index)
        for what in calls:
            self.call(index, what)
        if not tab.alive:
            return
        if how == "hidden":
            tab.signal("hidden")
        else:
            tab.leave(kept=how == "kept")

    def call(self, index: int, what: str) -> None:
        if self.active():
            method, arguments = CALLS[what]
            self.tab(index).call(method, *arguments)

    @precondition(any_page)
    @rule(index=INDEX, what=st.sampled_from(["due", "early", 1, SECOND, MINUTE, 10 * MINUTE]))
    def time(self, index: int, what: str | int) -> None:
        """Goes by; or a timer goes off, perhaps too early: browsers do that by a millisecond."""
        timers = [tab for tab in self.active() if tab.timer is not None]
        if isinstance(what, int):
            self.browser.advance(what)
        elif what == "due":
            self.wait_for_timer(index)
        elif timers:
            timers[index % len(timers)].early_tick()

    def wait_for_timer(self, index: int) -> None:
        waits = [tab.timer - self.browser.elapsed for tab in self.active() if tab.timer is not None]
        if waits:
            # Whoever waits for long does not make the others try for as long: that would be hundreds of requests.
            wait = waits[index % len(waits)]
            self.browser.advance(max(0, wait if wait <= 10 * MINUTE else min(waits)))

    @precondition(any_page)
    @rule(index=INDEX, kind=st.sampled_from(["hidden", "online", "online", "shown", "flush", "offline"]))
    def signal(self, index: int, kind: str) -> None:
        self.tab(index).signal(kind)

    @precondition(any_page)
    @rule(index=INDEX, after=st.none() | st.integers(0, 6))
    def kill(self, index: int, after: int | None) -> None:
        """At once, or when the page has done so many things more that reach beyond it."""
        self.tab(index).kill(after)

    # Without Web Locks a page cannot know of another that it is there.
    @precondition(lambda self: len(self.browser.alive) < (4 if self.browser.locks else 1))
    @rule(page=PAGES)
    def open(self, page: dict[str, Any]) -> None:
        self.browser.open(**page)

    @precondition(lambda self: any(not tab.loaded for tab in self.active()))
    @rule()
    def load(self) -> None:
        next(tab for tab in self.active() if not tab.loaded).load()

    @precondition(any_page)
    @rule(index=INDEX, at_once=st.booleans())
    def fail(self, index: int, at_once: bool) -> None:
        """Python cannot start, or dies with the next input."""
        tab = self.tab(index)
        if tab.has_python and not at_once:
            tab.break_python()
        elif tab.has_script and not tab.has_python:
            tab.have_no_python()

    @precondition(any_page)
    @rule(
        index=INDEX,
        method=st.sampled_from(["track", "page", "load"]),
        oddities=st.lists(st.sampled_from(ODDITIES), max_size=2),
    )
    def call_oddly(self, index: int, method: str, oddities: list[str]) -> None:
        """With what no JSON has; or `load` again, of which only the first counts."""
        tab = self.tab(index)
        if method != "load":
            tab.call_oddly(method, ["good", *oddities])
        elif tab.loaded:
            tab.load_again()

    @precondition(lambda self: any(tab.frozen for tab in self.browser.alive))
    @rule()
    def come_back(self) -> None:
        come_back(next(tab for tab in self.browser.alive if tab.frozen))

    @precondition(lambda self: any(not tab.decides for tab in self.active()))
    @rule(discards=st.sampled_from([False, False, True]))
    def decide(self, discards: bool) -> None:
        next(tab for tab in self.active() if not tab.decides).consent(discards)

    @precondition(lambda self: any(tab.boots for tab in self.active()))
    @rule(index=INDEX)
    def boot(self, index: int) -> None:
        """The rest of the script comes, or Python."""
        tabs = [tab for tab in self.active() if tab.boots]
        bring(tabs[index % len(tabs)])

    @precondition(lambda self: any(tab.replies or tab.thoughts for tab in self.active()))
    @rule(index=INDEX, times=st.integers(1, 10))
    def answer_later(self, index: int, times: int) -> None:
        """Python or `beforeSend` has thought."""
        for _ in range(times):
            tabs = [tab for tab in self.active() if tab.replies or tab.thoughts]
            if tabs:
                tab = tabs[index % len(tabs)]
                tab.think() if tab.thoughts else tab.reply()

    @precondition(lambda self: self.browser.undelivered)
    @rule()
    def inherit(self) -> None:
        """A page gets the lock of one that is gone."""
        self.browser.deliver_locks()

    @precondition(lambda self: self.browser.ghosts)
    @rule(index=INDEX, arrives=st.booleans())
    def request_for_which_nobody_waits(self, index: int, arrives: bool) -> None:
        ghosts = self.browser.ghosts
        self.browser.ghost(ghosts[index % len(ghosts)], arrives)

    @rule(
        what=st.tuples(st.sampled_from([-1, 1]), JUMPS)
        | st.sampled_from(["full", "empty", "empty", "everything", "nothing", "nothing"])
        | st.sampled_from([*COOKIES, "no cookies", "no cookies"])
        | st.tuples(LITTER, st.sampled_from(["", ".call", ".identity"]))
    )
    def disturb(self, what: tuple[int, int] | tuple[str, str] | str) -> None:
        """Somebody sets the clock, fills or empties the storage, sets, clears or forbids cookies, or leaves something
        under a key of ours."""
        browser = self.browser
        if isinstance(what, str) and what in COOKIES:
            set_cookie(browser, what)
        elif isinstance(what, str):
            self.change_storage(what)
        elif isinstance(what[0], int) and isinstance(what[1], int):
            browser.jump(what[0] * what[1])
        else:
            browser.litter(WRITE_KEY, str(what[1]), str(what[0]))

    def change_storage(self, what: str) -> None:
        browser = self.browser
        if what == "no cookies":
            # A page that asks for consent, and comes back to find nothing, takes it for revoked (tests/page has that).
            if not any(tab.frozen and "preConsent" in tab.options for tab in browser.alive):
                browser.clear_cookies()
        elif what in ("full", "empty"):
            browser.fill(what == "full")
        elif browser.refuses in ("everything", "nothing"):
            browser.refuse(what)

    # What must hold

    @invariant()
    def no_exception(self) -> None:
        """1"""
        assert not self.browser.uncaught, self.browser.uncaught
        for tab in self.browser.tabs:
            assert not [line for line in tab.logs if " failed: " in line]

    @invariant()
    def nothing_vanishes(self) -> None:
        """2"""
        browser = self.browser
        held = {id for tab in browser.alive for id in [*tab.held, *tab.calls]}
        known = held | browser.stored_ids() | browser.delivered | set(browser.dropped) | browser.lost | browser.done
        known |= browser.data_plane.refused[400].union(*browser.apart.values())
        vanished = set(browser.calls) - known - set(browser.data_plane.times)
        assert not vanished, [browser.calls[id] for id in vanished]
        assert browser.delivered <= set(browser.data_plane.times) <= set(browser.place) <= set(browser.calls)

    @invariant()
    def only_what_never_had_room_is_lost(self) -> None:
        """2"""
        browser = self.browser
        for id in browser.lost:
            assert not browser.calls[id].had_room

    @invariant()
    def stored_is_what_is_not_settled(self) -> None:
        """2"""
        browser = self.browser
        for tab in browser.alive:
            stored = [each for each in browser.local.values() if each.tab == tab.number]
            own = [each for each in stored if each.owner not in tab.given_up]
            late = ({each.id for each in own} & tab.settled) - set(tab.held)
            assert not late, (tab.number, late)
            if "outboxMaxBytes" in tab.options:  # what was held apart was stored before
                sizes = [each.size for each in own if each.kind == "message" and each.id not in browser.were_apart]
                assert sum(sizes) <= tab.options["outboxMaxBytes"], sizes

    @invariant()
    def what_is_discarded_never_arrives(self) -> None:
        """7"""
        assert not self.browser.discarded & set(self.browser.data_plane.times)

    @invariant()
    def reasons_are_so(self) -> None:
        """2"""
        refused = self.browser.data_plane.refused
        for id, dropped in self.browser.dropped.items():
            if dropped.reason in ("expired", "unauthorised"):
                assert dropped.elapsed - self.browser.calls[id].elapsed > EXPIRES_AFTER
                assert (dropped.reason == "unauthorised") == (dropped.status in (401, 404))
            elif dropped.reason == "discarded":
                assert any(tab.discards for tab in self.browser.tabs)
            elif dropped.reason == "before_send":
                assert self.browser.calls[id].arguments[0] == "unwanted"
            elif dropped.reason == "before_send_failed":
                assert self.browser.calls[id].arguments[0] in ("large", "bad", "renamed")
            else:
                assert id in (refused[413] if dropped.reason == "too_large" else refused[400] | refused[403])

    @invariant()
    def deliveries_are_allowed(self) -> None:
        """3, 5"""
        for request in self.browser.requests[self.requests_seen :]:
            tab = request.tab
            others = {other.delivery for other in request.beside}
            assert not others or (len(others) <= 2 and request.cause == "hidden")
            assert request.at >= request.not_before
            assert request.cause != "hidden" or request.keepalive or not (request.beside or request.ids[1:])
            together = [request, *request.beside, *request.siblings]
            assert sum(len(other.body.encode()) for other in together if other.keepalive) <= KEEPALIVE_BYTES
            kind = request.messages[0]["type"] if "batch" not in json.loads(request.body) else "batch"
            assert request.url.endswith(f"/v1/{kind}") and len(request.ids) <= 100
            assert all("sentAt" in message for message in request.messages)
            assert {self.browser.calls[id].tab.write_key for id in request.ids} == {tab.write_key}
            if not tab.has_failed:  # then it sends once more what Python said last, as it is left
                self.check_order(request)
            overtaken = [*together[1:], *(request.answered if request.cause == "hidden" else [])]
            self.overtakes |= {(early, id) for other in overtaken for early in other.ids for id in request.ids}
        self.requests_seen = len(self.browser.requests)

    def check_order(self, request: Request) -> None:
        place = self.browser.place
        browser = self.browser
        late = browser.failed_alone | browser.were_apart | browser.noted | browser.doubtful | browser.had_before
        latest: dict[tuple[int, int], int] = {}
        for id in request.ids:
            line, at = place[id]
            assert latest.get(line, -1) < at or id in late, f"{id} is out of order in its delivery"
            latest[line] = max(at, latest.get(line, -1))
        for id in set(request.behind) - late:
            line, at = place[id]
            is_excused = all(self.may_be_apart(id, other) for other in request.ids)
            assert latest.get(line, -1) < at or is_excused, f"{id} is left behind"

    def may_be_apart(self, id: str, other: str) -> bool:
        """Were they stored under names of their own, while the clock was set back? Then times are all there is."""
        names = self.browser.names
        return self.browser.was_set_back and names.get(id, set()).isdisjoint(names.get(other, set()))

    @invariant()
    def first_arrivals_are_in_order(self) -> None:
        """3"""
        browser, place = self.browser, self.browser.place
        stragglers = browser.lost | set(browser.dropped) | browser.failed_alone | browser.were_apart | browser.noted
        stragglers |= browser.doubtful | browser.had_before
        stragglers |= {id for id, call in browser.calls.items() if id in browser.adopters and not call.had_room}
        for message in browser.data_plane.arrived[self.arrivals_seen :]:
            id = message["messageId"]
            for before in self.first_arrivals:
                late = place[before][0] == place[id][0] and place[before][1] > place[id][1]
                is_excused = id in self.first_arrivals or (id, before) in self.overtakes or id in stragglers
                is_excused = is_excused or self.may_be_apart(id, before)
                is_excused = is_excused or (id in browser.adopters and not browser.calls[before].had_room)
                assert not late or is_excused, (id, before)
            self.first_arrivals[id] = None
            assert {name: message[name] for name in message if name != "sentAt"} in browser.messages[id]
        self.arrivals_seen = len(browser.data_plane.arrived)

    @invariant()
    def messages_say_who_the_visitor_was(self) -> None:
        """8"""
        browser = self.browser
        assert not browser.untrue, browser.untrue
        for tab, hides, message in browser.accepted[self.accepted_seen :]:
            call = browser.calls[message["messageId"]]
            # A page acts on what another left by what may be shown in itself, before and after the decision.
            if call.tab is tab or not (hides or call.id in call.tab.visitor.hidden):
                check_identity(message, call, tab, self.anonymous_ids)
        self.accepted_seen = len(browser.accepted)

    @invariant()
    def repeats_are_excused(self) -> None:
        """4"""
        for id, times in self.browser.data_plane.times.items():
            assert times <= 1 + self.browser.excused[id], (id, times)

    @invariant()
    def something_will_happen(self) -> None:
        """5"""
        for tab in self.active():
            if (
                tab.held
                and tab.opened
                and not tab.has_failed
                and not (tab.in_flight or tab.buffers or tab.replies or tab.thoughts)
            ):
                longest = HOUR if self.browser.failed_alone & set(tab.held) else 0
                assert tab.timer is not None
                assert tab.timer - self.browser.elapsed <= max(longest, tab.longest_wait)

    def teardown(self) -> None:
        if not hasattr(self, "browser"):
            return
        drain(self.browser)
        self.no_exception()
        self.nothing_vanishes()
        self.only_what_never_had_room_is_lost()
        self.what_is_discarded_never_arrives()
        self.reasons_are_so()
        self.messages_say_who_the_visitor_was()
        self.deliveries_are_allowed()
        self.first_arrivals_are_in_order()
        self.repeats_are_excused()
        browser = self.browser
        settled = set(browser.data_plane.times) | set(browser.dropped) | browser.lost | browser.done
        settled |= browser.data_plane.refused[400].union(*browser.apart.values())
        assert set(browser.calls) <= settled, set(browser.calls) - settled
        tidy(browser)
        for tab in browser.tabs:
            replay(tab)


def set_cookie(browser: Browser, what: str) -> None:
    """The official SDK, another tool or a server sets a cookie; or what is there was half written."""
    texts = {"not ours": "zoe", "null": encode(None), "cut off": encode("zoe")[:-3]}
    if what == "sealed":
        browser.seal("rl_trait", {"plan": "sealed"})
    elif what == "theirs":
        browser.set_cookie("theirs", "their-id")
    elif what == "segment":
        browser.set_cookie("ajs_anonymous_id", '"segment-id"')
    elif what == "an older one":  # on another path, and pages cannot change it
        browser.set_cookie("rl_user_id", encode("yves"), "/shop", is_host_only=True, locked=True)
    else:
        browser.set_cookie("rl_user_id", texts.get(what, encode(what)))


def check_identity(message: dict[str, Any], call: Call, tab: Tab, others: set[str]) -> None:
    """A message, made in this tab, says who the visitor was when it was called; `others` are the anonymousIds of those
    before it."""
    visitor = call.tab.visitor.expected[call.id]
    if tab is not call.tab:
        visitor = call.tab.visitor.outdated.get(call.id, visitor)
    is_unsure = call.id in call.tab.visitor.unsure  # its session may have begun anew, as cookies were cleared
    was_new = is_unsure or is_new(visitor, call.at)
    if tab is not call.tab and was_new and is_so(tab.visitor.newcomer, message["anonymousId"]):
        # The tabs opened at once, and this is what they agreed on.
        visitor = visitor | {"anonymousId": tab.visitor.newcomer}
    context = message["context"]
    said = {
        "anonymousId": message["anonymousId"],
        "userId": message["userId"],
        "userTraits": context["traits"],
        "initialReferrer": context["page"]["initial_referrer"],
        "initialReferringDomain": context["page"]["initial_referring_domain"],
        "sessionId": context.get("sessionId"),
    }
    expected = {key: visitor.get(key) for key in said}
    if not visitor["anonymousId"]:  # nothing of the visitor may be shown: an id that nobody else has
        expected["anonymousId"] = said["anonymousId"]
        assert said["anonymousId"] not in others, (call, said)
    others.add(said["anonymousId"])
    expected["sessionId"] = said["sessionId"] if is_unsure else visitor["sessionInfo"].get("id")
    if call.method == "alias":
        said["previousId"], said["userId"] = message["previousId"], visitor["userId"]
        expected["previousId"] = visitor["userId"] or visitor["anonymousId"]
    elif call.method == "group":
        said |= {"groupId": message.get("groupId", ""), "groupTraits": message["traits"]}
        expected |= {"groupId": visitor["groupId"], "groupTraits": visitor["groupTraits"]}
    assert is_so(list(expected.values()), [said[key] for key in expected]), (call, expected, said)
    if visitor["sessionInfo"].get("sessionStart") and not call.tab.visitor.unsure:
        assert context["sessionStart"] is True


def come_back(tab: Tab) -> None:
    """The visitor does; or never, where the page asks for consent and pages that keep nothing removed what was stored:
    it would take that for revoked (tests/page has that)."""
    places = [other.options.get("storage", {}).get("type") for other in tab.browser.tabs]
    if "preConsent" in tab.options and not {"sessionStorage", "memoryStorage", "none"}.isdisjoint(places):
        tab.kill()
    else:
        tab.come_back()


def bring(tab: Tab) -> None:
    """What is still to come, comes."""
    if tab.has_script:
        tab.bring_python()
    else:
        tab.bring_script()


def drain(browser: Browser) -> None:
    """The network is back, the data plane answers, and a page of each write key is open: now everything must go."""
    browser.fill(False)
    for tab in browser.alive:
        if tab.frozen:
            come_back(tab)
        if tab.is_dying or tab.has_failed or not tab.loaded:
            tab.kill()
    for write_key in sorted({stored.write_key for stored in browser.local.values()} | {WRITE_KEY}):
        if not any(tab.write_key == write_key for tab in browser.alive):
            browser.open(writeKey=write_key)
    browser.deliver_locks()
    for tab in browser.alive:
        while tab.boots:
            bring(tab)
        if not tab.decides:
            tab.consent()
        tab.signal("online")
    step, seen = 0, 0
    for _ in range(2_000):
        if browser.undelivered:
            browser.deliver_locks()
        if any(settle(tab) for tab in browser.alive):
            continue
        timers = [tab.timer for tab in browser.alive if (tab.held or tab.calls) and tab.timer is not None]
        # Pages look for others every minute: where a wait is long, that is not what it is for.
        step = min(2 * step + SECOND, HOUR) if len(browser.requests) == seen else 0
        seen = len(browser.requests)
        if timers:
            browser.advance(max(step, min(timers) - browser.elapsed), stops=True)
        elif browser.local and step < HOUR:
            browser.advance(2 * MINUTE)  # then a page that stored nothing counts as gone, where there are no locks
        else:
            break
    waiting = {tab.number: [*tab.held, *tab.calls.values()] for tab in browser.alive if tab.held or tab.calls}
    assert not waiting, waiting
    assert not browser.local, browser.local


def tidy(browser: Browser) -> None:
    """Whatever is under keys of ours, the next page removes it."""
    for tab in browser.alive:
        tab.kill()
    for write_key in [WRITE_KEY, "ANOTHER"]:
        browser.open(writeKey=write_key)
    for _ in range(4):  # what was on its way as a page was left may be sent once more
        browser.deliver_locks()
        while any(settle(tab) for tab in browser.alive):
            pass
        browser.advance(2 * MINUTE)
    kept = [key for key in browser.stored_keys() if not key.endswith((".coolUntil", ".run", ".held"))]
    assert browser.blocked or not kept, kept


def settle(tab: Tab) -> bool:
    """What it waits for comes. Is there anything?"""
    if tab.thoughts:
        tab.think()
    elif tab.replies:
        tab.reply()
    elif tab.in_flight:
        tab.answer(next(iter(tab.in_flight.values())), OK)
    else:
        return False
    return True


def replay(tab: Tab) -> None:
    """6"""
    core = new_core()
    for asked, answer in tab.record:
        given = json.loads(core.handle(asked))
        if answer:
            assert given == json.loads(answer)


@pytest.mark.timeout(1_200)  # what is found takes minutes to be made small
@pytest.mark.parametrize("part", range(math.ceil(EXAMPLES / PER_SEED / SEEDS)))
def test_pages(part: int) -> None:
    numbers = [SEEDS * part + number for number in range(SEEDS)]
    if "EXAMPLES" in os.environ:
        numbers = [secrets.randbelow(2**32) for _ in numbers]
    own_process.run(f"from machine import test_pages; test_pages.examine({numbers})")


def examine(numbers: list[int]) -> None:
    """The pages of these seeds, which are the same whichever was before."""
    for number in numbers:
        print(f"seed {number}")  # the last one printed is the one that failed
        some = settings(SETTINGS, phases=[Phase.generate, Phase.shrink])
        run_state_machine_as_test(seed(number)(Pages), settings=some)
