"""A round of the field: how each one boots, what calls cost, and what becomes of them when something comes between."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import httpx
from bench import weights
from bench.field.contenders import ALL, Contender
from bench.field.endpoint import Endpoint
from bench.results import Measure, Results
from bench.turns import Clock, in_turn
from bench.visit import profile, seconds_of_tasks
from playwright.sync_api import BrowserContext, Page, Playwright, Request

ROW = 1000
LEFT = 10
REFUSED = 3
"""How many requests in a row are answered with status 500."""
PATIENCE = 30.0
"""Seconds that a call has to arrive after that: some try again after minutes, when hardly anybody is there any more."""
FIRST_LEFT = 2000

MEASURES = {
    "brotli": Measure("all that a first visit downloads, Brotli 11", "bytes"),
    "first": Measure("navigation to the first call's arrival", "ms"),
    "longest_task": Measure("longest main-thread task until then (0: under 50)", "ms"),
    "call": Measure("a call, in a row of 1,000", "ms per call"),
    "call_in_all": Measure("the same with all that follows on the main thread", "ms per call"),
    "arrived": Measure("how many of the 1,000 arrive in a minute", "calls"),
    "late": Measure("how many of them after one that was called later", "calls"),
    "repeated": Measure("how many arrive again", "calls"),
    "left": Measure("10 calls, and the page is left: how many arrive", "calls"),
    "left_after": Measure("how many have arrived after the next page", "calls"),
    "after_refusals": Measure("3 x status 500: of 1 call arrive in 30 s", "calls"),
    "refused_for": Measure("the same: navigation to arrival", "ms"),
}
PAIRS = tuple(
    (ours, each.name) for ours in ("micropython", "pyodide") for each in ALL if each.name not in ("micropython", ours)
)

_CALLS = """([from, count]) => {
  const start = performance.now();
  for (let n = from + 1; n <= from + count; n++) track(n);
  return (performance.now() - start) / count;
}"""
_LEAVE = """([from, count, next]) => {
  for (let n = from + 1; n <= from + count; n++) track(n);
  location.href = next;
}"""
_QUIET, _LONGEST = 30.0, 60.0
"""Seconds without an arrival after which nothing more is on its way, and that a row has in all."""


def results() -> Results:
    return Results(MEASURES, tuple(each.name for each in ALL), PAIRS)


@dataclass
class Contest:
    playwright: Playwright
    endpoint: Endpoint
    user_agent: str
    """One that does not say that the browser has no window: some drop what such a browser sends."""
    results: Results
    clock: Clock
    _downloads: dict[str, list[bytes]] = field(default_factory=dict)

    def run(self, rounds: int) -> int:
        """As many rounds as there is time for; how many there were."""
        done = 0
        while done < rounds and self.clock.has_time("round"):
            with self.clock.round("round"):
                in_turn(ALL, done, self.results, "use", self._use)
                in_turn(ALL, done, self.results, "leaving", self._left)
                in_turn(ALL, done, self.results, "3 x 500", self._refused)
            done += 1
        for name, files in self._downloads.items():
            self.results.add("brotli", name, sum(weights.brotli(files)))
        return done

    def _use(self, contender: Contender) -> None:
        with self._visitor() as context:
            page, urls = context.new_page(), []
            context.on("requestfinished", lambda request: urls.append(request.url) if _is_get(request) else None)
            session = context.new_cdp_session(page)
            session.send("Performance.enable")
            took = self._open(page, contender)
            found = {"first": took, "longest_task": page.evaluate("Math.max(0, ...longTasks)")}
            page.wait_for_timeout(300)
            if contender.name not in self._downloads:
                self._downloads[contender.name] = self._files(urls)
            before = seconds_of_tasks(session)
            found |= self._row(page)
            found["call_in_all"] = (seconds_of_tasks(session) - before) * 1000 / ROW
            self.results.add_all(contender.name, found)

    def _left(self, contender: Contender) -> None:
        with self._visitor() as context:
            page = context.new_page()
            self._open(page, contender)
            page.wait_for_timeout(300)
            self.results.add_all(contender.name, self._leave(page, contender))

    def _refused(self, contender: Contender) -> None:
        with self._visitor() as context:
            page = context.new_page()
            self.endpoint.fail(REFUSED)
            took = self._open(page, contender, PATIENCE)
            self.results.add("after_refusals", contender.name, float(took is not None))
            if took is not None:
                self.results.add("refused_for", contender.name, took)

    @contextmanager
    def _visitor(self) -> Iterator[BrowserContext]:
        self.endpoint.fail(0)
        self.endpoint.clear()
        empty = f"{self.endpoint.url}/bench/empty.html"
        with profile(self.playwright, empty, user_agent=self.user_agent) as context:
            yield context

    def _open(self, page: Page, contender: Contender, patience: float = 0) -> float | None:
        """ms from the navigation to the arrival of the page's first call, 0; with patience None where it does not."""
        page.goto(f"{self.endpoint.url}/bench/{contender.name}.html", wait_until="commit")
        arrived = _until(page, patience or _LONGEST, lambda: any(n == 0 for n, _ in self.endpoint.numbers()))
        if not arrived and not patience:
            raise RuntimeError("the first call does not arrive")
        if not arrived:
            return None
        at = next(at for n, at in self.endpoint.numbers() if n == 0)
        return at - float(page.evaluate("performance.timeOrigin"))

    def _row(self, page: Page) -> dict[str, float]:
        self.endpoint.clear()
        cost = float(page.evaluate(_CALLS, [0, ROW]))
        last, since = -1, time.monotonic()

        def is_over() -> bool:
            nonlocal last, since
            if (now := len(self.endpoint.numbers())) != last:
                last, since = now, time.monotonic()
            return now >= ROW or time.monotonic() > since + _QUIET

        _until(page, _LONGEST, is_over)
        return {"call": cost, **became([n for n, _ in self.endpoint.numbers() if 1 <= n <= ROW])}

    def _leave(self, page: Page, contender: Contender) -> dict[str, float]:
        self.endpoint.clear()
        wanted = set(range(FIRST_LEFT + 1, FIRST_LEFT + LEFT + 1))

        def there() -> int:
            return len(wanted & {n for n, _ in self.endpoint.numbers()})

        page.evaluate(_LEAVE, [FIRST_LEFT, LEFT, f"{self.endpoint.url}/bench/empty.html"])
        page.wait_for_url("**/empty.html")
        _until(page, 3, lambda: there() == LEFT)
        at_once = there()
        page.goto(f"{self.endpoint.url}/bench/{contender.name}.html")
        _until(page, 20, lambda: there() == LEFT)  # Mixpanel takes up what a page left after 10
        return {"left": at_once, "left_after": there()}

    def _files(self, urls: list[str]) -> list[bytes]:
        own = {
            url for url in urls if url.startswith(self.endpoint.url) and not urlsplit(url).path.startswith("/bench/")
        }
        with httpx.Client(trust_env=False, headers={"Accept-Encoding": "identity"}) as http:
            return [http.get(url).raise_for_status().content for url in sorted(own)]


def became(numbers: list[int]) -> dict[str, float]:
    """Of calls numbered in order, as they came: how many did, how many after a later one, how many again."""
    first = list(dict.fromkeys(numbers))
    late, latest = 0, 0
    for number in first:
        late += number < latest
        latest = max(latest, number)
    return {"arrived": len(first), "late": late, "repeated": len(numbers) - len(first)}


def _until(page: Page, seconds: float, holds: Callable[[], bool]) -> bool:
    end = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > end:
            return False
        page.wait_for_timeout(50)
    return True


def _is_get(request: Request) -> bool:
    return request.method == "GET"
