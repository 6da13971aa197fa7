"""One test, three engines: a browser of each for all tests, a profile of its own for each test, a table at the end."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest
from browser.site_under_test import Site
from written_pages import Writer

from .chromium import Chromium
from .engine import Cannot, Engine, Missing, Profile, Tab
from .firefox import Firefox
from .table import Seen, Table
from .webkit import WebKit

ENGINES = ("chromium", "firefox", "webkit")
# What `make test` runs on both interpreters; the other cases there on MicroPython.
ON_BOTH = ("test_visit", "test_python")
WHAT_A_FAULT_RAISES = (AssertionError, pytest.fail.Exception)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--engines-table", type=Path, help="where the table of what held in which engine is written")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "engine" not in getattr(item, "fixturenames", ()):
            continue
        item.add_marker("engines")
        given = item.callspec.params  # type: ignore[attr-defined]
        slow = {given.get("runtime"), given.get("kind")} & {"pyodide", "py"} and item.path.stem not in ON_BOTH
        # The other browser tests hold the same in Chromium.
        if given["engine"] == "chromium" or slow:
            item.add_marker("thorough")
        for fault in item.iter_markers("fault"):
            if _concerns(item, **fault.kwargs):
                item.user_properties.append(("fault", fault.args[0]))
                strict = not fault.kwargs.get("at_times")
                item.add_marker(pytest.mark.xfail(strict=strict, raises=WHAT_A_FAULT_RAISES, reason=fault.args[0]))


def _concerns(item: pytest.Item, at_times: bool = False, **named: list[str]) -> bool:
    """Is it this engine and this interpreter that have the fault? A name that is not said means all."""
    given = item.callspec.params  # type: ignore[attr-defined]
    return all(given[name] in values for name, values in named.items())


@pytest.fixture(scope="session", params=ENGINES)
def engine(request: pytest.FixtureRequest, config: SimpleNamespace, running_site: Site) -> Iterator[Engine]:
    makers = {
        "chromium": lambda: Chromium(request.getfixturevalue("playwright").chromium, config),
        "firefox": Firefox,
        "webkit": lambda: WebKit(running_site.url),
    }
    shutil.copy(Path(__file__).with_name("recorder.js"), running_site.folder)
    try:
        engine = makers[request.param]()
    except Missing as missing:
        pytest.skip(str(missing))
    yield engine
    engine.close()


@pytest.fixture
def visitor(engine: Engine) -> Iterator[Profile]:
    with engine.visitor() as profile:
        yield profile


@pytest.fixture
def tab(visitor: Profile) -> Tab:
    return visitor.tab()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Iterator[None]:
    """What an engine cannot do is skipped where it is seen, with its reason."""
    if "engine" in getattr(item, "fixturenames", ()):
        _describe(item)
    try:
        return (yield)
    except Cannot as reason:
        item.user_properties.append(("cannot", str(reason)))
        pytest.skip(str(reason))


def _describe(item: pytest.Item) -> None:
    engine: Engine = item.funcargs["engine"]  # type: ignore[attr-defined]
    given = item.callspec.params  # type: ignore[attr-defined]
    item.user_properties += [
        ("part", item.path.stem),
        ("case", item.obj.__doc__.strip().splitlines()[0]),  # type: ignore[attr-defined]
        ("engine", f"{engine.label} {engine.version}"),
        ("interpreter", given.get("runtime") or given.get("kind") or ""),
    ]


def pytest_configure(config: pytest.Config) -> None:
    config.pluginmanager.register(Writer("--engines-table", Seen, _write), "engines-table")


def _write(seen: list[Seen], path: Path) -> None:
    if len({each.engine for each in seen}) == len(ENGINES):
        Table(seen).write(path)
    else:
        print(f"\n{path} is as it was: it is written by a run in all engines")
