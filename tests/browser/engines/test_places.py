"""Places that make it hard: blocked cookies, full storage, policies, no WebAssembly, hosts, insecure pages, privacy."""

import json
from typing import Any

import pytest
from browser.site_under_test import Site, stored_identity

from .engine import Engine, Profile, Tab
from .pages import flush, ready, track, visit, write

STRICT = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; worker-src 'self'; connect-src 'self'"
NO_WORKER = "worker-src 'none'"


def policy(text: str) -> str:
    return f'<meta http-equiv="Content-Security-Policy" content="{text}">'


def ours(tab: Tab) -> list[dict[str, Any]]:
    return [cookie for cookie in tab.cookies() if cookie["name"].startswith("rl_")]


def test_blocked_cookies(site: Site, engine: Engine, runtime: str) -> None:
    """Cookies are blocked by the browser: calls arrive, getters answer, the visitor stays where storage is left"""
    with engine.visitor(cookies=False) as visitor:
        tab = visitor.tab()
        visit(site, tab, runtime)
        tab.run("rudderanalytics.identify('u1', {plan: 'free'})")
        assert flush(tab)["delivered"] == 1
        assert tab.run("[rudderanalytics.getUserId(), rudderanalytics.getUserTraits()]") == ["u1", {"plan": "free"}]
        assert ours(tab) == []
        kept = tab.run("(() => { try { return localStorage.length > 0; } catch { return false; } })()")
        assert len(tab.lines()) == (1 if kept else 2)  # Firefox blocks localStorage with the cookies: a line for each
        visit(site, tab, runtime, name="second.html")
        tab.run("rudderanalytics.track('next page')")
        assert flush(tab)["delivered"] == 1
    identify, after = site.messages()
    if kept:
        assert (after["userId"], after["anonymousId"]) == ("u1", identify["anonymousId"])


def test_blocked_storage(site: Site, engine: Engine, runtime: str) -> None:
    """Cookies and storage are blocked: the visitor is known for as long as the page lives"""
    blocked = """<script>for (const name of ["localStorage", "sessionStorage"]) Object.defineProperty(window, name, {
        get() { throw new DOMException("no", "SecurityError"); },
    });</script>"""
    with engine.visitor(cookies=False) as visitor:
        tab = visitor.tab()
        visit(site, tab, runtime, before=blocked)
        tab.run("rudderanalytics.identify('u1', {plan: 'free'}), rudderanalytics.track('next')")
        assert flush(tab)["delivered"] == 2
        assert tab.run("rudderanalytics.getUserId()") == "u1"
    assert [message["userId"] for message in site.messages()] == ["u1", "u1"]


def test_full_storage(site: Site, tab: Tab, runtime: str) -> None:
    """Storage is full of the page's own: that stays, and messages are delivered all the same"""
    tab.open(write(site, "the page's own"))
    tab.run("""() => {
        let size = 1 << 20;
        for (let n = 0; size; n++) {
            try { localStorage.setItem("own" + n, "x".repeat(size)); } catch { size >>= 1; }
        }
    }""")
    before = tab.run("JSON.stringify(localStorage).length")
    site.faults(status=503, times=1)
    visit(site, tab, runtime)
    track(tab, 1, 20)
    tab.run("rudderanalytics.identify('u1', {bio: 'x'.repeat(5000)})")
    assert flush(tab)["delivered"] == 21
    assert [message["properties"]["n"] for message in site.messages("track")] == list(range(1, 21))
    assert tab.run("JSON.stringify(localStorage).length") == before


def test_strict_policy(site: Site, tab: Tab, runtime: str) -> None:
    """A strict content security policy ('self' and 'wasm-unsafe-eval')"""
    visit(site, tab, runtime, head=policy(STRICT))
    tab.run("rudderanalytics.identify('u1')")
    assert flush(tab)["delivered"] == 1
    assert tab.lines() == []


def test_no_worker(site: Site, tab: Tab) -> None:
    """A policy that allows no worker: Pyodide runs on the main thread, with one line"""
    visit(site, tab, "pyodide", head=policy(NO_WORKER))
    tab.run("rudderanalytics.identify('u1')")
    assert flush(tab)["delivered"] == 1
    assert len(tab.lines()) == 1


def test_worker(site: Site, tab: Tab) -> None:
    """Pyodide runs in a worker; where the script is of another origin, too"""
    counted = """<script>
        window.workers = 0;
        window.Worker = class extends Worker { constructor(...given) { super(...given); workers++; } };
    </script>"""
    tag = site.tag("pyodide").replace("/dist/", f"http://localhost:{site.port}/dist/")
    tab.open(write(site, counted + tag))
    tab.wait("!!window.rudderanalytics?.flush")
    tab.run("rudderanalytics.identify('u1')")
    assert flush(tab)["delivered"] == 1
    assert tab.run("workers") >= 1
    assert tab.lines() == []


def test_no_web_assembly(site: Site, visitor: Profile, runtime: str) -> None:
    """No WebAssembly, as in Lockdown Mode: calls wait, stored, for a page that has it"""
    tab = visitor.tab()
    without = "<script>delete window.WebAssembly; delete window.Worker;</script>"
    visit(site, tab, runtime, before=without)
    tab.run("rudderanalytics.identify('u1', {a: 1})")
    tab.wait("recorded.lines.some((line) => line.includes('[rudderanalytics]') && line.includes('WebAssembly'))")
    assert flush(tab)["delivered"] == 0
    visit(site, tab, runtime, name="second.html")
    (message,) = site.wait_for(1)
    assert (message["userId"], message["context"]["traits"]) == ("u1", {"a": 1})
    assert message["context"]["page"]["path"] == "/site/page.html"


def test_subdomains(site: Site, tab: Tab, runtime: str) -> None:
    """Subdomains share the visitor, by cookies of the widest domain"""
    visit(site, tab, runtime, host="shop.example.test")
    tab.run("rudderanalytics.identify('u1', {plan: 'free'})")
    flush(tab)
    visit(site, tab, runtime, host="a.shop.example.test", name="second.html")
    tab.run("rudderanalytics.track('on the subdomain')")
    flush(tab)
    identify, after = site.messages()
    assert (after["userId"], after["context"]["traits"]) == ("u1", {"plan": "free"})
    assert after["anonymousId"] == identify["anonymousId"]
    assert {cookie["domain"] for cookie in ours(tab)} == {".example.test"}


@pytest.mark.parametrize(
    ("host", "domain"),
    [("www.example.co.uk", ".example.co.uk"), ("a.b.localhost", ".b.localhost"), ("localhost", "localhost")],
)
def test_domains(site: Site, tab: Tab, host: str, domain: str) -> None:
    """Public suffixes and local names: cookies belong to the widest domain that takes them; no probe is left"""
    visit(site, tab, "micropython", host=host)
    tab.run("rudderanalytics.identify('u1')")
    assert flush(tab)["delivered"] == 1
    assert {cookie["domain"] for cookie in ours(tab)} == {domain}
    assert tab.cookies() == ours(tab)


def test_insecure_context(site: Site, visitor: Profile, runtime: str) -> None:
    """An insecure page (http, no Web Locks, no WebCrypto): calls arrive, the visitor stays"""
    tab = visitor.tab()
    visit(site, tab, runtime, host="shop.example.test")
    assert tab.run("[isSecureContext, !!navigator.locks, !!crypto.randomUUID]") == [False, False, False]
    tab.run("rudderanalytics.identify('u1', {plan: 'free'})")
    assert flush(tab)["delivered"] == 1
    visit(site, tab, runtime, host="shop.example.test", name="second.html")
    tab.run("rudderanalytics.track('next page')")
    assert flush(tab)["delivered"] == 1
    identify, after = site.messages()
    assert (after["userId"], after["anonymousId"]) == ("u1", identify["anonymousId"])
    assert tab.lines() == []


@pytest.mark.parametrize("signal", ["globalPrivacyControl: true", "doNotTrack: '1'"], ids=["gpc", "dnt"])
def test_signals(site: Site, tab: Tab, runtime: str, signal: str) -> None:
    """Global Privacy Control and Do Not Track, respected: nothing is stored, fetched or sent"""
    name, value = signal.split(": ")
    said = f"<script>Object.defineProperty(Navigator.prototype, '{name}', {{get: () => {value}}})</script>"
    options = {"data-options": json.dumps({"respectGPC": True, "respectDNT": True})}
    visit(site, tab, runtime, before=said, **options)
    nothing_comes_of_calls(site, tab)


def test_own_privacy_control(site: Site, engine: Engine, runtime: str) -> None:
    """Global Privacy Control by the browser's own setting, respected"""
    with engine.visitor(privacy_control=True) as visitor:
        tab = visitor.tab()
        visit(site, tab, runtime, **{"data-options": json.dumps({"respectGPC": True})})
        assert tab.run("navigator.globalPrivacyControl") is True
        nothing_comes_of_calls(site, tab)


def nothing_comes_of_calls(site: Site, tab: Tab) -> None:
    tab.run("rudderanalytics.identify('u1', {plan: 'free'})")
    assert flush(tab)["delivered"] == 0
    assert tab.run("[rudderanalytics.getUserId(), document.cookie, localStorage.length]") == ["", "", 0]
    fetched = tab.run("performance.getEntriesByType('resource').map((entry) => entry.name.split('/').pop())")
    assert set(fetched) - {"favicon.ico"} == {"recorder.js", "rudderanalytics.js"}
    assert len(tab.lines()) == 1
    assert site.messages() == []


def test_other_origin(site: Site, tab: Tab, runtime: str) -> None:
    """Script and data plane of another origin: preflights pass, the assets come from where the script does"""
    other = f"http://localhost:{site.port}"
    tag = site.tag(runtime, **{"data-data-plane-url": other}).replace("/dist/", f"{other}/dist/")
    tab.open(write(site, tag))
    tab.wait("!!window.rudderanalytics?.flush")
    tab.run("rudderanalytics.identify('u1')")
    assert flush(tab)["delivered"] == 1
    (event,) = site.events()
    assert event["headers"]["origin"] == site.url
    assert "cookie" not in event["headers"]
    assert stored_identity(tab)["rl_user_id"] == "u1"


def test_assets_gone(site: Site, tab: Tab, runtime: str) -> None:
    """The runtime is not to be had: calls wait, stored, for a page that has it; one line"""
    visit(site, tab, runtime, **{"data-assets-url": "/nowhere"})
    tab.run("rudderanalytics.identify('u1', {plan: 'free'})")
    tab.wait("recorded.lines.some((line) => line.includes('[rudderanalytics]'))")
    assert flush(tab)["delivered"] == 0
    assert len(tab.lines()) == 1
    visit(site, tab, runtime, name="second.html")
    (message,) = site.wait_for(1)
    assert (message["userId"], message["context"]["traits"]) == ("u1", {"plan": "free"})


def test_ready_in_a_frame(site: Site, tab: Tab, runtime: str) -> None:
    """In a frame of the same origin: the visitor is the page's"""
    write(site, site.tag(runtime), "inside.html")
    visit(site, tab, runtime, before="<iframe src='inside.html'></iframe>", name="outside.html")
    ready(tab)
    tab.run("rudderanalytics.identify('u1')")
    flush(tab)
    tab.wait("!!frames[0].rudderanalytics?.flush")
    tab.run("frames[0].rudderanalytics.track('inside'), frames[0].rudderanalytics.flush()")
    identify, inside = site.messages()
    assert (inside["userId"], inside["anonymousId"]) == ("u1", identify["anonymousId"])
