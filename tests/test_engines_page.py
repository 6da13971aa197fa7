"""docs/engines.md names the cases that there are: a case that came or went wants `make test-engines`."""

import ast
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
CASES = ROOT / "tests" / "browser" / "engines"
PAGE = ROOT / "docs" / "engines.md"


def titles() -> set[str]:
    """What the first line of each test's docstring says."""
    trees = [ast.parse(path.read_text()) for path in CASES.glob("test_*.py")]
    tests = [node for tree in trees for node in tree.body if isinstance(node, ast.FunctionDef)]
    return {str(ast.get_docstring(test)).splitlines()[0] for test in tests if test.name.startswith("test_")}


def test_every_case_is_in_the_table() -> None:
    rows = [line.split(" | ")[0].removeprefix("| ") for line in PAGE.read_text().splitlines() if line.startswith("| ")]
    assert set(rows) - {"case"} == titles()
