"""The types name mistakes: tests/types has some thirty in each language, each in a line marked as wrong."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any, get_args, get_type_hints, is_typeddict

from rudderanalytics import _types, browser

ROOT = Path(__file__).resolve().parents[1]
PROGRAMS = ROOT / "tests" / "types"
TOOLS = ROOT / "web" / "node_modules" / ".bin"
PYTHON, TYPESCRIPT = PROGRAMS / "mistakes.py", PROGRAMS / "mistakes.ts"


def marked(program: Path) -> list[int]:
    """The lines that are wrong."""
    lines = enumerate(program.read_text().splitlines(), 1)
    return [number for number, line in lines if re.search(r"(#|//) wrong$", line)]


def run(*command: str | Path, **environment: str) -> str:
    words = [str(word) for word in command]
    env = os.environ | environment
    return subprocess.run(words, capture_output=True, text=True, check=False, cwd=ROOT, env=env, timeout=200).stdout


def lines_of(said: str, pattern: str) -> list[int]:
    return sorted({int(number) for number in re.findall(pattern, said, re.MULTILINE)})


def test_there_are_thirty_mistakes_in_each_language() -> None:
    assert min(len(marked(PYTHON)), len(marked(TYPESCRIPT))) >= 30


def test_mypy_names_them(tmp_path: Path) -> None:
    said = run(*(sys.executable, "-m", "mypy", "--strict", "--cache-dir", tmp_path, PYTHON), MYPYPATH=str(ROOT / "sdk"))
    assert lines_of(said, r"^[^:]+:(\d+): error:") == marked(PYTHON), said


def test_pyright_names_them(tmp_path: Path) -> None:
    (tmp_path / "mistakes.py").write_text(PYTHON.read_text())
    settings = {"include": ["."], "extraPaths": [str(ROOT / "sdk")], "typeCheckingMode": "strict"}
    (tmp_path / "pyrightconfig.json").write_text(json.dumps(settings | {"pythonVersion": "3.12"}))
    said = json.loads(run(TOOLS / "pyright", "--outputjson", "--pythonpath", sys.executable, "--project", tmp_path))
    errors = {each["range"]["start"]["line"] + 1 for each in said["generalDiagnostics"] if each["severity"] == "error"}
    assert sorted(errors) == marked(PYTHON), said["generalDiagnostics"]


def test_tsc_names_them(dist: Path, tmp_path: Path) -> None:
    (tmp_path / "mistakes.ts").write_text(TYPESCRIPT.read_text())
    compiler = {"strict": True, "noEmit": True, "module": "ESNext", "moduleResolution": "bundler", "types": []}
    compiler |= {"target": "ES2022", "lib": ["ES2022", "DOM"]}
    compiler["paths"] = {"rudderanalytics": [str(dist / "npm" / "index.d.ts")]}
    (tmp_path / "tsconfig.json").write_text(json.dumps({"compilerOptions": compiler, "include": ["mistakes.ts"]}))
    said = run(TOOLS / "tsc", "--project", tmp_path, "--pretty", "false")
    assert lines_of(said, r"mistakes\.ts\((\d+),\d+\): error") == marked(TYPESCRIPT), said


def nested(shape: Any, before: str = "") -> set[str]:
    """The options of a TypedDict, by their names in JavaScript."""
    names = set()
    for name, kind in get_type_hints(shape).items():
        path = before + browser._camel(name)
        tables = [each for each in (kind, *get_args(kind)) if is_typeddict(each)]  # `bool | PageViewsOption`
        names |= nested(tables[0], path + ".") if tables else {path}
    return names


def leaves(options: dict[str, Any], before: str = "") -> set[str]:
    names = set()
    for name, value in options.items():
        is_table = isinstance(value, dict) and name != "integrations"
        names |= leaves(value, f"{before}{name}.") if is_table else {before + name}
    return names


def test_pythons_types_have_every_option_that_is_accepted() -> None:
    vectors = json.loads((ROOT / "tests" / "vectors" / "options.json").read_text())
    (defaults,) = [vector["whole"] for vector in vectors if vector["name"] == "the defaults of the load options"]
    # Python's `before_send` does what a function of JavaScript's does there.
    assert leaves(defaults) - nested(_types.LoadOptions) == {"autoTrack.pageViews.before"}
