"""What few pages need comes with none of the others; a page that cannot have it loses no message."""

import json
from pathlib import Path

import pytest
from browser.site_under_test import Site, flush, until
from playwright.sync_api import BrowserContext, Page

THREE = ["micropython/rudderanalytics.mjs", "micropython/rudderanalytics.wasm", "rudderanalytics.js"]
RIGHT = {"logLevel": "ERROR", "sessions": {"timeout": 60_000}, "storage": {"type": "localStorage"}, "redact": ["pin"]}
WRONG = {"loglevel": "ERROR", "autoTrack": {"pageViews": True, "errors": True}, "uaChTrackLevel": "full"}
WORKER = """const channel = new BroadcastChannel("rudderanalytics");
const say = (said) => channel.postMessage(JSON.stringify({from: "worker", ...said}));
channel.onmessage = ({data}) => {
  const {type, from} = JSON.parse(data);
  if (type !== "here") return;
  const id = "5b3f6a52-2d29-4c1f-8a5e-0f7c6f4f0d11";
  say({type: "call", to: from, n: 1, id, at: Date.now(), call: ["track", "of a worker"]});
};
say({type: "who"});"""


def fetched(context: BrowserContext) -> list[str]:
    """Of dist/, by path, as it is asked for."""
    asked: list[str] = []
    context.on("request", lambda request: asked.append(request.url.partition("/dist/")[2]))
    return asked


@pytest.mark.parametrize("options", [{}, RIGHT])
def test_an_ordinary_page_makes_three_requests(site: Site, page: Page, context: BrowserContext, options: dict) -> None:
    asked = fetched(context)
    site.open(page, "micropython", **{"data-options": json.dumps(options)})
    page.evaluate("""() => {
        rudderanalytics.page("Docs", "Home");
        rudderanalytics.identify("u1", {plan: "pro"});
        rudderanalytics.track("Bought", {price: 3});
        rudderanalytics.group("g1");
        rudderanalytics.reset();
    }""")
    assert flush(page)["delivered"] == 4
    assert sorted(filter(None, asked)) == THREE


@pytest.mark.parametrize("how", ["404", "blocked"])
def test_a_page_that_cannot_have_them_loses_no_message(
    site: Site, page: Page, context: BrowserContext, console: list[str], how: str
) -> None:
    uncaught: list[str] = []
    page.on("pageerror", lambda error: uncaught.append(str(error)))
    for name in ("words", "extras", "autoTrack"):
        gone = {"404": lambda route: route.fulfill(status=404), "blocked": lambda route: route.abort()}[how]
        context.route(f"**/{name}.mjs", gone)
    site.open(page, "micropython", **{"data-options": json.dumps(WRONG)})
    page.evaluate(
        "rudderanalytics.track('a'); rudderanalytics.debug(); rudderanalytics.setAnonymousId(null, '1*x*y*z')"
    )
    page.evaluate("rudderanalytics.track({name: 'b'}); rudderanalytics.track('c')")
    page.evaluate(WORKER)
    until(page, lambda: len([line for line in console if "extras.mjs" in line]) == 1)
    assert [message["event"] for message in site.wait_for(4)] == ["a", {"name": "b"}, "c", "of a worker"]
    for name in ("words", "extras", "autoTrack"):
        until(page, lambda name=name: any("[rudderanalytics]" in line and name in line for line in console))
    assert uncaught == []


def test_the_call_of_a_worker_needs_no_other_script(site: Site, page: Page, context: BrowserContext) -> None:
    """Its page may be left a moment later, and the worker with it: what it said while a script comes would be lost."""
    asked = fetched(context)
    site.open(page, "micropython")
    page.evaluate(WORKER)
    assert [message["event"] for message in site.wait_for(1)] == ["of a worker"]
    assert sorted(filter(None, asked)) == THREE


def test_they_lie_in_dist_and_in_the_npm_package(dist: Path) -> None:
    for name in ("autoTrack.mjs", "extras.mjs", "words.mjs", "core.mjs"):
        assert (dist / "npm" / "assets" / name).read_bytes() == (dist / name).read_bytes()
