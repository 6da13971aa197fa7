"""What the tests share: the build, one browser, a fresh profile per test, and the local data plane that they ask.

A page that raises an uncaught error fails its test, unless the test is marked `page_errors`. So does one whose trimmed
interpreter was not enough for it, unless the test is marked `falls_back`.
"""

import fcntl
import json
import runpy
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import httpx
import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Playwright, Request, expect, sync_playwright
from xdist.remote import Producer
from xdist.scheduler import LoadFileScheduling

from dataplane.background import serve
from dataplane.options import Options

ROOT = Path(__file__).resolve().parents[1]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    # The files without a browser first: Playwright's loop runs in this thread from the first of the others on, and
    # asyncio.run refuses to work beside it.
    in_a_browser = {item.path for item in items if {"browser", "engine"} & set(getattr(item, "fixturenames", ()))}
    items.sort(key=lambda item: item.path in in_a_browser)
    for item in items:
        if "browser" in getattr(item, "fixturenames", ()):
            item.add_marker("browser")


def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> LoadFileScheduling:
    return Files(config, log)


class Files(LoadFileScheduling):
    """A file at a time is what a process is given; but of the state machine, which has one, a test."""

    def _split_scope(self, nodeid: str) -> str:
        return nodeid if "machine/test_pages.py" in nodeid else str(super()._split_scope(nodeid))


@pytest.fixture(scope="session")
def config() -> SimpleNamespace:
    """The constants of playwright.config.py."""
    return SimpleNamespace(**runpy.run_path(str(ROOT / "playwright.config.py")))


@pytest.fixture(scope="session")
def dist() -> Path:
    """dist/ as `make build` left it."""
    folder = ROOT / "dist"
    if not (folder / "rudderanalytics.js").is_file():
        pytest.fail("there is no dist/: run `make build`", pytrace=False)
    return folder


@pytest.fixture(scope="session")
def recorded_sessions(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> list[list[str]]:
    """The sessions of today's vectors and state machine (inputs.py).

    They take ten seconds, and are the same in all processes of a run: the first one that asks records them.
    """
    folder = tmp_path_factory.getbasetemp()
    if worker_id != "master":
        folder = folder.parent  # which the processes of this run share
    path = folder / "sessions.json"
    with (folder / "sessions.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not path.is_file():
            from inputs import sessions

            path.write_text(json.dumps(sessions()))
    found: list[list[str]] = json.loads(path.read_text())
    return found


@pytest.fixture(scope="session")
def playwright(config: SimpleNamespace) -> Iterator[Playwright]:
    with sync_playwright() as playwright:
        expect.set_options(timeout=config.TIMEOUT)
        yield playwright


@pytest.fixture(scope="session")
def browser(playwright: Playwright, config: SimpleNamespace) -> Iterator[Browser]:
    browser = playwright.chromium.launch(executable_path=config.HEADLESS_SHELL, args=config.HEADLESS_SHELL_ARGS)
    new_context = browser.new_context
    browser.new_context = lambda **options: watched(new_context(**options))  # type: ignore[method-assign]
    yield browser
    browser.close()


fallbacks: list[set[str]] = []
"""For each time that the script tag fetched the whole interpreter beside the trimmed one: what its context asks for."""


def watched(context: BrowserContext) -> BrowserContext:
    asked: set[str] = set()  # names of files that tell what a page wants: PyScript wants the whole ones

    def note(request: Request) -> None:
        folder, _, name = request.url.rpartition("/")
        asked.add(name if name == "micropython.mjs" else f"{folder.rpartition('/')[2]}/{name}")
        needed = name == "micropython.wasm" and "micropython.mjs" not in asked
        if needed or (name == "pyodide.asm.wasm" and "pyodide/rudderanalytics.wasm" in asked):
            fallbacks.append(asked)

    context.on("request", note)
    return context


@pytest.fixture(autouse=True)
def enough(request: pytest.FixtureRequest) -> Iterator[None]:
    """What a page gave to the trimmed interpreter, it could answer."""
    fallbacks.clear()
    yield
    # Pyodide from its library is the whole one: without a worker, or a memory to start from.
    needed = [asked for asked in fallbacks if "pyodide/rudderanalytics.zip" not in asked]
    if needed and request.node.get_closest_marker("falls_back") is None:
        pytest.fail("a page needed the whole interpreter: `make hot`?", pytrace=False)


@pytest.fixture
def context(browser: Browser, config: SimpleNamespace, request: pytest.FixtureRequest) -> Iterator[BrowserContext]:
    """A fresh profile: no cookies, no storage, no cache."""
    context = browser.new_context(viewport=config.VIEWPORT)
    context.set_default_timeout(config.TIMEOUT)
    errors: list[str] = []
    context.on("weberror", lambda raised: errors.append(str(raised.error)))
    yield context
    context.close()
    if errors and request.node.get_closest_marker("page_errors") is None:
        pytest.fail("uncaught in the page:\n" + "\n".join(errors), pytrace=False)


@pytest.fixture
def page(context: BrowserContext) -> Page:
    return context.new_page()


@pytest.fixture(scope="session")
def running_dataplane(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with serve(Options(port=0, db=tmp_path_factory.mktemp("dataplane") / "events.sqlite3")) as url:
        yield url


@pytest.fixture
def dataplane(running_dataplane: str) -> str:
    """The address of a running data plane, emptied of messages and faults."""
    for path in ("/api/events", "/api/faults"):
        # trust_env: a proxy of this machine has no business between a test and its server.
        httpx.delete(running_dataplane + path, trust_env=False).raise_for_status()
    return running_dataplane
