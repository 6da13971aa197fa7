"""The outbox: messages accepted and not yet delivered.

Must not know: what a message says, where texts are kept, what a timer is. Times are ms as `clock` measures them. Rules:
one delivery in flight (as the page is being left two more), in order; a message leaves when the data plane took it or
when it is dropped, with a reason: `rejected` (a 4xx on its own that speaks of the message), `too_large` (413 on its
own), `expired`, `unauthorised` (expired while the data plane refused us), `overflow` (more than memory should hold),
`lost` (the page has no text of it). What fails alone holds up no other: `search` finds it. Nothing here costs more
because more is waiting.
"""

from .aside import Aside
from .backoff import COOL_DOWN, Backoff
from .queue import Entry, Queue
from .request import STAMP_BYTES, Delivery, body_size
from .search import Search

MOST_BYTES = 512_000
"""Bytes in one body, far below the gateway's 4,096,000 [server 1.7]."""
KEEPALIVE_BYTES = 61_440
"""Bytes in flight with keepalive: 60 KiB of the 64 that the Fetch standard (HTTP-network-or-cache fetch) allows."""
MOST_IN_MEMORY = 16_777_216
"""Bytes of messages held in all; over it the oldest is dropped, reason `overflow`."""
EXPIRES_AFTER = 604_800_000
"""ms after which an undelivered message is dropped: 7 days."""
ALONE = 20
"""Good answers until which what waited as the page began, or pages before left, goes one by one, and so does what is
called while that is delivered. Many pages are left before: then nobody hears of a refusal, and of several messages a
bad one would cost the others (web/src/leaving.js)."""
APART = 8
"""So few go one by one after that, too. As the page is left, so many of those that pages before left: the page sends
them one by one."""
_AT_THE_END = 2
"""Deliveries that may be in flight beside another one as a page is left."""
UNKNOWN = (401, 404)
"""The data plane does not know the write key or the address."""
LATER = UNKNOWN + (408, 425, 429)
"""Refusals that say nothing of the messages: they are tried again."""


class Outbox:
    """The messages of one client; `limits` is the load option `queueOptions`."""

    def __init__(self, limits: dict) -> None:
        self.backoff = Backoff(limits["minRetryDelay"], limits["maxRetryDelay"])
        self._batch = limits["batch"]
        self.online = True
        self._offline_since: int | None = None
        self._recovered = Queue()  # from pages that are gone, and what failed: older than all in _own
        self._own = Queue()
        self._in_flight: dict[int, Delivery] = {}
        self._doubtful: dict[str, bool] = {}
        self._held = self._numbers = self._added = 0
        self._early = 0  # so many messages go one by one at first
        self._alone = ALONE
        self._search = Search()
        self._aside = Aside()
        self._open = False

    def add(self, entry: Entry) -> list[Entry]:
        """Wait for delivery. Returns what had to be dropped for it."""
        entry.ordinal = self._added
        self._added += 1
        if not entry.recovered and self._delivers_recovered():
            self._early = self._added
        (self._recovered if entry.recovered else self._own).append(entry)
        self._count(entry, 1)
        dropped = []
        while self._held > MOST_IN_MEMORY and self._waiting() > 1:
            dropped.append(self._line().take())
            self._count(dropped[-1], -1)
        return dropped

    def doubt(self, id: str) -> None:
        """This message was sent as a page was left, and may have arrived: it is not sent so once more."""
        self._doubtful[id] = True

    def open(self, waiting: int = 0) -> None:
        """What pages before this one left has been added: sending may begin. So many calls have waited for that."""
        self._open = True
        self._early = self._added + waiting

    def expire(self, now: int) -> list[Entry]:
        """Take out what has waited for too long."""
        expired = self._aside.expire(now - EXPIRES_AFTER)
        for queue in (self._recovered, self._own):
            while len(queue) and now - queue.head().at > EXPIRES_AFTER:
                expired.append(queue.take())
        for entry in expired:
            self._count(entry, -1)
        return expired

    def take(self, now: int, leaving: bool) -> Delivery | None:
        """The next delivery, if there is something to send and this is the time.

        `leaving`: the page is going away, so deliveries may start beside the one in flight, because there is no later:
        one when the browser says that it will be left, one for what came since. They take what fits the keepalive
        budget, but nothing that was sent so before: nobody sees an answer, and each page would send it again.
        """
        busy = len(self._in_flight)
        earliest = self.backoff.next_try(now)
        if leaving:
            earliest = self.backoff.cool_until
        if not self._open or now < max(earliest, self._network(now)) or busy > (_AT_THE_END if leaving else 0):
            return None
        if not self._waiting():
            self._recovered.put_back(self._search.acquit())
        budget = KEEPALIVE_BYTES - sum(d.size for d in self._in_flight.values() if d.keepalive)
        entries = self._next_batch(
            budget if leaving else min(MOST_BYTES, self._batch["maxSize"]), leaving, at_least_one=not busy
        )
        is_aside = not entries and not busy and not leaving and len(self._aside) > 0 and self._aside.due() <= now
        if is_aside:
            entries = [self._aside.take()]
        if not entries:
            return None
        if not self.online:
            self._offline_since = now
        self._numbers += 1
        # A browser refuses keepalive when the page's other requests used the budget up: a retry goes without it.
        keepalive = body_size(entries) <= budget and (leaving or not self.backoff.failures)
        delivery = Delivery(self._numbers, entries, self.backoff.failures, self.backoff.first_failure_at, keepalive)
        if is_aside:
            delivery.is_aside, delivery.attempt, delivery.first_at = True, max(1, delivery.attempt), entries[0].at
        self._in_flight[delivery.number] = delivery
        return delivery

    def untake(self, delivery: Delivery) -> None:
        """It was not started."""
        del self._in_flight[delivery.number]
        self._recovered.put_back(delivery.entries)

    def in_flight(self, number: int) -> Delivery | None:
        """The delivery with this number, if its answer is still awaited."""
        return self._in_flight.get(number)

    def part(self, delivery: Delivery, ids: list[str]) -> Delivery:
        """These messages of a delivery in flight, which went on their own, as one."""
        if len(ids) == len(delivery.entries):
            return delivery
        self._numbers += 1
        entries = delivery.leave_out(ids)
        part = Delivery(self._numbers, entries, delivery.attempt, delivery.first_at, delivery.keepalive)
        self._in_flight[part.number] = part
        return part

    def lose(self, delivery: Delivery, ids: list[str]) -> list[Entry]:
        """Take these messages out of a delivery in flight, which went without them; nothing went if it has no other."""
        lost = delivery.leave_out(ids)
        for entry in lost:
            self._count(entry, -1)
        self._search.leave_out(len(lost))
        if not delivery.entries:
            del self._in_flight[delivery.number]
        return lost

    def forget(self, ids: list[str]) -> None:
        """Take these messages out, wherever they are."""
        gone: dict[str, bool] = {}
        for id in ids:
            gone[id] = True
        for delivery in list(self._in_flight.values()):
            self.lose(delivery, [entry.id for entry in delivery.entries if entry.id in gone])
        self._search.accused = self._without(self._search.accused, gone)
        for entry in self._aside.forget(gone):
            self._count(entry, -1)
        for queue in (self._recovered, self._own):
            entries: list[Entry] = []
            while len(queue):
                entries.append(queue.take())
            queue.put_back(self._without(entries, gone))

    def settle(
        self, delivery: Delivery, status: int, retry_after: int | None, now: int, chance: float, moved: bool = False
    ) -> str:
        """Take the answer to a delivery: `status` 0 never arrived; `retry_after` ms; `chance` 0 to 1. `moved`: it is
        the answer to a GET, which a redirect made of the POST.

        Returns what became of its messages: `delivered`, `retried`, or the reason for which they are dropped.
        """
        del self._in_flight[delivery.number]
        outcome = _outcome(status, len(delivery.entries), moved)
        if status:
            self.backoff.refused = moved or status in UNKNOWN
        guilty: list[Entry] = []
        if outcome == "delivered":
            guilty = self._search.arrived(len(delivery.entries))
            self._alone = max(0, self._alone - 1)
            self.backoff.succeed(now)
        elif outcome == "retried":
            self._fail(delivery, status, retry_after, now, chance, moved)
        else:
            guilty = self._search.refused(len(delivery.entries))
            if outcome == "split":
                self._recovered.put_back(delivery.entries)
                outcome = "retried"
        self._aside.add(guilty, now)
        if outcome != "retried":
            for entry in delivery.entries:
                self._count(entry, -1)
        return outcome

    def heed(self, status: int, retry_after: int | None, now: int, chance: float, moved: bool) -> None:
        """Take the answer to what was put back or forgotten meanwhile: all that it says is when to try next."""
        if status:
            self.backoff.refused = moved or status in UNKNOWN
        if moved or status in UNKNOWN:
            self.backoff.cool_down(now)
        elif _outcome(status, 1, moved) == "retried":
            self.backoff.fail(now, chance, retry_after, longer=False)

    def wake_at(self, now: int) -> int | None:
        """When a tick is needed (ms); None while an answer is awaited or nothing waits."""
        if not self._open or self._in_flight:
            return None
        earliest = max(now, self.backoff.next_try(now), self._network(now))
        if self._waiting() or self._search.accused:
            return earliest
        return max(earliest, self._aside.due()) if len(self._aside) else None

    def _fail(
        self, delivery: Delivery, status: int, retry_after: int | None, now: int, chance: float, moved: bool
    ) -> None:
        entries = delivery.entries
        if moved or status in UNKNOWN:
            self.backoff.cool_down(now)
        elif delivery.is_aside:
            self.backoff.obey(now, retry_after)
        else:
            is_same = delivery.attempt < self.backoff.failures  # as one failed that was on its way beside it
            if not is_same and status not in LATER and self.online:
                entries = self._search.failed(entries, self._waiting(), now)
            self.backoff.fail(now, chance, retry_after, longer=not (is_same or self._search.goes_on(now)))
        if delivery.is_aside:
            self._aside.add(entries, now)
        else:
            self._recovered.put_back(entries)

    def _network(self, now: int) -> int:
        """From when a try makes sense: a browser that says offline, and perhaps never tells of the end, is asked to try
        all the same, seldom."""
        if self.online:
            self._offline_since = None
            return 0
        if self._offline_since is None:
            self._offline_since = now
        return self._offline_since + COOL_DOWN

    def _waiting(self) -> int:
        return len(self._recovered) + len(self._own)

    def _delivers_recovered(self) -> bool:
        if self._waiting() and self._line().head().recovered:
            return True
        return any(delivery.entries[0].recovered for delivery in self._in_flight.values())

    def _line(self) -> Queue:
        return self._recovered if len(self._recovered) else self._own

    def _next_batch(self, budget: int, leaving: bool, at_least_one: bool) -> list[Entry]:
        most = self._search.most(self._batch["maxItems"], leaving)
        head = self._line().head() if self._waiting() else None
        if head and not leaving and (head.recovered or head.ordinal < self._early):
            most = 1 if self._alone or self._waiting() <= APART else most
        entries: list[Entry] = []
        doubtful: list[Entry] = []
        size = STAMP_BYTES
        while len(entries) < most and self._waiting():
            head = self._line().head()
            if leaving and head.id in self._doubtful:
                doubtful.append(self._line().take())
                continue
            if leaving and head.recovered and not entries:
                most = min(most, APART)
            size += head.size + STAMP_BYTES
            if size > budget and (entries or not at_least_one):
                break
            entries.append(self._line().take())
        self._recovered.put_back(doubtful)
        return entries

    def _without(self, entries: list[Entry], gone: dict[str, bool]) -> list[Entry]:
        kept = []
        for entry in entries:
            if entry.id in gone:
                self._count(entry, -1)
            else:
                kept.append(entry)
        return kept

    def _count(self, entry: Entry, sign: int) -> None:
        self._held += sign * entry.size
        if sign < 0:
            self._doubtful.pop(entry.id, None)


def _outcome(status: int, count: int, moved: bool) -> str:
    """What a status means for a delivery of so many messages: one of `settle`'s, or `split`."""
    if moved or status in LATER or status < 200 or status >= 500:
        return "retried"
    if status < 400:
        return "delivered"
    if count > 1:
        return "split"
    return "too_large" if status == 413 else "rejected"
