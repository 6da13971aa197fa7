"""A site of a test's own pages beside the data plane, and what the data plane and the cookies hold."""

import base64
import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import httpx
import pytest
from playwright.sync_api import BrowserContext, Page

SEED = ["27340af5c8819", {"name": "Richard Hendricks", "email": "", "logins": 2}]
WRITE_KEY = "WRITE_KEY"
PYSCRIPT = '<script type="module" src="/pyscript-core/core.js"></script>'
INTERPRETERS = {
    "py": "/dist/pyodide/pyodide.mjs",
    "mpy": "/dist/micropython/micropython.mjs",
    "mpy 1.28": "/micropython-1.28/micropython.mjs",
    "mpy 1.29": "/micropython-1.29/micropython.mjs",
}
"""What PyScript runs: the kind of its script, and where another version of it is."""


def basic(write_key: str) -> str:
    """The Authorization header for a write key."""
    return "Basic " + base64.b64encode(f"{write_key}:".encode()).decode()


class Site:
    """Pages that a test writes, served from the data plane's own origin, and the messages that arrived there."""

    def __init__(self, url: str, folder: Path) -> None:
        self.url = url
        self.port = url.rsplit(":", 1)[1]
        self.folder = folder
        self._http = httpx.Client(base_url=url, trust_env=False)
        self._runs = 0
        self._earlier: set[str] = set()

    def write(self, html: str, name: str = "page.html", head: str = "", isolated: bool = False) -> str:
        """Put a page on the site; its address."""
        (self.folder / name).write_text(f"<!doctype html><html><head><title>A page</title>{head}</head><body>{html}")
        return f"{self.url}/{'isolated' if isolated else 'site'}/{name}"

    def tag(self, runtime: str, **attributes: str) -> str:
        """The script tag, with the data plane's address and a write key unless `attributes` say otherwise."""
        given = {"data-write-key": self.write_key, "data-data-plane-url": self.url} | attributes
        text = " ".join(f"{name}='{value}'" for name, value in given.items() if value)
        return f"<script async src='/dist/rudderanalytics.js' data-runtime='{runtime}' {text}></script>"

    def open(self, page: Page, runtime: str, *, before: str = "", name: str = "page.html", **attributes: str) -> None:
        """Open a page with the script tag, and wait until the client is there (its Python may not be yet)."""
        page.goto(self.write(before + self.tag(runtime, **attributes), name))
        page.wait_for_function("!!window.rudderanalytics?.flush")

    def events(self, kind: str = "") -> list[dict[str, Any]]:
        """All that arrived, oldest first: {seq, path, headers, message}."""
        found: list[dict[str, Any]] = []
        last = 0
        while True:
            query = {"after": str(last), "limit": "1000"} | ({"type": kind} if kind else {})
            rows = self._http.get("/api/events", params=query).raise_for_status().json()["events"]
            found += [row for row in rows if row["headers"].get("authorization") not in self._earlier]
            last = rows[-1]["seq"] if rows else last
            if len(rows) < 1000:
                return found

    def messages(self, kind: str = "") -> list[dict[str, Any]]:
        return [event["message"] for event in self.events(kind)]

    def wait(self, condition: Callable[[list[dict[str, Any]]], bool], seconds: float = 60) -> list[dict[str, Any]]:
        """Wait until what arrived fulfils a condition; the messages."""
        end = time.monotonic() + seconds
        while not condition(messages := self.messages()):
            if time.monotonic() > end:
                pytest.fail(f"the data plane holds {len(messages)} messages: {json.dumps(messages)[:2000]}")
            time.sleep(0.02)
        return messages

    def wait_for(self, count: int, seconds: float = 60) -> list[dict[str, Any]]:
        return self.wait(lambda messages: len(messages) >= count, seconds)

    def faults(self, **fault: object) -> None:
        self._http.post("/api/faults", json=fault).raise_for_status()

    def clear_faults(self) -> None:
        self._http.delete("/api/faults").raise_for_status()

    def close(self) -> None:
        self._http.close()

    @property
    def write_key(self) -> str:
        """Each test's script tag has its own: pages that an earlier test left may send on for a moment."""
        return f"{WRITE_KEY}_{self._runs}"

    def clear(self) -> None:
        self._earlier.add(basic(self.write_key))
        self._runs += 1
        for path in ("/api/events", "/api/faults"):
            self._http.delete(path).raise_for_status()


def until(page: Page, condition: Callable[[], bool], seconds: float = 60) -> None:
    """Wait until what the browser told us fulfils a condition."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it did not happen"
        page.evaluate("new Promise((settle) => setTimeout(settle, 20))")  # lets the browser's events in


FLUSH = """rudderanalytics.flush().then((settled) => {
    const { delivered } = rudderanalytics.stats();
    const before = window.deliveredBefore ?? 0;
    window.deliveredBefore = delivered;
    return { ...settled, delivered: delivered - before };
})"""


def flush(page: Page) -> dict[str, int]:
    """Wait until everything called is delivered or dropped.

    `delivered` counts since the flush before: what was called a moment ago may have arrived before this one begins.
    """
    return page.evaluate(FLUSH)  # type: ignore[no-any-return]


def stored_identity(context: BrowserContext) -> dict[str, Any]:
    """What the cookies of all hosts say, decoded independently of our code."""
    found = {}
    for cookie in context.cookies():
        text = unquote(cookie["value"])
        if text.startswith("RS_ENC_v3_"):
            found[cookie["name"]] = json.loads(base64.b64decode(text.removeprefix("RS_ENC_v3_")))
    return found


def run_pyscript(
    site: Site,
    page: Page,
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
    results: list[str] = []
    page.on("console", lambda line: results.append(line.text[7:]) if line.text.startswith("result:") else None)
    config = json.dumps({"interpreter": INTERPRETERS[kind], "packages": [".." * worker + wheel]})
    ending = "\nimport js, json\njs.console.log('result:' + json.dumps(result))\n"
    attributes = f"type='{kind.split(maxsplit=1)[0]}' {'worker' * worker} config='{config}'"
    page.goto(site.write(f"{before}{PYSCRIPT}<script {attributes}>\n{source}{ending}</script>", isolated=isolated))
    until(page, lambda: bool(results))
    return json.loads(results[0])  # type: ignore[no-any-return]
