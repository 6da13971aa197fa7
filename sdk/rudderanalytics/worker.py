"""The face for Python in a worker without a document: speaks to a page of its origin that has the script tag, in texts.

The page is the client: its cookies, its address, its consent (web/src/workers.js). A call gets its messageId and its
time here, so that it returns at once; it is said again until a page says that it took it. Of the pages that answer, the
one that the visitor looks at is chosen, and kept until it says that it is gone.

What a getter returns is the page's answer where Python can wait for it (Pyodide's `run_sync`), else what the page said
last: true after `await flush()`.

Where `load` asks for it (`standalone`), and no page answers, the client is the worker's own (web/src/standalone.js),
with the core in this interpreter. It answers as a page does, but at once: without the channel. Other workers have it,
too, if they find no page; when its worker ends, the next one takes over what it left.
"""

import asyncio
import json

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

_NAME = "rudderanalytics"
_CHOICE = 50
"""ms in which pages may say that they are here, before one is chosen."""
_PATIENCE = 1_000
"""ms after which it is said that no page answers, and a flush does not wait for a first one any longer."""
_LONGER = 10_000
"""ms that a flush waits for a page that was there and does not answer: it may be busy."""
_STAMPED = (
    "identify",
    "track",
    "page",
    "group",
    "alias",
    "reset",
    "setAnonymousId",
    "startSession",
    "endSession",
    "setAuthToken",
    "consent",
)
_MESSAGES = ("identify", "track", "page", "group", "alias")
_NOTHING: "dict[str, object]" = {
    "getUserId": "",
    "getUserTraits": {},
    "getGroupId": "",
    "getGroupTraits": {},
    "getAnonymousId": "",
    "stats": {"accepted": 0, "delivered": 0, "retried": 0, "repeated": 0, "dropped": {}, "pending": 0},
}
"""What getters return before a page has answered."""


def is_worker() -> bool:
    """Does this Python run in a worker, whatever it calls its globals?"""
    try:
        import js

        return hasattr(js, "WorkerGlobalScope") and hasattr(js, "BroadcastChannel")
    except ImportError:
        return False


_PAGE_ONLY = {
    "autoTrack": "auto_track needs a page",
    "useServerSideCookies": "use_server_side_cookies needs cookies",
    "respectDNT": "respect_dnt cannot be kept: a worker is not told",
    "consentManagement": "consent_management needs a page: call consent() with what the visitor decided",
}
"""Load options that ask for what a worker without a page has not, and what is said of them."""


def refusal(options: "dict[str, Any]", navigator: "Any") -> str:
    """Why a client of the worker's own cannot have these load options (of JavaScript's names); "": it can."""
    reasons = [_PAGE_ONLY[name] for name in sorted(_PAGE_ONLY) if _asks(options.get(name))]
    if options.get("respectGPC") and not hasattr(navigator, "globalPrivacyControl"):
        reasons.append("respect_gpc cannot be kept: this browser does not tell a worker")
    return "; ".join(reasons)


def _asks(option: object) -> bool:
    """Is it asked for? A group of options is if any of its members is; a consent manager that is none asks nobody."""
    if isinstance(option, dict):
        return option.get("provider") != "custom" and any(_asks(member) for member in option.values())
    return bool(option)


class Door:
    """What `window.rudderanalytics.python` is to Python in a page."""

    def __init__(self, js: "Any", lend: "Callable[[Any], Any]") -> None:
        """`lend` makes a function outlive the call that passes it to JavaScript."""
        self._js = js
        self._me: str = _uuid(js)
        self._page = ""
        self._former = ""  # the page that is asked whether it is still there; it is chosen again if so
        self._oldest = 0  # of what waits, when that was looked at last
        self._offers: list[dict[str, Any]] = []
        self._count = 0
        self._waiting: dict[int, dict[str, object]] = {}  # what no page has answered, in order
        self._texts: dict[int, str] = {}
        self._known = dict(_NOTHING)
        self._listeners: dict[str, list[Callable[[str], object]]] = {}
        self._channel = js.BroadcastChannel.new(_NAME)
        self._channel.onmessage = lend(self._hear)
        self._lend = lend
        self._later = lend(self._choose), lend(self._complain), lend(self._look)
        self._own: Any = None  # the worker's own client, if it is asked for
        self._own_name = ""  # what it is called on the channel, once it is there
        self._had_page = False  # then a page is the client: it knows who the visitor is
        self._asked = ("", 0)  # a page that came later, and the number of the question who its visitor is
        self._ask()
        js.setTimeout(self._later[1], _PATIENCE)

    def attach(self, handle: object, name: str) -> None:
        """The page has a core of its own."""

    def stand_alone(self, make: "Callable[[], Any]", loaded: str, handle: "Any", name: str) -> None:
        """Where no page answers, what `make` gives (web/src/standalone.js) is the client.

        Where one does, it delivers what workers left that had no page. `loaded` is what `load` was called with, as
        JSON; `handle` the core; `name` the interpreter's.
        """
        if self._own is not None:
            return
        own = self._own = make()
        core, told = self._lend(handle), self._lend(self._hear_own)
        self._js.setTimeout(self._lend(lambda *_: own.open(loaded, core, name, told)), _CHOICE)
        wait = _waits()
        if wait is not None:
            wait(self._found())

    async def _found(self) -> None:
        """Waits for a client, so that what is called next is stored before its line returns."""
        waited = 0  # ms
        while not self._page and waited < _PATIENCE:
            await asyncio.sleep(0.005)
            waited += 5

    def call(self, text: str) -> str:
        """[method, ...arguments] as JSON -> what it returns, as JSON."""
        called = json.loads(text)
        method: str = called[0]
        if method in _NOTHING or method == "getSessionId":
            return self._read(method, called)
        given: dict[str, object] = {"type": "call", "call": called}
        if method in _STAMPED:
            given["id"], given["at"] = _uuid(self._js), int(self._js.Date.now())
        self._send(given)
        return json.dumps(given["id"] if method in _MESSAGES else None)

    def on(self, name: str, listener: "Callable[[str], object]") -> None:
        """Let `listener` hear what the page tells under this name, as JSON."""
        heard = self._listeners.setdefault(name, [])
        heard.append(listener)
        if len(heard) == 1 and self._page:
            self._say({"type": "on", "to": self._page, "name": name})

    async def flush(self, timeout: "int | None" = None) -> str:
        """As the page's. Where no page answers for a while, all still waits: `timeout` (ms) and a second at most."""
        number = self._send({"type": "flush", "timeout": timeout})
        # The page keeps to the timeout itself; what it says then is on its way.
        longest = float("inf") if timeout is None else timeout + (_PATIENCE if self._page else 0)
        waited = unanswered = 0  # ms
        while number in self._waiting and waited < longest and unanswered < self._patience():
            await asyncio.sleep(0.01)
            waited += 10
            unanswered = 0 if self._page else unanswered + 10
        if self._waiting.pop(number, None) is None:
            return self._texts.pop(number)
        pending = [given for given in self._waiting.values() if given.get("id") and given["call"][0] in _MESSAGES]  # type: ignore[index]
        return json.dumps({"delivered": 0, "dropped": 0, "pending": len(pending)})

    def _patience(self) -> int:
        """A page that was there may be busy; where none was, none is likely to come. A client of one's own is."""
        return _LONGER if self._page or self._former or self._own is not None else _PATIENCE

    def _read(self, method: str, called: "list[object]") -> str:
        wait = _waits()
        if self._page and (wait is not None or self._page == self._own_name):
            number = self._send({"type": "call", "call": called})
            if number in self._waiting and wait is not None:
                wait(self._answer(number))
            return self._texts.pop(number)
        return json.dumps(self._known.get(method))

    async def _answer(self, number: int) -> None:
        while number in self._waiting:
            await asyncio.sleep(0.001)

    def _send(self, given: "dict[str, object]") -> int:
        self._count += 1
        if not self._waiting:
            self._js.setTimeout(self._later[2], _PATIENCE)
        self._waiting[self._count] = given
        if self._page:
            self._say_again(self._count)
        return self._count

    def _look(self, *_: object) -> None:
        """What waits for long: is its page still there? It may have crashed. A client of one's own cannot."""
        if not self._waiting:
            return
        oldest = min(self._waiting)
        if self._page and self._page != self._own_name and oldest == self._oldest:
            self._ask()
        self._oldest = oldest
        self._js.setTimeout(self._later[2], _PATIENCE)

    def _say_again(self, number: int) -> None:
        self._say(self._waiting[number] | {"to": self._page, "n": number})

    def _say(self, said: "dict[str, object]") -> None:
        text = json.dumps(said | {"from": self._me})
        if self._own_name and said.get("to") == self._own_name:
            self._own.hear(text)
        else:
            self._channel.postMessage(text)

    def _ask(self) -> None:
        self._former, self._page = self._page or self._former, ""
        self._offers = []
        self._say({"type": "who"})

    def _hear(self, event: "Any") -> None:
        said = json.loads(event.data)
        if not self._own_name or said["from"] != self._own_name:
            self._hear_of(said)

    def _hear_own(self, text: str) -> None:
        """The worker's own client speaks. Where no page is there, it is chosen as it says that it is, and stays."""
        said: dict[str, Any] = json.loads(text)
        if said.get("type") != "here":
            self._hear_of(said)
            return
        self._own_name = said["from"]
        if self._had_page or any(not offer.get("worker") for offer in self._offers) or self._page == self._own_name:
            return
        self._page = self._own_name
        for number in list(self._waiting):
            if self._waiting[number].get("call", [""])[0] == "load":  # type: ignore[index]
                del self._waiting[number]  # it is loaded already
        self._begin()

    def _ask_for_visitor(self, page: str) -> None:
        """A page has come, and this worker goes on: they are one visitor, the page's."""
        self._count += 1
        self._asked = page, self._count
        self._say({"type": "call", "call": ["getAnonymousId"], "to": page, "n": self._count})

    def _follow(self, anonymous_id: object) -> None:
        if anonymous_id and anonymous_id != json.loads(self._read("getAnonymousId", ["getAnonymousId"])):
            self.call(json.dumps(["setAnonymousId", anonymous_id]))

    def _hear_of(self, said: "dict[str, Any]") -> None:
        kind: str = said.get("type", "")
        if kind == "here" and not self._page:
            self._offers.append(said)
            if len(self._offers) == 1:
                self._js.setTimeout(self._later[0], _CHOICE)
        elif kind == "gone":
            self._offers = [offer for offer in self._offers if offer["from"] != said["from"]]
            if said["from"] in (self._page, self._former):
                self._page = self._former = ""
                self._ask()
        elif kind == "here" and self._page == self._own_name and not said.get("worker"):
            self._ask_for_visitor(said["from"])
        elif kind == "answers":
            for answer in said["answers"]:
                if answer["to"] == self._me:
                    self._take(said["from"], answer)
        elif kind == "told" and said["to"] == self._me and said["from"] == self._page:
            for listener in self._listeners.get(said["name"], []):
                listener(said["text"])

    def _take(self, page: str, answer: "dict[str, Any]") -> None:
        number: int = answer["n"]
        if (page, number) == self._asked:
            self._follow(json.loads(answer["text"]))
        elif page == self._page and number in self._waiting:
            self._known.update(answer.get("known", {}))
            given = self._waiting.pop(number)
            if given["type"] == "flush" or "id" not in given:
                self._texts[number] = answer["text"]

    def _choose(self, *_: object) -> None:
        if self._page or not self._offers:
            return
        former, self._former = self._former, ""

        def rank(offer: "dict[str, Any]") -> "tuple[bool, ...]":
            return offer["from"] == former, not offer.get("worker"), offer["focused"], offer["visible"]

        best = max(self._offers, key=rank)
        self._page = best["from"]
        self._had_page = self._had_page or not best.get("worker")
        self._begin()

    def _begin(self) -> None:
        """There is a client: it hears what waits for it."""
        for name in self._listeners:
            self._say({"type": "on", "to": self._page, "name": name})
        for number in sorted(self._waiting):
            self._say_again(number)

    def _complain(self, *_: object) -> None:
        if not self._page:
            self._js.console.warn(
                "[rudderanalytics]",
                "no page answers: add the script tag, with its write key, to a page of this origin, call show(), or "
                "load with standalone=True; calls wait",
            )


def _uuid(js: "Any") -> str:
    """Of secure contexts the browser's own; elsewhere made of its random bytes."""
    if hasattr(js.crypto, "randomUUID"):
        return str(js.crypto.randomUUID())
    hexadecimal = "".join([f"{byte:02x}" for byte in js.crypto.getRandomValues(js.Uint8Array.new(16))])
    variant = "89ab"[int(hexadecimal[16], 16) & 3]
    return (
        f"{hexadecimal[:8]}-{hexadecimal[8:12]}-4{hexadecimal[13:16]}-{variant}{hexadecimal[17:20]}-{hexadecimal[20:]}"
    )


def _waits() -> "Callable[[Any], object] | None":
    """What waits for a coroutine without `await`, where this interpreter can."""
    try:
        from pyodide.ffi import can_run_sync, run_sync

        return run_sync if can_run_sync() else None
    except ImportError:
        return None
