"""Waiting messages in line.

Must not know: when or whether they are sent, where their texts are.
"""

_FIELDS = 7


class Entry:
    """One waiting message, and what its delivery asks for.

    Its text is not here, nor where it is stored: the page has both. `at` is since when it waits (ms, as `clock`
    measures time), `size` its bytes, `recovered` whether a page before this one left it; `ordinal` is given by the
    outbox: how many were added before it.
    """

    def __init__(self, id: str, kind: str, anonymous_id: str, at: int, size: int, recovered: bool) -> None:
        self.id = id
        self.kind = kind
        self.anonymous_id = anonymous_id
        self.at = at
        self.size = size
        self.recovered = recovered
        self.ordinal = 0


class Queue:
    """First in, first out, with a way back to the front; every operation costs the same however long it is.

    Those further back are laid out in one list, field by field and with small numbers: MicroPython goes through all
    objects that there are after each call from JavaScript, and 5,000 entries of some ten objects each doubled its cost.
    """

    def __init__(self) -> None:
        self._front: list[Entry] = []  # the last one is next
        self._line: list = []
        self._start = 0  # where in _line the first one is
        self._since = 0  # ms: times in _line are counted from there
        self._anonymous_id = ""

    def __len__(self) -> int:
        return len(self._front) + (len(self._line) - self._start) // _FIELDS

    def head(self) -> Entry:
        """The entry that is next."""
        if not self._front:
            self._front.append(self._unfold())
        return self._front[-1]

    def append(self, entry: Entry) -> None:
        """Last in line."""
        if not self._line:
            self._since = entry.at
        if entry.anonymous_id != self._anonymous_id:
            self._anonymous_id = entry.anonymous_id  # one object for all that have the same
        add = self._line.append  # `extend` makes MicroPython copy the list each time
        add(entry.id)
        add(entry.kind)
        add(self._anonymous_id)
        add(entry.at - self._since)
        add(entry.size)
        add(entry.recovered)
        add(entry.ordinal)

    def put_back(self, entries: list[Entry]) -> None:
        """First in line again, in the order in which they were added."""
        back = list(entries)
        latest = max([-1] + [entry.ordinal for entry in back])
        # Of two deliveries in flight the earlier may have come back before: what is older than `entries` goes first.
        while len(self) and self.head().ordinal < latest:
            back.append(self.take())
        back.sort(key=lambda entry: -entry.ordinal)
        self._front += back

    def take(self) -> Entry:
        """Remove the entry that is next."""
        self.head()
        return self._front.pop()

    def _unfold(self) -> Entry:
        line, start = self._line, self._start
        at = line[start + 3] + self._since
        made = Entry(line[start], line[start + 1], line[start + 2], at, line[start + 4], line[start + 5])
        made.ordinal = line[start + 6]
        self._start += _FIELDS
        if 2 * self._start >= len(line):
            self._line = line[self._start :]
            self._start = 0
        return made
