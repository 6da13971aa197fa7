"""The search for a message that the data plane does not swallow, so that it holds up no other.

Must not know: queues, waits, requests: `outbox` does. It is told what became of deliveries, and says how much the next
one may take.

A refusal (4xx) is sure: one of the batch is bad, so the batch is halved at once until the bad one is alone. A failure
(5xx, a connection that breaks, no answer) says nothing of the messages. After `TROUBLED` in a row the batch is halved
too, always from the front, so that the order stays. A message that fails alone, as the last of `ACCUSED` failures in a
row, is accused: it steps aside, and those behind it are tried one by one. If one of `WITNESSES` arrives, the accused
are guilty: they wait at the back, alone, from then on. If none does, it is the data plane that is down: all is as it
was before, and for an hour there is no other search, as each of them could let a message overtake others.
"""

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .queue import Entry

TROUBLED, ACCUSED, WITNESSES = 3, 10, 3
PAUSE = 3_600_000
"""ms from a search that found the data plane down to the next."""


class Search:
    """`suspects`: how many at the front hold one that fails; `accused`: who stepped aside for now."""

    def __init__(self) -> None:
        self.suspects = 0
        self.accused: list[Entry] = []
        self._failures = 0
        self._paused_until = 0

    def most(self, usual: int, leaving: bool = False) -> int:
        """How many messages the next delivery may take."""
        if self.accused and not leaving:
            return 1
        return max(1, self.suspects // 2) if self.suspects else max(1, usual)

    def goes_on(self, now: int) -> bool:
        """Whether a search is on: waits do not grow meanwhile, or it would take an hour."""
        return TROUBLED <= self._failures < ACCUSED + WITNESSES and now >= self._paused_until

    def leave_out(self, count: int) -> None:
        """So many of the suspects are gone."""
        self.suspects = max(0, self.suspects - count)

    def arrived(self, count: int) -> "list[Entry]":
        """So many were taken. Returns the guilty."""
        self._failures = 0
        self.leave_out(count)
        return self.acquit()

    def refused(self, count: int) -> "list[Entry]":
        """A batch of so many holds one that the data plane refuses, which it could not if it were down."""
        self._failures = 0
        self.suspects = 0 if count == 1 else count
        return self.acquit()

    def failed(self, entries: "list[Entry]", others: int, now: int) -> "list[Entry]":
        """A delivery failed, `others` wait beside it. Returns who goes back to the front: those who are not accused."""
        self._failures += 1
        if self._failures < TROUBLED or now < self._paused_until or (self.accused and len(entries) > 1):
            return entries
        if self.accused:
            self.accused += entries
            if len(self.accused) <= WITNESSES and others:
                return []
            self._paused_until = now + PAUSE
            self.suspects = 0
            return self.acquit()
        if len(entries) == 1 and self._failures >= ACCUSED and others:
            self.accused = entries
            self.suspects = 0
            return []
        self.suspects = len(entries)
        return entries

    def acquit(self) -> "list[Entry]":
        """Nobody is accused any more. Returns who was."""
        accused, self.accused = self.accused, []
        return accused
