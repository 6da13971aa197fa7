"""The pages that the tests open in any engine, and what is asked of them."""

import json
from typing import Any

from browser.site_under_test import FLUSH, INTERPRETERS, PYSCRIPT, Site

from .engine import PATIENCE, Tab

RECORDER = "<script src='/site/recorder.js'></script>"


def write(
    site: Site, html: str, name: str = "page.html", *, head: str = "", host: str = "", isolated: bool = False
) -> str:
    """Put a page on the site; its address, at another name of this machine if `host` says so."""
    address = site.write(html, name, RECORDER + head, isolated)
    return address.replace("127.0.0.1", host) if host else address


def visit(
    site: Site,
    tab: Tab,
    runtime: str,
    *,
    before: str = "",
    head: str = "",
    name: str = "page.html",
    host: str = "",
    loaded: bool = True,
    **attributes: str,
) -> None:
    """Open a page with the script tag, and wait until the client is there (its Python may not be yet)."""
    if host:
        attributes = {"data-data-plane-url": f"http://{host}:{site.port}"} | attributes
    tab.open(write(site, before + site.tag(runtime, **attributes), name, head=head, host=host), loaded)
    tab.wait("!!window.rudderanalytics?.flush")


def ready(tab: Tab) -> None:
    """Wait until Python is up."""
    tab.run("new Promise((settle) => rudderanalytics.ready(() => settle(true)))")


def flush(tab: Tab) -> dict[str, int]:
    """Wait until everything called is delivered or dropped; `delivered` counts since the flush before."""
    return tab.run(FLUSH)  # type: ignore[no-any-return]


def track(tab: Tab, first: int, last: int) -> list[str]:
    """Numbered calls; their messageIds."""
    calls = "(numbers) => numbers.map((n) => rudderanalytics.track('n', {n}))"
    return tab.run(calls, list(range(first, last + 1)))  # type: ignore[no-any-return]


def accepted(tab: Tab, count: int) -> None:
    """Wait until Python has accepted so many of the messages called from here on; `listen` comes first."""
    tab.wait(f"heard.accepted >= {count}")


def listen(tab: Tab) -> None:
    tab.run("""() => {
        window.heard = { accepted: 0, delivered: 0 };
        rudderanalytics.on("message", () => heard.accepted++);
        rudderanalytics.on("delivered", () => heard.delivered++);
    }""")


def numbers(site: Site) -> list[int]:
    """Numbered messages as they arrived, each as often as it did."""
    return [message["properties"]["n"] for message in site.messages("track")]


def wait_for_ids(site: Site, ids: list[str], seconds: float = PATIENCE) -> None:
    """Wait until each of these messages has arrived, at least once."""
    site.wait(lambda messages: {message["messageId"] for message in messages} >= set(ids), seconds)


def run_python(
    site: Site,
    tab: Tab,
    kind: str,
    wheel: str,
    source: str,
    *,
    before: str = "",
    worker: bool = False,
    isolated: bool = False,
) -> dict[str, Any]:
    """Run Python in a PyScript page with nothing but the wheel in `packages`; what it put into `result`, at its end.

    `worker`: in PyScript's worker, where an address in `packages` must begin with a dot.
    """
    config = json.dumps({"interpreter": INTERPRETERS[kind], "packages": [".." * worker + wheel]})
    ending = "\nimport js, json\njs.BroadcastChannel.new('result').postMessage(json.dumps(result))\n"
    script = f"<script type='{kind}' {'worker' * worker} config='{config}'>\n{source}{ending}</script>"
    tab.open(write(site, before + PYSCRIPT + script, isolated=isolated))
    tab.wait("recorded.result !== null")
    return json.loads(tab.run("recorded.result"))  # type: ignore[no-any-return]
