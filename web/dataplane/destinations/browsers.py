"""A browser's name and version from its user agent, as ua-parser-js has them, which the transformer uses.

ua-parser finds out which browser it is. Here are the names that ua-parser-js has for it, and the whole of the version.
"""

import re

from ua_parser import parse_user_agent

_SAME = {
    *("Avast Secure Browser", "Brave", "Chrome", "Chromium", "DuckDuckGo", "Edge", "Electron", "Epiphany", "Facebook"),
    *("Firefox", "Huawei Browser", "IE", "Instagram", "Line", "Mobile Safari", "Opera", "Opera Mini", "Opera Touch"),
    *("Safari", "Samsung Internet", "Snapchat", "TikTok", "Twitter", "Vivaldi", "Waterfox"),
}
_NAMES = {name: name for name in _SAME} | {
    "Amazon Silk": "Silk",
    "Android": "Android Browser",
    "Apple Mail": "WebKit",
    "Chrome Mobile": "Chrome",
    "Chrome Mobile iOS": "Chrome",
    "Chrome Mobile WebView": "Chrome WebView",
    "DuckDuckGo Mobile": "DuckDuckGo",
    "Edge Mobile": "Edge",
    "Firefox Mobile": "Firefox",
    "Firefox iOS": "Firefox",
    "Google": "GSA",
    "HeadlessChrome": "Chrome Headless",
    "IE Mobile": "IEMobile",
    "LINE": "Line",
    "MiuiBrowser": "MIUI Browser",
    "Mobile Safari UI/WKWebView": "WebKit",
    "Opera Mobile": "Opera",
    "UC Browser": "UCBrowser",
    "WeChat Browser": "WeChat",
    "Yandex Browser": "Yandex",
}
"""What is not here, a robot say, is no browser."""

_LONGEST = 500
"""Characters that are looked at, as in ua-parser-js."""


def browser(user_agent: str) -> tuple[str, str] | None:
    """None for what is no browser that is known here."""
    user_agent = user_agent[:_LONGEST]
    found = parse_user_agent(user_agent)
    name = _NAMES.get(found.family) if found else None
    if found is None or name is None:
        return None
    # An app's own browser has no version but that of its engine.
    known = ".".join(part for part in (found.major, found.minor, found.patch, found.patch_minor) if part)
    start = r"AppleWebKit/()" if name == "WebKit" else rf"(?<![\w.])({re.escape(known)})"
    written = re.search(rf"{start}([\w.]*)", user_agent, re.ASCII)
    return name, "".join(written.groups()) if written else known
