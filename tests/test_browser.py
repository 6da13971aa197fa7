"""browser: the face for Python in a page. Here there is none, and that is said; tests/browser/ has the page."""

import sys
from collections.abc import Callable

import event_loop
import pytest

from rudderanalytics import browser
from rudderanalytics.errors import NotInAPage


@pytest.mark.parametrize(
    "ask",
    [
        pytest.param(lambda: browser.call("getUserId"), id="call"),
        pytest.param(lambda: browser.on("ready", print), id="on"),
        pytest.param(lambda: event_loop.run(browser.flush()), id="flush"),
    ],
)
def test_outside_a_page_everything_says_that_it_needs_one(ask: Callable[[], object]) -> None:
    with pytest.raises(NotInAPage, match=r"^rudderanalytics needs a web page") as raised:
        ask()
    version = ".".join(str(part) for part in sys.version_info[:3])
    assert f"This is cpython {version} without a window and a document." in str(raised.value)


def test_it_says_so_every_time() -> None:
    for _ in range(2):
        with pytest.raises(NotInAPage):
            browser.call("getUserId")


def test_the_package_brings_no_page_with_it() -> None:
    with pytest.raises(NotInAPage):
        browser.call("getUserId")
    assert "js" not in sys.modules
