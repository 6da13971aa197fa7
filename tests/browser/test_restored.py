"""A page that the back/forward cache keeps, in Chromium; tests/browser/engines asks other browsers for more."""

import json
from types import SimpleNamespace

from browser.site_under_test import Site, flush
from playwright.sync_api import Browser

OPTIONS = json.dumps({"autoTrack": {"enabled": True, "pageViews": True, "errors": True}})


def test_with_all_on_and_messages_that_wait(
    site: Site, config: SimpleNamespace, browser: Browser, runtime: str
) -> None:
    """Playwright switches the back/forward cache off; this browser has it."""
    with browser.browser_type.launch(
        executable_path=config.CHROMIUM,
        args=config.LAUNCH_ARGS,
        ignore_default_args=["--disable-back-forward-cache"],
    ) as other:
        page = other.new_page()
        site.open(page, runtime, **{"data-options": OPTIONS})
        site.wait_for(1)
        site.faults(status=503, times=1_000)
        page.evaluate("rudderanalytics.track('Waits')")
        page.wait_for_function("rudderanalytics.stats().lastFailure")
        page.evaluate("addEventListener('pageshow', (event) => { window.shown = event.persisted; })")
        page.goto(site.write("elsewhere", "elsewhere.html"))
        page.evaluate("history.back()")
        page.wait_for_function("window.shown === true")
        site.clear_faults()
        page.evaluate("rudderanalytics.track('Back')")
        messages = site.wait_for(5)
        assert flush(page)["pending"] == 0
    views = [message["properties"]["navigation_type"] for message in site.messages("page")]
    assert views == ["navigate", "back_forward_cache"]
    assert sorted(message["event"] for message in messages if message["type"] == "track") == [
        "Back",
        "Page Unloaded",
        "Waits",
    ]
    assert len(site.messages()) == 5
