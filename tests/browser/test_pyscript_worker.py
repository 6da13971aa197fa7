"""`import rudderanalytics` in a PyScript worker: the client is the page's, and the worker's Python its brain."""

import json

import pytest
from browser.site_under_test import INTERPRETERS, PYSCRIPT, SEED, WRITE_KEY, Site, stored_identity, until
from playwright.sync_api import BrowserContext, Page


def run_worker(
    site: Site, page: Page, kind: str, wheel: str, source: str, *, before: str = "", isolated: bool = True
) -> dict:
    """Run Python in a PyScript worker; what it put into `result`, at its end."""
    results: list[str] = []
    page.on("console", lambda line: results.append(line.text[7:]) if line.text.startswith("result:") else None)
    config = json.dumps({"interpreter": INTERPRETERS[kind], "packages": [".." + wheel]})
    ending = "\nimport js, json\njs.console.log('result:' + json.dumps(result))\n"
    html = f"{before}{PYSCRIPT}<script type='{kind}' worker config='{config}'>\n{source}{ending}</script>"
    page.goto(site.write(html, isolated=isolated))
    until(page, lambda: bool(results))
    return json.loads(results[0])  # type: ignore[no-any-return]


def test_everything(site: Site, page: Page, context: BrowserContext, console: list[str], kind: str, wheel: str) -> None:
    result = run_worker(
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


@pytest.mark.parametrize("tag", ["host", "pyodide", "micropython"])
def test_with_the_script_tag_both_are_one_client(
    site: Site, page: Page, console: list[str], wheel: str, tag: str
) -> None:
    """`host`: the worker's Python is the brain, and calls made before it is up wait; else it is a thin face."""
    buffer = "<script>window.rudderanalytics = []; rudderanalytics.push(['identify', 'u1', {plan: 'free'}])</script>"
    result = run_worker(
        site,
        page,
        "mpy",
        wheel,
        """
import rudderanalytics
rudderanalytics.track("from Python")
await rudderanalytics.flush()
result = rudderanalytics.get_user_id()
""",
        before=buffer + site.tag(tag),
    )
    page.evaluate("rudderanalytics.track('from JavaScript')")
    messages = site.wait_for(3)
    assert result == "u1"
    assert [message.get("event") for message in messages] == [None, "from Python", "from JavaScript"]
    assert {message["userId"] for message in messages} == {"u1"}
    assert len({message["context"]["library"]["runtime"] for message in messages}) == 1
    assert console == []


def test_a_page_that_lends_no_window(site: Site, page: Page, wheel: str) -> None:
    result = run_worker(
        site,
        page,
        "mpy",
        wheel,
        """
import rudderanalytics
try:
    rudderanalytics.load("k", "http://127.0.0.1")
except rudderanalytics.NotInAPage as error:
    result = str(error)
""",
        isolated=False,
    )
    assert "Cross-Origin-Opener-Policy: same-origin" in result
    assert "Cross-Origin-Embedder-Policy: require-corp" in result
    assert result.endswith("This is micropython 1.27.0 without a window and a document.")


def test_a_worker_of_the_pages_own(site: Site, page: Page) -> None:
    page.goto(site.write("a page of its own"))
    result = page.evaluate("""() => new Promise((settle) => {
        const code = `
import { loadPyodide } from "${location.origin}/dist/pyodide/pyodide.mjs";
const pyodide = await loadPyodide({ packages: ["rudderanalytics"] });
try {
    pyodide.runPython("import rudderanalytics; rudderanalytics.load('k', 'http://127.0.0.1')");
} catch (error) {
    postMessage(String(error));
}`;
        const url = URL.createObjectURL(new Blob([code], { type: "text/javascript" }));
        new Worker(url, { type: "module" }).onmessage = ({ data }) => settle(data);
    })""")
    assert "NotInAPage" in result
    assert "This is pyodide 0.29.5 without a window and a document." in result
