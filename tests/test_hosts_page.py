"""The table of docs/hosts.md: how it is written, and that it is of the hosts and versions that there are: what came or
went wants `make test-hosts`."""

import ast
import re
from importlib import import_module
from pathlib import Path

import pytest
from hosts import packages
from hosts.table import BEGIN, END, NONE, PAGE, STANDALONE, TAG, Ran, write

ROOT = Path(__file__).resolve().parents[1]
_, _, _REST = (ROOT / "docs" / "hosts.md").read_text().partition(BEGIN)
ROWS = [line.strip("| ").split(" | ") for line in _REST.partition(END)[0].splitlines() if line.startswith("| ")][1:]


def hosts() -> set[str]:
    """What the tests say that they are of."""
    found = set()
    for path in (ROOT / "tests" / "hosts").glob("test_*.py"):
        module = vars(import_module(f"hosts.{path.stem}"))
        for call in ast.walk(ast.parse(path.read_text())):
            if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id == "says":
                host = call.args[0]
                found.add(module[host.id] if isinstance(host, ast.Name) else ast.literal_eval(host))
    return found


def test_every_host_is_in_the_table() -> None:
    assert {host for host, *_ in ROWS} == hosts()


def test_the_table_has_the_versions_of_the_interpreters() -> None:
    named = {number for _, python, *_ in ROWS for number in re.findall(r"\d[^ ,]*", python)}
    folders = [name for name in (*packages.PYODIDES, *packages.PINS) if name.startswith("pyodide")]
    assert named == {packages.version(name) for name in (*folders, packages.MICROPYTHON)}


PAGE_BEFORE = f"# Hosts\n\n{BEGIN}\nan old table\n{END}\n\nA note.\n"


def written(tmp_path: Path, *ran: Ran) -> str:
    page = tmp_path / "hosts.md"
    page.write_text(PAGE_BEFORE)
    write(list(ran), page)
    return re.sub(r"on \d+ \w+ \d{4}", "on a day", page.read_text())


def test_one_row_for_each_host_and_place(tmp_path: Path) -> None:
    """Versions in their order, each once; an interpreter is named where not all came that way."""
    assert written(
        tmp_path,
        Ran("Zeta 2", "Pyodide 314.0.7", "a worker", STANDALONE),
        Ran("alpha 1", "Pyodide 314.0.7", PAGE, TAG),
        Ran("alpha 1", "Pyodide 0.29.5", PAGE, TAG),
        Ran("alpha 1", "Pyodide 0.29.5", PAGE, TAG),
        Ran("alpha 1", "MicroPython 1.27.0", PAGE, NONE),
        Ran("alpha 1", "MicroPython 1.27.0", PAGE, TAG),
    ) == (
        f"# Hosts\n\n{BEGIN}\n\n"
        "| host | interpreter | Python runs in | the message arrives |\n|---|---|---|---|\n"
        f"| alpha 1 | MicroPython 1.27.0, Pyodide 0.29.5, 314.0.7 | the page | {TAG}; {NONE} (MicroPython 1.27.0) |\n"
        f"| Zeta 2 | Pyodide 314.0.7 | a worker | {STANDALONE} |\n"
        f"\n6 runs in Chromium on a day.\n\n{END}\n\nA note.\n"
    )


def test_what_cannot_run_says_why(tmp_path: Path) -> None:
    no = "Pyodide refuses"
    found = written(
        tmp_path,
        Ran("alpha", "Pyodide 0.29.5", "a worker", TAG),
        Ran("alpha", "Pyodide 314.0.7", "a worker", TAG, no),
        Ran("beta", "Pyodide 315.0.0-alpha.2", "a worker", TAG, no),
        Ran("gamma", "Pyodide 314.0.7", "a worker", TAG, no),
    )
    assert f"| alpha | Pyodide 0.29.5 | a worker | {TAG}; [1] |\n" in found
    assert "| beta | Pyodide 315.0.0-alpha.2 | a worker | [2] |\n" in found
    assert "| gamma | Pyodide 314.0.7 | a worker | [1] |\n" in found
    assert "\n1. Pyodide 314.0.7: Pyodide refuses.\n2. Pyodide 315.0.0-alpha.2: Pyodide refuses.\n\n4 runs" in found


def test_a_page_without_the_comments_stays(tmp_path: Path) -> None:
    page = tmp_path / "hosts.md"
    page.write_text(f"# Hosts\n\n{BEGIN}\n")
    with pytest.raises(ValueError, match="with <!-- to here --> after it"):
        write([Ran("alpha", "Pyodide 314.0.7", PAGE, TAG)], page)
    assert page.read_text() == f"# Hosts\n\n{BEGIN}\n"
