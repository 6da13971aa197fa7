"""What a recipe of docs/hosts.md has done: messages of the visitor in the page's cookies, once each, and in order."""

import re

from browser.site_under_test import SEED, Site, stored_identity, until
from playwright.sync_api import BrowserContext, Page

STARTS = 200_000
"""ms in which a host starts and runs the recipe, on a busy machine."""


def arrived(site: Site, context: BrowserContext, path: str) -> None:
    """`path` is of the page that has the script tag."""
    identify, track = site.wait_for(2)
    assert (identify["type"], identify["userId"]) == ("identify", SEED[0])
    assert identify["context"]["traits"] == {"name": "Richard Hendricks"}
    assert (track["event"], track["userId"], track["properties"]) == ("Notebook opened", SEED[0], {"cells": 12})
    assert {message["context"]["page"]["path"] for message in (identify, track)} == {path}
    identity = stored_identity(context)
    assert (identity["rl_user_id"], identity["rl_anonymous_id"]) == (SEED[0], track["anonymousId"])


def alone(code: str) -> str:
    """A recipe for a page with the script tag, for one without."""
    changed = re.sub(r"(rudderanalytics\.load\(.+)\)$", r"\1, standalone=True)", code, flags=re.MULTILINE)
    assert changed != code
    return changed


def arrived_from_alone(site: Site, context: BrowserContext) -> None:
    """The visitor is the worker's own, and the messages say nothing of a page."""
    identify, track = site.wait_for(2)
    assert (identify["type"], identify["userId"]) == ("identify", SEED[0])
    assert identify["context"]["traits"]["name"] == "Richard Hendricks"
    assert (track["event"], track["userId"], track["properties"]) == ("Notebook opened", SEED[0], {"cells": 12})
    assert track["anonymousId"] == identify["anonymousId"]
    assert not [message for message in (identify, track) if "page" in message["context"]]
    assert not [cookie for cookie in context.cookies() if cookie["name"].startswith("rl_")]


def press(site: Site, page: Page) -> None:
    """The button of a recipe, which sends one message; that the recipe runs is no click."""
    assert site.messages() == []
    page.get_by_role("button", name="Buy").click()
    until(page, lambda: len(site.messages()) == 1, seconds=STARTS / 1000)
    (message,) = site.messages()
    assert (message["event"], message["properties"]) == ("Button clicked", {"label": "Buy"})
