"""The documentation: builds without a warning, its code parses, the README is short, every page has its place."""

import ast
import inspect
import json
import os
import re
import subprocess
import sys
from itertools import product
from pathlib import Path

import pytest
from playwright.sync_api import Page

import rudderanalytics
from dataplane.background import serve
from dataplane.options import Options

from .dataplane import accessibility

ROOT = Path(__file__).resolve().parents[1]
DOCS = sorted((ROOT / "docs").glob("*.md"))
README = ROOT / "README.md"
FENCE = re.compile(r"^```(\w+)\n(.*?)^```", re.MULTILINE | re.DOTALL)


def blocks(language: str) -> list:
    pages = [README, *DOCS]
    found = [(page, block) for page in pages for kind, block in FENCE.findall(page.read_text()) if kind == language]
    return [pytest.param(block, id=f"{page.stem} {at}") for at, (page, block) in enumerate(found)]


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site; it builds without a warning."""
    folder = tmp_path_factory.mktemp("docs")
    mkdocs = [sys.executable, "-m", "mkdocs", "build", "--strict", "--quiet", "--site-dir", str(folder)]
    env = os.environ | {"NO_MKDOCS_2_WARNING": "1"}  # an advertisement of another program
    done = subprocess.run(mkdocs, cwd=ROOT, env=env, capture_output=True, text=True, check=False, timeout=200)
    assert (done.returncode, done.stderr) == (0, "")
    return folder


def test_all_pages_are_built_and_fetch_nothing_from_elsewhere(built: Path) -> None:
    pages = [path for path in built.rglob("*.html") if path.name != "404.html"]
    assert len(pages) >= len(DOCS)
    fetched = [re.findall(r'(?:src|<link[^>]* href)="(https?://[^"]+)"', page.read_text()) for page in pages]
    assert [address for found in fetched for address in found] == []


def test_everybody_can_use_the_site(built: Path, tmp_path: Path, page: Page) -> None:
    options = Options(port=0, db=tmp_path / "messages.sqlite3", extra_static={"/site": built})
    with serve(options) as url:
        for scheme, width in product(("light", "dark"), (390, 1280)):
            page.emulate_media(color_scheme=scheme)
            page.set_viewport_size({"width": width, "height": 844})
            for name in ("index", "options", "methods", "recipes", "engines"):
                page.goto(f"{url}/site/{name}.html")
                accessibility.look(page, f"docs-{name}-{width}-{scheme}")


def test_every_page_is_in_the_menu() -> None:
    menu = (ROOT / "mkdocs.yml").read_text().partition("\nnav:")[2]
    assert {path.name for path in DOCS} == set(re.findall(r"[\w-]+\.md", menu))


def test_the_readme_is_short() -> None:
    text = README.read_text()
    assert len(text.splitlines()) <= 120
    assert len(text.split()) <= 1200


@pytest.mark.parametrize("page", [README, ROOT / "CONTRIBUTING.md"], ids=lambda page: page.name)
def test_what_is_linked_is_there(page: Path) -> None:
    links = re.findall(r"\]\((?!https?:)([^)#]+)", page.read_text())
    assert [link for link in links if not (ROOT / link).is_file()] == []


@pytest.mark.parametrize("source", blocks("python"))
def test_python_parses(source: str) -> None:
    compile(source, "example", "exec", flags=ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)


@pytest.mark.parametrize("source", blocks("json"))
def test_json_parses(source: str) -> None:
    json.loads(source)


def test_the_snippet_is_the_one_of_dist(dist: Path) -> None:
    assert f"```html\n{(dist / 'snippet.html').read_text()}```\n" in (ROOT / "docs" / "snippet.md").read_text()


def test_methods_are_those_of_both_languages() -> None:
    text = (ROOT / "docs" / "methods.md").read_text()
    rows = [row.split(" | ") for row in re.findall(r"^\| (`.+|none \| .+)$", text, re.MULTILINE)]
    in_javascript = [re.findall(r"(\w+)\(", row[0])[0] for row in rows if row[0] != "none"]
    exported = re.findall(r"export declare const (\w+):", (ROOT / "web" / "npm" / "exports.d.ts").read_text())
    assert sorted(in_javascript) == sorted(exported)
    in_python = {row[1].strip("`") for row in rows if row[1].startswith("`")}
    functions = {name: getattr(rudderanalytics, name) for name in rudderanalytics.__all__}
    assert in_python == {
        name + str(signed.replace(parameters=bare(signed), return_annotation=signed.empty))
        for name, function in functions.items()
        if inspect.isfunction(function)
        for signed in [inspect.signature(function)]
    }


def bare(signed: inspect.Signature) -> list[inspect.Parameter]:
    return [parameter.replace(annotation=inspect.Parameter.empty) for parameter in signed.parameters.values()]
