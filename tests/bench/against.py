"""Today's build beside the one of another commit: what a change has made faster or slower.

Both builds are served by today's data plane, which receives what they send. Each one's own data plane is measured by
what it takes.
"""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

from bench import calls, ingestion, waiting, weights
from bench.before import Before
from bench.competitors import MICROPYTHON, MICROPYTHON_BEFORE, PYODIDE, PYODIDE_BEFORE, Competitor
from bench.results import Measure, Results
from bench.turns import Clock, in_turn
from bench.visit import SLOW, Opened, Stage

FEW = 3
"""Rounds in which 10,000 messages wait: each build takes more than a minute for them."""
PAGES = (MICROPYTHON, MICROPYTHON_BEFORE, PYODIDE, PYODIDE_BEFORE)
DATA_PLANE, DATA_PLANE_BEFORE = "data plane", "data plane before"
MEASURES = {
    "cold": Measure("navigation to first identify, cold", "ms"),
    "second": Measure("the same, second visit", "ms"),
    "cold_slow": Measure("the same at 20 Mbit/s, 40 ms, cold", "ms"),
    "longest_task": Measure("longest main-thread task while booting (0: under 50)", "ms"),
    "call": Measure("identify, in a row of 1,000", "ms per call"),
    "call_in_all": Measure("the same with all that follows on the main thread", "ms per call"),
    "arrived": Measure("how many of the 1,000 arrive", "messages"),
    "first": Measure("10,000 waiting at start: navigation to the first message", "ms"),
    "all": Measure("the same to all of them", "ms"),
    "longest": Measure("the same: longest task of the main thread", "ms"),
    "worked": Measure("the same: all tasks of the main thread", "ms"),
    "single": Measure("ingestion, a message in each request", "µs per message"),
    "single_p99": Measure("the same, 99 % are answered within, at 750 a second", "ms to answer"),
    "batched": Measure("ingestion, batches of 100", "µs per message"),
    "batched_p99": Measure("the same, 99 % are answered within, at 10,000 a second", "ms to answer"),
    "brotli": Measure("the files of a first visit, Brotli 11", "bytes"),
}
PAIRS = (
    (MICROPYTHON.name, MICROPYTHON_BEFORE.name),
    (PYODIDE.name, PYODIDE_BEFORE.name),
    (DATA_PLANE, DATA_PLANE_BEFORE),
)


def results() -> Results:
    return Results(MEASURES, (*(page.name for page in PAGES), DATA_PLANE, DATA_PLANE_BEFORE), PAIRS)


@dataclass
class Against:
    stage: Stage
    """It serves the other build under `competitors.BEFORE`."""
    before: Before
    results: Results
    clock: Clock
    _weighed: set[str] = field(default_factory=set)

    def run(self, rounds: int) -> int:
        """As many rounds as there is time for; how many there were."""
        done = 0
        while done < rounds and self.clock.has_time("round"):
            with self.clock.round("round"):
                in_turn(PAGES, done, self.results, "visits", self._both_visits)
                in_turn(PAGES, done, self.results, "20 Mbit/s", self._slow_visit)
                in_turn([DATA_PLANE, DATA_PLANE_BEFORE], done, self.results, "ingestion", self._ingestion)
            if done < FEW and self.clock.has_time("10,000 waiting"):
                with self.clock.round("10,000 waiting"):
                    in_turn(PAGES, done, self.results, "10,000 waiting", self._waiting)
            done += 1
        return done

    def _both_visits(self, competitor: Competitor) -> None:
        with self.stage.visitor() as visitor:
            second = visitor.twice(competitor, self._first)
            self.results.add("second", competitor.name, second.milliseconds)
            self.results.add_all(competitor.name, calls.row(self.stage, second))

    def _first(self, competitor: Competitor, opened: Opened) -> None:
        self.results.add("cold", competitor.name, opened.milliseconds)
        self.results.add("longest_task", competitor.name, opened.longest_task)
        if competitor.name not in self._weighed:
            self._weighed.add(competitor.name)
            files = weights.download(self.stage, opened).files
            self.results.add("brotli", competitor.name, sum(weights.brotli(files)))

    def _slow_visit(self, competitor: Competitor) -> None:
        with self.stage.visitor(SLOW) as visitor:
            self.results.add("cold_slow", competitor.name, visitor.open(competitor).milliseconds)

    def _waiting(self, competitor: Competitor) -> None:
        with self.stage.visitor() as visitor:
            self.results.add_all(competitor.name, waiting.start(visitor, competitor))

    def _ingestion(self, name: str) -> None:
        of = () if name == DATA_PLANE else (self.before.python, self.before.home)
        # In a thread of its own: asyncio.run refuses to work in Playwright's.
        with ThreadPoolExecutor(1) as thread:
            found = thread.submit(ingestion.data_plane, 1, *of).result()
        for kind, measured in found.items():
            self.results.add(kind, name, 1_000_000 / measured["messages_per_s"])
            self.results.add(f"{kind}_p99", name, measured["p99_ms"])
