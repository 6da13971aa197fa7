"""The order of a run: all competitors take their turn in each round, another one first each time."""

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from bench import calls, weights
from bench.competitors import ALL, MICROPYTHON, OFFICIAL, OURS, PLAIN, SDKS, Competitor
from bench.results import Results
from bench.visit import Opened, Stage
from playwright.sync_api import Error

FEW = 3
"""Rounds of what compares a competitor with itself."""


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


@dataclass
class Rounds:
    stage: Stage
    results: Results
    clock: Clock
    quick: bool
    """First visits with localhost's speed, slow ones of the small SDKs, and one row of calls."""
    _downloads: dict[str, weights.Download] = field(default_factory=dict)

    def run(self, rounds: int) -> int:
        """As many rounds as there is time for; how many there were."""
        done = 0
        while done < rounds and self.clock.has_time("visits"):
            with self.clock.round("visits"):
                self._each(ALL, done, "visit", self._first_visit if self.quick else self._visits)
                self._each((OFFICIAL, MICROPYTHON) if self.quick else ALL, done, "slow visit", self._slow_visit)
            if done == 0 and not self.quick:
                self._long_use(0)
            done += 1
        for round_ in (0,) if self.quick else range(1, min(FEW, rounds)):
            if self.clock.has_time("long use"):
                self._long_use(round_)
        for name, download in self._downloads.items():
            for measure, size in download.sizes().items():
                self.results.add(measure, name, size)
        return done

    def _long_use(self, round_: int) -> None:
        with self.clock.round("long use"):
            if self.quick:
                self._each(SDKS, round_, "row", self._row)
            else:
                self._each(OURS, round_, "10,000 calls", self._many_calls)

    def _each(
        self, competitors: tuple[Competitor, ...], round_: int, what: str, run: Callable[[Competitor], None]
    ) -> None:
        """One that fails is told of, and the others go on."""
        first = round_ % len(competitors)
        for competitor in competitors[first:] + competitors[:first]:
            try:
                run(competitor)
            except (Error, RuntimeError, ValueError) as failed:
                self.results.failures.append(f"{competitor.name}, {what}: {str(failed).splitlines()[0]}")
                print(f"  failed: {self.results.failures[-1]}", file=sys.stderr, flush=True)

    def _first_visit(self, competitor: Competitor) -> None:
        with self.stage.visitor() as visitor:
            self._note_first(competitor, visitor.open(competitor))

    def _visits(self, competitor: Competitor) -> None:
        if competitor is PLAIN:
            return self._first_visit(competitor)
        with self.stage.visitor() as visitor:
            second = visitor.twice(competitor, self._note_first)
            self.results.add("second", competitor.name, second.milliseconds)
            self._add(competitor, calls.row(self.stage, second))

    def _note_first(self, competitor: Competitor, opened: Opened) -> None:
        self.results.add("cold", competitor.name, opened.milliseconds)
        self.results.add("longest_task", competitor.name, opened.longest_task)
        if competitor.name not in self._downloads:
            self._downloads[competitor.name] = weights.download(self.stage, opened)

    def _slow_visit(self, competitor: Competitor) -> None:
        with self.stage.visitor(slow=True) as visitor:
            self.results.add("cold_slow", competitor.name, visitor.open(competitor).milliseconds)

    def _row(self, competitor: Competitor) -> None:
        with self.stage.visitor() as visitor:
            self._add(competitor, calls.row(self.stage, visitor.open(competitor)))

    def _many_calls(self, competitor: Competitor) -> None:
        with self.stage.visitor() as visitor:
            visitor.context.add_init_script(calls.WATCH)
            opened = visitor.open(competitor)
            self._add(competitor, calls.growth(opened))
            self.results.add("waiting", competitor.name, calls.waiting(self.stage, opened))

    def _add(self, competitor: Competitor, values: dict[str, float]) -> None:
        for measure, value in values.items():
            self.results.add(measure, competitor.name, value)
