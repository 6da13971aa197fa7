"""Runs vectors: behaviour as data, wherever `rudderanalytics` can be imported.

`run(text)` takes the JSON text of a list of vectors and gives the JSON text of how many ran and which failed. It is
written in the portable subset of the core, so that this very file runs on CPython, in Pyodide and in MicroPython.

A vector of a function: `{"name", "function": "calls.canonical", "given": [...], "gives": ...}`, or `"raises"` (one
of ERRORS) and `"text"` instead of `"gives"`. What is given must come out of it unchanged.

`redact.address` and the like are methods: what is given last are the names of their `Redaction`.

A vector of a scenario runs a fresh `Analytics` on a page that does what the effects say: `{"name", "steps": [...]}`
with `visitor` (values of the identity at the start, by state key), `options` (over OPTIONS), `policy` and `consents`
(over POLICY and CONSENTS), `page` (over PAGE), `forgets` (state keys of values that this page may not keep) and
`reviews` (what `beforeSend` does, one message after the other: `{"change": {key: value}}`, or what the page answers:
`{"message": ...}`, `{"error": text}`). A step is `[method, argument, ...]`, a second after the step before it, or one
of

    ["wait", ms]    ["visit", {what the page sees}]    ["elsewhere", {what another tab made of the identity}]
    ["reload"]    ["load"] (once more)    ["consent", {members of the input}]    ["consents", {consents}]

Expected, exactly: `messages` (dotted path -> value of each message, in order; null: it is not there), `identity`
(dotted path -> value of what the page keeps; null: nothing), `sent` (how many deliveries) and `logs` ("LEVEL text";
none where it is left out).

Anywhere in a vector, `{"repeat": [text, times]}` stands for a long text, `{"nested": [levels, value]}` for a value
inside that many arrays.
"""

import json

from rudderanalytics.core.analytics import Analytics
from rudderanalytics.core.consent.redact import Redaction
from rudderanalytics.core.values import same
from rudderanalytics.core.visitor.identity import EMPTY
from rudderanalytics.errors import Refused

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

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
LEVELS = ("LOG", "INFO", "DEBUG", "WARN", "ERROR", "NONE")  # a page has the load option, and says what is not below it
OPTIONS = {
    "logLevel": "WARN",
    "sessions": {"autoTrack": True, "timeout": 1_800_000, "cutOff": {"enabled": False, "duration": 43_200_000}},
    "integrations": {"All": True},
    "useGlobalIntegrationsConfigInEvents": False,
    "autoTrack": {
        "enabled": False,
        "options": {},
        "pageLifecycle": {"enabled": None, "events": [], "options": {}},
        "pageViews": {"enabled": False, "hash": False, "before": None},
        "errors": False,
    },
    "beforeSendFailure": "drop",
    "queueOptions": {
        "minRetryDelay": 1_000,
        "maxRetryDelay": 300_000,
        "resendUnanswered": False,
        "batch": {"maxItems": 100, "maxSize": 512_000},
    },
    "redact": ["token", "key", "password", "secret", "code", "email"],
}
"""The load options that the core acts on, complete, as a page without options of its own gives them."""
POLICY = {"buffers": False, "hides": False, "visible": [], "anonymous": False}
CONSENTS = {"provider": None, "allowedConsentIds": [], "deniedConsentIds": []}
OF_THE_PAGE = ("cookies", "options", "policy")
"""Files of vectors that the page's JavaScript runs, beside all that begin with `page_`: Python has no part in them."""
OF_THE_FACE = ("conversion",)
"""Files of vectors of what only Python's face needs."""
MODULES = {
    "amp_linker": "visitor.amp_linker",
    "base64": "base64",
    "calls": "calls.overloads",
    "identity": "visitor.identity",
    "message": "delivery.message",
    "nesting": "nesting",
    "session": "visitor.session",
    "traits": "calls.traits",
    "transition": "visitor.transition",
    "values": "values",
}
"""What a vector calls a module -> where it is in the core."""
ERRORS = {"Refused": Refused, "TypeError": TypeError, "ValueError": ValueError}


def is_of_python(file_name: str) -> bool:
    """Whether the vectors of this file run here, where the whole package can be imported."""
    name = file_name.partition(".")[0]
    return not (name in OF_THE_PAGE or name.startswith("page_"))


def is_of_the_core(file_name: str) -> bool:
    """Whether they run where there is only the core, as the script tag has it."""
    return is_of_python(file_name) and file_name.partition(".")[0] not in OF_THE_FACE


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


def redacting(name: str) -> "Callable[[object, list], object]":
    """A method of `Redaction`, as a function of what it takes and the names."""
    return lambda given, names: getattr(Redaction(names), name)(given)


def _named(function: str) -> "Callable":
    module, name = function.split(".")
    if module == "redact":
        return redacting(name)
    path = module if module in OF_THE_FACE else "core." + MODULES[module]
    found = __import__("rudderanalytics." + path)
    for part in (path + "." + name).split("."):
        found = getattr(found, part)
    return found  # type: ignore[return-value]


def _function(vector: dict) -> list:
    function = _named(vector["function"])
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
        differences += _differences("identity " + path, _at(page.kept(), path), value)
    if "sent" in vector:
        differences += _differences("deliveries sent", page.sent, vector["sent"])
    return differences


class _Page:
    """What a browser is to the core: it keeps the identity that it is told, and collects messages and log lines."""

    def __init__(self, vector: dict) -> None:
        self.identity = EMPTY | _copy(vector.get("visitor", {}))
        self.seen = PAGE | vector.get("page", {})
        self.messages: list = []
        self.logs: list = []
        self.sent = 0
        self._options = _merged(OPTIONS, vector.get("options", {}))
        self._policy = POLICY | vector.get("policy", {})
        self._consents = CONSENTS | vector.get("consents", {})
        self._forgets = vector.get("forgets", [])
        self._reviews = _copy(vector.get("reviews"))
        self._now = NOW
        self._ids = 0
        self._open()

    def take(self, step: list) -> None:
        name, arguments = step[0], step[1:]
        if name == "wait":
            self._now += arguments[0]
        elif name == "visit":
            self.seen = self.seen | arguments[0]
        elif name == "elsewhere":
            self.identity = self.identity | _copy(arguments[0])
        elif name == "consent":
            self._now += 1000
            self._consent(arguments[0] if arguments else {})
        elif name == "consents":
            self._give({"type": "consents", "consents": CONSENTS | arguments[0]})
        elif name == "reload":
            self._open()
        elif name == "load":
            self._load()
        else:
            self._now += 1000
            given = self._moment() | {"type": name, "arguments": _copy(arguments)}
            given["fresh"] = "f" + given["id"][1:]
            self._give(given)

    def kept(self) -> dict:
        """The values that are not as they are for a visitor never seen."""
        return {key: self.identity[key] for key in EMPTY if self.identity[key] != EMPTY[key]}

    def _open(self) -> None:
        self._analytics = Analytics(VERSION)
        self._accepted: list = []  # ids
        self._asked: dict = {}  # what `beforeSend` was asked and answered, by id
        self._load()
        self._give({"type": "adopted"})

    def _load(self) -> None:
        given = {
            "type": "load",
            "writeKey": "WRITE_KEY",
            "dataPlaneUrl": "https://dataplane.example.com",
            "options": _copy(self._options),
            "policy": _copy(self._policy),
            "consents": _copy(self._consents),
            "owner": "owner",
            "runtime": "any 1.0",
            "installType": "script",
            "online": True,
            "coolUntil": None,
            "reviews": self._reviews is not None,
        }
        self._give(self._moment() | given)

    def _consent(self, decided: dict) -> None:
        """The visitor decided; without more, that everything may be kept and sent."""
        self._ids += 1
        given = {"type": "consent", "discard": False, "integrations": {}, "identity": _copy(self.identity)}
        given["policy"] = POLICY | decided.get("policy", {})
        given["consents"] = CONSENTS | decided.get("consents", self._consents)
        for member in ("discard", "integrations"):
            if member in decided:
                given[member] = _copy(decided[member])
        self._give(given)

    def _moment(self) -> dict:
        """What the page sees at a call."""
        self._ids += 1
        given = {"id": f"00000000-0000-4000-8000-{self._ids:012d}", "at": self._now}
        return given | {"page": _copy(self.seen), "identity": _copy(self.identity)}

    def _give(self, given: dict) -> None:
        for effect in self._analytics.handle(given | {"now": self._now}):
            self._perform(effect)

    def _perform(self, effect: dict) -> None:
        kind = effect["type"]
        if kind == "keep":
            changed = effect["identity"]
            self.identity |= {key: changed[key] for key in changed if key not in self._forgets}
        elif kind == "accept":
            self._accept(effect["id"], effect["again"], self._message(effect))
        elif kind == "emit" and effect["name"] == "dropped":
            for id in effect["ids"]:
                if id in self._accepted:
                    del self.messages[self._accepted.index(id)]
                    self._accepted.remove(id)
        elif kind == "send":
            self.sent += 1
        elif kind == "log" and LEVELS.index(effect["level"]) >= LEVELS.index(self._options["logLevel"]):
            self.logs.append(effect["level"] + " " + effect["text"])
        elif kind == "review":
            self._answer(effect["id"], json.loads(effect["text"]))

    def _message(self, effect: dict) -> dict:
        if "text" in effect:
            return json.loads(effect["text"])
        return self._asked[effect["id"]][effect["reviewed"]]

    def _accept(self, id: str, again: bool, message: dict) -> None:
        if again:
            self.messages[self._accepted.index(id)] = message
        else:
            self._accepted.append(id)
            self.messages.append(message)

    def _answer(self, id: str, message: dict) -> None:
        answer = self._reviews.pop(0)
        if "change" in answer:
            answer = {"message": message | answer["change"]}
        self._asked[id] = {"asked": message, "answered": answer.get("message")}
        size = len(json.dumps(answer.get("message")))
        self._give({"type": "reviewed", "id": id, "size": size} | _copy(answer))


def _merged(left: dict, right: dict) -> dict:
    """Options over their defaults."""
    merged = dict(left)
    for key, value in right.items():
        inner = isinstance(left.get(key), dict) and isinstance(value, dict)
        merged[key] = _merged(left[key], value) if inner else value
    return merged


def _at(value: object, path: str) -> object:
    for part in path.split("."):
        value = value.get(part) if isinstance(value, dict) else None
    return value


def _differences(what: str, found: object, expected: object) -> list:
    return [] if same(_as_lists(found), expected) else [what + " is " + _shown(found) + ", not " + _shown(expected)]


def _as_lists(value: object) -> object:
    return [_as_lists(item) for item in value] if isinstance(value, tuple) else value


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
        levels, nested = _expanded(value["nested"])
        for _ in range(levels):
            nested = [nested]
        return nested
    return {key: _expanded(value[key]) for key in value}
