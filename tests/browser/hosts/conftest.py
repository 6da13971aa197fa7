"""What the tests of other people's libraries share."""

import subprocess
from pathlib import Path

import pytest
from browser.site_under_test import Site


@pytest.fixture(scope="session")
def apps(running_site: Site) -> str:
    """Where the apps are that need to be bundled, and what pages ask for."""
    folder = running_site.folder / "apps"
    bundler = Path(__file__).with_name("bundle.mjs")
    done = subprocess.run(["node", bundler, folder], capture_output=True, text=True, check=False, timeout=100)
    assert done.returncode == 0, done.stderr
    running_site.write("<b>the next page</b>", "next.html")
    (running_site.folder / "part.html").write_text("a part")
    return "/site/apps"
