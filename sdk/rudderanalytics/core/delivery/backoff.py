"""When the next try may start: backoff after failures, and times at which nothing is sent.

Must not know: messages. Every time is epoch ms and comes from the caller, as does the chance that spreads retries.
"""

MOST_TRIES, HOUR = 40, 3_600_000
"""Full jitter alone has no hard limit: it makes more than 40 tries in one hour of a thousand that nobody answers."""
COOL_DOWN = 300_000
"""After 401 and 404 nothing is sent for 5 minutes: the write key or the address is wrong."""
LONGEST_COOL_DOWN = 86_400_000
"""A `Retry-After` of more than a day counts as a day."""
_REFUSED = "refused"


class Backoff:
    """Failures in a row, and the two waits that follow from them.

    After a failure: any time, with full jitter, from `shortest` to a bound that doubles up to `longest` (ms).
    `cool_until` (0: none) is a time before which nothing is sent whatever happens; the caller keeps it over page
    loads (`kept`, `resume`). The other wait ends early when the network is back or the page is being left (`forget`).
    `refused`: the data plane's last answer was 401 or 404.
    """

    def __init__(self, shortest: int, longest: int) -> None:
        self._shortest, self._longest = shortest, max(shortest, longest)
        self.failures = 0
        self._doublings = 0
        self.first_failure_at = 0
        self.cool_until = 0
        self.refused = False
        self._not_before = 0
        self._failed_at: list[int] = []  # the last tries that the timer made
        self._seen = 0

    def kept(self, offset: int = 0) -> str | None:
        """What the next page is to know: `cool_until`, by a clock that is ahead by `offset`, and whether we were
        `refused`, as text."""
        if not self.cool_until:
            return None
        return str(self.cool_until + offset) + (" " + _REFUSED if self.refused else "")

    def resume(self, kept: str | None, now: int) -> None:
        """Go on from what a page before this one kept."""
        text, _, why = (kept or "0").partition(" ")
        try:
            until = int(text)
        except ValueError:
            until = 0
        self.refused = why == _REFUSED
        # A time further away than any wait was written by a clock that was wrong; one that is over says only why.
        if until <= now + LONGEST_COOL_DOWN and (until > now or self.refused):
            self.cool_until = until

    def next_try(self, now: int) -> int:
        """The time from which a try may start."""
        self._look(now)
        return max(self._not_before, self.cool_until)

    def forget(self) -> None:
        """Try at once, unless it is a time at which nothing is sent whatever happens."""
        self._not_before = 0
        self._failed_at = []

    def succeed(self, now: int) -> None:
        """The data plane took something."""
        self._look(now)
        self.failures = self._doublings = 0
        self.forget()
        if self.cool_until <= now:  # else of two deliveries the other one was told to wait
            self.cool_until = 0

    def fail(self, now: int, chance: float, retry_after: int | None, longer: bool = True) -> None:
        """A try failed; `chance` is 0 to 1, `retry_after` the ms that the data plane asked for. Unless waits are to
        become `longer`, the bound stays where it is."""
        self._look(now)
        if not self.failures:
            self.first_failure_at = now
        self.failures += 1
        if longer or not self._doublings:
            self._doublings += 1
        bound = min(self._longest, self._shortest * 2 ** min(self._doublings, 20))
        self._not_before = now + self._shortest + int(chance * (bound - self._shortest))
        self._failed_at.append(now)
        if len(self._failed_at) == MOST_TRIES:
            self._not_before = max(self._not_before, self._failed_at.pop(0) + HOUR)
        self.obey(now, retry_after)

    def obey(self, now: int, retry_after: int | None) -> None:
        """The data plane asked for a wait (ms), if it did."""
        if retry_after is not None:
            self.cool_until = now + min(retry_after, LONGEST_COOL_DOWN)

    def cool_down(self, now: int) -> None:
        """The data plane does not know us: say nothing for a while."""
        self._look(now)
        self.cool_until = now + COOL_DOWN

    def _look(self, now: int) -> None:
        back = self._seen - now
        if back > 0:  # the clock was set back: a wait must not become longer than it was meant to be
            self._not_before = max(0, self._not_before - back)
            self.cool_until = max(0, self.cool_until - back)
            self._failed_at = [at - back for at in self._failed_at]
        self._seen = now
