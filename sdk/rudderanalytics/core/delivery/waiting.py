"""Messages that wait for the visitor's decision.

Must not know: what the decision is. They are held whole, because they are to say what was decided; but of what pages
before this one stored as messages, which wait in the same line, there is only the entry.
"""

from .outbox import MOST_IN_MEMORY

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .queue import Entry


class Waiting:
    """Messages in the order of their calls, each with its entry in the outbox to be."""

    def __init__(self) -> None:
        self._line: list[tuple[dict | None, Entry]] = []
        self._size = 0

    def add(self, message: dict | None, entry: "Entry") -> "list[Entry]":
        """One more. Returns what there is no room for any more: the oldest."""
        self._line.append((message, entry))
        self._size += entry.size
        dropped = []
        while self._size > MOST_IN_MEMORY and len(self._line) > 1:
            oldest = self._line.pop(0)[1]
            self._size -= oldest.size
            dropped.append(oldest)
        return dropped

    def take(self) -> "list[tuple[dict | None, Entry]]":
        """All of them; none waits any more."""
        line, self._line, self._size = self._line, [], 0
        return line

    def forget(self, ids: list[str]) -> None:
        """These wait no longer."""
        for built, entry in self.take():
            if entry.id not in ids:
                self.add(built, entry)
