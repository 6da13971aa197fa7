"""A visitor whose browser keeps what scripts set for a moment only, and what a server sets for as long as it says."""

import os

from browser.capped_cookies import CAPPED
from browser.site_under_test import Site

from .engine import Tab
from .pages import flush, visit

# To look longer: VISITS=100 pytest tests/browser/engines/test_server_cookies.py
VISITS = int(os.environ.get("VISITS", "3"))


def found(site: Site, tab: Tab, runtime: str, options: str) -> tuple[str, str]:
    """The visitor of a visit: userId and anonymousId. It ends when what a script has set is gone."""
    visit(site, tab, runtime, before=f"<script>{{{CAPPED}}}</script>", **{"data-options": options})
    visitor = tab.run("[rudderanalytics.getUserId(), rudderanalytics.getAnonymousId()]")
    tab.run("rudderanalytics.identify('u1')")
    flush(tab)
    tab.run("new Promise((settle) => setTimeout(settle, 1500))")
    tab.wait("/rl_user_id=R/.test(document.cookie) && !/rl_[a-z_]+=%52/.test(document.cookie)")  # it may be slow
    return tuple(visitor)


def test_server_cookies(site: Site, tab: Tab, runtime: str) -> None:
    """Server-set cookies: the visitor stays the same after what scripts could set is gone"""
    _, anonymous_id = found(site, tab, runtime, '{"useServerSideCookies": true}')
    for _ in range(VISITS):
        assert found(site, tab, runtime, '{"useServerSideCookies": true}') == ("u1", anonymous_id)
    assert tab.lines() == []
