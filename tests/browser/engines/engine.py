"""What the tests ask of a browser, whatever drives it: a profile, its tabs, and a few verbs.

Chromium is driven by Playwright, Firefox by WebDriver BiDi, WebKitGTK by WebDriver. Each implements these three
classes; a test that uses only them runs on all three.
"""

import json
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

# Names that are this machine for the tests of subdomains, public suffixes and insecure contexts.
HOSTS = ("example.test", "shop.example.test", "a.shop.example.test", "www.example.co.uk")
SIZE = (1280, 800)
# Seconds. A cold Pyodide takes up to 7 on two cores, and on WebKit's main thread a minute beside other work.
PATIENCE = 120.0


class Missing(Exception):
    """The browser is not on this machine; the text says how it would come."""


class Cannot(Exception):
    """The engine, or what drives it, has no such thing; the text is the reason that the table in docs/ gives."""


class ScriptError(Exception):
    """The page's script raised; the text is what it said."""


class Engine(ABC):
    """A browser of one make, ready for profiles."""

    name: str
    label: str
    """As the table in docs/ names it."""
    version: str

    @abstractmethod
    def profile(self, *, cookies: bool = True, privacy_control: bool = False) -> "Profile":
        """A visitor that the browser has never seen: no cookies, no storage, no cache.

        `cookies`: False blocks them by the browser's own setting. `privacy_control`: the browser's own setting of
        Global Privacy Control. Raises Cannot.
        """

    @abstractmethod
    def close(self) -> None: ...

    @contextmanager
    def visitor(self, **settings: bool) -> Iterator["Profile"]:
        """A profile while the block lasts; fails where a page that is still there had an uncaught error."""
        profile = self.profile(**settings)
        try:
            yield profile
            uncaught = [line for tab in profile.tabs for line in tab.uncaught()]
        finally:
            profile.close()
        assert uncaught == []


class Profile(ABC):
    """One visitor's cookies and storage."""

    def __init__(self) -> None:
        self.tabs: list[Tab] = []

    def tab(self) -> "Tab":
        self.tabs.append(self.new_tab())
        return self.tabs[-1]

    @abstractmethod
    def new_tab(self) -> "Tab": ...

    @abstractmethod
    def offline(self, on: bool) -> None:
        """Take the network away from all tabs, or give it back. Raises Cannot."""

    @abstractmethod
    def close(self) -> None: ...


class Tab(ABC):
    """One tab of a profile. What is said of its page needs recorder.js, the first script of the tests' pages."""

    @abstractmethod
    def open(self, url: str, loaded: bool = True) -> None:
        """Go to a page and wait until it is loaded; False: only until it is on its way. Raises Cannot."""

    @abstractmethod
    def evaluate(self, expression: str) -> str:
        """The text that a promise resolves to. Raises ScriptError."""

    @abstractmethod
    def cookies(self) -> list[dict[str, Any]]:
        """Those of this tab's page: name, value, domain, path, sameSite, secure, expires (epoch s; None: session)."""

    @abstractmethod
    def back(self) -> None:
        """As the button does."""

    @abstractmethod
    def crash(self) -> None:
        """End the tab's process: no event tells the page. Raises Cannot."""

    @abstractmethod
    def close(self) -> None: ...

    @abstractmethod
    def screenshot(self, path: Path) -> None: ...

    def run(self, source: str, argument: Any = None) -> Any:
        """What an expression is, or what a function answers, once settled, as JSON. Raises ScriptError."""
        return json.loads(self.evaluate(_as_json(source, argument)))

    def lines(self) -> list[str]:
        """What was said in the console of the page that the tab shows, by us."""
        return [line for line in self.run("recorded.lines") if "[rudderanalytics]" in line]

    def uncaught(self) -> list[str]:
        """The errors that nobody caught in the page that the tab shows, if it is there and has the recorder."""
        return self._or_nothing("window.recorded?.uncaught", None) or []

    def wait(self, expression: str, argument: Any = None, seconds: float = PATIENCE) -> Any:
        """Wait until an expression is true, in whichever page the tab shows by then."""
        return until(lambda: self._or_nothing(expression, argument), seconds, what=expression)

    def _or_nothing(self, expression: str, argument: Any) -> Any:
        try:
            return self.run(expression, argument)
        except ScriptError:  # not there yet, or the page has just gone
            return None


def until[Found](condition: Callable[[], Found], seconds: float = PATIENCE, what: str = "it") -> Found:
    """Wait until a condition holds; what it answers then."""
    end = time.monotonic() + seconds
    while not (found := condition()):
        assert time.monotonic() < end, f"did not happen in {seconds:.0f} s: {what}"
        time.sleep(0.02)
    return found


def _as_json(source: str, argument: Any) -> str:
    return f"""(async () => {{
        const given = ({source});
        const answer = await (typeof given === "function" ? given({json.dumps(argument)}) : given);
        return JSON.stringify(answer ?? null);
    }})()"""
