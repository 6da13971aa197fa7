"""Pyodide in a worker of the script tag's: where it runs, and what becomes of calls while it is elsewhere."""

from pathlib import Path

import pytest
from browser.engines.test_integrity import copied
from browser.site_under_test import Site, flush
from playwright.sync_api import BrowserContext, Page


def numbers(site: Site) -> list[int]:
    """The order in which numbered messages first arrived."""
    return list(dict.fromkeys(message["properties"]["n"] for message in site.messages("track")))


def test_the_page_is_not_where_python_runs(site: Site, page: Page, console: list[str]) -> None:
    """From another origin the worker starts as a Blob, which imports its script."""
    tag = site.tag("pyodide").replace("/dist/", site.url.replace("127.0.0.1", "localhost") + "/dist/")
    page.goto(site.write(tag))
    page.wait_for_function("!!window.rudderanalytics?.flush")
    page.evaluate("rudderanalytics.track('n', {n: 1})")
    assert flush(page)["delivered"] == 1
    (worker,) = page.workers
    assert worker.url.startswith("blob:")
    assert console == []


def test_a_page_that_may_have_no_worker(site: Site, page: Page, console: list[str]) -> None:
    policy = "<meta http-equiv='Content-Security-Policy' content=\"worker-src 'none'\">"
    page.goto(site.write(site.tag("pyodide"), head=policy))
    page.wait_for_function("!!window.rudderanalytics?.flush")
    page.evaluate("rudderanalytics.track('n', {n: 1})")
    assert flush(page)["delivered"] == 1
    assert page.workers == []
    (line,) = console
    assert "main thread" in line


def test_a_page_left_while_the_worker_works(site: Site, context: BrowserContext) -> None:
    """What the page called and the worker had not answered is stored, and the next page delivers it, in order."""
    page = context.new_page()
    site.open(page, "pyodide")
    page.evaluate("new Promise((settle) => rudderanalytics.ready(settle))")
    page.evaluate("""() => {
        for (let n = 1; n <= 100; n++) rudderanalytics.track("n", {n});
        location.href = "about:blank";
    }""")
    page.wait_for_url("about:blank")
    site.open(page, "micropython")
    site.wait(lambda messages: len({message["messageId"] for message in messages}) == 100)
    assert numbers(site) == list(range(1, 101))
    page.wait_for_function("Object.keys(localStorage).every((key) => /\\.(held|run)$/.test(key))")


def test_a_worker_that_is_gone(site: Site, page: Page) -> None:
    """It answers no more; what is called waits, stored, for a page that has another."""
    site.open(page, "pyodide")
    page.evaluate("new Promise((settle) => rudderanalytics.ready(settle))")
    page.workers[0].evaluate("self.onmessage = null")
    page.evaluate("for (let n = 1; n <= 3; n++) rudderanalytics.track('n', {n})")
    assert site.messages() == []
    site.open(page, "micropython")
    site.wait_for(3)
    assert numbers(site) == [1, 2, 3]


@pytest.mark.parametrize("kept", [0, 1000, 1_500_000])
def test_a_memory_that_is_cut_off(site: Site, dist: Path, page: Page, console: list[str], kept: int) -> None:
    """Answered with 200 all the same: Pyodide starts without it, as where there is none."""
    copied(site, dist)
    folder = site.folder / "assets" / "pyodide"
    for path in folder.glob("rudderanalytics.snapshot*"):
        path.unlink()
        if path.suffix != ".br":
            path.write_bytes((dist / "pyodide" / path.name).read_bytes()[:kept])
    page.goto(site.write(site.tag("pyodide").replace("/dist/", "/site/assets/")))
    page.wait_for_function("!!window.rudderanalytics?.flush")
    page.evaluate("rudderanalytics.track('n', {n: 1})")
    assert flush(page)["delivered"] == 1
    assert len(page.workers) == 1
    assert console == []


@pytest.mark.parametrize("allowed", ["rudderanalytics", "others"])
def test_a_page_that_requires_trusted_types(
    site: Site, page: Page, console: list[str], runtime: str, allowed: str
) -> None:
    """The worker starts by our policy; where the page does not allow that one, Python runs without a worker."""
    policy = f"require-trusted-types-for 'script'; trusted-types {allowed}"
    head = f'<meta http-equiv="Content-Security-Policy" content="{policy}">'
    page.goto(site.write(site.tag(runtime), head=head))
    page.wait_for_function("!!window.rudderanalytics?.flush")
    page.evaluate("rudderanalytics.track('n', {n: 1})")
    assert flush(page)["delivered"] == 1
    in_worker = runtime == "pyodide" and allowed == "rudderanalytics"
    assert len(page.workers) == in_worker
    assert len(console) == (runtime == "pyodide" and not in_worker)


def test_a_window_that_poses_as_a_worker(site: Site, page: Page, console: list[str]) -> None:
    """Whoever opens a window can name it, and an element can be called as a worker's function: that makes no worker."""
    (site.folder / "theirs.mjs").write_text("window.theirs = true; export const loadPyodide = () => {};")
    posing = """<a id='importScripts'></a><script>
        window.name = "rudderanalytics.worker" + JSON.stringify({"pyodide.mjs": location.origin + "/site/theirs.mjs"});
    </script>"""
    page.goto(site.write(posing + site.tag("pyodide")))
    page.wait_for_function("!!window.rudderanalytics?.flush")
    page.evaluate("rudderanalytics.track('n', {n: 1})")
    assert flush(page)["delivered"] == 1
    assert page.evaluate("window.theirs") is None
    assert len(page.workers) == 1
    assert console == []
