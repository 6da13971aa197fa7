"""Python in a worker of one's own, as the tests speak to it: a program goes in, what its last line is comes back."""

from pathlib import Path

from browser.site_under_test import Site
from playwright.sync_api import BrowserContext, Page

# What comes is a program, what is answered what its last line is, as JSON; the interpreter lives on.
PYODIDE = """
import { loadPyodide } from "/dist/pyodide/pyodide.mjs";
const started = (async () => {
    const pyodide = await loadPyodide({ indexURL: "/dist/pyodide/" });
    await pyodide.loadPackage(WHEEL);
    return pyodide;
})();
const answer = async (port, program) => {
    const pyodide = await started;
    const said = await pyodide.runPythonAsync(program).catch(String);
    port.postMessage(said ?? null);
};
"""
DEDICATED = PYODIDE + "onmessage = ({ data }) => answer(self, data);"
SHARED = PYODIDE + "onconnect = ({ ports: [port] }) => { port.onmessage = ({ data }) => answer(port, data); };"
START = """(shared) => {
    const type = "module";
    const worker = shared ? new SharedWorker("/site/shared.js", { type }) : new Worker("/site/dedicated.js", { type });
    const port = worker.port ?? worker;
    window.worker = worker;
    window.python = (program) => new Promise((settle) => {
        port.onmessage = ({ data }) => settle(data);
        port.postMessage(program);
    });
}"""
LOAD = "import asyncio, json, rudderanalytics\nrudderanalytics.load('KEY', '{url}', **{options})\n"
FLUSH = "json.dumps(await rudderanalytics.flush())"


def put(site: Site, dist: Path) -> Site:
    """The scripts of two workers, a dedicated and a shared one."""
    (wheel,) = dist.glob("*-py3-none-any.whl")
    for name, source in (("dedicated.js", DEDICATED), ("shared.js", SHARED)):
        (site.folder / name).write_text(source.replace("WHEEL", f"location.origin + '/dist/{wheel.name}'"))
    return site


def start(page: Page, site: Site, *, shared: bool = False, **options: object) -> None:
    """Starts it, and calls `load` with these options."""
    page.evaluate(START, shared)
    assert python(page, LOAD.replace("{url}", site.url).replace("{options}", repr(options)) + "'up'") == "up"


def python(page: Page, program: str) -> str:
    said: str = page.evaluate("program => python(program)", program)
    return said


def tab(context: BrowserContext, site: Site, *, tag: bool = True) -> Page:
    page = context.new_page()
    page.goto(site.write(site.tag("micropython") if tag else "a page without us", f"{'tag' if tag else 'plain'}.html"))
    return page


def calls(first: int, last: int) -> str:
    return f"for n in range({first}, {last + 1}): rudderanalytics.track('n', {{'n': n}})\n"


def numbers(site: Site) -> list[int]:
    """Of all that arrived; what arrived twice is there twice."""
    return [message["properties"]["n"] for message in site.messages("track")]
