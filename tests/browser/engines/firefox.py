"""Firefox by its own WebDriver BiDi port: no geckodriver, which neither Debian nor a package index has."""

import base64
import contextlib
import json
import os
import re
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import Any

from .bidi import Bidi, Refused
from .engine import HOSTS, SIZE, Engine, Missing, Profile, ScriptError, Tab, until
from .process import below, kill

NAMES = ("firefox-esr", "firefox")
PREFERENCES: dict[str, bool | int | str] = {
    # Nothing of the browser's own goes out, or shows.
    "app.normandy.enabled": False,
    "app.update.enabled": False,
    "browser.aboutwelcome.enabled": False,
    "browser.newtabpage.enabled": False,
    "browser.region.network.url": "",
    "browser.safebrowsing.malware.enabled": False,
    "browser.safebrowsing.phishing.enabled": False,
    "browser.safebrowsing.update.enabled": False,
    "browser.search.update": False,
    "browser.shell.checkDefaultBrowser": False,
    "browser.startup.page": 0,
    "datareporting.policy.dataSubmissionEnabled": False,
    "extensions.systemAddon.update.enabled": False,
    "extensions.update.enabled": False,
    "media.gmp-manager.updateEnabled": False,
    "network.captive-portal-service.enabled": False,
    "network.connectivity-service.enabled": False,
    "network.dns.disablePrefetch": True,
    "network.http.speculative-parallel-limit": 0,
    "network.prefetch-next": False,
    "network.proxy.type": 0,
    "services.settings.server": "data:,#none",
    "toolkit.telemetry.server": "",
    # A test may open tabs, and they stay.
    "browser.tabs.unloadOnLowMemory": False,
    "browser.tabs.warnOnClose": False,
    "dom.disable_open_during_load": False,
    "network.dns.localDomains": ",".join(HOSTS),
}


class Firefox(Engine):
    """One browser serves all profiles, as user contexts; a profile with a setting of its own has one of its own."""

    name = "firefox"
    label = "Firefox"

    def __init__(self, **preferences: bool | int | str) -> None:
        found = [path for name in NAMES if (path := shutil.which(name))]
        if not found:
            raise Missing("Firefox is not here: apt-get install firefox-esr")
        self._home = Path(tempfile.mkdtemp(prefix="firefox-"))
        lines = [f"user_pref({json.dumps(k)}, {json.dumps(v)});\n" for k, v in (PREFERENCES | preferences).items()]
        (self._home / "user.js").write_text("".join(lines))
        width, height = SIZE
        window = ["--width", str(width), "--height", str(height)]
        with (self._home / "stderr").open("w") as stderr:
            self._process = subprocess.Popen(
                [
                    found[0],
                    "--headless",
                    "--no-remote",
                    "--profile",
                    self._home,
                    "--remote-debugging-port",
                    "0",
                    *window,
                ],
                env=os.environ | {"MOZ_CRASHREPORTER_DISABLE": "1", "HOME": str(self._home)},
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=stderr,
            )
        try:
            self.bidi = Bidi(until(self._address, what="Firefox listens") + "/session")
            self.version = self.bidi.send("session.new", capabilities={})["capabilities"]["browserVersion"]
        except BaseException:
            self.close()
            raise

    def _address(self) -> str:
        said = re.search(r"WebDriver BiDi listening on (ws://\S+)", (self._home / "stderr").read_text())
        assert said or self._process.poll() is None, "Firefox ended at once"
        return said[1] if said else ""

    def profile(self, *, cookies: bool = True, privacy_control: bool = False) -> "FirefoxProfile":
        if cookies and not privacy_control:
            return FirefoxProfile(self)
        refuse_all = {} if cookies else {"network.cookie.cookieBehavior": 2}
        control = {"privacy.globalprivacycontrol.enabled": privacy_control}
        return FirefoxProfile(Firefox(**refuse_all, **control), alone=True)

    def crash(self) -> None:
        """End the processes of all tabs."""
        for process, command in below(self._process.pid).items():
            if command.endswith(" tab"):
                kill(process)

    def close(self) -> None:
        if hasattr(self, "bidi"):
            with contextlib.suppress(Exception):
                self.bidi.send("browser.close", 10)
            self.bidi.close()
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        shutil.rmtree(self._home, ignore_errors=True)


class FirefoxProfile(Profile):
    """A user context: cookies, storage and cache apart from the others'."""

    def __init__(self, firefox: Firefox, alone: bool = False) -> None:
        super().__init__()
        self.firefox = firefox
        self._alone = alone
        self.context = firefox.bidi.send("browser.createUserContext")["userContext"]

    def new_tab(self) -> "FirefoxTab":
        created = self.firefox.bidi.send("browsingContext.create", type="tab", userContext=self.context)
        return FirefoxTab(self, created["context"])

    def offline(self, on: bool) -> None:
        conditions = {"type": "offline"} if on else None
        self.firefox.bidi.send(
            "emulation.setNetworkConditions", networkConditions=conditions, userContexts=[self.context]
        )

    def close(self) -> None:
        if self._alone:
            self.firefox.close()
        else:
            self.firefox.bidi.send("browser.removeUserContext", userContext=self.context)


class FirefoxTab(Tab):
    """A browsing context."""

    def __init__(self, profile: FirefoxProfile, context: str) -> None:
        self._profile = profile
        self._send = profile.firefox.bidi.send
        self._context = context

    def open(self, url: str, loaded: bool = True) -> None:
        self._send("browsingContext.navigate", context=self._context, url=url, wait="complete" if loaded else "none")

    def evaluate(self, expression: str) -> str:
        try:
            answer = self._send(
                "script.evaluate", expression=expression, target={"context": self._context}, awaitPromise=True
            )
        except Refused as gone:
            raise ScriptError(str(gone)) from gone
        if answer["type"] == "exception":
            raise ScriptError(answer["exceptionDetails"]["text"])
        return str(answer["result"]["value"])

    def cookies(self) -> list[dict[str, Any]]:
        found = self._send("storage.getCookies", partition={"type": "context", "context": self._context})["cookies"]
        host = self.run("location.hostname")
        return [
            {
                "name": cookie["name"],
                "value": cookie["value"]["value"],
                "domain": cookie["domain"],
                "path": cookie["path"],
                "sameSite": cookie["sameSite"].capitalize(),
                "secure": cookie["secure"],
                "expires": cookie.get("expiry"),
            }
            for cookie in found
            if host == cookie["domain"] or f".{host}".endswith(cookie["domain"])
        ]

    def back(self) -> None:
        self._send("browsingContext.traverseHistory", context=self._context, delta=-1)

    def crash(self) -> None:
        # Which process shows which tab is not said: those of all tabs end, and the tests of others are over by now.
        self._profile.firefox.crash()

    def close(self) -> None:
        # As a visitor does: the page hears that it is about to be left (`beforeunload`).
        self._send("browsingContext.close", context=self._context, promptUnload=True)

    def screenshot(self, path: Path) -> None:
        shot = self._send("browsingContext.captureScreenshot", context=self._context)
        path.write_bytes(base64.b64decode(shot["data"]))
