"""A browser's name and version from its user agent, named as the recorded answers and ua-parser-js name them.

The first pattern that matches decides: nearly every browser also says that it is Chrome, Safari and Mozilla.
"""

import re

_BROWSERS = [
    ("Chrome", r"\b(?:crmo|crios)/([\w.]+)"),
    ("Edge", r"\b(?:edge|edgios|edga|edg)/([\w.]+)"),
    ("Opera Mini", r"opera mini/([\d.]+)"),
    ("Opera", r"opera(?:.+?version/|[/ ]+)([\w.]+)"),
    ("Opera Touch", r"\bopt/([\w.]+)"),
    ("Opera", r"\bopr/([\w.]+)"),
    ("UCBrowser", r"\b(?:ucbrowser|ucweb)/?([\w.]+)"),
    ("WeChat", r"micromessenger/([\w.]+)"),
    ("IE", r"trident.+rv[: ]([\w.]{1,9})\b.+like gecko"),
    ("Yandex", r"ya(?:search)?browser/([\w.]+)"),
    ("MIUI Browser", r"miuibrowser/([\w.]+)"),
    ("Huawei Browser", r"huaweibrowser/([\w.]+)"),
    ("Samsung Internet", r"samsungbrowser/([\w.]+)"),
    ("Vivaldi", r"\bvivaldi/([\w.]+)"),
    ("Brave", r"\bbrave/([\w.]+)"),
    ("Whale", r"\bwhale/([\w.]+)"),
    ("Waterfox", r"\bwaterfox/([\w.]+)"),
    ("Silk", r"\bsilk/([\w.]+)"),
    ("DuckDuckGo", r"\b(?:ddg|duckduckgo)/([\w.]+)"),
    ("IEMobile", r"iemobile[/ ]?([\d.]+)"),
    ("IE", r"\bmsie ([\w.]+)"),
    ("Firefox", r"\bfxios/([\w.]+)"),
    ("Line", r"\bline/([\w.]+)"),
    ("AVG Secure Browser", r"\bavg/([\w.]+)"),
    ("Avast Secure Browser", r"\bavast/([\w.]+)"),
    ("Twitter", r"\btwitter for iphone/([\w.]+)"),
    ("Facebook", r"\bfbav/([\w.]+)"),
    ("Instagram", r"instagram[/ ]([\w.]+)"),
    ("Snapchat", r"snapchat/([\w.]+)"),
    ("TikTok", r"musical_ly(?:.+app_?version/|_)([\w.]+)"),
    ("GSA", r"\bgsa/([\w.]+)"),
    ("Electron", r"\belectron/([\w.]+)"),
    ("Chromium", r"\bchromium/([\w.]+)"),
    ("Epiphany", r"\bepiphany/([\w.]+)"),
    ("Chrome Headless", r"headlesschrome/([\w.]+)"),
    ("Chrome WebView", r"; wv\).+chrome/([\w.]+)"),
    ("Android Browser", r"android.+version/([\w.]+)\b.+(?:mobile safari|safari)(?!.*chrome)"),
    ("Chrome", r"chrome/v?([\w.]+)"),
    ("Mobile Safari", r"version/([\w.,]+) .*mobile(?:/\w+)? ?.*safari"),
    ("Safari", r"version/([\w.,]+) .*safari"),
    ("WebKit", r"webkit/([\w.]+)"),
    ("Firefox", r"\bfirefox/([\w.]+)"),
]
_PATTERNS = [(name, re.compile(pattern, re.IGNORECASE | re.ASCII)) for name, pattern in _BROWSERS]


def browser(user_agent: str) -> tuple[str, str] | None:
    """None for what is no browser that is known here."""
    for name, pattern in _PATTERNS:
        if match := pattern.search(user_agent):
            return name, match[1]
    return None
