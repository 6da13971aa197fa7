"""One test, three engines: a browser of each for all tests, a profile of its own for each test."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest
from browser.site_under_test import Site

from .chromium import Chromium
from .engine import Cannot, Engine, Missing, Profile, Tab
from .firefox import Firefox
from .webkit import WebKit

ENGINES = ("chromium", "firefox", "webkit")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "engine" not in getattr(item, "fixturenames", ()):
            continue
        item.add_marker("engines")
        for fault in item.iter_markers("fault"):
            if _concerns(item, **fault.kwargs):
                strict = not fault.kwargs.get("at_times")
                failures = (AssertionError, pytest.fail.Exception)
                item.add_marker(pytest.mark.xfail(strict=strict, raises=failures, reason=fault.args[0]))


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
    try:
        return (yield)
    except Cannot as reason:
        item.user_properties.append(("cannot", str(reason)))
        pytest.skip(str(reason))
