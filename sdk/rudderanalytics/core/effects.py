"""Effects: what the core asks the page to do. Each is a plain dict with a `type`; the page performs them in order.

The `text` of a message crosses to the page as the `message` that it says (`boundary`).

store   put `value` under `key` in an `area` ("cookie", "localStorage", "sessionStorage", "memory"); null removes. A
        cookie also has `attributes` {path, domain, expires (epoch ms, a date as text, or null), samesite, secure}
accept  a call became a message: put its JSON `text` under `key` in localStorage (null: there is no room), hold it until
        it is delivered or dropped, tell those who listen unless `again`. `id` is the messageId
review  show `beforeSend` the message with this `id` and JSON `text`, and answer with a `reviewed` input before any
        call that waits; until then the call stays stored
send    POST the texts of the messages `ids` (one as it is, several as {"batch": [...]}; each, and the batch, with
        `sentAt` as the SentAt header has it) to `url` with `headers`, `keepalive` as in fetch; answer with a `response`
part    a `send` for when the page is left before its next input is answered; it is stamped with that time then
consents what the visitor decided, as messages say it: `provider`, `allowedConsentIds`, `deniedConsentIds`
wake    give a `tick` input at epoch ms `at`; replaces the wake before it; null: no wake
call    act as if the page called `method` with `arguments` now
log     one line for the console, `level` "LOG" .. "ERROR"
emit    tell who listens: `name` "ready", "retried", or "delivered", "dropped" (with `reason`): let go of the messages,
        wherever they are stored. `ids` are messageIds
"""

LEVELS = ("LOG", "INFO", "DEBUG", "WARN", "ERROR", "NONE")
"""From chatty to silent, in the order of the official SDK."""


class Effects:
    """The effects of one input, as they are gathered."""

    def __init__(self) -> None:
        self.level = "WARN"
        self._list: list[dict] = []
        self._said: set[str] = set()

    def take(self) -> list[dict]:
        """What was gathered since the last time."""
        gathered, self._list = self._list, []
        return gathered

    def store(self, area: str, key: str, value: str | None) -> None:
        """Put text under a key of a storage area; None removes it."""
        self._list.append({"type": "store", "area": area, "key": key, "value": value})

    def store_cookie(self, key: str, value: str | None, attributes: dict) -> None:
        """Put text into a cookie; None removes it."""
        self._list.append({"type": "store", "area": "cookie", "key": key, "value": value, "attributes": attributes})

    def accept(self, message_id: str, key: str | None, text: str, again: bool = False) -> None:
        """A call became this message; `again`: it was accepted before, with another text."""
        self._list.append({"type": "accept", "id": message_id, "key": key, "text": text, "again": again})

    def review(self, message_id: str, text: str) -> None:
        """Ask what becomes of this message."""
        self._list.append({"type": "review", "id": message_id, "text": text})

    def send(
        self, kind: str, delivery: int, ids: list[str], url: str, headers: dict[str, str], keepalive: bool
    ) -> None:
        """Start a delivery: now (`kind` "send") or when the page is left ("part")."""
        self._list.append(
            {"type": kind, "delivery": delivery, "ids": ids, "url": url, "headers": headers, "keepalive": keepalive}
        )

    def consents(self, decided: dict) -> None:
        """Tell the consent manager's functions in the page [js 7.1]."""
        self._list.append({"type": "consents"} | decided)

    def wake(self, at: int | None) -> None:
        """Give a tick at this time (epoch ms)."""
        self._list.append({"type": "wake", "at": at})

    def call(self, method: str, arguments: list) -> None:
        """Another call follows."""
        self._list.append({"type": "call", "method": method, "arguments": arguments})

    def log(self, level: str, text: str) -> None:
        """One line for the console, unless the load option `logLevel` is above its level."""
        if LEVELS.index(level) >= LEVELS.index(self.level):
            self._list.append({"type": "log", "level": level, "text": text})

    def warn(self, lines: list[str], before: str = "") -> None:
        """Lines for the console."""
        for line in lines:
            self.log("WARN", before + line)

    def log_once(self, level: str, text: str) -> None:
        """One line, the first time that there is reason for it."""
        if text not in self._said:
            self._said.add(text)
            self.log(level, text)

    def emit(self, name: str, ids: list[str], reason: str | None = None) -> None:
        """Tell those in the page who listen."""
        effect = {"type": "emit", "name": name, "ids": ids}
        self._list.append(effect if reason is None else effect | {"reason": reason})
