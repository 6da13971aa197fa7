"""`make demo ONCE=1`: the demo without a person."""

import json
import runpy
import socket
import sys
import time
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

from playwright.sync_api import Error, Page, sync_playwright

from .background import serve
from .options import PROJECT, Options

_PATIENCE = 60
"""Seconds for the whole: Python boots in the page within 10 of them on a slow machine."""
_PERSON = {
    "firstName": "Richard",
    "lastName": "Hendricks",
    "email": "richard@piedpiper.example",
    "company": "Pied Piper",
}


def once(options: Options) -> int:
    """Submits the demo's form in a headless browser and prints the identify message; gives the exit status."""
    if not (options.dist / "rudderanalytics.js").is_file():
        return _fail(f"there is no {options.dist.name}/rudderanalytics.js: run make build")
    browser = runpy.run_path(str(PROJECT / "playwright.config.py"))
    with (
        TemporaryDirectory() as folder,
        serve(_free(options, Path(folder) / "once.sqlite3")) as url,
        sync_playwright() as playwright,
    ):
        try:
            chromium = playwright.chromium.launch(executable_path=browser["CHROMIUM"], args=browser["LAUNCH_ARGS"])
        except Error as failed:
            return _fail(f"no browser: {failed.message}")
        with chromium:
            return _visit(chromium.new_page(), url)


def _free(options: Options, db: Path) -> Options:
    """A database of its own, and another port where the one asked for is taken: a demo may be running there."""
    try:
        socket.create_server((options.host, options.port)).close()
    except OSError:
        return replace(options, db=db, port=0)
    return replace(options, db=db)


def _visit(page: Page, url: str) -> int:
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    deadline = time.monotonic() + _PATIENCE
    try:
        page.goto(url, timeout=_PATIENCE * 1000)
        for name, value in _PERSON.items():
            page.fill(f"[name={name}]", value)
        page.click("form [type=submit]")
        while time.monotonic() < deadline:
            for row in page.request.get(f"{url}/api/events?type=identify").json()["events"]:
                print(json.dumps(row["message"], indent=2, ensure_ascii=False))
                return 0
            page.wait_for_timeout(100)
    except Error as failed:
        return _fail(failed.message, said)
    return _fail(f"no identify message arrived within {_PATIENCE} s", said)


def _fail(reason: str, said: list[str] | None = None) -> int:
    print(
        "\n".join([f"The demo failed: {reason}", *(f"the page said: {line}" for line in said or [])]), file=sys.stderr
    )
    return 1
