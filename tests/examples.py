"""The code blocks of README and documentation, and which of them a test of `make test` runs.

A test runs a block where it has it as a parameter: `@runs(under("docs/hosts.md", "Pyodide on a page"))`.
tests/test_docs.py asks pytest, with this module as its plugin, which blocks are parameters; a block that is none fails.
"""

import json
import os
import re
from dataclasses import dataclass
from pathlib import Path

import pytest
from markdown_it import MarkdownIt

ROOT = Path(__file__).resolve().parents[1]
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", ROOT / "SECURITY.md", ROOT / "CHANGELOG.md"]
PAGES += [ROOT / "web" / "npm" / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
CLAIMED = "examples that tests run: "


@dataclass(frozen=True)
class Example:
    """A code block, as it stands: `at` is its place among those of its page."""

    page: str
    heading: str
    at: int
    language: str
    code: str

    def __str__(self) -> str:
        return f"{self.page} {self.at} {self.language}: {self.heading}"


def of_page(path: Path, page: str) -> list[Example]:
    """Its code blocks, fenced or indented, in lists too; as CommonMark reads them."""
    found: list[Example] = []
    heading = ""
    tokens = MarkdownIt().parse(path.read_text())
    for before, token in zip([tokens[0], *tokens], tokens, strict=False):
        if before.type == "heading_open":
            heading = token.content
        elif token.type in ("fence", "code_block"):
            found.append(Example(page, heading, len(found) + 1, token.info, token.content))
    return found


EXAMPLES = [each for path in PAGES for each in of_page(path, path.relative_to(ROOT).as_posix())]


def under(page: str, heading: str = "", language: str = "") -> list[Example]:
    """Those of a page, and of a heading and a language where these are given; there is at least one."""
    found = [each for each in EXAMPLES if each.page == page and heading in ("", each.heading)]
    found = [each for each in found if language in ("", each.language)]
    assert found, f"{page} has no such example: {heading} {language}"
    return found


def written_in(language: str) -> list[Example]:
    return [each for each in EXAMPLES if each.language == language]


def runs(found: list[Example], parameter: str = "example") -> pytest.MarkDecorator:
    """The test runs each of these."""
    return pytest.mark.parametrize(parameter, found, ids=str)


def on_site(code: str, url: str, write_key: str = "WRITE_KEY") -> str:
    """What a reader changes: the data plane's address, and the write key."""
    return re.sub(r"\bWRITE_KEY\b", write_key, code.replace("https://dataplane.example.com", url))


def with_wheel(code: str, address: str) -> str:
    """WHEEL is a text of Python's; behind `%pip install` it has no quotes."""
    return code.replace("%pip install WHEEL", f"%pip install {address}").replace("WHEEL", repr(address))


def environment() -> dict[str, str]:
    """A reader's shell: not one in which `make test` runs."""
    return {name: value for name, value in os.environ.items() if not name.startswith(("MAKE", "MFLAGS"))}


def pytest_collection_finish(session: pytest.Session) -> None:
    # The plugin's part: what is collected is what would run.
    parameters = [each for item in session.items if hasattr(item, "callspec") for each in item.callspec.params.values()]
    print(CLAIMED + json.dumps(sorted({str(each) for each in parameters if isinstance(each, Example)})))
