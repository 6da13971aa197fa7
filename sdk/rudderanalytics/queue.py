"""Waiting messages in line.

Must not know: when or whether they are sent.
"""


class Entry:
    """One waiting message: its storage key (None: it is not stored) and what its delivery asks for.

    Its text is not here: the page has it, and MicroPython's garbage collector would read all texts again and again
    (a call beside 5,000 waiting messages took four times as long). `at` is when it was called (epoch ms), `size` its
    bytes, `recovered` whether a page before this one left it;
    `ordinal` is given by the outbox: how many were added before it.
    """

    def __init__(self, key: str | None, text: str, message: dict, at: int, recovered: bool) -> None:
        for field in ("messageId", "type", "anonymousId"):
            if not isinstance(message[field], str):  # what a page stored can have been tampered with
                raise TypeError(field)
        self.key = key
        self.id: str = message["messageId"]
        self.kind: str = message["type"]
        self.anonymous_id: str = message["anonymousId"]
        self.size = len(text.encode())
        self.at = at
        self.recovered = recovered
        self.ordinal = 0


class Queue:
    """First in, first out, with a way back to the front; every operation costs the same however long it is."""

    def __init__(self) -> None:
        self._entries: dict[int, Entry] = {}
        self._first = self._next = 0

    def __len__(self) -> int:
        return self._next - self._first

    def head(self) -> Entry:
        """The entry that is next."""
        return self._entries[self._first]

    def append(self, entry: Entry) -> None:
        """Last in line."""
        self._entries[self._next] = entry
        self._next += 1

    def put_back(self, entries: list[Entry]) -> None:
        """First in line again, in the order in which they were added."""
        back = list(entries)
        latest = max([entry.ordinal for entry in back])
        # Of two deliveries in flight the earlier may have come back before: what is older than `entries` goes first.
        while len(self) and self.head().ordinal < latest:
            back.append(self.take())
        back.sort(key=lambda entry: entry.ordinal)
        for entry in reversed(back):
            self._first -= 1
            self._entries[self._first] = entry

    def take(self) -> Entry:
        """Remove the entry that is next."""
        entry = self._entries.pop(self._first)
        self._first += 1
        return entry
