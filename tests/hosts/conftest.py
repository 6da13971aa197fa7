"""Hosts: the places where people run Python in a browser, each as its users start it, and our wheel as they install it.

`make test-hosts` runs them; `make test` does not. Versions are pinned in `packages.py`.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest
from browser import in_worker
from browser.site_under_test import Site
from written_pages import Writer

from dataplane.background import serve
from dataplane.options import Options

from . import table
from .packages import MODULES, PYODIDES, bring, interpreter


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--hosts-table", type=Path, help="the page that gets the table of the hosts that ran")


def pytest_configure(config: pytest.Config) -> None:
    config.pluginmanager.register(Writer("--hosts-table", table.Ran, table.write), "hosts-table")


@pytest.fixture
def says(request: pytest.FixtureRequest) -> table.Says:
    def say(host: str, python: str, where: str, way: str) -> None:
        said = {"host": host, "python": interpreter(python), "where": where, "way": way}
        request.node.user_properties += said.items()

    return say


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Iterator[None]:
    """What a host cannot do is skipped where it is seen, with its reason."""
    try:
        return (yield)
    except pytest.skip.Exception as skipped:
        item.user_properties.append(("cannot", str(skipped)))
        raise


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker("hosts")


@pytest.fixture(scope="session")
def npm() -> Path:
    """The npm packages that only hosts need."""
    return bring()


@pytest.fixture(scope="session")
def running_site(dist: Path, npm: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    folder = tmp_path_factory.mktemp("pages")
    served = {f"/{name}": next(home / name for home in (npm, MODULES) if (home / name).is_dir()) for name in PYODIDES}
    options = Options(
        port=0,
        db=tmp_path_factory.mktemp("site") / "events.sqlite3",
        dist=dist,
        extra_static=served | {"/site": folder, "/npm": npm},
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


@pytest.fixture
def wheel(dist: Path) -> str:
    (found,) = dist.glob("*-py3-none-any.whl")
    return f"/dist/{found.name}"


@pytest.fixture
def worker_site(site: Site, dist: Path) -> Site:
    """With the scripts of workers (in_worker.py)."""
    return in_worker.put(site, dist)
