"""A tag with `integrity`: the most of what tests/browser/engines has of it, in Chromium."""

from pathlib import Path

import pytest
from browser.engines.test_integrity import BLOBS, copied, tag
from browser.engines.test_places import policy
from browser.site_under_test import Site, flush, until
from playwright.sync_api import Page


def arrive(site: Site, page: Page, html: str, head: str = "") -> None:
    page.goto(site.write(html, head=head))
    page.wait_for_function("!!window.rudderanalytics?.flush")
    page.evaluate("rudderanalytics.identify('u1', {plan: 'free'})")


def test_all_as_it_was_built(site: Site, dist: Path, page: Page, console: list[str], runtime: str) -> None:
    copied(site, dist)
    arrive(site, page, tag(site, dist, runtime), policy(BLOBS.format("blob:")))
    assert flush(page)["delivered"] == 1
    assert console == []


@pytest.mark.parametrize("changed", ["", "autoTrack.mjs"])
def test_what_is_brought_on_demand_is_checked_too(
    site: Site, dist: Path, page: Page, console: list[str], changed: str
) -> None:
    copied(site, dist, changed)
    options = """data-options='{"autoTrack": {"pageViews": true}}'"""
    arrive(site, page, tag(site, dist, "micropython").replace("data-runtime", f"{options} data-runtime"))
    kinds = {message["type"] for message in site.wait_for(1 if changed else 2)}
    assert kinds == ({"identify"} if changed else {"identify", "page"})
    until(page, lambda: len(console) == bool(changed))
    assert all("autoTrack.mjs is not the file" in line for line in console)


@pytest.mark.parametrize(
    "changed",
    ["integrity.mjs", "micropython/rudderanalytics.mjs", "pyodide/pyodide.asm.js", "pyodide/rudderanalytics.wasm"],
)
def test_a_changed_file_never_runs(site: Site, dist: Path, page: Page, console: list[str], changed: str) -> None:
    copied(site, dist, changed)
    arrive(site, page, tag(site, dist, "pyodide" if changed.startswith("pyodide") else "micropython"))
    page.wait_for_function("rudderanalytics.flush().then(({delivered}) => !delivered)")
    assert len(console) == 1
    assert changed == "integrity.mjs" or f"{Path(changed).name} is not the file" in console[0]
    assert page.evaluate("window.ranChanged") is None
    assert site.messages() == []


def test_a_policy_that_forbids_blobs(site: Site, dist: Path, page: Page, console: list[str], runtime: str) -> None:
    copied(site, dist)
    arrive(site, page, tag(site, dist, runtime), policy(BLOBS.format("")))
    assert flush(page)["delivered"] == 0
    assert len(console) == 1
    assert "Python failed; calls stay stored" in console[0]


def test_assets_of_another_origin(site: Site, dist: Path, page: Page, console: list[str]) -> None:
    """They run where the page's options say so, or where they are checked."""
    copied(site, dist)
    elsewhere = {"data-assets-url": f"http://localhost:{site.port}/dist"}
    arrive(site, page, site.tag("micropython", **elsewhere))
    assert flush(page)["delivered"] == 0
    assert len(console) == 1
    assert "crossOriginAssets" in console[0]
    arrive(site, page, site.tag("micropython", **elsewhere, **{"data-options": '{"crossOriginAssets": true}'}))
    site.wait_for(2)  # the first page's, too
    integrity = (dist / "rudderanalytics.sri").read_text().strip()
    arrive(site, page, site.tag("micropython", **elsewhere, integrity=integrity))
    site.wait_for(3)
    assert len(console) == 1
