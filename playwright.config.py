"""How the browser of the tests and of `make demo ONCE=1` is started: constants, loaded by path."""

import json
from pathlib import Path

_FOUND = Path(__file__).parent / "build" / "browser.json"

_BROWSER = json.loads(_FOUND.read_text()) if _FOUND.is_file() else {}

# A path, or None for the browser that Playwright keeps itself; `make setup` found it.
CHROMIUM: str | None = _BROWSER.get("executable")

# The same Chromium without windows, which takes a quarter less of the processor, where there is one; it has no
# back/forward cache. What Playwright starts by itself is such a one.
HEADLESS_SHELL: str | None = _BROWSER.get("shell") or CHROMIUM

# The windows' address bars make two pages of their own for each window, which cost more than most of ours. Chromium
# hears only the last of such lists, so Playwright's own is said again, as far as our pages can notice.
_WITHOUT = (
    "WebUIOmniboxPopup,WebUIOmniboxAimPopup,WebUIOmniboxFullPopup,AimEnabled,"
    "HttpsUpgrades,HttpsFirstBalancedModeAutoEnable,PaintHolding,ThirdPartyStoragePartitioning,"
    "AvoidUnnecessaryBeforeUnloadCheckSync,DestroyProfileOnBrowserClose,AvoidCorsURLLoaderRestartOnRedirect,"
    "LensOverlay,MediaRouter,OptimizationHints,NetworkTimeServiceQuerying,PreconnectToSearch"
)

LAUNCH_ARGS = [
    f"--disable-features={_WITHOUT}",
    "--no-sandbox",  # Chromium refuses to start as root with one
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    # The browser's own traffic would be counted among the page's requests, and fail where there is no network.
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    # Names for the tests of subdomains, public suffixes and insecure contexts.
    "--host-resolver-rules=MAP *.test 127.0.0.1, MAP *.co.uk 127.0.0.1",
]

# Pages of tests live for a second or two: V8's second compiler for WebAssembly, which is for what runs long, took a
# seventh of their processor time.
HEADLESS_SHELL_ARGS = [*LAUNCH_ARGS, "--js-flags=--liftoff-only"]

VIEWPORT = {"width": 1280, "height": 800}

# Milliseconds. A cold Pyodide takes up to 7 s on two cores, longer beside other work.
TIMEOUT = 30_000
BOOT_TIMEOUT = 60_000
