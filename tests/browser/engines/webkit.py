"""WebKitGTK's MiniBrowser by WebKitWebDriver and Selenium, on a screen of its own (Xvfb)."""

import os
import shutil
import subprocess
import tempfile
from concurrent.futures import ThreadPoolExecutor, wait
from pathlib import Path
from typing import Any

from selenium import webdriver
from selenium.common.exceptions import WebDriverException
from selenium.webdriver.webkitgtk.options import Options
from selenium.webdriver.webkitgtk.service import Service

from .engine import PATIENCE, SIZE, Cannot, Engine, Missing, Profile, ScriptError, Tab, until
from .process import below, kill

DRIVER = "WebKitWebDriver"
PACKAGES = {DRIVER: "webkit2gtk-driver", "Xvfb": "xvfb"}
BROWSER = "webkit2gtk-4.*/MiniBrowser"
ATTEMPTS = 5


class WebKit(Engine):
    """A driver and a browser for each profile, which end with it.

    `server`: what HOSTS lead to. WebKit has no table of hosts to give it: the server is its proxy for them.
    """

    name = "webkit"
    label = "WebKitGTK"

    def __init__(self, server: str) -> None:
        lacking = [package for program, package in PACKAGES.items() if not shutil.which(program)]
        browsers = sorted(Path("/usr/lib").glob(f"*/{BROWSER}"))
        if lacking or not browsers:
            raise Missing(f"WebKitGTK is not here: apt-get install {' '.join(PACKAGES.values())}")
        self._browser = browsers[-1]
        self._server = server.removeprefix("http://")
        self._home = Path(tempfile.mkdtemp(prefix="webkit-"))
        self._screen = Screen(self._home)
        self._environment = os.environ | {
            "DISPLAY": self._screen.name,
            "HOME": str(self._home),
            "LANG": "C.UTF-8",
            "NO_AT_BRIDGE": "1",
            # WebKitGTK has it switched off; Safari has it where a page is cross-origin isolated.
            "JSC_useSharedArrayBuffer": "1",
        }
        try:
            with self.visitor() as profile:
                self.version = profile.driver.capabilities["browserVersion"]
        except BaseException:
            self.close()
            raise

    def profile(self, *, cookies: bool = True, privacy_control: bool = False) -> "WebKitProfile":
        if privacy_control:
            raise Cannot("WebKitGTK has no setting for Global Privacy Control")
        return WebKitProfile(self, [] if cookies else ["--cookies-policy=never"])

    def start(self, arguments: list[str]) -> "Session":
        """A browser with a driver of its own. On a busy machine a browser may end while it starts: then another."""
        for _ in range(ATTEMPTS):
            session = Session(self._environment)
            if session.start(self._options(arguments)):
                return session
            session.close()
        raise RuntimeError("MiniBrowser ends while it starts")

    def _options(self, arguments: list[str]) -> Options:
        options = Options()
        options.binary_location = str(self._browser)
        for argument in ["--automation", *arguments]:
            options.add_argument(argument)
        options.set_capability(
            "proxy",
            {"proxyType": "manual", "httpProxy": self._server, "noProxy": ["127.0.0.1", "localhost", "*.localhost"]},
        )
        options.timeouts = {"script": int(2 * PATIENCE * 1000), "pageLoad": int(2 * PATIENCE * 1000)}
        return options

    def close(self) -> None:
        self._screen.close()
        shutil.rmtree(self._home, ignore_errors=True)


class Session:
    """A driver and the browser that it starts."""

    driver: webdriver.Remote

    def __init__(self, environment: dict[str, str]) -> None:
        self._service = Service(shutil.which(DRIVER), env=environment)
        self._service.start()

    def start(self, options: Options) -> bool:
        """False: the browser has ended, which its driver does not notice; it would wait for ever."""
        with ThreadPoolExecutor(1) as pool:
            starting = pool.submit(webdriver.Remote, self._service.service_url, options=options)
            was_there = False
            while not starting.done():
                is_there = any("MiniBrowser" in command for command in self.processes().values())
                if was_there and not is_there:
                    kill(self._service.process.pid)
                    wait([starting])
                    return False
                was_there = is_there
                wait([starting], timeout=0.05)
            self.driver = starting.result()
        return True

    def processes(self) -> dict[int, str]:
        """The browser's, with their command lines."""
        return below(self._service.process.pid)

    def close(self) -> None:
        # Not as the protocol has it: a browser that quits before it has answered leaves the driver waiting for ever.
        for process in [*self.processes(), self._service.process.pid]:
            kill(process)
        self._service.process.wait()
        self._service.stop()
        if hasattr(self, "driver"):
            self.driver.command_executor.close()


class Screen:
    """An X server that nobody looks at."""

    def __init__(self, folder: Path) -> None:
        told = folder / "display"
        with told.open("w") as display:
            self._process = subprocess.Popen(
                [
                    "Xvfb",
                    "-noreset",
                    "-displayfd",
                    str(display.fileno()),
                    "-nolisten",
                    "tcp",
                    "-screen",
                    "0",
                    "1400x1000x24",
                ],
                pass_fds=[display.fileno()],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            )
        self.name = ":" + until(lambda: told.read_text().strip(), what="Xvfb is there")

    def close(self) -> None:
        self._process.terminate()
        self._process.wait()


class WebKitProfile(Profile):
    """A browser of its own, which keeps nothing."""

    def __init__(self, webkit: WebKit, arguments: list[str]) -> None:
        super().__init__()
        self.webkit = webkit
        self._session = webkit.start(arguments)
        self.driver = self._session.driver
        # Kept open: the session ends with its last window.
        self._first = self.driver.current_window_handle

    def new_tab(self) -> "WebKitTab":
        # A new tab would be hidden, its timers once a second.
        self.driver.switch_to.window(self._first)
        self.driver.switch_to.new_window("window")
        self.driver.set_window_size(*SIZE)
        return WebKitTab(self)

    def offline(self, on: bool) -> None:
        raise Cannot("WebKitWebDriver cannot take the network away")

    def close(self) -> None:
        self._session.close()


class WebKitTab(Tab):
    """A window."""

    def __init__(self, profile: WebKitProfile) -> None:
        self._profile = profile
        self._handle = profile.driver.current_window_handle

    @property
    def _driver(self) -> webdriver.WebKitGTK:
        if self._profile.driver.current_window_handle != self._handle:
            self._profile.driver.switch_to.window(self._handle)
        return self._profile.driver

    def open(self, url: str, loaded: bool = True) -> None:
        if not loaded:
            raise Cannot("WebKitWebDriver runs no script in a page that still loads")
        self._driver.get(url)

    def evaluate(self, expression: str) -> str:
        settle = "const settle = arguments[arguments.length - 1];"
        failed = "(error) => settle([String(error), String(error?.stack ?? '')])"
        try:
            answer = self._driver.execute_async_script(
                f"{settle} ({expression}).then((text) => settle([text]), {failed})"
            )
        except WebDriverException as gone:
            raise ScriptError(str(gone.msg)) from gone
        if len(answer) > 1:
            raise ScriptError("\n".join(answer))
        return str(answer[0])

    def cookies(self) -> list[dict[str, Any]]:
        names = ("name", "value", "domain", "path", "sameSite", "secure")
        return [
            {name: cookie[name] for name in names} | {"expires": cookie.get("expiry")}
            for cookie in self._driver.get_cookies()
        ]

    def back(self) -> None:
        self._driver.back()

    def crash(self) -> None:
        raise Cannot("WebKitWebDriver ends its session when a tab's process ends")

    def close(self) -> None:
        self._driver.close()

    def screenshot(self, path: Path) -> None:
        self._driver.save_screenshot(str(path))
