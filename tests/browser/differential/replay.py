"""What pages gave the core and what it answered, on MicroPython, and the same inputs given to the core on Pyodide.

The page's JavaScript is the same whoever hosts the core, and text is all that passes between them. So where Pyodide
answers every input of a page as MicroPython did, that page would have sent and stored the same. All scenarios have
their turn in one Pyodide, in a worker, as `make build` left it in dist/; each page gets a core of its own there.
"""

import json
import shutil
from pathlib import Path
from typing import Any

from browser.differential.runner import Differences, Exchange, differences
from browser.site_under_test import Site
from playwright.sync_api import Page

# In the place of the script that the tag fetches: MicroPython as in dist/, listened to.
_LISTENING = """import {boot as start, createCore} from "/dist/micropython/rudderanalytics.mjs";
export {createCore};
export const boot = async (wasm) => {
  const {name, handle} = await start(wasm);
  window.exchanges = [];
  return {name, handle: (text) => {
    const note = (answer) => (window.exchanges.push([text, answer]), answer);
    const answer = handle(text);
    return typeof answer === "string" ? note(answer) : answer.then(note);
  }};
};
"""

# There is one client behind the boundary, as a page has one; what names it is short in what `make build` packs.
_ANEW = """
from rudderanalytics.core import boundary
from rudderanalytics._version import __version__
from rudderanalytics.core.analytics import Analytics
for name, value in list(vars(boundary).items()):
    if isinstance(value, Analytics):
        setattr(boundary, name, Analytics(__version__))
"""

_WORKER = """
import {open} from "%(url)s/dist/pyodide/rudderanalytics.mjs";
const python = await open();
const {handle} = python.pyimport("rudderanalytics.core.boundary");
onmessage = ({data}) => {
  python.runPython(%(anew)s);
  postMessage(data.map((text) => handle(text)));
};
postMessage("pyodide " + python.version);
"""

_OPEN = """(source) => new Promise((settle, fail) => {
  window.pyodide = new Worker(URL.createObjectURL(new Blob([source], {type: "text/javascript"})), {type: "module"});
  pyodide.onmessage = ({data}) => settle(data);
  pyodide.onerror = ({message}) => fail(message);
})"""

_REPLAY = """(texts) => new Promise((settle, fail) => {
  pyodide.onmessage = ({data}) => settle(data);
  pyodide.onerror = ({message}) => fail(message);
  pyodide.postMessage(texts);
})"""


def listen(site: Site, dist: Path) -> str:
    """Put what records the exchanges on the site; the tag's `data-assets-url`."""
    folder = site.folder / "listening" / "micropython"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "rudderanalytics.mjs").write_text(_LISTENING)
    shutil.copyfile(dist / "micropython" / "rudderanalytics.wasm", folder / "rudderanalytics.wasm")
    for name in ("extras.mjs", "words.mjs"):
        shutil.copyfile(dist / name, folder.parent / name)
    return f"{site.url}/site/listening"


class Replay:
    """Pyodide in a worker of a page."""

    def __init__(self, page: Page, site: Site) -> None:
        self._page = page
        page.goto(site.write("", "replay.html"))
        self.name: str = page.evaluate(_OPEN, _WORKER % {"url": site.url, "anew": json.dumps(_ANEW)})

    def unlike(self, exchanges: list[Exchange]) -> list[tuple[str, Differences]]:
        """The types of a page's inputs to which Pyodide has another answer, with what is not the same in it."""
        runtime = json.loads(exchanges[0][0])["runtime"]
        assert runtime.startswith("micropython ")
        here = [[text.replace(runtime, self.name) for text in exchange] for exchange in exchanges]
        answers = self._page.evaluate(_REPLAY, [given for given, _ in here])
        pairs = [
            (json.loads(given)["type"], differences(meaning(there), meaning(answer)))
            for (given, there), answer in zip(here, answers, strict=True)
        ]
        return [(kind, found) for kind, found in pairs if found]


def meaning(text: str) -> Any:
    """What effects say. MicroPython knows no order of keys, so that lines about the nine values of the visitor may be
    logged in any."""
    effects = json.loads(text)
    lines = sorted((each for each in effects if each["type"] == "log"), key=lambda each: str(each["text"]))
    return _meant([lines.pop(0) if each["type"] == "log" else each for each in effects])


def _meant(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _meant(each) for key, each in value.items()}
    if isinstance(value, list):
        return [_meant(each) for each in value]
    return [type(value).__name__, value]  # 1 == True == 1.0 in Python
