"""The outbox: messages accepted and not yet delivered.

Must not know: what a message says, where texts are kept, what a timer is. Rules: one delivery in flight (one more
when the page is being left), in order; a message leaves when the data plane took it or when it is dropped, with a
reason: `rejected` (400 on its own), `too_large` (413 on its own), `expired`, `unauthorised` (expired while the data
plane refused us), `overflow` (more than memory should hold), `lost` (the page has no text of it). Nothing here costs
more because more is waiting.
"""

from .backoff import COOL_DOWN, Backoff
from .queue import Entry, Queue
from .request import STAMP_BYTES, Delivery, body_size

MOST_BYTES = 512_000
"""Bytes in one body, far below the gateway's 4,096,000 [server 1.7]."""
KEEPALIVE_BYTES = 61_440
"""Bytes in flight with keepalive: 60 KiB of the 64 that the Fetch standard (HTTP-network-or-cache fetch) allows."""
MOST_IN_MEMORY = 16_777_216
"""Bytes of messages held in all; over it the oldest is dropped, reason `overflow`."""
EXPIRES_AFTER = 604_800_000
"""ms after which an undelivered message is dropped: 7 days."""


class Outbox:
    """The messages of one client; `limits` is the load option `queueOptions`."""

    def __init__(self, limits: dict) -> None:
        self.backoff = Backoff(limits["minRetryDelay"], limits["maxRetryDelay"])
        self._batch = limits["batch"]
        self.online = True
        self._recovered = Queue()  # from pages that are gone, and what failed: older than all in _own
        self._own = Queue()
        self._in_flight: dict[int, Delivery] = {}
        self._held = self._numbers = self._added = 0
        self._suspects = 0  # how many at the front are known to hold one that the data plane rejects
        self._open = False

    def add(self, entry: Entry) -> list[Entry]:
        """Wait for delivery. Returns what had to be dropped for it."""
        entry.ordinal = self._added
        self._added += 1
        (self._recovered if entry.recovered else self._own).append(entry)
        self._count(entry, 1)
        dropped = []
        while self._held > MOST_IN_MEMORY and self._waiting() > 1:
            dropped.append(self._line().take())
            self._count(dropped[-1], -1)
        return dropped

    def open(self) -> None:
        """What pages before this one left has been added: sending may begin."""
        self._open = True

    def expire(self, now: int) -> list[Entry]:
        """Take out what has waited for too long."""
        expired = []
        for queue in (self._recovered, self._own):
            while len(queue) and now - queue.head().at > EXPIRES_AFTER:
                expired.append(queue.take())
                self._count(expired[-1], -1)
        return expired

    def take(self, now: int, leaving: bool) -> Delivery | None:
        """The next delivery, if there is something to send and this is the time.

        `leaving`: the page is going away, so one delivery may start beside the one in flight, because there is no
        later; it takes what fits the keepalive budget.
        """
        busy = len(self._in_flight)
        earliest = self.backoff.next_try(now)
        if leaving:
            earliest = self.backoff.cool_until
        if not self._open or not self.online or now < earliest or busy > (1 if leaving else 0):
            return None
        budget = KEEPALIVE_BYTES - sum(d.size for d in self._in_flight.values() if d.keepalive)
        entries = self._next_batch(
            budget if leaving else min(MOST_BYTES, self._batch["maxSize"]), at_least_one=not busy
        )
        if not entries:
            return None
        self._numbers += 1
        # A browser refuses keepalive when the page's other requests used the budget up: a retry goes without it.
        keepalive = body_size(entries) <= budget and (leaving or not self.backoff.failures)
        delivery = Delivery(self._numbers, entries, self.backoff.failures, self.backoff.first_failure_at, keepalive)
        self._in_flight[delivery.number] = delivery
        return delivery

    def untake(self, delivery: Delivery) -> None:
        """It was not started."""
        del self._in_flight[delivery.number]
        self._recovered.put_back(delivery.entries)

    def in_flight(self, number: int) -> Delivery | None:
        """The delivery with this number, if its answer is still awaited."""
        return self._in_flight.get(number)

    def lose(self, delivery: Delivery, ids: list[str]) -> list[Entry]:
        """Take these messages out of a delivery in flight, which went without them; nothing went if it has no other."""
        lost = delivery.leave_out(ids)
        for entry in lost:
            self._count(entry, -1)
        self._suspects = max(0, self._suspects - len(lost))
        if not delivery.entries:
            del self._in_flight[delivery.number]
        return lost

    def settle(self, delivery: Delivery, status: int, retry_after: int | None, now: int, chance: float) -> str:
        """Take the answer to a delivery: `status` 0 never arrived; `retry_after` ms; `chance` 0 to 1.

        Returns what became of its messages: `delivered`, `retried`, or the reason for which they are dropped.
        """
        del self._in_flight[delivery.number]
        many = len(delivery.entries)
        outcome = "retried"
        if 200 <= status < 400:
            outcome = "delivered"
            self._suspects = max(0, self._suspects - many)
            self.backoff.succeed(now)
        elif status in (400, 413) and many == 1:
            outcome = "rejected" if status == 400 else "too_large"
            self._suspects = 0
        elif status in (400, 413):
            self._suspects = many
        elif status in (401, 404):
            self.backoff.cool_down(now)
        else:
            self.backoff.fail(now, chance, retry_after)
        if status:
            self.backoff.refused = status in (401, 404)
        if outcome == "retried":
            self._recovered.put_back(delivery.entries)
            return outcome
        for entry in delivery.entries:
            self._count(entry, -1)
        return outcome

    def wake_at(self, now: int) -> int | None:
        """When a tick is needed (epoch ms); None while an answer is awaited or nothing waits."""
        if not self._waiting() or not self._open or self._in_flight:
            return None
        if not self.online:
            return now + COOL_DOWN  # `online` comes sooner, where the browser tells
        return max(now, self.backoff.next_try(now))

    def _waiting(self) -> int:
        return len(self._recovered) + len(self._own)

    def _line(self) -> Queue:
        return self._recovered if len(self._recovered) else self._own

    def _next_batch(self, budget: int, at_least_one: bool) -> list[Entry]:
        most = max(1, self._suspects // 2) if self._suspects else max(1, self._batch["maxItems"])
        entries: list[Entry] = []
        size = STAMP_BYTES
        while len(entries) < most and self._waiting():
            size += self._line().head().size + STAMP_BYTES
            if size > budget and (entries or not at_least_one):
                break
            entries.append(self._line().take())
        return entries

    def _count(self, entry: Entry, sign: int) -> None:
        self._held += sign * entry.size
