"""PyScript's newest core, both interpreters: on the page, and in its workers."""

import pytest
from browser.site_under_test import SEED, WRITE_KEY, Site, run_pyscript, stored_identity
from playwright.sync_api import BrowserContext, Page

from .packages import MICROPYTHON, version
from .table import NONE, PAGE, STANDALONE, TAG, Says

HOST = f"PyScript {version('@pyscript/core')} (`py` and `mpy`)"
FOLDERS = {"py": "pyodide", "mpy": MICROPYTHON}
PROGRAM = f"""
import rudderanalytics as r
r.load("{WRITE_KEY}", "URL")
r.identify({SEED[0]!r}, {SEED[1]!r})
r.track("Notebook opened", {{"cells": 12}})
result = await r.flush()
"""


@pytest.mark.parametrize(
    ("where", "way"),
    [
        (PAGE, TAG),
        (PAGE, NONE),
        ("a worker of a cross-origin isolated page", NONE),
        ("a worker", TAG),
        ("a worker", STANDALONE),
    ],
)
@pytest.mark.parametrize("kind", FOLDERS)
def test_it_arrives(
    site: Site, page: Page, context: BrowserContext, says: Says, wheel: str, kind: str, where: str, way: str
) -> None:
    says(HOST, FOLDERS[kind], where, way)
    program = PROGRAM.replace('"URL"', f'"{site.url}"' + ", standalone=True" * (way == STANDALONE))
    before = site.tag("micropython") if way == TAG else ""
    worker = {"worker": where != PAGE, "isolated": "isolated" in where}
    result = run_pyscript(site, page, kind, wheel, program, before=before, **worker)
    assert result == {"delivered": 2, "dropped": 0, "pending": 0}
    identify, track = site.messages()
    assert (identify["userId"], identify["context"]["traits"]) == tuple(SEED)
    assert (track["event"], track["userId"], track["properties"]) == ("Notebook opened", SEED[0], {"cells": 12})
    if way == STANDALONE:
        assert not [cookie for cookie in context.cookies() if cookie["name"].startswith("rl_")]
    else:
        identity = stored_identity(context)
        assert (identity["rl_user_id"], identity["rl_anonymous_id"]) == (SEED[0], track["anonymousId"])
