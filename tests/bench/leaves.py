"""Pages that are left in each engine: is it true that the browser carries what a page took for carried as it was left?

A visitor reads a page for a moment, then clicks a tracked link, half of the times to another page of the site, half of
the times to another site. The data plane is of another origin, as most are; it is well, and answers after 20 ms to
1.5 s. As a page is left the SDK notes what it will not send again (web/src/leaving.js): the next page's first script
reads the notes before the SDK does. A message that was noted, and is not at the data plane when all is settled, is
false evidence, and lost.
"""

import random
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace

from bench.results import Measure, Results
from bench.turns import Clock, in_turn
from bench.visit import CONFIG, ROOT
from browser.engines.chromium import Chromium
from browser.engines.engine import Engine, Tab
from browser.engines.firefox import Firefox
from browser.engines.webkit import WebKit
from browser.site_under_test import Site
from playwright.sync_api import Playwright

from dataplane.background import serve
from dataplane.options import Options

LEAVES = 300
READS = (0.05, 0.6)
"""s that a page is read when Python is up."""
_ANSWERS: dict[str, object] = {
    "probability": 1,
    "seed": 7,
    "faults": [{"status": 200, "delayMs": delay} for delay in (20, 100, 400, 1500)],
}
_LONGEST = 300.0
"""s in which the last page, which stays and calls, settles what is held apart."""

MEASURES = {
    "left": Measure(f"{LEAVES} pages left: clicks that arrive", "messages"),
    "noted": Measure("messages taken for carried as a page was left", "messages"),
    "false": Measure("of these: did not arrive (false evidence)", "messages"),
    "resent": Measure("messages that the SDK sent again", "messages"),
    "again": Measure("messages that arrive again", "messages"),
}

_PAGE = """<script>
// Before the SDK adopts them. No key of these is one of the SDK's.
const numberOf = (name) => Number(localStorage.getItem(name));
const noted = new Set(JSON.parse(localStorage.getItem("leaves.noted") || "[]"));
for (const [key, text] of Object.entries(localStorage)) {
  if (!key.endsWith(".left")) continue;
  const said = JSON.parse(text);
  for (const { ids } of Array.isArray(said) ? said : []) ids.forEach((id) => noted.add(id));
}
localStorage.setItem("leaves.noted", JSON.stringify([...noted]));
window.rudderanalytics = [["page"]];
const leave = ([number, address]) => {
  rudderanalytics.track("Left", { number });
  localStorage.setItem("leaves.resent", numberOf("leaves.resent") + rudderanalytics.stats().repeated);
  location.href = address;
};
</script>"""
_SETTLED = "!Object.keys(localStorage).some((key) => /\\.(held|left)$|\\.\\d{10}\\./.test(key))"


def makers(playwright: Playwright, url: str) -> dict[str, Callable[[], Engine]]:
    """What starts each engine; `url`: of the site."""
    return {
        "chromium": lambda: Chromium(playwright.chromium, SimpleNamespace(**CONFIG)),
        "firefox": Firefox,
        "webkit": lambda: WebKit(url),
    }


def results() -> Results:
    return Results(MEASURES, ("chromium", "firefox", "webkit"), ())


@dataclass
class Leaves:
    """All engines, one after the other."""

    playwright: Playwright
    results: Results
    clock: Clock
    count: int = LEAVES
    versions: dict[str, str] = field(default_factory=dict)

    def run(self, rounds: int) -> int:
        """As many rounds as there is time for; how many there were."""
        done = 0
        while done < rounds and self.clock.has_time("round"):
            with self.clock.round("round"):
                in_turn(self.results.names, done, self.results, "leaves", self._visit)
            done += 1
        return done

    def _visit(self, name: str) -> None:
        with tempfile.TemporaryDirectory() as temporary:
            folder = Path(temporary)
            options = Options(port=0, db=folder / "events.sqlite3", dist=ROOT / "dist", extra_static={"/site": folder})
            with serve(options) as url:
                site = Site(url, folder)
                engine = makers(self.playwright, url)[name]()
                try:
                    self.versions[engine.label] = engine.version
                    with self.clock.round(name), engine.visitor() as visitor:
                        self.results.add_all(name, self._leave(site, visitor.tab()))
                except AssertionError as failed:
                    raise ValueError(str(failed)) from failed
                finally:
                    engine.close()
                    site.close()

    def _leave(self, site: Site, tab: Tab) -> dict[str, float]:
        site.faults(**_ANSWERS)
        other = site.url.replace("127.0.0.1", "localhost")
        for name in ("odd.html", "even.html"):
            ours = site.write(_PAGE + site.tag("micropython", **{"data-data-plane-url": other}), name)
        site.write("Elsewhere", "elsewhere.html")
        elsewhere = f"{other}/site/elsewhere.html"
        chance = random.Random(7)
        tab.open(ours)
        for number in range(self.count):
            _is_up(tab)
            time.sleep(chance.uniform(*READS))
            to_another_site = chance.random() < 0.5
            to = elsewhere if to_another_site else f"{site.url}/site/{('even', 'odd')[number % 2]}.html?{number}"
            tab.run("(to) => leave(to)", [number, to])
            tab.wait(f"location.href === {to!r} && document.readyState === 'complete'")
            if to_another_site:
                tab.open(ours)
        _is_up(tab)
        _settle(tab)
        noted = tab.run("JSON.parse(localStorage.getItem('leaves.noted'))")
        resent = tab.run("numberOf('leaves.resent') + rudderanalytics.stats().repeated")
        times = Counter(message["messageId"] for message in site.messages())
        left = {message["properties"]["number"] for message in site.messages() if message.get("event") == "Left"}
        return {
            "left": len(left),
            "noted": len(noted),
            "false": sum(not times[each] for each in noted),
            "resent": resent,
            "again": times.total() - len(times),
        }


def _is_up(tab: Tab) -> None:
    tab.wait("!!window.rudderanalytics?.flush")
    tab.run("new Promise((settle) => rudderanalytics.ready(() => settle(true)))")


def _settle(tab: Tab) -> None:
    """Each answer is evidence, not each message: one call at a time."""
    end = time.monotonic() + _LONGEST
    while not tab.run(_SETTLED):
        if time.monotonic() > end:
            raise ValueError("what is held apart is not settled")
        tab.run("() => { rudderanalytics.track('Evidence'); return rudderanalytics.flush(); }")
