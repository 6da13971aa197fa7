"""What the browser tests share."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from browser import in_worker
from browser.site_under_test import Site
from playwright.sync_api import BrowserContext

from dataplane.background import serve
from dataplane.options import Options

MODULES = Path(__file__).parents[2] / "web" / "node_modules"


@pytest.fixture(scope="session")
def running_site(dist: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    folder = tmp_path_factory.mktemp("pages")
    options = Options(
        port=0,
        host_names=frozenset({"*.test", "*.co.uk"}),  # as playwright.config.py leads them here
        db=tmp_path_factory.mktemp("site") / "events.sqlite3",
        dist=dist,
        extra_static={"/site": folder, "/npm": MODULES}
        | {f"/{name}": MODULES / name for name in ("micropython-1.28", "micropython-1.29")},
        isolated_static={"/isolated": folder},
    )
    with serve(options) as url:
        site = Site(url, folder)
        yield site
        site.close()


@pytest.fixture
def site(running_site: Site) -> Site:
    running_site.clear()
    return running_site


@pytest.fixture(params=["pyodide", "micropython"])
def runtime(request: pytest.FixtureRequest) -> str:
    """Both interpreters of the script tag."""
    return str(request.param)


@pytest.fixture(params=["py", "mpy"])
def kind(request: pytest.FixtureRequest) -> str:
    """Both interpreters of a PyScript page."""
    return str(request.param)


@pytest.fixture(params=["py", "mpy", "mpy 1.28", "mpy 1.29"])
def version(request: pytest.FixtureRequest) -> str:
    """The same two, of MicroPython the newer ones too."""
    return str(request.param)


@pytest.fixture
def wheel(dist: Path) -> str:
    (found,) = dist.glob("*-py3-none-any.whl")
    return f"/dist/{found.name}"


@pytest.fixture
def console(context: BrowserContext) -> list[str]:
    """The console's lines that are ours."""
    lines: list[str] = []
    context.on("console", lambda line: lines.append(line.text) if "[rudderanalytics]" in line.text else None)
    return lines


@pytest.fixture
def worker_site(site: Site, dist: Path) -> Site:
    """With the scripts of workers (in_worker.py)."""
    return in_worker.put(site, dist)
