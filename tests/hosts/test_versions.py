"""The table of docs/hosts.md names the versions that these tests run."""

import pytest
from examples import ROOT

from .packages import JUPYTERLITE, MARIMO, PANEL, STLITE

TABLE = [line for line in (ROOT / "docs" / "hosts.md").read_text().splitlines() if line.startswith("| ")]


@pytest.mark.parametrize(
    "name", [f"marimo {MARIMO}", f"JupyterLite {JUPYTERLITE}", f"stlite {STLITE}", f"Panel {PANEL}"]
)
def test_the_table_names_it(name: str) -> None:
    assert [line for line in TABLE if line.startswith(f"| {name} ")]
