"""Runs vectors: behaviour as data, wherever `rudderanalytics` can be imported.

`run(text)` takes the JSON text of a list of vectors and gives the JSON text of how many ran and which failed. It is
written in the portable subset of the core, so that this very file runs on CPython, in Pyodide and in MicroPython.

A vector of a function: `{"name", "function": "calls.canonical", "given": [...], "gives": ...}`, or `"raises"` (one
of ERRORS) and `"text"` instead of `"gives"`. What is given must come out of it unchanged.

A vector of a scenario runs a fresh `Analytics` on a page that does what the effects say: `{"name", "steps": [...]}`
with `stored` (areas of storage at the start; null: blocked), `options` or `load` (the arguments of `load`), `page`
(over PAGE) and `reviews` (what `beforeSend` does, one message after the other: `{"change": {key: value}}`, or what the
page answers: `{"message": ...}`, `{"error": text}`). A step is `[method, argument, ...]`, a second after the step
before it, or one of

    ["wait", ms]    ["visit", {what the page sees}]    ["write", area, key, text or null]    ["reload"]
    ["consents", {what it sees of the visitor's consent}]    ["told", {what a consent manager says then}]

Expected, exactly: `messages` (dotted path -> value of each message, in order; null: it is not there), `identity`
(dotted path -> value of what is stored), `after` (area -> key -> stored text) and `logs` ("LEVEL text"; none where it
is left out).

Anywhere in a vector, `{"repeat": [text, times]}` stands for a long text, `{"nested": [levels, value]}` for a value
inside that many arrays.
"""

import json

from rudderanalytics.core import cookies
from rudderanalytics.core.analytics import Analytics
from rudderanalytics.errors import Refused

NOW = 1_795_445_150_673
VERSION = "1.2.3"
PAGE = {
    "origin": "https://www.example.com",
    "path": "/shop/item",
    "search": "?utm_source=news",
    "href": "https://www.example.com/shop/item?utm_source=news#frag",
    "query": [["utm_source", "news"]],
    "title": "A title",
    "referrer": "https://www.google.com/search?q=x",
    "referrerHost": "www.google.com",
    "canonical": None,
    "userAgent": "Mozilla/5.0",
    "locale": "en-US",
    "timezone": "GMT+0000",
    "os": {"name": "Linux", "version": ""},
    "screen": {"width": 1280, "height": 800, "density": 1, "innerWidth": 1280, "innerHeight": 720},
}
AREAS = ("cookie", "localStorage", "sessionStorage", "memory")
MODULES = {
    "calls": "calls.overloads",
    "cookies": "cookies",
    "identity": "visitor.identity",
    "message": "delivery.message",
    "nesting": "nesting",
    "options": "options",
    "permission": "consent.consent",
    "session": "visitor.session",
    "traits": "calls.traits",
    "values": "values",
}
"""What a vector calls a module -> where it is in the core."""
ERRORS = {"Refused": Refused, "TypeError": TypeError, "Undecodable": cookies.Undecodable, "ValueError": ValueError}


def run(text: str) -> str:
    """Run the vectors in a JSON text; gives `{"ran": number, "failures": ["name: what differs", ...]}` as JSON text."""
    vectors = _expanded(json.loads(text))
    failures = []
    for vector in vectors:
        try:
            differences = _function(vector) if "function" in vector else _scenario(vector)
        except Exception as error:
            differences = [type(error).__name__ + ": " + str(error)]
        for difference in differences:
            failures.append(vector["name"] + ": " + difference)
    return json.dumps({"ran": len(vectors), "failures": failures})


def _function(vector: dict) -> list:
    module, name = vector["function"].split(".")
    function = __import__("rudderanalytics.core." + MODULES[module])
    for part in ("core." + MODULES[module] + "." + name).split("."):
        function = getattr(function, part)
    given = _copy(vector["given"])
    try:
        found = function(*given)
    except Exception as error:
        if "raises" not in vector or not isinstance(error, ERRORS[vector["raises"]]):
            raise
        differences = _differences("text", str(error), vector["text"]) if "text" in vector else []
    else:
        if "raises" in vector:
            return ["gives " + _shown(found) + " and does not raise"]
        differences = _differences("gives", found, vector["gives"])
    return differences + _differences("given, afterwards,", given, vector["given"])


def _scenario(vector: dict) -> list:
    page = _Page(vector)
    for step in vector["steps"]:
        page.take(step)
    differences = _differences("logs", page.logs, vector.get("logs", []))
    if "messages" in vector:
        differences += _differences("how many messages", len(page.messages), len(vector["messages"]))
        for number, (message, expected) in enumerate(zip(page.messages, vector["messages"])):  # noqa: B905
            for path in expected:
                differences += _differences("message " + str(number) + " " + path, _at(message, path), expected[path])
    for path, value in vector.get("identity", {}).items():
        differences += _differences("identity " + path, _at(page.identity(), path), value)
    for area, texts in vector.get("after", {}).items():
        for key in texts:
            differences += _differences(area + " " + key, page.stored[area].get(key), texts[key])
    return differences


class _Page:
    """What a browser is to the core: it keeps what it is told to store, and collects messages and log lines."""

    def __init__(self, vector: dict) -> None:
        stored = vector.get("stored", {})
        self.stored = {area: _copy(stored.get(area, {})) for area in AREAS}
        self.seen = PAGE | vector.get("page", {})
        self.messages: list = []
        self.logs: list = []
        self._load = vector.get("load", ["WRITE_KEY", "https://dataplane.example.com", vector.get("options", {})])
        self._reviews = _copy(vector.get("reviews"))
        self._consents = vector.get("consents", {})
        self._now = NOW
        self._ids = 0
        self._open()

    def take(self, step: list) -> None:
        name, arguments = step[0], step[1:]
        if name == "wait":
            self._now += arguments[0]
        elif name == "visit":
            self.seen = self.seen | arguments[0]
        elif name == "write":
            self._write(arguments[0], arguments[1], arguments[2])
        elif name == "consents":
            self._consents = arguments[0]
        elif name == "told":
            self._perform(self._analytics.handle({"type": "consents", "now": self._now, "consents": arguments[0]}))
        elif name == "reload":
            self._open()
        else:
            self._now += 1000
            self._call(name, arguments, {})

    def identity(self) -> dict:
        """What the nine values are, from the first area that has each."""
        found = {}
        for state_key, storage_key in cookies.KEYS.items():
            for area in AREAS:
                text = (self.stored[area] or {}).get(storage_key)
                if text is not None:
                    text = cookies.unquote_local(text) if area == "localStorage" else text
                    found[state_key] = cookies.decode(text, state_key)
                    break
        return found

    def _open(self) -> None:
        self._analytics = Analytics(VERSION)
        self._accepted: list = []  # ids
        self._call(
            "load",
            self._load,
            {
                "owner": "owner",
                "runtime": "any 1.0",
                "installType": "script",
                "online": True,
                "coolUntil": None,
                "reviews": self._reviews is not None,
            },
        )

    def _call(self, name: str, arguments: list, more: dict) -> None:
        self._ids += 1
        given = {
            "type": name,
            "arguments": _copy(arguments),
            "id": f"00000000-0000-4000-8000-{self._ids:012d}",
            "at": self._now,
            "now": self._now,
            "page": _copy(self.seen),
            "fresh": f"00000000-0000-4000-8000-f{self._ids:011d}",
            "stored": _copy(self.stored),
            "topDomain": ".example.com",
            "consents": self._consents,
        }
        self._perform(self._analytics.handle(given | more))

    def _perform(self, effects: list) -> None:
        for effect in effects:
            if effect["type"] == "store":
                self._write(effect["area"], effect["key"], effect["value"])
            elif effect["type"] == "accept":
                message = json.loads(effect["text"])
                if effect["again"]:
                    self.messages[self._accepted.index(effect["id"])] = message
                else:
                    self._accepted.append(effect["id"])
                    self.messages.append(message)
            elif effect["type"] == "emit" and effect["name"] == "dropped":
                for id in effect["ids"]:
                    if id in self._accepted:
                        del self.messages[self._accepted.index(id)]
                        self._accepted.remove(id)
            elif effect["type"] == "log":
                self.logs.append(effect["level"] + " " + effect["text"])
            elif effect["type"] == "review":
                answer = self._reviews.pop(0)
                if "change" in answer:
                    answer = {"message": json.loads(effect["text"]) | answer["change"]}
                given = {"type": "reviewed", "now": self._now, "id": effect["id"]} | answer
                self._perform(self._analytics.handle(given))

    def _write(self, area: str, key: str, text: str | None) -> None:
        if text is None:
            self.stored[area].pop(key, None)
        else:
            self.stored[area][key] = text


def _at(value: object, path: str) -> object:
    for part in path.split("."):
        value = value.get(part) if isinstance(value, dict) else None
    return value


def _differences(what: str, found: object, expected: object) -> list:
    return [] if _same(found, expected) else [what + " is " + _shown(found) + ", not " + _shown(expected)]


def _same(left: object, right: object) -> bool:
    """Equal as JSON: unlike Python's ==, true is not 1; like it, 1 is 1.0."""
    if isinstance(left, bool) or isinstance(right, bool) or left is None or right is None:
        return left is right
    if isinstance(left, dict) and isinstance(right, dict) and len(left) == len(right):
        for key in left:  # noqa: SIM110 - MicroPython recurses deeper through a loop than through a generator
            if key not in right or not _same(left[key], right[key]):
                return False
        return True
    if isinstance(left, (list, tuple)) and isinstance(right, (list, tuple)) and len(left) == len(right):
        for index in range(len(left)):  # noqa: SIM110
            if not _same(left[index], right[index]):
                return False
        return True
    return left == right


def _shown(value: object) -> str:
    text = repr(value)
    return text if len(text) < 300 else text[:300] + "..."


def _copy(value: object) -> object:
    if isinstance(value, dict):
        return {key: _copy(value[key]) for key in value}
    return [_copy(item) for item in value] if isinstance(value, list) else value


def _expanded(value: object) -> object:
    if isinstance(value, list):
        return [_expanded(item) for item in value]
    if not isinstance(value, dict):
        return value
    if set(value) == {"repeat"}:
        return value["repeat"][0] * value["repeat"][1]
    if set(value) == {"nested"}:
        levels, nested = value["nested"]
        for _ in range(levels):
            nested = [nested]
        return nested
    return {key: _expanded(value[key]) for key in value}
