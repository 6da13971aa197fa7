"""The order of a run: all competitors take their turn in each round, another one first each time."""

import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

import httpx
from bench.results import Results
from playwright.sync_api import Error


@dataclass
class Clock:
    """No round begins that would take longer than what is left; the first of its kind always does."""

    seconds: float
    _start: float = field(default_factory=time.monotonic)
    _longest: dict[str, float] = field(default_factory=dict)

    @contextmanager
    def round(self, kind: str) -> Iterator[None]:
        began = time.monotonic()
        yield
        took = time.monotonic() - began
        self._longest[kind] = max(took, self._longest.get(kind, 0))
        print(f"  {kind}: {took:.0f} s", file=sys.stderr, flush=True)

    def has_time(self, kind: str) -> bool:
        longest = self._longest.get(kind)
        return longest is None or time.monotonic() - self._start + longest <= self.seconds


def in_turn[Competitor](
    competitors: Sequence[Competitor], round_: int, results: Results, what: str, run: Callable[[Competitor], None]
) -> None:
    """One that fails is told of, and the others go on."""
    first = round_ % len(competitors)
    for competitor in [*competitors[first:], *competitors[:first]]:
        try:
            run(competitor)
        except (Error, httpx.HTTPError, RuntimeError, ValueError, OSError) as failed:
            name = getattr(competitor, "name", competitor)
            results.failures.append(f"{name}, {what}: {str(failed).splitlines()[0]}")
            print(f"  failed: {results.failures[-1]}", file=sys.stderr, flush=True)
