"""What the differential tests share."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from browser.differential.replay import Replay, listen
from browser.site_under_test import Site
from playwright.sync_api import Browser


@pytest.fixture(scope="session")
def listening(running_site: Site, dist: Path) -> str:
    """Where the script tag gets a MicroPython that is listened to."""
    return listen(running_site, dist)


@pytest.fixture(scope="session")
def replay(browser: Browser, running_site: Site) -> Iterator[Replay]:
    context = browser.new_context()
    yield Replay(context.new_page(), running_site)
    context.close()
