"""How the browser of the tests and of `make demo ONCE=1` is started: constants, loaded by path."""

import json
from pathlib import Path

_FOUND = Path(__file__).parent / "build" / "browser.json"

# A path, or None for the browser that Playwright keeps itself; `make setup` found it.
CHROMIUM: str | None = json.loads(_FOUND.read_text())["executable"] if _FOUND.is_file() else None

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

VIEWPORT = {"width": 1280, "height": 800}

# Milliseconds. A cold Pyodide takes up to 7 s on two cores, longer beside other work.
TIMEOUT = 30_000
BOOT_TIMEOUT = 60_000
