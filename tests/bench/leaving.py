"""Pages that are left: how many of their calls arrive, and how many messages arrive again.

`clicks`: a visitor reads each page for a moment, then clicks a tracked link that leaves it. `at_once`: each page calls
once, and is left as soon as its script has run, before Python, or any answer, has come: the page waits for its script,
as it does for the official SDK's. `before`: the same with an async script: some pages are left before it has come, and
what they called was in their memory only. All with a data plane that is well and answers after 100 ms, the first two
also with one where a fifth of all requests meets a fault.
"""

import random
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from bench.competitors import SDKS, Competitor
from bench.results import Measure, Results
from bench.turns import Clock, in_turn
from bench.visit import Stage, Visitor

CLICKS = 100
AT_ONCE = 30
READS = (0.3, 0.9)
"""s that a page is read."""
_WELL: dict[str, object] = {"status": 200, "delayMs": 100, "times": 1_000_000}
_FAULTS: dict[str, object] = {
    "probability": 0.2,
    "seed": 7,
    "faults": [{"status": 500}, {"status": 503}, {"drop": True}, {"drop": True, "afterStore": True}],
}
_LONGEST = 120.0
"""s in which a visitor who stays brings what pages before left."""
_QUIET = 5.0
"""s without a message after which no more is expected."""
_BEFORE = 20.0
"""s for pages that may have been left before their script came: then not all can arrive."""

MEASURES = {
    "clicks": Measure(f"{CLICKS} tracked clicks that leave the page: how many arrive", "messages"),
    "clicks_again": Measure("messages that arrive again", "messages"),
    "at_once": Measure(f"{AT_ONCE} pages that leave at once: how many calls arrive", "messages"),
    "at_once_again": Measure("messages that arrive again", "messages"),
    "before": Measure(
        f"{AT_ONCE} pages that leave at once, perhaps before an async script has come: calls", "messages"
    ),
    "before_again": Measure("messages that arrive again", "messages"),
    "faults": Measure(f"{CLICKS} clicks, a fifth of all requests fails: how many arrive", "messages"),
    "faults_again": Measure("messages that arrive again", "messages"),
    "faults_at_once": Measure(f"{AT_ONCE} pages at once, a fifth fails: how many calls arrive", "messages"),
    "faults_at_once_again": Measure("messages that arrive again", "messages"),
}

_OFFICIAL = """<script src="/bench/official.js"></script><script>
const sdk = new rudderanalytics.RudderAnalytics();
sdk.load("{key}", location.origin, {{configUrl: location.origin}});
const track = (number) => sdk.track("Left", {{number}});
sdk.page();
</script>"""
_OURS = """<script>
window.rudderanalytics = [["page"]];
const track = (number) => rudderanalytics.push(["track", "Left", {{number}}]);
</script>
<script {how} src="/dist/rudderanalytics.js" data-runtime="{runtime}" data-write-key="{key}"
  data-data-plane-url="{origin}"></script>"""
_LINK = """<a id="link" href="{next}">Next</a>"""
_AT_ONCE = """<script>
const number = Number(new URLSearchParams(location.search).get("n"));
if (number < {count}) {{
  track(number);
  location.href = "?n=" + (number + 1);
}}
</script>"""


type Part = Callable[[Visitor, Competitor], tuple[int, int]]


def results() -> Results:
    return Results(MEASURES, tuple(each.name for each in SDKS), ())


@dataclass
class Leaving:
    stage: Stage
    results: Results
    clock: Clock

    def run(self, rounds: int) -> int:
        """As many rounds as there is time for; how many there were."""
        parts = {
            "clicks": (self._clicks, _WELL),
            "at_once": (self._at_once, _WELL),
            "before": (partial(self._at_once, how="async", longest=_BEFORE), _WELL),
            "faults": (self._clicks, _FAULTS),
            "faults_at_once": (self._at_once, _FAULTS),
        }
        done = 0
        while done < rounds and self.clock.has_time("round"):
            with self.clock.round("round"):
                for name, (part, faults) in parts.items():
                    with self.clock.round(name):
                        visit = partial(self._visit, name, part, faults)
                        # The official SDK as it comes from npm has no queue that an async script would find.
                        sdks = [each for each in SDKS if each.runtime] if name == "before" else SDKS
                        in_turn(sdks, done, self.results, name, visit)
            done += 1
        return done

    def _visit(self, name: str, part: Part, faults: dict[str, object], competitor: Competitor) -> None:
        with self.stage.visitor() as visitor:
            self.stage.http.post("/api/faults", json=faults).raise_for_status()
            arrived, again = part(visitor, competitor)
        self.results.add_all(competitor.name, {name: arrived, f"{name}_again": again})

    def _write(self, competitor: Competitor, body: str, how: str = "async") -> str:
        """A page's address; `how` our script comes."""
        address, key = self.stage.write(competitor)
        tag = (_OURS if competitor.runtime else _OFFICIAL).format(
            key=key, origin=self.stage.url, runtime=competitor.runtime, how=how
        )
        (self.stage.folder / f"{key}.html").write_text(f"<!doctype html><title>A page</title>{tag}{body}")
        return address

    def _clicks(self, visitor: Visitor, competitor: Competitor) -> tuple[int, int]:
        # Two pages of one write key, each of which leads to the other.
        odd = self._write(competitor, "")
        path = self.stage.folder / odd.rsplit("/", 1)[1]
        html = path.read_text()
        even = path.with_name(f"even_{path.name}")
        path.write_text(html + _LINK.format(next=even.name))
        even.write_text(html + _LINK.format(next=path.name))
        page = visitor.context.new_page()
        page.goto(odd)
        chance = random.Random(7)
        for number in range(CLICKS):
            time.sleep(chance.uniform(*READS))
            page.evaluate(f"track({number}); document.querySelector('#link').click()")
            page.wait_for_url(f"**/{(even, path)[number % 2].name}")
        return self._became(CLICKS)

    def _at_once(
        self, visitor: Visitor, competitor: Competitor, how: str = "", longest: float = _LONGEST
    ) -> tuple[int, int]:
        address = self._write(competitor, _AT_ONCE.format(count=AT_ONCE), how)
        page = visitor.context.new_page()
        page.goto(f"{address}?n=0")
        page.wait_for_url(f"**?n={AT_ONCE}")
        return self._became(AT_ONCE, longest)

    def _became(self, wanted: int, longest: float = _LONGEST) -> tuple[int, int]:
        """How many of the calls arrived, and how many messages arrived again; the last page is open still."""
        end = time.monotonic() + longest
        changed, seq = time.monotonic(), 0
        while time.monotonic() < end:
            last = self.stage.last_seq()
            if last != seq:
                changed, seq = time.monotonic(), last
            messages = [event["message"] for event in self.stage.events()]
            arrived = {message["properties"]["number"] for message in messages if message.get("event") == "Left"}
            if len(arrived) >= wanted and time.monotonic() - changed > _QUIET:
                break
            time.sleep(0.5)
        ids = [message["messageId"] for message in messages]
        return len(arrived), len(ids) - len(set(ids))
