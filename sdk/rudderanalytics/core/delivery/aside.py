"""Messages that fail alone while others arrive: they wait at the back.

Must not know: how they were found (`search`), how they are sent.
"""

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .queue import Entry

PAUSE = 3_600_000
"""ms from one try of such a message to the next, at least."""


class Aside:
    """Messages in the order in which they were tried, each with the time of its next try (ms)."""

    def __init__(self) -> None:
        self._line: list[tuple[int, Entry]] = []

    def __len__(self) -> int:
        return len(self._line)

    def add(self, entries: "list[Entry]", now: int) -> None:
        """They failed once more."""
        self._line += [(now + PAUSE, entry) for entry in entries]

    def due(self) -> int:
        """When the first of them may be tried."""
        return self._line[0][0]

    def take(self) -> "Entry":
        """The one that is tried next."""
        return self._line.pop(0)[1]

    def expire(self, before: int) -> "list[Entry]":
        """Take out those that were added before this time."""
        expired = [entry for _, entry in self._line if entry.at < before]
        self._line = [(due, entry) for due, entry in self._line if entry.at >= before]
        return expired

    def forget(self, gone: "dict[str, bool]") -> "list[Entry]":
        """Take out those with these ids."""
        forgotten = [entry for _, entry in self._line if entry.id in gone]
        self._line = [(due, entry) for due, entry in self._line if entry.id not in gone]
        return forgotten
