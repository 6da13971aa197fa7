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

# 20 Mbit/s both ways, 40 ms from a request to its answer's first byte. The browser delays answers, not requests.
SLOW = {"offline": False, "latency": 40, "downloadThroughput": 2_500_000, "uploadThroughput": 2_500_000}

_TIMEOUT = 60_000  # ms
_SETTLE = 0.3  # s


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
    def visitor(self, *, slow: bool = False) -> Iterator["Visitor"]:
        """A profile on disk, because a private one keeps no file as large as Pyodide's in its cache."""
        self.calm()
        with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
            context = self.playwright.chromium.launch_persistent_context(
                profile, executable_path=CONFIG["CHROMIUM"], args=CONFIG["LAUNCH_ARGS"], viewport=CONFIG["VIEWPORT"]
            )
            try:
                # The browser's own start is over before the first page is timed.
                context.pages[0].goto(f"{self.url}/bench/empty.html")
                time.sleep(_SETTLE)
                yield Visitor(self, context, slow)
            finally:
                context.close()

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
        """What the page's main thread has worked so far."""
        metrics = self.session.send("Performance.getMetrics")["metrics"]
        return next(float(metric["value"]) for metric in metrics if metric["name"] == "TaskDuration")


@dataclass
class Visitor:
    stage: Stage
    context: BrowserContext
    slow: bool

    def open(self, competitor: Competitor) -> Opened:
        return self._open(*self.stage.write(competitor))

    def twice(self, competitor: Competitor, first: Callable[[Competitor, Opened], None]) -> Opened:
        """The same page with nothing cached, given to `first`, and then with everything that may be."""
        address, key = self.stage.write(competitor)
        opened = self._open(address, key)
        first(competitor, opened)
        time.sleep(1)  # the browser writes its caches
        opened.page.close()
        self.stage.calm()
        return self._open(address, key)

    def _open(self, address: str, key: str) -> Opened:
        page = self.context.new_page()
        page.set_default_timeout(_TIMEOUT)
        session = self.context.new_cdp_session(page)
        session.send("Performance.enable")
        requests: list[Request] = []

        def note(request: Request) -> None:
            requests.append(request)

        self.context.on("requestfinished", note)  # workers' requests too
        if self.slow:
            session.send("Network.enable")
            session.send("Network.emulateNetworkConditions", SLOW)
        with page.expect_event("response", _is_identify):
            page.goto(address, wait_until="commit")
        page.wait_for_timeout(_SETTLE * 1000)
        self.context.remove_listener("requestfinished", note)
        origin = page.evaluate("performance.timeOrigin")
        mine = basic(key)
        (event, *_) = (event for event in self.stage.events() if event["headers"]["authorization"] == mine)
        arrived = datetime.fromisoformat(event["receivedAt"]).timestamp() * 1000
        longest = page.evaluate("Math.max(0, ...longTasks)")
        return Opened(page, session, arrived - origin, longest, requests)


def _is_identify(response: Response) -> bool:
    return response.request.method == "POST" and "/v1/" in response.url
