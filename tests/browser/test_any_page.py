"""Pages that get in the way, in a real browser: elements with the names of its properties, functions that are
replaced, events that are not what they seem, tags that cannot be found.

What is called arrives as from any page, and the page sees no exception (`context` fails the test where there is one).
"""

import pytest
from browser.site_under_test import Site, flush, stored_identity, until
from playwright.sync_api import BrowserContext, Page, Request

RUNTIME = "micropython"
EVIL = "/site/evil/rudderanalytics.js"

NAMED = (
    *("cookie", "currentScript", "scripts", "title", "referrer", "hidden", "visibilityState", "querySelector", "head"),
    *(
        "addEventListener",
        "createElement",
        "documentElement",
        "location",
        "navigator",
        "localStorage",
        "fetch",
        "crypto",
    ),
    *("rudderanalytics", "OneTrust", "ketchConsent", "_iub", "RudderSnippetVersion", "trustedTypes", "__proto__"),
)

REPLACED = {
    "fetch is wrapped": "const real = fetch; window.fetch = async (...given) => real(...given);",
    "fetch is wrapped, and gives something else": """const real = fetch;
        window.fetch = async (address, how) => {
            const response = await real(address, how);
            return how?.method === "POST" ? { status: response.status } : response;
        };""",
    "all sizes are elements": """for (const name of ["innerWidth", "innerHeight", "devicePixelRatio", "screen"])
        Object.defineProperty(window, name, { get: () => document.documentElement });""",
    "navigator says nothing": """for (const name of ["userAgent", "language", "userAgentData", "doNotTrack"])
        Object.defineProperty(Navigator.prototype, name, { get: () => undefined });""",
    "the document says nothing": """for (const name of ["title", "referrer"])
        Object.defineProperty(Document.prototype, name, { get: () => undefined });""",
    "crypto throws": "Crypto.prototype.getRandomValues = () => { throw new Error('no'); };",
    "there are no locks": "Object.defineProperty(Navigator.prototype, 'locks', { get: () => undefined });",
    "storage does nothing": "Storage.prototype.setItem = () => {};",
    "storage answers nonsense": "Storage.prototype.getItem = () => 5;",
    "storage throws": """for (const name of ["getItem", "setItem", "removeItem"])
        Storage.prototype[name] = () => { throw new Error("no"); };""",
    "the console is another's": "window.console = null;",
    "there is no MessageChannel": "window.MessageChannel = undefined;",
    "nobody listens": "EventTarget.prototype.addEventListener = () => {};",
    "names are the page's own": """class Storage {} class Document {} class EventTarget {} class Element {}
        class Node {} class HTMLElement {} window.Storage = window.Element = null;""",
    "time is Datejs'": "Date.now = () => new Date();",
    "Promise is another": "window.Promise = class {};",
    "JSON is another": "const { parse, stringify } = JSON; window.JSON = { parse, stringify };",
    "structuredClone, Intl and requestAnimationFrame are gone": """window.structuredClone = window.Intl = null;
        window.requestAnimationFrame = null;""",
}
LOSES_IDENTITY = {"storage does nothing", "storage throws", "storage answers nonsense"}


def test_elements_with_the_names_of_what_we_read(site: Site, page: Page, context: BrowserContext) -> None:
    scripts: list[str] = []
    context.on("request", lambda request: _note(scripts, request))
    html = "".join(
        f"<img name='{name}' src='{EVIL}' data-assets-url='/site/evil/'><a id='{name}' href='{EVIL}'></a>"
        f"<form name='{name}'><input name='src' value='{EVIL}'></form><object name='{name}'></object>"
        for name in NAMED
    )
    page.goto(site.write(html + site.tag(RUNTIME)))
    page.wait_for_function("typeof window.rudderanalytics?.flush === 'function'")
    page.evaluate("rudderanalytics.identify('u1', { a: 1 })")
    assert flush(page)["delivered"] == 1
    (message,) = site.messages()
    assert (message["userId"], message["context"]["traits"]) == ("u1", {"a": 1})
    assert message["context"]["page"]["title"] == "A page"
    assert stored_identity(context)["rl_user_id"] == "u1"
    assert [url for url in scripts if "/evil/" in url] == []


@pytest.mark.parametrize("kind", ["text/plain", "application/json", "text/partytown", "x-text/javascript", "importmap"])
@pytest.mark.parametrize("source", [EVIL, "/dist/rudderanalytics.js"])
def test_a_script_element_that_does_not_run_is_not_ours(
    kind: str, source: str, site: Site, page: Page, context: BrowserContext
) -> None:
    """A module is not told which element it came by."""
    asked: list[str] = []
    context.on("request", lambda request: asked.append(request.url))
    inert = f"<script type='{kind}' src='{source}' data-assets-url='/site/evil/' data-write-key='evil'"
    ours = site.tag(RUNTIME).replace("<script async", "<script type='module'")
    page.goto(site.write(f"{inert} data-data-plane-url='/site/evil'></script>{ours}"))
    page.wait_for_function("typeof window.rudderanalytics?.flush === 'function'")
    page.evaluate("rudderanalytics.track('x')")
    assert flush(page)["delivered"] == 1
    assert [message["event"] for message in site.messages()] == ["x"]
    assert [url for url in asked if "/evil" in url] == []


def _note(scripts: list[str], request: Request) -> None:
    if request.resource_type in ("script", "fetch"):
        scripts.append(request.url)


@pytest.mark.parametrize("name", REPLACED)
def test_what_a_page_replaced(site: Site, page: Page, context: BrowserContext, name: str) -> None:
    # The browser's driver needs of the page what is replaced here: the page calls by itself.
    calls = "window.rudderanalytics = [['identify', 'u1', { list: [1, ['a']] }], ['track', 'x']];"
    page.goto(site.write(f"<script>{REPLACED[name]}</script><script>{calls}</script>{site.tag(RUNTIME)}"))
    first, second = site.wait_for(2)
    assert (first["type"], first["userId"], first["context"]["traits"]) == ("identify", "u1", {"list": [1, ["a"]]})
    assert (second["event"], second["userId"], second["anonymousId"]) == ("x", "u1", first["anonymousId"])
    if name not in LOSES_IDENTITY:
        assert stored_identity(context)["rl_user_id"] == "u1"


def test_events_that_are_not_what_they_seem(site: Site, page: Page) -> None:
    site.open(page, RUNTIME)
    page.evaluate("new Promise((settle) => rudderanalytics.ready(settle))")
    page.evaluate("""() => {
        for (const name of ["storage", "message", "pagehide", "pageshow", "online", "offline", "beforeunload"]) {
            dispatchEvent(new Event(name));
            dispatchEvent(new CustomEvent(name, { detail: null }));
        }
        for (const name of ["visibilitychange", "freeze", "resume"]) document.dispatchEvent(new Event(name));
        dispatchEvent(new StorageEvent("storage", { key: "rudderanalytics.", newValue: "[" }));
        postMessage("[", "*");
        rudderanalytics.track("after");
    }""")
    (message,) = site.wait_for(1)
    assert message["event"] == "after"


TAGS = {
    "a module": lambda tag: tag.replace("<script async", "<script type='module'"),
    "deferred": lambda tag: tag.replace("<script async", "<script defer"),
    "made by another script": lambda tag: (
        f"<template id='late'>{tag}</template><script>{{"
        "const script = document.createElement('script');"
        "for (const { name, value } of late.content.firstChild.attributes) script.setAttribute(name, value);"
        "document.body.append(script); }</script>"
    ),
    "removed at once": lambda tag: tag + "<script>document.querySelector('[data-write-key]').remove()</script>",
    "moved": lambda tag: tag + "<script>document.head.append(document.querySelector('[data-write-key]'))</script>",
}


@pytest.mark.parametrize("how", TAGS)
def test_a_tag_that_is(site: Site, page: Page, how: str) -> None:
    page.goto(site.write(TAGS[how](site.tag(RUNTIME))))
    page.wait_for_function("!!window.rudderanalytics?.flush")
    page.evaluate("rudderanalytics.track('x')")
    (message,) = site.wait_for(1)
    assert message["event"] == "x"


def test_a_tag_in_a_shadow_root_is_not_found_and_that_is_said(site: Site, page: Page, console: list[str]) -> None:
    page.goto(
        site.write(f"""<div id="host"></div><template id="late">{site.tag(RUNTIME)}</template><script>
        const script = document.createElement("script");
        for (const {{ name, value }} of late.content.firstChild.attributes) script.setAttribute(name, value);
        host.attachShadow({{ mode: "closed" }}).append(script);
        </script>""")
    )
    page.wait_for_function("!!window.rudderanalytics?.flush")
    page.evaluate("rudderanalytics.track('x')")
    until(page, lambda: bool(console))
    assert console == ["[rudderanalytics] no tag of ours: call load()"]
    assert page.evaluate("rudderanalytics.stats().pending") == 1


def test_cookies_that_are_removed_while_the_page_is_open(site: Site, page: Page, context: BrowserContext) -> None:
    """As consent tools and visitors do: the page goes on with its visitor, and a new session begins."""
    site.open(page, RUNTIME)
    page.evaluate("rudderanalytics.track('before')")
    flush(page)
    context.clear_cookies()
    page.evaluate("rudderanalytics.track('after'), rudderanalytics.track('later')")
    flush(page)
    before, after, later = site.messages()
    assert before["anonymousId"] == after["anonymousId"] == later["anonymousId"]
    assert after["context"]["sessionId"] == later["context"]["sessionId"] > before["context"]["sessionId"]
    assert after["context"]["sessionStart"] is True
    assert stored_identity(context)["rl_anonymous_id"] == before["anonymousId"]
