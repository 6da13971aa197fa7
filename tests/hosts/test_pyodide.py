"""Pyodide as one loads it oneself, 0.27 to 315's alpha: on the page, and in workers of one's own."""

import json
from typing import Any

import pytest
from browser.site_under_test import SEED, WRITE_KEY, Site, stored_identity
from playwright.sync_api import BrowserContext, Page

from .delivered import alone, arrived_from_alone
from .packages import PYODIDES
from .table import NONE, STANDALONE, TAG, Says
from .table import PAGE as ON_PAGE

LOADED = "Pyodide on a page"
OWN_WORKER = "Pyodide in a worker of one's own"

PROGRAM = """
import json, rudderanalytics
rudderanalytics.load({key!r}, {url!r})
rudderanalytics.identify({id!r}, {traits!r})
rudderanalytics.track("Notebook opened", {{"cells": 12}})
json.dumps(await rudderanalytics.flush())
"""
RUN = """async ([home, wheel, program]) => {
    const pyodide = await loadPyodide({ indexURL: home });
    await pyodide.loadPackage(wheel);
    return await pyodide.runPythonAsync(program);
}"""
PAGE = f"""async (given) => {{
    const {{ loadPyodide }} = await import(given[0] + "pyodide.mjs");
    return await ({RUN})(given);
}}"""
# What comes is [home, wheel, program]; what is answered is the flush's text, or the error's.
ANSWER = f"const answer = (port, given) => ({RUN})(given).catch(String).then((text) => port.postMessage(text));"
WORKERS = {
    "module": f"""import {{ loadPyodide }} from 'HOME/pyodide.mjs';
        {ANSWER}
        onmessage = (event) => answer(self, event.data);""",
    "classic": f"""importScripts('HOME/pyodide.js');
        {ANSWER}
        onmessage = (event) => answer(self, event.data);""",
    "shared": f"""import {{ loadPyodide }} from 'HOME/pyodide.mjs';
        {ANSWER}
        onconnect = ({{ ports: [port] }}) => {{ port.onmessage = (event) => answer(port, event.data); }};""",
}
START = """([kind, address, given]) => new Promise((settle) => {
    const type = kind === "classic" ? "classic" : "module";
    const worker = kind === "shared" ? new SharedWorker(address, { type }) : new Worker(address, { type });
    const port = worker.port ?? worker;
    port.onmessage = (event) => settle(event.data);
    worker.onerror = (event) => settle("worker: " + event.message);
    port.postMessage(given);
})"""


def given(site: Site, pyodide: str, wheel: str) -> list[str]:
    program = PROGRAM.format(key=WRITE_KEY, url=site.url, id=SEED[0], traits=SEED[1])
    return [f"{site.url}/{pyodide}/", site.url + wheel, program]


def delivered(site: Site, context: BrowserContext, flushed: str) -> list[dict[str, Any]]:
    """Both messages arrived, once, in order, of the visitor in the page's cookies."""
    assert json.loads(flushed) == {"delivered": 2, "dropped": 0, "pending": 0}
    identify, track = site.messages()
    assert (identify["userId"], identify["context"]["traits"]) == tuple(SEED)
    assert (track["event"], track["userId"], track["properties"]) == ("Notebook opened", SEED[0], {"cells": 12})
    identity = stored_identity(context)
    assert (identity["rl_user_id"], identity["rl_anonymous_id"]) == (SEED[0], track["anonymousId"])
    return [identify, track]


@pytest.mark.parametrize("tag", ["", "host", "micropython"], ids=["no tag", "host", "micropython"])
@pytest.mark.parametrize("pyodide", PYODIDES)
def test_page(site: Site, page: Page, context: BrowserContext, says: Says, wheel: str, pyodide: str, tag: str) -> None:
    says(LOADED, pyodide, ON_PAGE, TAG if tag else NONE)
    page.goto(site.write(site.tag(tag) if tag else "a page of its own"))
    flushed = page.evaluate(PAGE, given(site, pyodide, wheel))
    messages = delivered(site, context, flushed)
    runtime = "micropython" if tag == "micropython" else "pyodide"
    assert all(message["context"]["library"]["runtime"].startswith(runtime) for message in messages)
    assert {message["context"]["page"]["path"] for message in messages} == {"/site/page.html"}


@pytest.mark.parametrize("kind", ["module", "classic", "shared"])
@pytest.mark.parametrize("pyodide", PYODIDES)
def test_worker(
    site: Site, page: Page, context: BrowserContext, says: Says, wheel: str, pyodide: str, kind: str
) -> None:
    """With the script tag on the page: its client, its cookies, its address."""
    says(OWN_WORKER, pyodide, f"a {kind} worker", TAG)
    if kind == "classic" and pyodide in ("pyodide-314", "pyodide-315"):
        pytest.skip("Pyodide itself refuses classic workers from 314 on")
    (site.folder / "worker.js").write_text(WORKERS[kind].replace("HOME", f"/{pyodide}"))
    page.goto(site.write(site.tag("micropython")))
    page.wait_for_function("!!window.rudderanalytics?.flush")
    flushed = page.evaluate(START, [kind, f"/site/worker.js?{pyodide}{kind}", given(site, pyodide, wheel)])
    messages = delivered(site, context, flushed)
    assert {message["context"]["page"]["path"] for message in messages} == {"/site/page.html"}


@pytest.mark.parametrize("kind", ["module", "shared"])
def test_worker_alone(site: Site, page: Page, wheel: str, kind: str) -> None:
    """Without the script tag: a flush says that it waits, and nothing is sent."""
    (site.folder / "worker.js").write_text(WORKERS[kind].replace("HOME", "/pyodide-314"))
    page.goto(site.write("a page without us"))
    said = page.evaluate(START, [kind, f"/site/worker.js?alone{kind}", given(site, "pyodide-314", wheel)])
    assert json.loads(said) == {"delivered": 0, "dropped": 0, "pending": 2}
    assert site.messages() == []


@pytest.mark.parametrize("kind", ["module", "classic", "shared"])
@pytest.mark.parametrize("pyodide", PYODIDES)
def test_worker_that_stands_alone(
    site: Site, page: Page, context: BrowserContext, says: Says, wheel: str, pyodide: str, kind: str
) -> None:
    says(OWN_WORKER, pyodide, f"a {kind} worker", STANDALONE)
    if kind == "classic" and pyodide in ("pyodide-314", "pyodide-315"):
        pytest.skip("Pyodide itself refuses classic workers from 314 on")
    (site.folder / "worker.js").write_text(WORKERS[kind].replace("HOME", f"/{pyodide}"))
    page.goto(site.write("a page without us"))
    home, address, program = given(site, pyodide, wheel)
    what = [kind, f"/site/worker.js?own{pyodide}{kind}", [home, address, alone(program)]]
    assert json.loads(page.evaluate(START, what)) == {"delivered": 2, "dropped": 0, "pending": 0}
    arrived_from_alone(site, context)
