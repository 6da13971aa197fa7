"""`import rudderanalytics` in a PyScript worker: the client is the page's, and the worker's Python its brain."""

from browser.site_under_test import SEED, WRITE_KEY, Site, run_pyscript, stored_identity
from playwright.sync_api import BrowserContext, Page


def test_everything(site: Site, page: Page, context: BrowserContext, console: list[str], kind: str, wheel: str) -> None:
    result = run_pyscript(
        site,
        page,
        kind,
        wheel,
        f"""
import rudderanalytics as r
from pyscript import window

def fails(message):
    raise KeyError("no")

result = {{"seen": []}}
try:
    r.load("{WRITE_KEY}", "{site.url}", before_send=fails)
except r.RudderAnalyticsError as error:
    result["error"] = str(error)
result["stored"] = [window.document.cookie, window.localStorage.length]
r.on("message", lambda message: result["seen"].append(message["type"]))
r.on("delivered", fails)
r.load("{WRITE_KEY}", "{site.url}", log_level="ERROR")
result["id"] = r.identify({SEED[0]!r}, {SEED[1]!r})
r.track("Came", {{"price": 9.5}})
result["flushed"] = await r.flush()
result["state"] = [r.get_user_id(), r.get_user_traits(), r.get_anonymous_id(), r.get_session_id()]
""",
        worker=True,
        isolated=True,
    )
    identify, track = site.messages()
    assert "before_send works on the page's main thread only" in result["error"] and result["stored"] == ["", 0]
    assert result["seen"] == ["identify", "track"]
    assert result["flushed"] == {"delivered": 2, "dropped": 0, "pending": 0}
    assert len(console) == 2 and all("callback failed: KeyError" in line for line in console)
    assert (identify["messageId"], identify["userId"]) == (result["id"], SEED[0])
    assert identify["context"]["traits"] == track["context"]["traits"] == SEED[1]
    assert (track["event"], track["properties"]) == ("Came", {"price": 9.5})
    assert result["state"] == [*SEED, track["anonymousId"], track["context"]["sessionId"]]
    runtime = {"py": "pyodide 0.29.5", "mpy": "micropython 1.27.0"}[kind]
    assert (track["context"]["library"]["runtime"], track["context"]["app"]["installType"]) == (runtime, "python")
    identity = stored_identity(context)
    assert (identity["rl_user_id"], identity["rl_trait"]) == (SEED[0], SEED[1])
    assert identity["rl_anonymous_id"] == track["anonymousId"]


def test_a_page_that_lends_no_window(site: Site, page: Page, context: BrowserContext, kind: str, wheel: str) -> None:
    """A worker as any other: the page's script tag is its client."""
    result = run_pyscript(
        site,
        page,
        kind,
        wheel,
        f"""
import rudderanalytics as r
ids = [r.identify({SEED[0]!r}, {SEED[1]!r}), r.track("Came", {{"price": 9.5}})]
flushed = await r.flush()
result = {{"ids": ids, "flushed": flushed, "state": [r.get_user_id(), r.get_user_traits(), r.get_anonymous_id()]}}
""",
        before=site.tag("micropython"),
        worker=True,
    )
    assert result["flushed"] == {"delivered": 2, "dropped": 0, "pending": 0}
    messages = site.messages()
    assert [message["messageId"] for message in messages] == result["ids"]
    assert result["state"] == [*SEED, stored_identity(context)["rl_anonymous_id"]]


def test_a_worker_that_no_page_helps(site: Site, page: Page, kind: str, wheel: str) -> None:
    """Its own core, and its own visitor."""
    result = run_pyscript(
        site,
        page,
        kind,
        wheel,
        f"""
import rudderanalytics as r
r.load("{WRITE_KEY}", "{site.url}", standalone=True)
r.identify({SEED[0]!r}, {SEED[1]!r})
result = {{"flushed": await r.flush(), "state": [r.get_user_id(), r.get_anonymous_id()]}}
""",
        worker=True,
    )
    assert result["flushed"] == {"delivered": 1, "dropped": 0, "pending": 0}
    (message,) = site.messages()
    assert result["state"] == [message["userId"], message["anonymousId"]] == [SEED[0], message["anonymousId"]]
    assert "page" not in message["context"]
