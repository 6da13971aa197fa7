"""A page that a run writes: by a whole run in which nothing fails, of the tests of all processes."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

TESTS = Path(__file__).parent
CONFTEST = """
from dataclasses import dataclass
from pathlib import Path

import pytest
from written_pages import Writer


@dataclass(frozen=True)
class Seen:
    case: str
    more: str


def pytest_addoption(parser):
    parser.addoption("--page", type=Path)


def pytest_configure(config):
    config.pluginmanager.register(Writer("--page", Seen, write), "page")


def write(rows, path):
    path.write_text("\\n".join(sorted(f"{row.case}: {row.more}" for row in rows)))


@pytest.fixture
def says(request):
    return lambda **said: request.node.user_properties.extend(said.items())
"""
GOOD = """
import pytest

def test_one(says): says(case="one", more="1")
def test_two(says): says(case="two", other="2")
def test_skipped(says):
    says(case="three")
    pytest.skip("it cannot")
def test_that_says_nothing(): pass
"""
BAD = "def test_bad(says):\n    says(case='bad')\n    assert 0\n"
ROWS = "one: 1\nthree: \ntwo: "


def run(folder: Path, *arguments: str, **files: str) -> str:
    """What is in the page after a run of these tests."""
    for name, text in ({"conftest": CONFTEST, "test_good": GOOD} | files).items():
        (folder / f"{name}.py").write_text(text)
    (folder / "page").write_text("as it was")
    command = [sys.executable, "-m", "pytest", "-p", "xdist.plugin", "--page", str(folder / "page"), *arguments]
    environ = os.environ | {"PYTHONPATH": str(TESTS), "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
    subprocess.run(command, cwd=folder, env=environ, capture_output=True, check=False, timeout=200)
    return (folder / "page").read_text()


@pytest.mark.parametrize("processes", [[], ["--numprocesses", "2"]], ids=["one process", "two"])
def test_a_whole_run_writes_it(tmp_path: Path, processes: list[str]) -> None:
    assert run(tmp_path, ".", *processes) == ROWS


def test_one_in_which_a_test_fails_does_not(tmp_path: Path) -> None:
    """Nor does the process in which none failed."""
    assert run(tmp_path, ".", "--numprocesses", "2", "--dist", "loadfile", test_bad=BAD) == "as it was"


@pytest.mark.parametrize("chosen", [[".", "-k", "one"], ["test_good.py"]], ids=["of the tests", "of the files"])
def test_one_of_a_part_does_not(tmp_path: Path, chosen: list[str]) -> None:
    assert run(tmp_path, *chosen) == "as it was"
