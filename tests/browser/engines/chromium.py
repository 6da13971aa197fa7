"""Chromium by Playwright, with the back/forward cache that Playwright would switch off."""

import contextlib
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from playwright.sync_api import BrowserContext, BrowserType, CDPSession, Error, Page

from .engine import PATIENCE, SIZE, Cannot, Engine, Profile, ScriptError, Tab


class Chromium(Engine):
    """Started as the other browser tests start it: by playwright.config.py."""

    name = "chromium"
    label = "Chromium"

    def __init__(self, launcher: BrowserType, config: SimpleNamespace) -> None:
        self._browser = launcher.launch(
            executable_path=config.CHROMIUM,
            args=config.LAUNCH_ARGS,
            ignore_default_args=["--disable-back-forward-cache"],
        )
        self.version = self._browser.version

    def profile(self, *, cookies: bool = True, privacy_control: bool = False) -> "ChromiumProfile":
        if privacy_control:
            raise Cannot("Chromium has no setting for Global Privacy Control")
        context = self._browser.new_context(viewport={"width": SIZE[0], "height": SIZE[1]})
        return ChromiumProfile(context, cookies)

    def close(self) -> None:
        self._browser.close()


class ChromiumProfile(Profile):
    """A context of Playwright's."""

    def __init__(self, context: BrowserContext, cookies: bool) -> None:
        super().__init__()
        self.context = context
        self._cookies = cookies
        context.set_default_timeout(PATIENCE * 1000)

    def new_tab(self) -> "ChromiumTab":
        page = self.context.new_page()
        session = self.context.new_cdp_session(page)
        if not self._cookies:
            session.send("Emulation.setDocumentCookieDisabled", {"disabled": True})
        return ChromiumTab(page, session)

    def offline(self, on: bool) -> None:
        self.context.set_offline(on)

    def close(self) -> None:
        self.context.close()


class ChromiumTab(Tab):
    """A page of Playwright's."""

    def __init__(self, page: Page, session: CDPSession) -> None:
        self._page = page
        self._session = session
        self._crashed = False

    def open(self, url: str, loaded: bool = True) -> None:
        self._page.goto(url, wait_until="load" if loaded else "commit")

    def evaluate(self, expression: str) -> str:
        if self._crashed:  # the browser would never answer
            raise ScriptError("the tab has crashed")
        # Not Playwright's evaluate, which would wait for ever for a page that comes back from the cache.
        try:
            answer = self._session.send(
                "Runtime.evaluate", {"expression": expression, "awaitPromise": True, "returnByValue": True}
            )
        except Error as gone:
            raise ScriptError(gone.message) from gone
        if "exceptionDetails" in answer:
            details = answer["exceptionDetails"]
            raise ScriptError(details.get("exception", {}).get("description", details["text"]))
        return str(answer["result"]["value"])

    def cookies(self) -> list[dict[str, Any]]:
        found = self._page.context.cookies(self._page.url)
        return [{**cookie, "expires": None if cookie["expires"] == -1 else cookie["expires"]} for cookie in found]

    def back(self) -> None:
        self.run("void history.back()")

    def crash(self) -> None:
        # Over CDP, Page.crash does the same and never answers.
        with self._page.expect_event("crash"), contextlib.suppress(Error):
            self._page.goto("chrome://crash")
        self._crashed = True

    def close(self) -> None:
        self._page.close()

    def screenshot(self, path: Path) -> None:
        self._page.screenshot(path=path)
