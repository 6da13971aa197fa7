"""Time as it passes, whatever the clock says.

Must not know: what waits for it.

A clock can be set, by hand or by the network, and jumps when a machine wakes. So waits are measured: each input says
how long its page has been open (`elapsed`, which nobody can set), and `time` goes by that, from the clock's time of the
first input on. Where an input does not say it, the clock is all there is: then it never goes back, and a gap of more
than a day, which no wait of ours is, counts as a day.

Some browsers do not count the time that a machine sleeps. Then the clock is ahead of what was measured when it wakes,
as it is when somebody sets it: `jumped` says so, and a try costs little.
"""

LONGEST_GAP = 86_400_000
"""ms between two inputs that count: while something waits there is an input at least once a day."""
_JUMP = 60_000
_NOISE = 2
"""ms by which two clocks that are read one after the other differ for no reason."""


class Clock:
    """`time` (ms) passes as measured; `offset` is what the clock is ahead of it."""

    def __init__(self, given: dict) -> None:
        self._now: int = given["now"]
        self._elapsed: int | None = given.get("elapsed")
        self.time = self._now
        self.offset = 0
        self.jumped = False

    def follow(self, given: dict) -> None:
        """Another input came."""
        now, elapsed = given["now"], given.get("elapsed")
        step = on_the_clock = now - self._now
        if elapsed is not None and self._elapsed is not None:
            step = elapsed - self._elapsed
        self._now, self._elapsed = now, elapsed
        self.time += min(max(0, step), LONGEST_GAP)
        self.jumped = on_the_clock - step > _JUMP
        if abs(now - self.time - self.offset) > _NOISE:
            self.offset = now - self.time
