"""A browser and a data plane in simulated time, around the real core.

`Browser` holds what pages share: the clock, the visitor's identity, localStorage. `Page` does what the page's side
does: it keeps the identity, stores messages, and talks in JSON text to its own copy of the core's `boundary`, as each
page has its own interpreter. `DataPlane` keeps every message that reached it. All three only note what happened; what
is right is for the tests to say.
"""

import importlib.util
import json
import re
from collections import Counter
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from types import ModuleType
from typing import Any

from vectors.run import CONSENTS, EMPTY, OPTIONS, POLICY

from rudderanalytics.core import values
from rudderanalytics.core.calls import overloads
from rudderanalytics.core.visitor import transition

WRITE_KEY = "WRITE_KEY"
PREFIX = f"rudderanalytics.{WRITE_KEY}."
COOL_UNTIL = PREFIX + "coolUntil"
SECOND, MINUTE, HOUR, DAY = 1_000, 60_000, 3_600_000, 86_400_000

_STORED = re.compile(re.escape(PREFIX) + r"([0-9a-f-]{36})\.\d{10}\.\d+(\.call)?")
_LONGEST_TIMER = 2**31 - 1
_PLACE = {"origin": "https://example.com", "path": "/", "search": ""}
_OBSERVED = _PLACE | {
    "href": "https://example.com/",
    "query": [],
    "title": "A page",
    "referrer": "",
    "referrerHost": "",
    "canonical": None,
    "userAgent": "Simulated",
    "locale": "en",
    "timezone": "GMT+0000",
    "os": {"name": "", "version": ""},
    "screen": {"width": 1, "height": 1, "density": 1, "innerWidth": 1, "innerHeight": 1},
}

_spec = importlib.util.find_spec("rudderanalytics.core.boundary")
assert _spec is not None and _spec.origin is not None
_code = compile(Path(_spec.origin).read_text(), _spec.origin, "exec")


def new_core() -> ModuleType:
    """`rudderanalytics.core.boundary` as another interpreter would import it."""
    assert _spec is not None
    core = importlib.util.module_from_spec(_spec)
    exec(_code, core.__dict__)
    return core


@dataclass
class Clock:
    """`elapsed` only grows, and timers follow it; `now` is what `Date.now()` says, and can be set forward and back."""

    elapsed: int = 0
    offset: int = 1_764_000_000_000

    @property
    def now(self) -> int:
        return self.elapsed + self.offset


@dataclass(frozen=True)
class Outcome:
    """What happens to a request: `status` is what the page learns, 0 that no answer came."""

    status: int
    retry_after: int | None = None
    stored: bool = False

    def __repr__(self) -> str:
        wait = "" if self.retry_after is None else f", Retry-After {self.retry_after} ms"
        return f"<{self.status}{', stored' if self.stored else ''}{wait}>"


OK = Outcome(200, stored=True)
"""Taken, unless one of its messages is bad: then the gateway answers 400 and takes none."""
ANSWER_LOST = Outcome(0, stored=True)
NEVER_ARRIVED = Outcome(0)


@dataclass
class Request:
    """A delivery as the data plane sees it, and how it began.

    `cause` is the input that started it, `at` when (by `elapsed`), `not_before` when it was allowed to, `beside` what
    was in flight; `behind` are the ids that the page held and that were in neither.
    """

    page: "Page"
    number: int
    url: str
    headers: dict[str, str]
    body: str
    keepalive: bool
    cause: str
    at: int
    not_before: int
    beside: list["Request"]
    messages: list[dict[str, Any]] = field(default_factory=list)
    behind: list[str] = field(default_factory=list)

    @property
    def ids(self) -> list[str]:
        return [message["messageId"] for message in self.messages]


PENDING = {
    "preConsent": {"enabled": True, "events": {"delivery": "buffer"}},
    "consentManagement": {"enabled": True, "provider": "custom"},
}
"""Load options of a page whose visitor has not decided: it stores and sends nothing."""


class DataPlane:
    """Keeps what arrived, in order, and what it refused on its own: {status: ids}."""

    def __init__(self) -> None:
        self.arrived: list[dict[str, Any]] = []
        self.times: Counter[str] = Counter()
        self.refused: dict[int, set[str]] = {400: set(), 403: set(), 413: set()}

    def answer(self, request: Request, outcome: Outcome) -> Outcome:
        """What really happens to a request: a bad message is refused with all that came along."""
        if outcome.stored and any(is_bad(message) for message in request.messages):
            outcome = Outcome(400 if outcome.status else 0)
        if outcome.stored:
            self.arrived += request.messages
            self.times.update(request.ids)
        elif outcome.status in self.refused and len(request.messages) == 1:
            self.refused[outcome.status].update(request.ids)
        return outcome


class Browser:
    """One profile: its pages, and what they share. `alive` are the open pages."""

    def __init__(self, data_plane: DataPlane) -> None:
        self.clock = Clock()
        self.data_plane = data_plane
        self.local: dict[str, str] = {}
        self.identity: dict[str, Any] = EMPTY | {"anonymousId": "visitor"}
        self.full = False
        self.pages: list[Page] = []
        self.owners: dict[str, Page] = {}  # who holds whose lock
        self.requests: list[Request] = []
        self.ghosts: list[Request] = []  # in flight when their page died: they may arrive yet
        self.calls: dict[str, int] = {}  # messageId -> when it was called, by the clock
        self.place: dict[str, tuple[tuple[int, bool], int]] = {}  # messageId -> line and place in it, see `Page`
        self.delivered: set[str] = set()
        self.dropped: dict[str, tuple[str, int | None, int]] = {}  # messageId -> reason, last status, time
        self.unwanted: set[str] = set()  # what a page's `beforeSend` drops
        self.failed_alone: set[str] = set()  # they may wait at the back, an hour
        self.waited: dict[str, int] = {}  # messageId -> ms that pages which are gone saw it waiting
        self.unanswered: set[str] = set()  # what it fails at
        self.lost: set[str] = set()  # held in memory only by a page that died
        self.excused: Counter[str] = Counter()  # arrivals whose answer no page acted on in full
        self._ids = 0

    @property
    def alive(self) -> "list[Page]":
        return [page for page in self.pages if page.alive]

    def uuid(self, chance: float = 0) -> str:
        """A fresh one, whose first digits are the chance that the core reads from it."""
        self._ids += 1
        return f"{min(int(chance * 2**32), 2**32 - 1):08x}-0000-4000-8000-{self._ids:012x}"

    def write(self, key: str, value: str | None) -> bool:
        """Whether it is stored, as `write` in web/src/storage.js."""
        if value is None:
            self.local.pop(key, None)
        elif self.full:
            return False
        else:
            self.local[key] = value
        return True

    def message_keys(self) -> dict[str, str]:
        """The stored messages and calls: key -> owner."""
        found = {key: _STORED.fullmatch(key) for key in sorted(self.local)}
        return {key: match[1] for key, match in found.items() if match}

    def left_behind(self) -> dict[str, str]:
        """Those whose owner is gone, and that no other page has taken over: messages, then calls, each by their times.

        But what an owner numbered stays in the order of its numbers: the clock may have been set back.
        """
        owners = self.message_keys()
        times: dict[str, int] = {}
        latest: Counter[tuple[str, bool]] = Counter()
        for key in [key for key in owners if owners[key] not in self.owners]:
            line = owners[key], key.endswith(".call")
            times[key] = latest[line] = max(int(key.split(".")[4]), latest[line])
        return {key: owners[key] for key in sorted(times, key=lambda key: (key.endswith(".call"), times[key]))}

    def stored_ids(self) -> set[str]:
        """What is stored, as a message or as a call."""
        return {id_of(self.local[key]) for key in self.message_keys()}

    def open(self, options: dict[str, Any] | None = None, boot: bool = True, reviews: bool = False) -> "Page":
        page = Page(self, options, reviews)
        self.pages.append(page)
        if boot:
            page.boot()
        return page

    def kill(self, page: "Page") -> None:
        """The page is gone at once: nothing of it runs any more, its requests may arrive all the same."""
        page.alive = False
        page.timer = None
        self.ghosts += page.in_flight.values()
        for id in page.held:
            self.waited[id] = self.waited.get(id, 0) + self.clock.elapsed - page.since[id]
        self.owners = {owner: holder for owner, holder in self.owners.items() if holder is not page}
        self.lost |= {*page.held, *[call["id"] for call in page.calls]} - self.stored_ids()

    def ghost(self, request: Request, arrives: bool) -> None:
        """What became of a request whose page is gone."""
        self.ghosts.remove(request)
        if arrives and self.data_plane.answer(request, OK).stored:
            self.excused.update(request.ids)

    def advance(self, ms: int) -> None:
        """Time goes by; timers fire when they are due."""
        until = self.clock.elapsed + ms
        while True:
            due = [page for page in self.alive if page.timer is not None and page.timer <= until]
            if not due:
                break
            page = min(due, key=lambda page: page.timer or 0)
            self.clock.elapsed = max(self.clock.elapsed, page.timer or 0)
            page.tick()
        self.clock.elapsed = until

    def jump(self, ms: int) -> None:
        """Somebody sets the clock. What the data plane asked for is kept; one that goes ahead is worth a try."""
        self.clock.offset += ms
        if ms > MINUTE:
            for page in self.pages:
                page.patient_until = 0


class Page:
    """One page: what the page's side does. `held` are the ids that it is to deliver.

    Messages of its own calls are one line; those of calls that pages before it left, before Python was up, another.
    `quiet_until` and `patient_until` (by `elapsed`) are what the data plane asked for and the shortest backoff.
    """

    def __init__(self, browser: Browser, options: dict[str, Any] | None = None, reviews: bool = False) -> None:
        self.browser = browser
        self.reviews = reviews
        self.pending = options == PENDING
        self.clock = browser.clock
        self.options = options
        self.index = len(browser.pages)
        self.owner = browser.uuid()
        self.core = new_core()
        self.alive = True
        self.ready = self.opened = False
        self.online = True
        self.identity = dict(browser.identity) if self.pending else None  # its own, while nothing may be stored
        self.at: dict[str, int] = {}  # when messages were called, by id
        self.calls: list[dict[str, Any]] = []  # made and not handled yet
        self.left: list[dict[str, Any]] = []  # adopted and not handled yet
        self.open: set[str] = set()  # called or adopted, and neither delivered nor dropped
        self.texts: dict[str, str] = {}  # messages by id, as long
        self.held: dict[str, str | None] = {}  # messageId -> its storage key; None: not stored
        self.asked: list[dict[str, Any]] = []  # the message that `beforeSend` is asked about
        self.in_flight: dict[int, Request] = {}
        self.elsewhere = False  # is Python, so that the page cannot wait for an answer as it is left?
        self.parting: dict[str, Any] | None = None  # the effect for when it is left
        self.timer: int | None = None
        self.record: list[tuple[str, str]] = []  # inputs, and the core's answers
        self.logs: list[str] = []
        self.emitted: Counter[str] = Counter()
        self.last_status: int | None = None
        self.quiet_until = self.patient_until = self.offline_until = 0
        self.since: dict[str, int] = {}  # since when what it holds waits here, by `elapsed`
        self.longest_wait = 5 * MINUTE
        self.dies_after: int | None = None  # effects of the next input
        self._raw = self._count = 0
        self.keeps = True
        self.reviewed: dict[str, Any] = {}
        browser.owners[self.owner] = self
        self.inherit()

    # What happens in the page

    def call(self, kind: str, *arguments: object) -> str:
        """A public method is called. Where Python is not up, the call is stored as it is."""
        call = {"type": kind, "id": self.browser.uuid(), "at": self.clock.now, "page": _OBSERVED}
        call |= {"arguments": list(arguments), "identity": self._identity()}
        if not self.ready:  # what the core will make of it later
            canonical = overloads.canonical(kind, list(arguments))
            self._keep(transition.after(canonical, call["identity"], call, OPTIONS["sessions"]))
            call["early"] = True
        self.browser.calls[call["id"]] = self.clock.now
        self.open.add(call["id"])
        self.calls.append(call)
        if not self.ready and not self.pending:
            self._raw += 1
            key = f"{PREFIX}{self.owner}.{self._raw:010d}.{self.clock.now}.call"
            if self.browser.write(key, json.dumps(call)):
                call["key"] = key
        self._pump()
        return str(call["id"])

    def consent(self) -> None:
        """The visitor decided."""
        self.pending = False
        known, self.identity = self._identity(), None
        self._keep(known)
        consents = {"provider": "custom", "allowedConsentIds": ["C1"], "deniedConsentIds": []}
        self.give("consent", policy=POLICY, consents=consents, discard=False, integrations={})

    def inherit(self) -> None:
        """Take the locks of pages that are gone, and what they left."""
        left = self.browser.left_behind()
        self.browser.owners |= dict.fromkeys(left.values(), self)
        for key in left:
            text = self.browser.local[key]
            id = id_of(text)
            if id in self.open:  # a page died between storing the message and removing the call
                self.browser.write(key, None)
            elif key.endswith(".call"):
                self.left.append({"recovered": True} | json.loads(text) | {"key": key})
            else:
                message = {name: json.loads(text)[name] for name in ("type", "anonymousId")}
                message |= {"id": id, "at": int(key.split(".")[4]), "size": len(text.encode())}
                message |= {"waited": self.browser.waited.get(id, 0)}
                self.left.append({"type": "adopt", "messages": [message], "key": key})
                self.texts[id] = text
            self.open.add(id)
        self._pump()

    def boot(self) -> None:
        """Python is up."""
        kept = self.browser.local.get(COOL_UNTIL)
        load = {
            "at": self.clock.now,
            "owner": self.owner,
            "runtime": "simulated",
            "installType": "script",
        }
        load |= {"writeKey": WRITE_KEY, "dataPlaneUrl": "https://dataplane.example.com", "options": OPTIONS}
        load |= {"page": _OBSERVED, "identity": self._identity(), "reviews": self.reviews}
        load |= {"policy": POLICY | {"buffers": self.pending}, "consents": CONSENTS}
        load |= {"id": self.browser.uuid(), "online": self.online, "coolUntil": kept}
        self.ready = True
        until = int(kept.split()[0]) - self.clock.now if kept else 0
        if 0 < until <= DAY:
            self.quiet_until = self.clock.elapsed + until
            self.longest_wait = DAY
        self.last_status = 401 if kept and kept.endswith(" refused") else None
        self.give("load", **load)
        self._pump()

    def signal(self, kind: str) -> None:
        """`hidden`, `shown`, `online`, `offline`, `flush`."""
        if kind in ("online", "offline"):
            self.online = kind == "online"
            self.offline_until = 0 if self.online else self.clock.elapsed + 5 * MINUTE
        if kind in ("online", "hidden", "flush"):
            self.patient_until = 0
        if self.ready and kind == "hidden":
            self.give(kind, parted=self._part())
        elif self.ready:
            self.give(kind)

    def leave(self) -> None:
        """The page goes, and Python is not quick enough to say anything about it."""
        self.patient_until = 0
        self._part()
        self.browser.kill(self)

    def tick(self) -> None:
        self.timer = None
        self.give("tick")

    def answer(self, request: Request, outcome: Outcome, chance: float = 0.5) -> None:
        """The data plane gets the request, and the page what `outcome` says of it."""
        del self.in_flight[request.number]
        outcome = self.browser.data_plane.answer(request, outcome)
        self.last_status = outcome.status or self.last_status
        if outcome.retry_after is not None or outcome.status in (401, 404):
            wait = min(5 * MINUTE if outcome.retry_after is None else outcome.retry_after, DAY)
            self.quiet_until = self.clock.elapsed + wait
            self.longest_wait = max(self.longest_wait, wait)
        seen_before = self.browser.failed_alone.issuperset(request.ids)
        if len(request.ids) == 1 and (outcome.status == 0 or outcome.status >= 500):
            self.browser.failed_alone.update(request.ids)
        failed = outcome.status not in (200, 400, 403, 413) and not seen_before
        self.patient_until = self.clock.elapsed + SECOND if failed else 0
        answer = {"delivery": request.number, "status": outcome.status, "retryAfter": outcome.retry_after}
        self.give("response", id=self.browser.uuid(chance), **answer)
        if outcome.stored and not (outcome.status and self.alive):
            self.browser.excused.update(request.ids)

    # The bridge

    def give(self, kind: str, **detail: object) -> None:
        """Hand the core an input and perform the effects."""
        given = {"type": kind, "now": self.clock.now, "elapsed": self.clock.elapsed, "part": self.elsewhere}
        if kind in ("tick", "shown", "flush", "hidden"):
            given["online"] = self.online
        self.handle(json.dumps(given | detail), kind)

    def handle(self, text: str, kind: str = "") -> None:
        reply = self.core.handle(text)
        self.record.append((text, reply))
        effects = json.loads(reply)
        told = [effect for effect in effects if effect["type"] == "emit"]
        done = [effect for effect in effects if effect["type"] != "emit"]
        before = len(self.browser.requests)
        prefix = done[: self.dies_after]
        self.parting = None
        for effect in prefix:
            self._perform(effect, kind)
        if prefix == done:  # the page lived to tell
            for effect in told:
                self._hear(effect)
        self._note_behind(before)
        if self.dies_after is not None:
            self.browser.kill(self)

    def _note_behind(self, before: int) -> None:
        for request in self.browser.requests[before:]:
            taken = set(request.ids).union(*[other.ids for other in request.beside])
            request.behind = [id for id in self.held if id not in taken]

    def _part(self) -> int | None:
        """What is to be sent when the page is left; its number."""
        effect, self.parting = self.parting, None
        if effect is None:
            return None
        before = len(self.browser.requests)
        self._send(effect, "hidden")
        self._note_behind(before)
        return int(effect["delivery"])

    def _pump(self) -> None:
        while self.ready and self.alive and self.left:
            input = self.left[0]
            self._give_left(input)
            if self.alive:
                self.left.pop(0)
        if self.ready and self.alive and not self.opened:
            self.opened = True
            self.give("adopted")
        while self.ready and self.alive and self.calls:
            self._give_call(self.calls[0])
            if self.alive:
                self.calls.pop(0)

    def _give_left(self, input: dict[str, Any]) -> None:
        if input["type"] == "adopt":
            self.held[input["messages"][0]["id"]] = input["key"]
            self.since[input["messages"][0]["id"]] = self.clock.elapsed
            self.give("adopt", messages=input["messages"])
        else:
            self._give_call(input)

    def _give_call(self, call: dict[str, Any]) -> None:
        kind, key = call["type"], call.get("key")
        detail = {name: call[name] for name in call if name not in ("type", "key", "early")}
        self.at[call["id"]] = call["at"]
        self.keeps = not ("early" in call or "recovered" in call)
        self.give(kind, **detail)
        self.keeps = True
        if self.alive and self.asked:
            self.give("reviewed", **self._review(self.asked.pop()))
        if self.alive and key:
            self.browser.write(key, None)

    def _review(self, message: dict[str, Any]) -> dict[str, Any]:
        """The page's `beforeSend`: it drops, changes, fails, and answers with nonsense."""
        event, id = message.get("event"), message["messageId"]
        if event in ("bad", "large"):
            self.browser.unanswered.add(id)
        self.reviewed = {"asked": message, "answered": message | {"reviewed": True}}
        if event == "unwanted":
            self.browser.unwanted.add(id)
            return {"id": id, "message": None}
        if event == "large":
            return {"id": id, "error": "Error: x"}
        answer = self.reviewed["answered"]
        return {"id": id, "message": [] if event == "bad" else answer, "size": len(values.encode(answer).encode())}

    def _identity(self) -> dict[str, Any]:
        return dict(self.browser.identity if self.identity is None else self.identity)

    def _keep(self, changed: dict[str, Any]) -> None:
        (self.browser.identity if self.identity is None else self.identity).update(changed)

    def _perform(self, effect: dict[str, Any], cause: str) -> None:
        kind = effect["type"]
        if kind == "accept":
            self._accept(effect)
        elif kind == "keep":
            if self.keeps:
                self._keep(effect["identity"])
        elif kind == "remember":
            assert not self.pending
            self.browser.write(COOL_UNTIL, effect["coolUntil"])
        elif kind == "review":
            self.asked.append(effect["message"])
        elif kind == "send":
            self._send(effect, cause)
        elif kind == "part":
            self.parting = effect
        elif kind == "wake":
            wait = None if effect["at"] is None else max(0, min(effect["at"] - self.clock.now, _LONGEST_TIMER))
            self.timer = None if wait is None else self.clock.elapsed + wait
        else:
            assert kind == "log", effect
            self.logs.append(f"{effect['level']} {effect['text']}")

    def _accept(self, effect: dict[str, Any]) -> None:
        id = effect["id"]
        message = self.reviewed[effect["reviewed"]] if "reviewed" in effect else effect["message"]
        text = self.texts[id] = values.encode(message)
        self._count += 1
        key = self.held.get(id) or f"{PREFIX}{self.owner}.{self._count:010d}.{self.at[id]}"
        written = not self.pending and self._has_room(id, text) and self.browser.write(key, text)
        self.held[id] = key if written else None
        self.since.setdefault(id, self.clock.elapsed)
        line = self.index, any(call.get("id") == id for call in self.left)
        self.browser.place.setdefault(id, (line, len(self.browser.place)))

    def _has_room(self, id: str, text: str) -> bool:
        if not self.options or "outboxMaxBytes" not in self.options:
            return True
        own = [key for other, key in self.held.items() if key and other != id and self.owner in key]
        stored = sum(len(self.browser.local[key].encode()) for key in own)
        return bool(stored + len(text.encode()) <= self.options["outboxMaxBytes"])

    def _send(self, effect: dict[str, Any], cause: str) -> None:
        assert not self.pending
        number = effect["delivery"]
        url, headers, keepalive = effect["url"], effect["headers"], effect["keepalive"]
        body = self._body(effect["ids"], headers["SentAt"])
        not_before = max(self.quiet_until, self.patient_until, self.offline_until)
        if not self.online:  # perhaps it is, and the browser does not tell
            self.offline_until = self.clock.elapsed + 5 * MINUTE
        beside = list(self.in_flight.values())
        request = Request(self, number, url, headers, body, keepalive, cause, self.clock.elapsed, not_before, beside)
        parsed = json.loads(body)
        request.messages = parsed.get("batch") or [parsed]
        self.in_flight[number] = request
        self.browser.requests.append(request)

    def _body(self, ids: list[str], sent_at: str) -> str:
        stamp = f',"sentAt":"{sent_at}"}}'
        texts = [self.texts[id][:-1] + stamp for id in ids]
        return '{"batch":[' + ",".join(texts) + "]" + stamp if len(texts) > 1 else texts[0]

    def _hear(self, effect: dict[str, Any]) -> None:
        name = effect["name"]
        if name == "failed":
            return
        self.emitted[effect.get("reason") or name] += max(1, len(effect["ids"]))
        if name not in ("delivered", "dropped"):
            return
        for id in effect["ids"]:
            self.open.discard(id)
            if key := self.held.pop(id, None):
                self.browser.write(key, None)
            if name == "delivered":
                self.browser.delivered.add(id)
            else:
                self.browser.dropped[id] = effect["reason"], self.last_status, self.clock.now


@lru_cache(1_000)
def id_of(text: str) -> str:
    """The id of a stored message or call."""
    stored = json.loads(text)
    return str(stored.get("messageId") or stored["id"])


def is_bad(message: dict[str, Any]) -> bool:
    return message.get("event") == "bad"
