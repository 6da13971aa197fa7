"""Pyodide as shinylive starts it: a module worker, micropip for the app's requirements, the app imported as a module.

shinylive's own files are in no package registry: its pages are not here, and nothing of Shiny.
"""

import pytest
from browser.site_under_test import Site, until
from examples import Example, on_site, runs, under
from playwright.sync_api import BrowserContext, Page

from .cdn import stand_in
from .delivered import alone, arrived, arrived_from_alone
from .packages import MODULES, SHINYLIVE, version
from .table import STANDALONE, TAG, Says

HOST = f"shinylive {SHINYLIVE} (Pyodide as it starts it, not its own pages)"
PYODIDE = "pyodide-0.27"

WORKER = """
import { loadPyodide } from "https://cdn.jsdelivr.net/pyodide/vVERSION/full/pyodide.mjs";
onmessage = async ({ data: [app, wheel] }) => {
    try {
        const pyodide = await loadPyodide();
        await pyodide.loadPackage("micropip");
        pyodide.FS.mkdirTree("/home/pyodide/app_1");
        pyodide.FS.writeFile("/home/pyodide/app_1/app.py", app);
        pyodide.globals.set("wheel", wheel);
        await pyodide.runPythonAsync(`
            import importlib, micropip
            await micropip.install(wheel)
            importlib.invalidate_caches()
            importlib.import_module("app_1.app")`);
        postMessage("started");
    } catch (error) {
        postMessage(String(error));
    }
};
""".replace("VERSION", version(PYODIDE))
START = """(given) => new Promise((settle) => {
    window.worker = new Worker("/site/shinylive.js", { type: "module" });
    worker.onmessage = ({ data }) => settle(data);
    worker.postMessage(given);
})"""


@pytest.mark.parametrize("tagged", [True, False], ids=["tag", "no tag"])
@runs(under("docs/hosts.md", "shinylive"))
def test_the_app_is_a_module(
    site: Site, context: BrowserContext, page: Page, says: Says, wheel: str, example: Example, tagged: bool
) -> None:
    says(HOST, PYODIDE, "a worker", TAG if tagged else STANDALONE)
    refused = stand_in(context, site.url, MODULES / PYODIDE)
    (site.folder / "shinylive.js").write_text(WORKER)
    page.goto(site.write(site.tag("micropython") if tagged else "a page without us", "shinylive.html"))
    app = on_site(example.code if tagged else alone(example.code), site.url, site.write_key)
    assert page.evaluate(START, [app, site.url + wheel]) == "started"
    until(page, lambda: len(site.messages()) == 2)
    if tagged:
        arrived(site, context, "/site/shinylive.html")
    else:
        arrived_from_alone(site, context)
    assert refused == []
