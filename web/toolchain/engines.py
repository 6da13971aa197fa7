"""The engines beside Chromium: Firefox, and WebKitGTK with its driver and an X server that nobody looks at.

Debian's packages, where apt and root are there. Elsewhere one line says what is missing; the tests that would use it
are skipped, and say so too.
"""

import shutil

from . import debian
from .step import Blocked, say

FIREFOX = ("firefox-esr", "firefox")
# What the tests start, and Debian's package of it.
WEBKIT = {"WebKitWebDriver": "webkit2gtk-driver", "Xvfb": "xvfb"}


def find() -> None:
    """Bring what is missing, or say it. After Chromium: apt does one thing at a time."""
    missing = _missing()
    if not missing:
        return
    if not debian.can_install():
        say(f"{', '.join(missing)} missing (Debian's packages): tests in Firefox or WebKitGTK are skipped")
        return
    say(f"Debian's {', '.join(missing)}")
    try:
        debian.install(*missing, options=("--no-install-recommends",))
    except Blocked as reason:
        say(f"{reason}; tests in what is missing are skipped")


def _missing() -> list[str]:
    firefox = [] if any(map(shutil.which, FIREFOX)) else ["firefox-esr"]
    return firefox + [package for program, package in WEBKIT.items() if not shutil.which(program)]
