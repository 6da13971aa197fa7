"""A visitor: a browser with an empty profile, the pages that it opens, and when what they sent arrived."""

import runpy
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from itertools import count
from pathlib import Path
from typing import Any

import httpx
from bench.competitors import Competitor
from browser.site_under_test import basic
from playwright.sync_api import BrowserContext, CDPSession, Page, Playwright, Request, Response

ROOT = Path(__file__).resolve().parents[2]
CONFIG = runpy.run_path(str(ROOT / "playwright.config.py"))

_TIMEOUT = 60_000  # ms
_SETTLE = 0.3  # s


@dataclass(frozen=True, slots=True)
class Conditions:
    """What a page has to work with; the default is this machine as it is."""

    latency: float = 0
    """ms from a request to its answer's first byte. The browser delays answers, not requests."""
    megabits: float = 0
    """Per second, both ways; 0: as many as there are."""
    slower: float = 1
    """How many times as long a page's main thread takes; its workers are as fast as ever."""

    def apply(self, session: CDPSession) -> None:
        if self.megabits:
            speed = self.megabits * 1_000_000 / 8
            line = {"offline": False, "latency": self.latency, "downloadThroughput": speed, "uploadThroughput": speed}
            session.send("Network.enable")
            session.send("Network.emulateNetworkConditions", line)
        if self.slower != 1:
            session.send("Emulation.setCPUThrottlingRate", {"rate": self.slower})


FAST = Conditions()
SLOW = Conditions(latency=40, megabits=20)
SLOW_4G = Conditions(latency=150, megabits=1.6)
SLOW_CPU = Conditions(slower=4)


@contextmanager
def profile(playwright: Playwright, empty: str, **more: Any) -> Iterator[BrowserContext]:
    """A browser that was never anywhere; `empty` is a page with nothing on it.

    On disk, because a private one keeps no file as large as Pyodide's in its cache.
    """
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        context = playwright.chromium.launch_persistent_context(
            folder, executable_path=CONFIG["CHROMIUM"], args=CONFIG["LAUNCH_ARGS"], viewport=CONFIG["VIEWPORT"], **more
        )
        try:
            # The browser's own start is over before the first page is timed.
            context.pages[0].goto(empty)
            time.sleep(_SETTLE)
            yield context
        finally:
            context.close()


def seconds_of_tasks(session: CDPSession) -> float:
    """What a page's main thread has worked so far; `Performance` is enabled."""
    metrics = session.send("Performance.getMetrics")["metrics"]
    return next(float(metric["value"]) for metric in metrics if metric["name"] == "TaskDuration")


@dataclass
class Stage:
    """The browser to start, the data plane that pages send to, and the folder that it serves as `/bench`."""

    playwright: Playwright
    url: str
    folder: Path
    wheel: str
    http: httpx.Client = field(init=False)
    _keys: Iterator[int] = field(init=False, default_factory=lambda: count(1))

    def __post_init__(self) -> None:
        # trust_env: a proxy of this machine has no business here
        self.http = httpx.Client(base_url=self.url, trust_env=False, headers={"Accept-Encoding": "identity"})

    @contextmanager
    def visitor(self, conditions: Conditions = FAST) -> Iterator["Visitor"]:
        self.calm()
        with profile(self.playwright, f"{self.url}/bench/empty.html") as context:
            yield Visitor(self, context, conditions)

    def write(self, competitor: Competitor) -> tuple[str, str]:
        """A new page of a competitor; its address and its write key, which no other page has."""
        key = f"bench_{next(self._keys)}"
        (self.folder / f"{key}.html").write_text(competitor.page(key, self.url, self.wheel))
        return f"{self.url}/bench/{key}.html", key

    def calm(self) -> None:
        """The data plane without messages and faults."""
        for path in ("/api/events", "/api/faults"):
            self.http.delete(path).raise_for_status()

    def events(self) -> list[dict[str, Any]]:
        """All that arrived, oldest first."""
        found: list[dict[str, Any]] = []
        while True:
            after = str(found[-1]["seq"]) if found else "0"
            rows = self.http.get("/api/events", params={"after": after, "limit": "10000"}).raise_for_status().json()
            found += rows["events"]
            if len(rows["events"]) < 10_000:
                return found

    @staticmethod
    def arrived(event: dict[str, Any]) -> float:
        """When it did, in epoch ms."""
        return datetime.fromisoformat(event["receivedAt"]).timestamp() * 1000

    def last_seq(self) -> int:
        return int(self.http.get("/health").raise_for_status().json()["lastSeq"])


@dataclass
class Opened:
    """A page whose first identify has arrived."""

    page: Page
    session: CDPSession
    milliseconds: float
    """From the start of the navigation to the message's arrival at the data plane, by the machine's one clock."""
    longest_task: float
    """ms of the main thread until then; 0: none over 50."""
    requests: list[Request]

    def seconds_of_tasks(self) -> float:
        return seconds_of_tasks(self.session)


@dataclass
class Visitor:
    stage: Stage
    context: BrowserContext
    conditions: Conditions

    def open(self, competitor: Competitor) -> Opened:
        return self.at(*self.stage.write(competitor))

    def twice(self, competitor: Competitor, first: Callable[[Competitor, Opened], None]) -> Opened:
        """The same page with nothing cached, given to `first`, and then with everything that may be."""
        address, key = self.stage.write(competitor)
        opened = self.at(address, key)
        first(competitor, opened)
        time.sleep(1)  # the browser writes its caches
        opened.page.close()
        self.stage.calm()
        return self.at(address, key)

    def at(self, address: str, key: str) -> Opened:
        page = self.context.new_page()
        page.set_default_timeout(_TIMEOUT)
        session = self.context.new_cdp_session(page)
        session.send("Performance.enable")
        requests: list[Request] = []

        def note(request: Request) -> None:
            requests.append(request)

        self.context.on("requestfinished", note)  # workers' requests too
        self.conditions.apply(session)
        with page.expect_event("response", _is_identify):
            page.goto(address, wait_until="commit")
        page.wait_for_timeout(_SETTLE * 1000)
        self.context.remove_listener("requestfinished", note)
        origin = page.evaluate("performance.timeOrigin")
        mine = basic(key)
        (event, *_) = (event for event in self.stage.events() if event["headers"]["authorization"] == mine)
        arrived = self.stage.arrived(event)
        longest = page.evaluate("Math.max(0, ...longTasks)")
        return Opened(page, session, arrived - origin, longest, requests)


def _is_identify(response: Response) -> bool:
    return response.request.method == "POST" and "/v1/" in response.url
