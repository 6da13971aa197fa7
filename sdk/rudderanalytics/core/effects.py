"""Effects: what the core asks the page to do. Each is a plain dict with a `type`; the page performs them in order.

Must not know: who asks. `boundary` says what each effect means and has; here they are gathered. The JSON of a message
is under `text` until `boundary` puts it into its place: it is not decoded and encoded once more.
"""


class Effects:
    """The effects of one input, as they are gathered."""

    def __init__(self) -> None:
        self._list: list[dict] = []
        self._said: set[str] = set()

    def take(self) -> list[dict]:
        """What was gathered since the last time."""
        gathered, self._list = self._list, []
        return gathered

    def keep(self, identity: dict) -> None:
        """Keep these values of the visitor's identity, by state key."""
        self._list.append({"type": "keep", "identity": identity})

    def accept(self, message_id: str, text: str, again: bool = False) -> None:
        """A call became this message; `again`: it was accepted before, with another text."""
        self._list.append({"type": "accept", "id": message_id, "text": text, "again": again})

    def accept_reviewed(self, message_id: str, which: str) -> None:
        """A call became a message that the page has: the one that was `asked` about, or the one that it `answered`."""
        self._list.append({"type": "accept", "id": message_id, "reviewed": which, "again": False})

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

    def wake(self, at: int | None) -> None:
        """Give a tick at this time (epoch ms)."""
        self._list.append({"type": "wake", "at": at})

    def remember(self, cool_until: str | None) -> None:
        """Keep this for the pages after this one."""
        self._list.append({"type": "remember", "coolUntil": cool_until})

    def log(self, level: str, text: str, kind: str | None = None) -> None:
        """One line for the console; of some `kind`s the page says more than this text."""
        effect = {"type": "log", "level": level, "text": text}
        self._list.append(effect | {"kind": kind} if kind else effect)

    def fail(self, text: str) -> None:
        """What is asked for could not be done, for a fault of ours: a line at any level: the page has the last word."""
        self._list.append({"type": "fail", "text": text})

    def log_once(self, level: str, text: str, kind: str | None = None) -> None:
        """One line, the first time that there is reason for it."""
        if text not in self._said:
            self._said.add(text)
            self.log(level, text, kind)

    def emit(self, name: str, ids: list[str], reason: str | None = None) -> None:
        """Tell those in the page who listen."""
        effect = {"type": "emit", "name": name, "ids": ids}
        self._list.append(effect if reason is None else effect | {"reason": reason})

    def emit_failed(self, ids: list[str], status: int, reason: str, next_try: int | None) -> None:
        """Tell those in the page who listen of a try that failed, and when the next one is (epoch ms)."""
        effect = {"type": "emit", "name": "failed", "ids": ids, "reason": reason}
        self._list.append(effect | {"status": status, "nextTry": next_try})
