"""What the hosts are made of: tests run in several processes, and each asks for it."""

import subprocess
import sys
from os import environ
from pathlib import Path

from toolchain.step import ROOT

FETCH = """
import sys
from pathlib import Path
from hosts import packages

packages.HOME = Path(sys.argv[1])
packages.PINS = {"one": "npm:@types/node@22.10.0", "two": "npm:lodash@4.17.21"}
print(*sorted(path.name for path in packages.bring().glob("[ot]*")))
"""


def test_several_processes_at_once_fetch_one_copy(tmp_path: Path) -> None:
    path = {"PYTHONPATH": f"{ROOT / 'web'}:{ROOT / 'tests'}"}
    command = [sys.executable, "-c", FETCH, str(tmp_path)]
    fetching = [
        subprocess.Popen(command, env=environ | path, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        for _ in range(6)
    ]
    said = [process.communicate() for process in fetching]
    assert said == [("one two\n", "")] * 6
