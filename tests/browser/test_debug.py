"""What the console and Python's `logging` are told, by level."""

import pytest
from browser.site_under_test import Site, flush, run_pyscript, until
from playwright.sync_api import Page

SECRET = "richard@example.com"


@pytest.fixture
def said(page: Page) -> list[str]:
    lines: list[str] = []
    page.on("console", lambda line: lines.append(line.text))
    return lines


def has(said: list[str], *beginnings: str) -> bool:
    return all(any(line.startswith(f"[rudderanalytics] {begins}") for line in said) for begins in beginnings)


def test_debug_says_each_step(site: Site, page: Page, said: list[str], runtime: str) -> None:
    site.open(page, runtime, **{"data-options": '{"logLevel": "DEBUG"}'})
    page.evaluate(f"rudderanalytics.identify('u1', {{email: '{SECRET}'}})")
    flush(page)
    until(
        page,
        lambda: has(said, f'identify("u1", {{"email":"{SECRET}"}})', f"POST {site.url}/v1/identify: 200, 1 message"),
    )
    site.faults(status=503, times=1)
    page.evaluate("rudderanalytics.track('Tried')")
    until(page, lambda: has(said, f"POST {site.url}/v1/track: 503", "failed: "))
    site.faults(status=400, times=10)
    page.evaluate("rudderanalytics.flush()")
    until(page, lambda: has(said, "dropped: rejected"))


def test_other_levels_say_nothing_of_the_visitor(site: Site, page: Page, said: list[str], runtime: str) -> None:
    site.open(page, runtime, **{"data-options": '{"logLevel": "WARN"}'})
    site.faults(status=400, times=1)
    page.evaluate(f"rudderanalytics.identify('{SECRET}', {{email: '{SECRET}', age: 'old', birthday: 5}})")
    flush(page)
    assert [line for line in said if SECRET in line] == []
    page.evaluate("rudderanalytics.debug()")
    until(page, lambda: has(said, "state"))
    until(page, lambda: any(line.startswith(f"runtime {runtime}") for line in said))
    page.evaluate("rudderanalytics.track('Seen')")
    until(page, lambda: has(said, 'track("Seen")'))


@pytest.mark.parametrize(("option", "seen"), [('{"debugParameter": true}', True), ("{}", False)])
def test_the_parameter_of_one_visit(site: Site, page: Page, said: list[str], option: str, seen: bool) -> None:
    address = site.write(site.tag("micropython", **{"data-options": option}))
    for url in (f"{address}?rudder_debug=1", address):
        page.goto(url)
        page.wait_for_function("!!window.rudderanalytics?.flush")
        page.evaluate("rudderanalytics.track('Seen')")
        flush(page)
        if seen:
            until(page, lambda: has(said, 'track("Seen")'))  # the words come when they are needed first
        assert has(said, 'track("Seen")') is seen
        said.clear()


LOGGING = """
import logging
heard = []
class Handler(logging.Handler):
    def emit(self, record):
        heard.append([record.levelname, record.getMessage()])
logger = logging.getLogger("rudderanalytics")
logger.addHandler(Handler())
logger.setLevel("{level}")
import rudderanalytics as r
r.load("{key}", "{url}", log_level="NONE", queue_options={{"min_retry_delay": 10}})
r.track("Bought")
await r.flush()
result = heard
"""


@pytest.mark.parametrize(("level", "levels"), [("DEBUG", {"DEBUG", "INFO"}), ("INFO", {"INFO"}), ("WARNING", set())])
def test_logging_is_told_as_far_as_its_level_takes_it(
    site: Site, page: Page, wheel: str, level: str, levels: set[str]
) -> None:
    site.faults(status=503, times=1)
    source = LOGGING.format(level=level, key=site.write_key, url=site.url)
    heard = run_pyscript(site, page, "py", wheel, source)
    assert {name for name, _ in heard} == levels
    assert any("Bought" in text for _, text in heard) is (level == "DEBUG")


def test_logging_is_told_what_was_dropped(site: Site, page: Page, wheel: str) -> None:
    site.faults(status=400, times=1)
    heard = run_pyscript(site, page, "py", wheel, LOGGING.format(level="WARNING", key=site.write_key, url=site.url))
    ((level, text),) = heard
    assert level == "WARNING"
    assert text.startswith("dropped ")
    assert text.endswith(": rejected")
