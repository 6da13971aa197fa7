"""The documentation: builds without a warning, its code is run, the README is short, every page has its place."""

import inspect
import json
import os
import re
import subprocess
import sys
from itertools import product
from pathlib import Path

import examples
import pytest
from examples import EXAMPLES, Example, runs, under
from playwright.sync_api import Page

import rudderanalytics
from dataplane.background import serve
from dataplane.options import Options

from .dataplane import accessibility

ROOT = Path(__file__).resolve().parents[1]
DOCS = sorted((ROOT / "docs").rglob("*.md"))
README = ROOT / "README.md"
OURS = [path for path in (ROOT / "tests").rglob("test_*.py") if re.search(r"^from examples ", path.read_text(), re.M)]
"""The files whose tests run examples."""
(CHOSEN,) = re.findall(r"-m '(.+?)'", (ROOT / "Makefile").read_text())
"""The marks of what `make test` runs."""


def claimed(*files: Path) -> set[str]:
    """The examples that `make test` runs, by what pytest collects of these files."""
    collect = [sys.executable, "-m", "pytest", "-p", "examples", "--collect-only", "-q", "-m", CHOSEN, *map(str, files)]
    env = os.environ | {"PYTHONPATH": str(ROOT / "tests")}
    done = subprocess.run(collect, cwd=ROOT, env=env, capture_output=True, text=True, check=False, timeout=200)
    assert done.returncode == 0, done.stdout + done.stderr
    (line,) = [line for line in done.stdout.splitlines() if line.startswith(examples.CLAIMED)]
    return set(json.loads(line.removeprefix(examples.CLAIMED)))


def unclaimed(found: list[Example], *files: Path) -> list[str]:
    return sorted({str(each) for each in found} - claimed(*files))


def test_every_example_is_run_by_a_test() -> None:
    """None is excused: what is no code (a policy, an answer, a request) is asked for in a test, too."""
    assert len(EXAMPLES) > 40
    assert unclaimed(EXAMPLES, *OURS) == []


def test_an_example_that_no_test_runs_is_told_of(tmp_path: Path) -> None:
    """In whatever way it is written; and one that only `make test-hosts` would run."""
    page = tmp_path / "new.md"
    page.write_text(
        "# New\n```js\nrudderanalytics.page();\n```\n- a step\n\n  ~~~py\n  print(1)\n  ~~~\n\ntext\n\n"
        "    an indented one\n"
    )
    new = examples.of_page(page, "new.md")
    assert [(each.language, each.code) for each in new] == [
        ("js", "rudderanalytics.page();\n"),
        ("py", "print(1)\n"),
        ("", "an indented one\n"),
    ]
    (tmp_path / "test_new.py").write_text(
        "from examples import EXAMPLES, runs\n@runs(EXAMPLES[:1])\ndef test_it(example): ...\n"
    )
    assert unclaimed([*new, EXAMPLES[0]], tmp_path / "test_new.py") == [str(each) for each in new]
    hosts = under("docs/hosts.md", "Pyodide's console")
    assert unclaimed(hosts, ROOT / "tests" / "hosts" / "test_console.py", tmp_path / "test_new.py") == [str(hosts[0])]


def test_the_site_shows_no_code_that_is_not_among_the_examples(built: Path) -> None:
    for path in DOCS:
        shown = len(re.findall(r"<pre\b", (built / path.relative_to(ROOT / "docs").with_suffix(".html")).read_text()))
        assert shown == len([each for each in EXAMPLES if each.page == path.relative_to(ROOT).as_posix()]), path.name


@pytest.fixture(scope="module")
def built() -> Path:
    """The site, by `make docs`; it builds without a warning."""
    make, env = ["make", "docs"], examples.environment()
    done = subprocess.run(make, cwd=ROOT, env=env, capture_output=True, text=True, check=False, timeout=200)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    return ROOT / "build" / "docs"


def test_all_pages_are_built_and_fetch_nothing_from_elsewhere(built: Path) -> None:
    pages = [*built.rglob("*.html")]
    assert built / "404.html" not in pages
    assert len(pages) >= len(DOCS)
    fetched = [re.findall(r'(?:src|<link[^>]* href)="(https?://[^"]+)"', page.read_text()) for page in pages]
    assert [address for found in fetched for address in found] == []


THEME = {"light": "default", "dark": "slate"}
"""How Material calls them."""


def test_everybody_can_use_the_site(built: Path, tmp_path: Path, page: Page) -> None:
    options = Options(port=0, db=tmp_path / "messages.sqlite3", extra_static={"/site": built})
    with serve(options) as url:
        for scheme, width in product(("light", "dark"), (390, 1280)):
            page.emulate_media(color_scheme=scheme)
            page.set_viewport_size({"width": width, "height": 844})
            few = ("index", "options", "methods", "recipes", "engines")
            for name in [path.stem for path in DOCS] if (scheme, width) == ("dark", 390) else few:
                page.goto(f"{url}/site/{name}.html")
                # The theme's script finds out, a moment after the page is there.
                page.wait_for_function("(scheme) => document.body.dataset.mdColorScheme === scheme", arg=THEME[scheme])
                accessibility.look(page, f"docs-{name}-{width}-{scheme}")


def test_every_page_is_in_the_menu() -> None:
    menu = (ROOT / "mkdocs.yml").read_text().partition("\nnav:")[2]
    assert {path.name for path in DOCS} == set(re.findall(r"[\w-]+\.md", menu))


def test_the_readme_is_short() -> None:
    text = README.read_text()
    assert len(text.splitlines()) <= 120
    assert len(text.split()) <= 1200


def test_each_start_has_at_most_five_lines() -> None:
    starts = under("docs/start.md")
    assert len(starts) == 4
    assert [str(start) for start in starts if len([line for line in start.code.splitlines() if line]) > 5] == []


@pytest.mark.parametrize("page", [README, ROOT / "CONTRIBUTING.md"], ids=lambda page: page.name)
def test_what_is_linked_is_there(page: Path) -> None:
    links = re.findall(r"\]\((?!https?:)([^)#]+)", page.read_text())
    assert [link for link in links if not (ROOT / link).is_file()] == []


@runs(under("docs/snippet.md"))
def test_the_snippet_is_the_one_of_dist(dist: Path, example: Example) -> None:
    assert (dist / "snippet.html").read_text() == example.code


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
