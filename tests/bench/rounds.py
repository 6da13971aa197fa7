"""Ours beside the official SDK and plain Pyodide: first and second visits, slow lines and processors, rows of calls."""

from collections.abc import Callable
from dataclasses import dataclass, field

from bench import calls, weights
from bench.competitors import ALL, MICROPYTHON, OFFICIAL, OURS, PLAIN, SDKS, Competitor
from bench.results import Measure, Results
from bench.turns import Clock, in_turn
from bench.visit import SLOW, SLOW_4G, SLOW_CPU, Conditions, Opened, Stage

FEW = 3
"""Rounds of what compares a competitor with itself."""

MEASURES = {
    "cold": Measure("navigation to first identify, cold", "ms"),
    "cold_slow": Measure("the same at 20 Mbit/s, 40 ms", "ms"),
    "cold_slow_4g": Measure("the same at 1.6 Mbit/s, 150 ms", "ms"),
    "cold_slow_cpu": Measure("the same on localhost, main thread 4 times as slow", "ms"),
    "second": Measure("the same on localhost, second visit", "ms"),
    "longest_task": Measure("longest main-thread task while booting (0: under 50)", "ms"),
    "longest_task_slow_cpu": Measure("the same, main thread 4 times as slow", "ms"),
    "call": Measure("identify, in a row of 1,000", "ms per call"),
    "call_in_all": Measure("the same with all that follows on the main thread", "ms per call"),
    "arrived": Measure("how many of the 1,000 arrive", "messages"),
    "waiting": Measure("a call with 5,000 waiting / with none", "x"),
    "growth": Measure("a call after 10,000 delivered / the first", "x"),
    "memory": Measure("memory of Python on the main thread, after 1,000", "bytes"),
    "memory_later": Measure("the same after 10,000", "bytes"),
    "wire": Measure("downloaded, first visit, as our data plane sends it", "bytes"),
    "gzip": Measure("the files, gzip -9", "bytes"),
    "brotli": Measure("the files, Brotli 11", "bytes"),
    "files": Measure("the files as they are", "bytes"),
}
PAIRS = (("micropython", "official"), ("pyodide", "official"), ("pyodide", "plain"))


def results() -> Results:
    return Results(MEASURES, tuple(each.name for each in ALL), PAIRS)


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
                self._slow_visits(done)
            if done == 0 and not self.quick:
                self._long_use(0)
            done += 1
        for round_ in (0,) if self.quick else range(1, min(FEW, rounds)):
            if self.clock.has_time("long use"):
                self._long_use(round_)
        for name, download in self._downloads.items():
            self.results.add_all(name, download.sizes())
        return done

    def _each(
        self, competitors: tuple[Competitor, ...], round_: int, what: str, run: Callable[[Competitor], None]
    ) -> None:
        in_turn(competitors, round_, self.results, what, run)

    def _slow_visits(self, round_: int) -> None:
        small = (OFFICIAL, MICROPYTHON)
        self._each(small if self.quick else ALL, round_, "20 Mbit/s", lambda each: self._cold(each, "cold_slow", SLOW))
        if self.quick:
            return
        # Pyodide's 5 MB take that line half a minute, whoever starts it.
        self._each(small, round_, "1.6 Mbit/s", lambda each: self._cold(each, "cold_slow_4g", SLOW_4G))
        self._each(SDKS, round_, "slow processor", self._slow_processor)

    def _long_use(self, round_: int) -> None:
        with self.clock.round("long use"):
            if self.quick:
                self._each(SDKS, round_, "row", self._row)
            else:
                self._each(OURS, round_, "10,000 calls", self._many_calls)

    def _first_visit(self, competitor: Competitor) -> None:
        with self.stage.visitor() as visitor:
            self._note_first(competitor, visitor.open(competitor))

    def _visits(self, competitor: Competitor) -> None:
        if competitor is PLAIN:
            return self._first_visit(competitor)
        with self.stage.visitor() as visitor:
            second = visitor.twice(competitor, self._note_first)
            self.results.add("second", competitor.name, second.milliseconds)
            self.results.add_all(competitor.name, calls.row(self.stage, second))

    def _note_first(self, competitor: Competitor, opened: Opened) -> None:
        self.results.add("cold", competitor.name, opened.milliseconds)
        self.results.add("longest_task", competitor.name, opened.longest_task)
        if competitor.name not in self._downloads:
            self._downloads[competitor.name] = weights.download(self.stage, opened)

    def _cold(self, competitor: Competitor, measure: str, conditions: Conditions) -> None:
        with self.stage.visitor(conditions) as visitor:
            self.results.add(measure, competitor.name, visitor.open(competitor).milliseconds)

    def _slow_processor(self, competitor: Competitor) -> None:
        with self.stage.visitor(SLOW_CPU) as visitor:
            opened = visitor.open(competitor)
            self.results.add("cold_slow_cpu", competitor.name, opened.milliseconds)
            self.results.add("longest_task_slow_cpu", competitor.name, opened.longest_task)

    def _row(self, competitor: Competitor) -> None:
        with self.stage.visitor() as visitor:
            self.results.add_all(competitor.name, calls.row(self.stage, visitor.open(competitor)))

    def _many_calls(self, competitor: Competitor) -> None:
        with self.stage.visitor() as visitor:
            visitor.context.add_init_script(calls.WATCH)
            opened = visitor.open(competitor)
            self.results.add_all(competitor.name, calls.growth(opened))
            self.results.add("waiting", competitor.name, calls.waiting(self.stage, opened))
