"""The pages as the server renders them; what they do in a browser is in test_pages_in_a_browser."""

import html
import json
import re
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from dataplane.background import serve

from .conftest import options_in

PROJECT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    folder = tmp_path_factory.mktemp("built")
    for name in (
        "rudderanalytics.js",
        "rudderanalytics-7.8.9-py3-none-any.whl",
        "rudderanalytics-7.8.9-cp313-none-any.whl",
    ):
        (folder / "dist").mkdir(exist_ok=True)
        (folder / "dist" / name).touch()
    for runtime in ("pyodide", "micropython"):
        (folder / "dist" / runtime).mkdir()
        (folder / "dist" / runtime / f"{runtime}.mjs").touch()
    options = options_in(folder, dist=folder / "dist", write_keys=frozenset({"MY_KEY"}))
    with serve(options) as url, httpx.Client(base_url=url, trust_env=False) as client:
        yield client


@pytest.fixture(scope="module")
def unbuilt(tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    folder = tmp_path_factory.mktemp("unbuilt")
    with serve(options_in(folder, dist=folder / "dist")) as url, httpx.Client(base_url=url, trust_env=False) as client:
        yield client


def test_the_demo_has_the_script_tag(built: httpx.Client) -> None:
    page = built.get("/")
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    tag = (
        '<script async src="/dist/rudderanalytics.js" data-write-key="MY_KEY" '
        f'data-data-plane-url="{str(built.base_url).rstrip("/")}" data-runtime="pyodide"></script>'
    )
    assert tag in page.text and "make build" not in page.text


@pytest.mark.parametrize(
    ("query", "type_", "interpreter"),
    [("", "py", "/dist/pyodide/pyodide.mjs"), ("?type=mpy", "mpy", "/dist/micropython/micropython.mjs")],
)
def test_the_pyscript_page_needs_one_wheel(query: str, type_: str, interpreter: str, built: httpx.Client) -> None:
    page = built.get("/pyscript" + query).text
    found = re.search(rf'<script type="{type_}" config="([^"]+)">\s+import rudderanalytics', page)
    assert found is not None
    assert json.loads(html.unescape(found[1])) == {
        "interpreter": interpreter,
        "packages": [f"{built.base_url}/dist/rudderanalytics-7.8.9-py3-none-any.whl".replace("//dist", "/dist")],
    }
    assert "/pyscript-core/core.js" in page and "/dist/rudderanalytics.js" not in page


@pytest.mark.parametrize("path", ["/", "/pyscript", "/pyscript?type=mpy"])
def test_without_a_build_the_pages_say_what_to_do(path: str, unbuilt: httpx.Client) -> None:
    page = unbuilt.get(path)
    assert page.status_code == 200 and "make build" in page.text
    assert "data-write-key" not in page.text and "import rudderanalytics" not in page.text


def test_nothing_on_the_pages_comes_from_elsewhere() -> None:
    for file in (PROJECT / "web" / "pages").rglob("*.*"):
        addresses = re.findall(r"(?:https?:)?//[\w.-]+\.\w+", file.read_text())
        assert [address for address in addresses if "www.w3.org" not in address] == [], file
