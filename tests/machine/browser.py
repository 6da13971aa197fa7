"""A browser in simulated time, as Python knows it: tells Node what happens (browser.mjs), and notes what came of it.

`Browser` is one profile, `Tab` one page with the real page code and the real core. Both only note; what is right is for
the tests to say.
"""

import importlib.util
import json
import re
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any
from urllib.parse import quote, unquote

from machine.data_plane import OK, DataPlane, Outcome, Request
from machine.node import node
from machine.visitor import Storage, Visitor, is_so

SECOND, MINUTE, HOUR, DAY = 1_000, 60_000, 3_600_000, 86_400_000

WRITE_KEY = "WRITE_KEY"
URL = "https://dataplane.example.com"
MESSAGES = ("identify", "track", "page", "group", "alias")

MOST_TRIES = 40
"""In an hour without a data plane."""

LITTER = "99999999-9999-4999-8999-999999999999"
"""The owner of what we did not write."""

ODDITIES = ["bigint", "symbol", "nothing", "infinite", "function", "date", "broken"]
ODDITIES += ["getter", "thrower", "revoked", "cycle", "prototype", "deep", "neighbours"]
"""What no JSON has: oddities.mjs."""

_KEY = re.compile(r"rudderanalytics\.(\w+)\.([0-9a-f-]{36})\.\d{10}\.(\d+)(?:\.(call|identity))?")
_CONSENT = {"enabled": True, "provider": "custom"}


def pending(strategy: str = "none", delivery: str = "buffer") -> dict[str, Any]:
    """Load options of a page whose visitor has not decided."""
    before = {"enabled": True, "storage": {"strategy": strategy}, "events": {"delivery": delivery}}
    return {"preConsent": before, "consentManagement": _CONSENT}


@dataclass
class Call:
    """A public method that was called; `number`: how many were before it."""

    number: int
    id: str
    tab: "Tab"
    method: str
    arguments: list[Any]
    elapsed: int
    at: int
    line: int
    had_room: bool
    """Was there room to store it, and leave to?"""

    def __repr__(self) -> str:
        return f"<{self.id[-4:]}: {self.method} in tab {self.tab.number}{'' if self.had_room else ', no room'}>"


@dataclass
class Stored:
    """What a key of the journal says, the tab that wrote it, and the id of what it holds; an identity has none."""

    write_key: str
    owner: str
    tab: int
    kind: str
    id: str
    size: int


@dataclass
class Dropped:
    """Why, the last status that its page saw, and when, by `elapsed`."""

    reason: str
    status: int | None
    elapsed: int


class Browser:
    """`alive` are the tabs that are not gone; some of them may be in the back/forward cache.

    Node has one browser: a new one ends the one before.
    """

    _newest: "Browser"

    def __init__(self, refuses: str = "nothing", blocked: list[str] | None = None, locks: bool = True) -> None:
        """`refuses`: see cookieJar.mjs; `blocked`: names of storage areas; `locks`: are there Web Locks?"""
        self.refuses, self.blocked, self.locks = refuses, blocked or [], locks
        self.has_locked_cookies = False
        self.sealed: dict[str, str] = {}  # what the official SDK's first version stored, and the JSON in it
        self.elapsed = 0
        self.now = 0
        self.data_plane = DataPlane()
        self.tabs: list[Tab] = []
        self.local: dict[str, Stored] = {}  # what the journal holds
        self.cool: dict[str, str] = {}  # write key -> until when the data plane wants nothing
        self.full = False
        self.calls: dict[str, Call] = {}
        self.requests: list[Request] = []
        self.ghosts: list[Request] = []  # whose page is gone, or waits no longer: they may arrive yet
        # messageId -> the tab that was called, its line, and its how many-th call it was
        self.place: dict[str, tuple[tuple[int, int], int]] = {}
        # Messages as the core made them: where, and whether it was to hide who the visitor is.
        self.accepted: list[tuple[Tab, bool, dict[str, Any]]] = []
        # By id, as pages accepted them: where there was no room for what one made of a call, the next makes it anew.
        self.messages: dict[str, list[dict[str, Any]]] = {}
        self.stored: dict[str, Any] = {"cookies": "", "scopes": [], "local": {}, "sessions": []}  # of the visitor
        self.stored_before = self.stored
        self.untrue: list[str] = []  # what a page said of the visitor that is not so, or did not keep
        self.delivered: set[str] = set()
        self.dropped: dict[str, Dropped] = {}
        self.done: set[str] = set()  # calls that became no message
        self.adopters: dict[str, Tab] = {}  # who took over what another stored, by id: who takes it last has it
        self.names: dict[str, set[str]] = {}  # under which it was stored, by id
        self.failed_alone: set[str] = set()  # messages that may wait at the back, an hour
        self.discarded: set[str] = set()  # as visitors decided
        self.lost: set[str] = set()  # held in memory only by a page that died
        self.told: set[str] = set()  # of which a good answer came, to whichever page
        self.excused: Counter[str] = Counter()  # arrivals whose answer no page acted on in full
        # What pages noted as they were left (web/src/leaving.js): the browser carries it to the data plane. Of what is
        # refused there no page hears: it must have been alone.
        self.noted: set[str] = set()
        self.doubtful: set[str] = set()  # on its way then, or perhaps, and not noted so: it may be sent late
        self.apart: dict[str, set[str]] = {}  # what other pages hold apart of that, by key
        self.were_apart: set[str] = set()  # they may be sent late
        self.had_before: set[str] = set()  # what others took over from a page that was away, and adopts it
        self.was_set_back = False  # the clock
        self.undelivered = 0  # locks that a tab has and does not know of
        self.uncaught: list[str] = []
        Browser._newest = self
        self.ask(["new"], ["refuse", refuses], ["block", self.blocked])

    @property
    def has_room(self) -> bool:
        """Can pages store what is undelivered?"""
        return not self.full and "localStorage" not in self.blocked

    @property
    def alive(self) -> "list[Tab]":
        return [tab for tab in self.tabs if tab.alive]

    def ask(self, *commands: list[Any]) -> list[Any]:
        """Let this happen, and note what comes of it."""
        assert Browser._newest is self, "another browser was opened meanwhile"
        answer = node().ask(*commands)
        events, state = answer["events"], answer["state"]
        for kind, _, number, *rest in events:
            if kind == "called":
                self.tabs[number].hear_called(*rest)
        for kind, elapsed, number, *rest in events:
            self._go_on(elapsed)
            if kind == "uncaught":
                self.uncaught.append(f"tab {number}: {rest[0]}")
            elif kind != "called":
                getattr(self.tabs[number], f"hear_{kind}")(*rest)
        self.stored_before, self.stored = self.stored, state.get("stored", self.stored)
        self._go_on(state["elapsed"])
        self.now, self.undelivered = state["now"], state["undelivered"]
        for tab, timer, (replies, thoughts) in zip(self.tabs, state["timers"], state["waiting"], strict=True):
            tab.timer, tab.replies, tab.thoughts = timer, replies, thoughts
            if tab.alive and not tab.is_observed:
                tab.notice()
        results: list[Any] = answer["results"]
        return results

    def _go_on(self, elapsed: int) -> None:
        self.now += elapsed - self.elapsed
        self.elapsed = elapsed

    # What happens

    def open(self, boot: int = 2, loads: bool = True, **settings: Any) -> "Tab":
        """Open a tab: 0 bare, 1 with the rest of the script, 2 with Python, too; and `load` in it, if it is to."""
        tab = Tab(self, settings)
        self.tabs.append(tab)
        (tab.owner,) = self.ask(["open", settings | {"locks": self.locks}])
        if loads:
            tab.load()
        if not loads:
            pass  # nothing comes before it is asked for
        elif boot == 1:
            tab.bring_script()
        elif boot:
            tab.bring_python()
        return tab

    def advance(self, ms: int, stops: bool = False) -> None:
        """Time goes by; timers fire when they are due. `stops`: no further than to when somebody sends something."""
        self.ask(["advance", ms, stops])

    def jump(self, ms: int) -> None:
        """Somebody sets the clock. What the data plane asked for is kept; a clock that goes ahead is worth a try."""
        if ms > MINUTE:
            for tab in self.tabs:
                tab.patient_until, tab.went_ahead = 0, True
        self.was_set_back |= ms < 0
        self.ask(["jump", ms])

    def fill(self, full: bool) -> None:
        """There is no room in localStorage any more, or again."""
        self.full = full
        self.ask(["full", full])

    def refuse(self, what: str) -> None:
        """The browser takes other cookies from now on: see cookieJar.mjs."""
        self.refuses = what
        for tab in self.alive:
            tab.was_refused |= what != "nothing"
        self.ask(["refuse", what])

    def set_cookie(
        self, name: str, text: str, path: str = "/", is_host_only: bool = False, locked: bool = False
    ) -> None:
        """Somebody else sets a cookie, which pages cannot change if it is `locked`."""
        self.has_locked_cookies |= locked
        domain = "www.example.com" if is_host_only else "example.com"
        cookie = {"name": name, "value": quote(text), "domain": domain, "isHostOnly": is_host_only, "path": path}
        self.ask(["cookie", cookie | {"isLocked": locked}])

    def seal(self, name: str, value: object) -> None:
        """The official SDK's first version stored this."""
        text = json.dumps(value)
        (sealed,) = self.ask(["seal", text])
        self.sealed[sealed] = text
        self.set_cookie(name, sealed)

    def clear_cookies(self) -> None:
        self.has_locked_cookies = False
        self.ask(["clearCookies"])

    def litter(self, write_key: str, ending: str, text: str) -> None:
        """Something is under a key of a page that is gone, that we did not write."""
        self.ask(["put", f"rudderanalytics.{write_key}.{LITTER}.1000000001.1764000000000{ending}", text])

    def deliver_locks(self) -> None:
        """The locks of pages that are gone are given to those who wait for them."""
        self.ask(["locks"])

    def ghost(self, request: Request, arrives: bool) -> None:
        """What became of a request for which nobody waits."""
        self.ghosts.remove(request)
        if arrives and self.data_plane.answer(request, OK).stored:
            self.excused.update(request.ids)

    def carry(self) -> None:
        """What was on its way as its page was left, and was noted, goes on."""
        for request in [each for each in self.ghosts if self.noted.issuperset(each.ids)]:
            self.ghost(request, arrives=True)

    def storage_of(self, tab: "Tab", before: bool = False) -> Storage:
        """What this tab finds of the visitor; or found, before the last thing that happened."""
        stored = self.stored_before if before else self.stored
        basis = stored, self.refuses, tab.unsealed
        if tab.found is None or any(one is not other for one, other in zip(tab.found[0], basis, strict=True)):
            tab.found = basis, self._found_by(tab, stored)  # which takes long, and seldom changes
        return tab.found[1]

    def _found_by(self, tab: "Tab", stored: dict[str, Any]) -> Storage:
        sessions = stored["sessions"]
        session = sessions[tab.number] if tab.number < len(sessions) else {}
        is_host_only = bool(tab.options.get("sameDomainCookiesOnly")) or self.refuses == "domains"
        own = {
            name: unquote(value)
            for name, value, *scope in stored["scopes"]
            if scope == [is_host_only, "/", False] and self.refuses in ("nothing", "domains")
        }
        return Storage(stored["cookies"], stored["local"], session, tab.unsealed, own)

    def is_hostile(self) -> bool:
        """Does it refuse to keep what pages want it to?"""
        return self.full or bool(self.blocked) or self.has_locked_cookies

    def stored_keys(self) -> list[str]:
        """What is in localStorage under names of ours, really."""
        (keys,) = self.ask(["keys"])
        return list(keys)

    def stored_ids(self) -> set[str]:
        """What is stored, as a message or as a call."""
        return {stored.id for stored in self.local.values() if stored.id}


class Tab:
    """One page.

    `quiet_until` and `patient_until` (by `elapsed`) are what the data plane asked for and the shortest backoff.
    """

    def __init__(self, browser: Browser, settings: dict[str, Any]) -> None:
        self.browser = browser
        self.settings = settings
        self.options: dict[str, Any] = settings.get("options") or {}
        self.write_key: str = settings.get("writeKey", WRITE_KEY)
        self.number = len(browser.tabs)
        self.visitor = Visitor(self.options)
        # What the browser has for it, and of what that was made.
        self.found: tuple[tuple[Any, ...], Storage] | None = None
        self.looked: tuple[list[Any] | None, list[Any] | None] = (None, None)
        self.is_observed = False  # is it acting for its visitor?
        self.wrote: dict[str, str] = {}  # cookies, by name
        self.tried: set[str] = set()  # names of two cookies, of which it has tried which is its own
        self.was_refused = browser.refuses != "nothing"  # does it know a browser that refuses cookies? It asks once
        self.unkept: set[str] = set()  # state keys of what its browser does not keep
        self.owner = ""
        self.alive = True
        self.frozen = False
        self.loaded_at = 0
        self.loaded = self.has_script = self.has_python = False
        self.ready = self.opened = False
        self.online = True  # as Python was told
        self.consented = False  # has the visitor said so?
        self.has_failed = False
        self.names: set[str] = set()  # under which it stored something
        self.had: set[str] = set()  # whose locks it had
        self.given_up: set[str] = set()  # those names that others got meanwhile
        self.line = 0  # how often others got what it had stored: they send that, when they can
        self.parting: set[str] = set()  # names of which it began to note what is on its way, as it is left
        self.refused: set[str] = set()  # names of what is stored, whose locks others have
        # What tabs that opened at once agreed on, before it could look at what is sealed, the ids it knew as theirs,
        # and whether it said so itself.
        self.met: tuple[str | None, list[str], bool] = None, [], False
        # Does all wait until what is sealed is opened, and known which of two cookies counts?
        self.is_sealed = False
        self.unsealed: dict[str, str] = {}  # what it opened, and the JSON in it
        self.discards = False  # is what waited for the decision discarded?
        self.unnamed: list[str] = []  # ids of calls that the page made itself
        self.timer: int | None = None
        self.replies = self.thoughts = 0  # what Python has answered, and `beforeSend` thinks about
        self.calls: dict[str, Call] = {}  # made here, and not acted on yet
        self.given: set[str] = set()  # ids of what Python was given
        self.held: dict[str, None] = {}
        self.settled: set[str] = set()  # what it has said the last of
        self.settling: set[str] = set()  # what Python let go last, which listeners may not have heard of
        self.dropping: set[str] = set()  # of these, what it dropped
        self.in_flight: dict[int, Request] = {}
        # Those of which Python knows no answer, and those of which it hears now: a page that is hidden or left sends
        # several messages as a request each.
        self.deliveries: dict[int, list[Request]] = {}
        self.answered: dict[int, list[Request]] = {}
        self.guesses: dict[int, list[Request]] = {}
        self.arrived: set[str] = set()  # of what it sent, until it says that it knows
        self.record: list[tuple[str, str]] = []  # inputs, and the core's answers
        self.logs: list[str] = []
        self.emitted: Counter[str] = Counter()
        self.last_status: int | None = None
        self.quiet_until = self.patient_until = self.offline_until = 0
        self.asked_to_wait = 0  # for how long, at most
        self.failures: list[int] = []  # when tries failed, by `elapsed`
        self.announced: list[
            tuple[str, dict[str, Any], int, int]
        ] = []  # what it was told to send: cause, effect, not before, and when it was asked
        self.is_dying = False
        self.input: dict[str, Any] = {}  # the last one
        self.hides = False  # does Python hide who the visitor is?
        self.arrives = False  # did Python say, of `load`, what is to be kept?
        self.asks = False  # has it not been answered?
        self.asked_at = 0  # when it was given, by `elapsed`
        self.went_ahead = False  # the clock, since then
        self.reviewing: dict[str, Any] = {}  # the message that `beforeSend` sees

    @property
    def ceded(self) -> set[str]:
        """What it was called, or adopted, and another has now, or will have: it was stored under a name whose lock this
        one was refused."""
        adopted = {id for id, tab in self.browser.adopters.items() if tab is not self}
        others = self.refused | self.given_up
        if not others:  # as nearly always: then nobody looks through thousands of names
            return adopted
        return adopted | {id for id, those in self.browser.names.items() if those & others}

    @property
    def decides(self) -> bool:
        """Is there nothing to ask the visitor?"""
        return "preConsent" not in self.options or self.consented

    @property
    def decided(self) -> bool:
        """Does the page know that?"""
        return "preConsent" not in self.options or (self.consented and self.loaded and not self.is_sealed)

    @property
    def buffers(self) -> bool:
        """Does it send nothing until the visitor decides?"""
        return not self.decided and self.options["preConsent"]["events"]["delivery"] == "buffer"

    @property
    def quiet(self) -> bool:
        """Does it store nothing until the visitor decides?"""
        return not self.decided and self.options["preConsent"]["storage"]["strategy"] == "none"

    @property
    def boots(self) -> bool:
        """Is there something still to come?"""
        return self.loaded and not self.has_failed and not (self.has_script and self.has_python)

    @property
    def longest_wait(self) -> int:
        """5 minutes, or what it was asked for, or an hour of which all tries were made."""
        recent = [at for at in self.failures if self.browser.elapsed - at < HOUR]
        return max(5 * MINUTE, self.asked_to_wait, HOUR if len(recent) >= MOST_TRIES else 0)

    # What happens to it

    def ask(self, command: str, *given: Any) -> Any:
        return self.browser.ask([command, self.number, *given])[0]

    def load(self, url: str = URL) -> None:
        self.loaded_at = self.browser.now
        with self.observed():
            self.ask("load", self.write_key, url, False)
            if self.settings.get("looks"):
                self.visitor.make_anonymous_id()
            self.loaded = True
            storage = self.visitor.storage
            if storage.is_sealed() or storage.is_doubled():
                self.is_sealed = True
                self.visitor.settle_what_shows(decided=False)
            else:
                self._begin()

    def _begin(self) -> None:
        self.visitor.begin(self.loaded_at, self.settings.get("referrer", ""))
        if self.alive and self.visitor.made_one():
            is_so(self.visitor.read()["anonymousId"], self.ask("look")[2])

    def bring_script(self) -> None:
        """The rest of the page's side comes."""
        with self.observed():
            self.ask("script")
            self.has_script = True
            if self.settings.get("subtle", True):
                there = self.visitor.storage.texts()
                self.unsealed = {text: opened for text, opened in self.browser.sealed.items() if text in there}
            if self.is_sealed and self.alive:  # or else what was called is as it was stored
                self.is_sealed = False
                self.visitor.storage = self.browser.storage_of(self, before=True)
                self._begin()
                self.hear_met(*self.met)
            self.visitor.read()  # for it looks

    @contextmanager
    def observed(self) -> Iterator[None]:
        """Hold what happens against what must be so of the visitor."""
        browser, visitor = self.browser, self.visitor
        visitor.storage = browser.storage_of(self)
        visitor.heed()
        self.is_observed = True
        yield
        self.is_observed = False
        self.notice()
        if self.alive:
            missing = visitor.reconcile()
            # What does not fit a cookie is kept elsewhere by the rest of the script.
            is_let = not browser.is_hostile() and not self.was_refused
            if missing - self.unkept and is_let and (self.has_script or missing != {"userTraits"}):
                browser.untrue.append(f"tab {self.number} did not keep {missing}: {visitor.read()}")
            self.unkept = missing | {key for key in self.unkept if visitor.holds(key)}

    def notice(self) -> None:
        """What the browser has now."""
        self.visitor.see(self.browser.storage_of(self))
        self.visitor.wrote(self.wrote)
        self.wrote = {}
        if self.arrives:
            self.arrives = False
            self.visitor.arrive()

    def bring_python(self) -> None:
        if not self.has_script:
            self.bring_script()
        self.has_python = True
        self.ask("python")

    def call(self, method: str, *arguments: Any) -> None:
        """A public method is called."""
        self._call("call", method, list(arguments), list(arguments))

    def call_oddly(self, method: str, arguments: list[str]) -> None:
        """A public method is called with some of the `ODDITIES`, which say nothing of the visitor."""
        self._call("odd", method, arguments, arguments[:1])

    def _call(self, command: str, method: str, arguments: list[Any], of_the_visitor: list[Any]) -> None:
        at = self.browser.now
        with self.observed():
            id = self.ask(command, method, arguments)
            before, after = self.looked
            self.compare("before", method, before, at)
            if id:
                self.visitor.call(id, method, of_the_visitor, at)
            self.compare("after", method, after, at)

    def load_again(self) -> None:
        """With another write key, which changes nothing."""
        late = "load", "LATE", "https://another.example.com", True
        if not self.settings.get("looks"):
            self.ask(*late)
            return
        with self.observed():
            self.ask(*late)
            for when, found in zip(("before", "after"), self.looked, strict=True):
                self.compare(when, "load", found, self.browser.now)

    def flush(self) -> None:
        """Which says nothing of the visitor; the page does not look at what is stored then."""
        if self.settings.get("looks"):
            self.call("flush")
        else:
            self.ask("call", "flush", [])

    def have_no_python(self) -> None:
        """It cannot start."""
        self.has_failed = True
        self.ask("noPython")

    def break_python(self) -> None:
        """It dies with the next input."""
        self.has_failed = True
        self.ask("breakPython")

    def compare(self, when: str, method: str, found: list[Any] | None, now: int) -> None:
        """What the getters answered with what they must answer."""
        if found is None or not self.alive:
            return
        self.visitor.make_anonymous_id()
        expected = self.visitor.getters(now, found)
        if not is_so(expected, found):
            self.browser.untrue.append(f"tab {self.number}, {when} {method}: {found}, not {expected}")

    def consent(self, discards: bool = False) -> None:
        """The visitor decided; what that means, the rest of the script knows."""
        own: set[str] = set()
        if discards and self.buffers:
            own = {id for id in [*self.calls, *self.held] if self.browser.calls[id].tab is self} - self.ceded
            if self.has_failed:  # it left all to others, who may have read it
                theirs = set().union(*(tab.had for tab in self.browser.alive if tab is not self))
                own -= {id for id in own if self.browser.names.get(id, set()) & theirs}
            self.browser.discarded |= own
            # What others had, and left again as they went into the back/forward cache, is its own again; and a page on
            # which Python died left all to others, and knows of none that has it.
            calls = self.browser.calls
            names = self.had if self.has_failed else self.had - self.refused
            regained = {each.id for each in self.browser.local.values() if each.owner in names and each.id in calls}
            regained = {id for id in regained - own if calls[id].tab is self}
            self.browser.done |= regained
            for id in own | regained:  # nothing of it is stored any more
                calls[id].had_room = False
        self.consented = True
        self.discards = discards
        decision: dict[str, Any] = {"consentManagement": {"allowedConsentIds": ["C1"]}}
        self.call("consent", decision | ({"discardPreConsentEvents": True} if discards else {}))
        if not self.alive:  # it died over it: what it had no time to remove may arrive
            self.browser.discarded -= own

    def signal(self, kind: str) -> None:
        """`hidden`, `shown`, `online`, `offline`, `flush`."""
        if kind in ("online", "hidden", "flush"):
            self.patient_until = 0
        if kind in ("online", "offline"):
            self.ask("online", kind == "online")
        elif kind == "flush":
            self.flush()
        else:
            self.ask("hidden", kind == "hidden")

    def leave(self, kept: bool = False) -> None:
        """The visitor goes elsewhere; the page may stay in the back/forward cache."""
        self.patient_until = 0
        self.frozen = kept
        self.ask("leave", kept)
        if not kept:
            self.browser.carry()

    def come_back(self) -> None:
        self.frozen = False
        self.ask("comeBack")

    def kill(self, after: int | None = None) -> None:
        """It dies at once, or when it has done so many things that reach beyond it."""
        self.is_dying = True
        self.ask("kill", after)

    def early_tick(self) -> None:
        """Its next timer goes off too early."""
        self.ask("early")

    def reply(self) -> None:
        """Python, which is elsewhere, answers."""
        self.ask("reply")

    def think(self) -> None:
        """A `beforeSend` that takes its time answers."""
        self.ask("think")

    def answer(self, request: Request, outcome: Outcome, chance: float = 0.5) -> None:
        """The data plane gets the request, and the page what `outcome` says of it."""
        del self.in_flight[request.number]
        outcome = self.browser.data_plane.answer(request, outcome)
        if outcome.stored and outcome.status:
            self.browser.told.update(request.ids)
        if outcome.stored and outcome.status and not request.is_guess:
            self.arrived.update(request.ids)
            self.browser.excused.update(self.ceded.intersection(request.ids))  # who has it may not know
        elif outcome.stored:
            self.browser.excused.update(request.ids)
        wait = None if outcome.retry_after is None else outcome.retry_after // SECOND
        digits = f"{min(int(chance * 2**32), 2**32 - 1):08x}"
        self.browser.ask(["answer", request.number, outcome.status, wait, digits])

    # What comes of it

    def hear_called(
        self, id: str | None, method: str, arguments: list[Any], before: list[Any] | None, after: list[Any] | None
    ) -> None:
        self.looked = before, after
        if id is None or method == "consent":  # which another page does not act on
            return
        browser = self.browser
        room = self.loaded and not self.quiet and browser.has_room and not self.is_dying
        call = Call(
            len(browser.calls),
            id,
            self,
            method,
            arguments,
            browser.elapsed,
            browser.now,
            self.line,
            room and "outboxMaxBytes" not in self.options,
        )
        browser.calls[id] = self.calls[id] = call

    def hear_input(self, text: str) -> None:
        self.input = given = json.loads(text)
        self.asks, self.asked_at, self.went_ahead = True, self.browser.elapsed, False
        self.record.append((text, ""))
        kind = given["type"]
        if "policy" in given:
            self.hides = given["policy"]["hides"]
        online = given.get("online", {"online": True, "offline": False}.get(kind, self.online))
        if online != self.online:
            self.online = online
            self.offline_until = 0 if online else self.asked_at + 5 * MINUTE
            if online:  # whatever says so
                self.patient_until = 0
        if kind == "load" and given["coolUntil"]:
            until, _, why = given["coolUntil"].partition(" ")
            wait = int(until) - given["now"]
            if 0 < wait <= DAY:
                self.quiet_until, self.asked_to_wait = self.browser.elapsed + wait, DAY
            self.last_status = 401 if why == "refused" else None
        elif kind in ("online", "hidden", "flush"):
            self.patient_until = 0
        elif kind == "response":
            requests = self.deliveries.pop(given["delivery"], [])
            self.answered[given["delivery"]] = [each for each in requests if given.get("ids", each.ids) == each.ids]
            if rest := [each for each in requests if each not in self.answered[given["delivery"]]]:
                self.deliveries[given["delivery"]] = rest
            # This page is back, and waits for no answer any more; it may have arrived all the same.
            for request in self.answered[given["delivery"]]:
                request.is_given_up = request.number in self.in_flight
                if request.is_given_up and not given["status"]:
                    self.browser.excused.update(request.ids)
        elif kind == "adopt":
            # What Python had before, and others took over meanwhile, is a line of its own.
            self.browser.had_before |= self.given.intersection(message["id"] for message in given["messages"])
            # What it gave up, and sends again after a fault, may be on its way still.
            given_up = {id for request in self.in_flight.values() if request.is_given_up for id in request.ids}
            self.browser.excused.update(given_up.intersection(message["id"] for message in given["messages"]))
            self.held |= {message["id"]: None for message in given["messages"]}
            for message in given["messages"]:
                self._adopts(message["id"])
        self.given.update(message["id"] for message in given.get("messages", [given]) if "id" in message)
        if given.get("recovered") and given["id"] in self.browser.calls:
            self._adopts(given["id"])
            self.browser.calls[given["id"]].tab.calls.pop(given["id"], None)

    def _adopts(self, id: str) -> None:
        """Its Python has it now; but where it is stored no more, who came later is done with it: this page was away
        meanwhile."""
        if self.browser.adopters.get(id) is None or id in self.browser.stored_ids():
            self.browser.adopters[id] = self

    def hear_reply(self, text: str) -> None:
        given = self.input
        self.asks = False
        self.record[-1] = self.record[-1][0], text
        effects = json.loads(text)
        emitted = [effect for effect in effects if effect["type"] == "emit"]
        self.settling = {id for effect in emitted for id in effect["ids"]}
        self.dropping = {id for effect in emitted if effect["name"] == "dropped" for id in effect["ids"]}
        self.arrives |= given["type"] == "load" and any(effect["type"] == "keep" for effect in effects)
        if given["type"] == "response":
            self._learn(given)
        for effect in effects:
            kind = effect["type"]
            if kind in ("send", "part"):
                cause = "hidden" if kind == "part" else given["type"]
                patience = 0 if kind == "part" else self.patient_until
                not_before = max(self.quiet_until, self.offline_until, patience)
                self.announced.append((cause, effect, not_before, self.asked_at))
            elif kind == "accept":
                self._accept(effect, given)
            elif kind == "review":
                self.reviewing = effect["message"]
            elif kind == "emit" and effect["name"] in ("delivered", "dropped"):
                for id in self.ceded.intersection(effect["ids"]):  # of which it says nothing
                    self.held.pop(id, None)
        if given["type"] == "adopted":
            self.opened = True
        id = given.get("id")
        if id in self.browser.calls and not any(effect["type"] == "review" for effect in effects):
            self.calls.pop(id, None)
            if id not in self.held:
                self.browser.done.add(id)
                self.settled.add(id)

    def _learn(self, given: dict[str, Any]) -> None:
        """What an answer says of the tries after it."""
        status, retry_after, elapsed = given["status"], given["retryAfter"], self.asked_at
        requests = self.answered.pop(given["delivery"], [])
        self.last_status = status or self.last_status
        is_unknown = status in (401, 404)
        has_failed = is_unknown or status in (0, 408, 425, 429) or status >= 500
        if is_unknown or (has_failed and retry_after is not None):
            wait = min(5 * MINUTE if is_unknown else retry_after, DAY)
            self.quiet_until = elapsed + wait
            self.asked_to_wait = max(self.asked_to_wait, wait)
        self.patient_until = elapsed + SECOND if has_failed and not self.went_ahead else 0
        if has_failed:
            self.failures.append(elapsed)
        ids = [id for request in requests for id in request.ids]
        if ids and self.browser.failed_alone.issuperset(ids):
            self.patient_until = 0  # it waits at the back, and holds up nothing
        elif len(ids) == 1 and has_failed:
            self.browser.failed_alone.update(ids)

    def _accept(self, effect: dict[str, Any], given: dict[str, Any]) -> None:
        id, browser = effect["id"], self.browser
        call = browser.calls[id]
        self.held[id] = None
        texts = {"asked": self.reviewing, "answered": given.get("message")}
        message = texts[effect["reviewed"]] if "reviewed" in effect else effect["message"]
        browser.messages.setdefault(id, []).append(message)
        if not effect["again"]:
            message = self.reviewing if given["type"] == "reviewed" else effect["message"]
            browser.accepted.append((self, self.hides, message))
        if not browser.has_room or self.quiet or self.is_dying:
            browser.calls[id].had_room = False
        browser.place.setdefault(id, ((call.tab.number, call.line), call.number))

    def hear_request(self, number: int, url: str, headers: dict[str, str], body: str, keepalive: bool) -> None:
        parsed = json.loads(body)
        messages = parsed.get("batch") or [parsed]
        ids = [message["messageId"] for message in messages]
        # What others have it leaves out. A page that is hidden or left sends one by one.
        ceded = self.ceded
        announced = [
            each
            for each in self.announced
            if [id for id in each[1]["ids"] if id in ids or id not in ceded] == ids
            or (each[0] == "hidden" and keepalive and len(ids) == 1 and ids[0] in each[1]["ids"])
        ][-1]
        cause, effect, not_before, said_at = announced
        is_guess = effect["type"] == "part" and self.asks
        sends = self.guesses if is_guess else self.deliveries
        before = sends.get(effect["delivery"], [])
        sent = {*ids, *[id for request in before for id in request.ids]}
        # What others have it may send all the same, where it learns of that only now: which is the last is not known.
        if sent.issuperset(effect["ids"]) or not (cause == "hidden" and keepalive and len(ids) == 1):
            self.announced.remove(announced)
        beside = [other for requests in self.deliveries.values() for other in requests if other not in before]
        answered = [other for requests in self.answered.values() for other in requests]
        known = [*beside, *before, *answered]
        taken = self.settling.union(effect["ids"], *[other.ids for other in known])
        taken |= ceded
        behind = [id for id in self.held if id not in taken]
        now = self.browser.elapsed
        request = Request(self, number, url, headers, body, keepalive, now, cause, not_before, beside, behind)
        request.delivery, request.siblings, request.answered = effect["delivery"], list(before), answered
        request.messages = messages
        self.in_flight[number] = request
        if not self.online:  # perhaps it is, and the browser does not tell
            self.offline_until = (self.asked_at if effect["type"] == "part" else said_at) + 5 * MINUTE
        # Python may have put a guess's messages back meanwhile: if the page comes back, they are sent again.
        request.is_guess = is_guess
        sends.setdefault(effect["delivery"], []).append(request)
        self.browser.requests.append(request)

    def hear_aborted(self, number: int) -> None:
        self.browser.ghosts.append(self.in_flight.pop(number))

    def hear_met(self, said: str | None, known: list[str], says: bool) -> None:
        """It had its turn to agree with tabs that opened at the same moment, of which it knew these ids."""
        tabs = {each.owner for each in self.browser.local.values() if each.write_key == self.write_key}.union(known)
        is_late = abs(self.browser.now - self.loaded_at) >= MINUTE  # then it looks at what is stored by now
        if self.is_sealed:
            self.met = said, known, says
        elif said is None:
            pass
        elif self.visitor.was_given_another(said, tabs):
            if says:
                self.browser.untrue.append(f"tab {self.number} says {said}")
        elif not self.visitor.meet(said, self.ceded, self._visitors_elsewhere(), is_late):
            self.browser.untrue.append(f"tab {self.number} went over to {said}")

    def _visitors_elsewhere(self) -> list[Visitor]:
        return [tab.visitor for tab in self.browser.tabs if tab is not self]

    def hear_locked(self, name: str, is_granted: bool) -> None:
        owner = name.rpartition(".")[2]
        (self.refused.discard if is_granted else self.refused.add)(owner)
        if is_granted:
            self.had.add(owner)
            for tab in self.browser.alive:
                if tab.frozen:
                    tab.hears_nothing_of(owner)
        elif owner in self.had | self.names:
            self.line += owner in self.names
            self.given_up.add(owner)  # it may get the lock again, and then not at once what is left
        if not is_granted:
            self.hears_nothing_of(owner)

    def hears_nothing_of(self, owner: str) -> None:
        """Of answers that came while it was in the back/forward cache, who has the lock of this name does not know."""
        unheard = {id for id in self.arrived if owner in self.browser.names.get(id, ())}
        self.browser.excused.update(unheard)
        self.arrived -= unheard

    def hear_fellBack(self) -> None:
        pass

    def hear_ready(self) -> None:
        self.ready = True

    def hear_message(self, id: str) -> None:
        self.emitted["message"] += 1

    def hear_delivered(self, id: str) -> None:
        self.emitted["delivered"] += 1
        self.settled.add(id)
        self.held.pop(id, None)
        self.arrived.discard(id)
        self.browser.delivered.add(id)

    def hear_dropped(self, id: str, reason: str) -> None:
        self.emitted[reason] += 1
        self.settled.add(id)
        self.held.pop(id, None)
        self.browser.dropped[id] = Dropped(reason, self.last_status, self.browser.elapsed)

    def hear_stored(self, key: str, text: str | None, is_done: bool) -> None:
        browser = self.browser
        if text and key.endswith(".call"):
            self.visitor.stored(json.loads(text)["id"], is_done)
        if not is_done:
            return
        if key.endswith(".left"):
            change = self.parting.add if (text or "").startswith("{") else self.parting.discard
            change(key.removesuffix(".left").rpartition(".")[2])
        if key.endswith(".left") and text and text.startswith("["):
            browser.noted.update(id for each in json.loads(text) for id in each["ids"])
            browser.doubtful.update(id for each in json.loads(text) for id in each.get("tried", []))
        if key.endswith(".held"):
            before = browser.apart.get(key, set())
            browser.apart[key] = {each["id"] for each in json.loads(text or "[]")}
            for id in browser.apart[key] - before:
                self.held.pop(id, None)  # it was left, is back, and waits for no answer any more
            browser.were_apart |= browser.apart[key]
        found = _KEY.fullmatch(key)
        if found and text is None:
            stored = browser.local.pop(key, None)
            # Or it was adopted while this page was away, which hears the answer now.
            if stored and stored.id and (stored.tab != self.number or stored.id in browser.adopters):
                browser.adopters[stored.id] = self
        elif found and text is not None:
            write_key, owner, _, kind = found.groups("message")
            value = json.loads(text)
            id = "" if kind == "identity" else str(value.get("messageId") or value["id"])
            browser.names.setdefault(id, set()).add(owner)
            self.names.add(owner)
            browser.local[key] = Stored(write_key, owner, self.number, kind, id, len(text))

    def hear_cookie(self, text: str, is_taken: bool) -> None:
        name, _, value = text.partition(";")[0].partition("=")
        is_doubled = self.is_sealed and len(self.visitor.storage.cookies(name)) > 1
        if value or not is_doubled or name in self.tried:
            self.wrote[name] = unquote(value)
        else:
            self.tried.add(name)  # which of two is its own? That one it puts back; if none went it has removed nothing

    def hear_log(self, level: str, text: str) -> None:
        self.logs.append(f"{level} {text}")

    def hear_overBudget(self, number: int) -> None:
        """The browser refuses this request. Python counts what is in flight, but of a guess it has put back it does not
        know that it was sent, where the page comes back before it is answered; nor of what it was told to give up."""
        del self.in_flight[number]
        unknown = [request for request in self.in_flight.values() if request.is_guess or request.is_given_up]
        assert unknown, "more in flight with keepalive than a browser allows"

    def hear_died(self) -> None:
        """At once: nothing of it runs any more, its requests may arrive all the same."""
        browser = self.browser
        was_left = self.frozen
        self.alive = self.frozen = False
        self.visitor.die()
        browser.ghosts += self.in_flight.values()
        self.in_flight = {}
        if was_left:
            browser.carry()
        # It died as it was left, and others wait for the rest of its notes.
        browser.doubtful |= {id for id, those in browser.names.items() if those & self.parting}
        browser.excused.update(self.arrived)
        # A good answer counts at once, before Python has heard of it, whichever page it came to.
        taken = {id for id, tab in browser.adopters.items() if tab is not self}
        kept = browser.stored_ids().union(*browser.apart.values())
        browser.done |= self.dropping - kept  # it had no time to say so
        browser.lost |= {*self.held, *self.calls} - kept - taken - browser.told - self.dropping


_spec = importlib.util.find_spec("rudderanalytics.core.boundary")
assert _spec is not None and _spec.origin is not None
_code = compile(Path(_spec.origin).read_text(), _spec.origin, "exec")


def new_core() -> ModuleType:
    """The core as another interpreter would import it, here on CPython."""
    assert _spec is not None
    core = importlib.util.module_from_spec(_spec)
    exec(_code, core.__dict__)
    return core
