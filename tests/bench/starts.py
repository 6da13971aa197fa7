"""First and second visits in each engine: from the start of a navigation to the first identify at the data plane.

Each visitor is new to its browser, and has been on a page with nothing on it before: what the browser itself does as
it starts is over by then.
"""

import time
from dataclasses import dataclass, field

from bench.competitors import MICROPYTHON, OFFICIAL, SDKS, Competitor
from bench.leaves import makers
from bench.results import Measure, Results
from bench.turns import Clock, in_turn
from bench.visit import Stage
from browser.engines.engine import Engine, Tab, until
from browser.site_under_test import basic

ENGINES = ("chromium", "firefox", "webkit")
MEASURES = {
    f"{engine}_{visit}": Measure(f"{engine}: navigation to first identify, {visit} visit", "ms")
    for engine in ENGINES
    for visit in ("first", "second")
}
_CACHES = 1.0
"""s in which a browser writes its caches."""


def results() -> Results:
    return Results(MEASURES, tuple(each.name for each in SDKS), ((MICROPYTHON.name, OFFICIAL.name),))


@dataclass
class Starts:
    stage: Stage
    results: Results
    clock: Clock
    versions: dict[str, str] = field(default_factory=dict)

    def run(self, rounds: int) -> int:
        """As many rounds as there is time for; how many there were."""
        makes = makers(self.stage.playwright, self.stage.url)
        done = 0
        while done < rounds and self.clock.has_time("round"):
            with self.clock.round("round"):
                for name in ENGINES:
                    engine = makes[name]()
                    try:
                        self.versions[engine.label] = engine.version
                        self._visits(name, engine, done)
                    finally:
                        engine.close()
            done += 1
        return done

    def _visits(self, name: str, engine: Engine, round_: int) -> None:
        def visit(competitor: Competitor) -> None:
            address, key = self.stage.write(competitor)
            with engine.visitor() as visitor:
                tab = visitor.tab()
                for which in ("first", "second"):
                    self.results.add(f"{name}_{which}", competitor.name, self._open(tab, address, key))
                    time.sleep(_CACHES)

        in_turn(SDKS, round_, self.results, name, visit)

    def _open(self, tab: Tab, address: str, key: str) -> float:
        self.stage.calm()
        tab.open(f"{self.stage.url}/bench/empty.html")
        tab.open(address)
        mine = basic(key)
        event, *_ = until(lambda: [each for each in self.stage.events() if each["headers"]["authorization"] == mine])
        return self.stage.arrived(event) - float(tab.run("performance.timeOrigin"))
