"""Each module of the core is covered, every line and branch, by its own test file alone.

The files run once, and coverage.py notes which test ran what; a module counts what importing it and the tests of its
own file ran. Without what Hypothesis finds by chance: coverage must not depend on luck.
"""

import io
import os
import subprocess
import sys
from pathlib import Path

import pytest
from coverage import Coverage

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = ROOT / "sdk" / "rudderanalytics"
# The face speaks to a page (tests/browser/), and has its tests beside this one.
MODULES = {path.stem: path for path in sorted((PACKAGE / "core").rglob("*.py")) if path.name != "__init__.py"}


@pytest.fixture(scope="module")
def measured(tmp_path_factory: pytest.TempPathFactory) -> Coverage:
    """What the test files of all modules ran, and which test ran it."""
    path = tmp_path_factory.mktemp("coverage") / "measured"
    command = [
        sys.executable,
        "-m",
        "pytest",
        *(f"tests/core/test_{module}.py" for module in MODULES),
        "--noconftest",
        "-q",
    ]
    command += ["-p", "no:cacheprovider", "-m", "not hypothesis"]
    command += ["--cov=rudderanalytics", "--cov-branch", "--cov-context=test", "--cov-report="]
    # Nothing of a run around this one, which may measure coverage or run in several processes itself.
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("COV_", "PYTEST_"))}
    environment["COVERAGE_FILE"] = str(path)
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False, timeout=280)
    assert done.returncode == 0, done.stdout + done.stderr
    measured = Coverage(data_file=path, config_file=str(ROOT / "pyproject.toml"))
    measured.load()
    return measured


@pytest.mark.parametrize("module", MODULES)
def test_its_own_tests_cover(measured: Coverage, module: str) -> None:
    report = io.StringIO()
    own = [r"^$", rf"^tests/core/test_{module}\.py::"]  # no context: while it was imported
    percentage = measured.report(include=[str(MODULES[module])], contexts=own, file=report)
    assert percentage == 100, report.getvalue()
