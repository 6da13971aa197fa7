"""dist/ is what the pages and the package installers need: small, complete, and true about its own hashes."""

import base64
import gzip
import hashlib
import importlib.util
import json
import re
import subprocess
import sys
import zipfile
from email import message_from_bytes
from email.message import Message
from pathlib import Path

import pytest
import trove_classifiers

import build
from distribution import core

ROOT = Path(__file__).resolve().parents[1]
KB = 1024

# Loads what a page loads, with the network cut off.
LOAD = """
import { pathToFileURL } from "node:url";
globalThis.fetch = async (address) => { throw new Error(`asked the network for ${address}`); };
const folder = process.argv[1];
const { loadPyodide } = await import(pathToFileURL(folder + "/pyodide.mjs"));
const python = await loadPyodide({ indexURL: folder + "/" });
await python.loadPackage(["rudderanalytics", "micropip"], { messageCallback() {} });
console.log(python.runPython("import json, micropip, rudderanalytics as r; json.dumps([r.__version__, r.__file__])"));
"""

# What the page does with MicroPython, in Node.
BOOT = """
import { readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";
const { call, describe, instantiate } = await import(pathToFileURL(process.argv[1]));
const module = await WebAssembly.compile(readFileSync(process.argv[2]));
const described = describe(module);
console.log(described.version);
console.log(call(await instantiate(module), described)('{"type": "load", "now": 1}'));
"""

UNPACK = """
import { readFileSync } from "node:fs";
import { brotliDecompressSync } from "node:zlib";
const same = (path) => brotliDecompressSync(readFileSync(path)).equals(readFileSync(path.slice(0, -3)));
console.log(process.argv.slice(1).every(same) ? "same" : "not the same");
"""


@pytest.fixture(scope="module")
def wheel(dist: Path) -> Path:
    return dist / f"rudderanalytics-{build.version()}-py3-none-any.whl"


@pytest.fixture(scope="module")
def compiled(dist: Path) -> Path:
    return dist / f"rudderanalytics-{build.version()}-cp313-none-any.whl"


@pytest.fixture(scope="module")
def lock(dist: Path) -> dict:
    return json.loads((dist / "pyodide" / "pyodide-lock.json").read_text())


def test_script_is_at_most_10_kb_gzipped(dist: Path) -> None:
    assert len(gzip.compress((dist / "rudderanalytics.js").read_bytes())) <= 10 * KB


MICROPYTHON = ("rudderanalytics.js", "micropython/rudderanalytics.mjs", "micropython/rudderanalytics.wasm")
FETCHED = ("rudderanalytics.mjs", "pyodide.mjs", "pyodide.asm.js", "rudderanalytics.wasm", "rudderanalytics.snapshot")
PYODIDE = ("rudderanalytics.js", *(f"pyodide/{name}" for name in FETCHED))


def compressed(dist: Path, *names: str) -> int:
    """Bytes on the wire, as a server sends them that knows of the Brotli files."""
    return sum(build.sizes.size(dist / name, ".br") for name in names)


def test_micropython_is_at_most_100_kb_on_the_wire(dist: Path) -> None:
    """Everything that the script tag fetches."""
    assert compressed(dist, *MICROPYTHON) <= 100_000


def test_pyodide_is_at_most_4_mb_on_the_wire(dist: Path) -> None:
    assert compressed(dist, *PYODIDE) <= 4_000_000


def test_pyodide_compiles_nothing_of_the_standard_library(dist: Path) -> None:
    with zipfile.ZipFile(build.pyodide.RUNTIME / "python_stdlib.zip") as npm:
        modules = {name for name in npm.namelist() if name.endswith(".py")}
    with zipfile.ZipFile(dist / "pyodide" / "python_stdlib.zip") as ours:
        assert {name for name in ours.namelist() if name.endswith((".py", ".pyc"))} == {f"{name}c" for name in modules}


@pytest.mark.parametrize("page", ["docs/script-tag.md", "docs/comparison.md", "web/npm/README.md"])
def test_the_documentation_says_how_much_a_page_downloads(dist: Path, page: str) -> None:
    """To a tenth."""
    (line,) = re.findall(r"^.*(?:on the wire|Load option `runtime`).*$", (ROOT / page).read_text(), re.MULTILINE)
    found = re.findall(r"([\d.]+) (kB|MB)\b", line)
    said = sorted(float(number) * (1e6 if unit == "MB" else 1e3) for number, unit in found)
    assert said[-2:] == pytest.approx([compressed(dist, *MICROPYTHON), compressed(dist, *PYODIDE)], rel=0.1)


def test_compressed_files_hold_what_lies_beside_them(dist: Path) -> None:
    paths = [path for path in dist.rglob("*") if build.sizes.is_copy(path)]
    assert {path.suffix for path in paths} == {".gz", ".br"}
    assert len(paths) >= 20
    for path in paths:
        if path.suffix == ".gz":
            assert gzip.decompress(path.read_bytes()) == path.with_suffix("").read_bytes()
    node = ["node", "--input-type=module", "--eval", UNPACK, *(str(path) for path in paths if path.suffix == ".br")]
    done = subprocess.run(node, capture_output=True, text=True, check=False, timeout=60)
    assert (done.returncode, done.stdout) == (0, "same\n"), done.stderr


def test_integrity_is_that_of_the_script(dist: Path) -> None:
    digest = hashlib.sha384((dist / "rudderanalytics.js").read_bytes()).digest()
    assert (dist / "rudderanalytics.sri").read_text() == f"sha384-{base64.b64encode(digest).decode()}\n"


def test_script_names_its_map(dist: Path) -> None:
    assert (dist / "rudderanalytics.js").read_text().endswith("//# sourceMappingURL=rudderanalytics.js.map\n")
    assert build.script.SCRIPT in " ".join(json.loads((dist / "rudderanalytics.js.map").read_text())["sources"])


def test_scripts_know_the_version_and_nothing_else_that_is_to_be_filled_in(dist: Path) -> None:
    scripts = [*dist.glob("*.js"), *dist.glob("*.mjs"), *dist.glob("*/rudderanalytics.mjs"), embedded()]
    assert len(scripts) >= 5
    assert [path.name for path in scripts if re.search(r"__[A-Z]+__", path.read_text())] == []
    assert f'"{build.version()}"' in (dist / "rudderanalytics.js").read_text()
    assert f'"{build.version()}"' in embedded().read_text()


def embedded() -> Path:
    """The script that Python puts into a page."""
    return build.script.FOR_THE_WHEEL / "rudderanalytics.js"


def test_wheel_is_the_sources_as_they_are_and_the_script_that_python_puts_into_a_page(wheel: Path) -> None:
    modules = [path for path in (ROOT / "sdk").rglob("*") if path.suffix in (".py", ".typed")]
    expected = {str(path.relative_to(ROOT / "sdk")): path.read_bytes() for path in modules}
    expected |= {f"rudderanalytics/{path.name}": path.read_bytes() for path in embedded().parent.iterdir()}
    with zipfile.ZipFile(wheel) as archive:
        there = {name: archive.read(name) for name in archive.namelist() if name.startswith("rudderanalytics/")}
    assert there == expected


def test_script_of_the_wheel_asks_for_no_map(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        assert b"sourceMappingURL" not in archive.read("rudderanalytics/rudderanalytics.js")


def metadata(wheel: Path) -> Message:
    with zipfile.ZipFile(wheel) as archive:
        return message_from_bytes(archive.read(f"rudderanalytics-{build.version()}.dist-info/METADATA"))


def test_wheel_says_what_it_is(wheel: Path) -> None:
    said = metadata(wheel)
    assert (said["Name"], said["Version"]) == ("rudderanalytics", build.version())
    assert said["Description-Content-Type"] == "text/markdown"
    assert said.get_payload(decode=True) == (ROOT / "README.md").read_bytes()
    assert {"pyscript", "pyodide", "micropython", "rudderstack"} <= set(said["Keywords"].split(","))
    assert {f"Programming Language :: Python :: 3.{minor}" for minor in (12, 13, 14)} <= set(said.get_all("Classifier"))
    assert [re.fullmatch(r"[^,]{1,32}, https://\S+", url) is not None for url in said.get_all("Project-URL")] == [True]
    assert said.get_all("Requires-Dist") is None


def test_classifiers_are_those_that_pypi_knows(wheel: Path) -> None:
    assert set(metadata(wheel).get_all("Classifier", [])) <= trove_classifiers.classifiers


def test_folders_come_before_what_is_in_them(wheel: Path) -> None:
    """PyScript's `mpy` makes the folder of each file that it unzips, and no folder above it."""
    made = {""}
    with zipfile.ZipFile(wheel) as archive:
        for name in archive.namelist():
            folder = name.rpartition("/")[0]
            assert folder.rpartition("/")[0] in made, f"{name} comes too early"
            made.add(folder)
    assert "rudderanalytics/core/calls" in made


@pytest.mark.parametrize("kind", ["checkout", "sdist"])
def test_pip_makes_the_same_wheel(wheel: Path, tmp_path: Path, kind: str) -> None:
    """Of a checkout that is built, and of its source distribution; pip sets no SOURCE_DATE_EPOCH."""
    source = ROOT
    if kind == "sdist":
        in_python("hatchling", "build", "--target", "sdist", "--directory", tmp_path)
        (source,) = tmp_path.glob("rudderanalytics-*.tar.gz")
    offline = ["--no-build-isolation", "--no-deps", "--no-index"]
    in_python("pip", "wheel", "--quiet", *offline, "--wheel-dir", tmp_path, source)
    assert (tmp_path / wheel.name).read_bytes() == wheel.read_bytes()


def in_python(module: str, *arguments: str | Path) -> None:
    command = [sys.executable, "-m", module, *arguments]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 0, done.stderr


def test_compiled_wheel_holds_every_module_as_bytecode_of_python_3_13(compiled: Path) -> None:
    sources = (ROOT / "sdk" / "rudderanalytics").rglob("*.py")
    modules = {str(path.relative_to(ROOT / "sdk")) for path in sources}
    with zipfile.ZipFile(compiled) as archive:
        assert {name.removesuffix("c") for name in archive.namelist() if name.endswith(".pyc")} == modules
        assert not [name for name in archive.namelist() if name.endswith(".py")]
        assert {archive.read(name + "c")[:4] for name in modules} == {importlib.util.MAGIC_NUMBER}


def test_lock_file_lists_what_is_there_under_its_true_hash(dist: Path, lock: dict, compiled: Path) -> None:
    packages = lock["packages"]
    assert set(packages) == {"micropip", "rudderanalytics"}
    for entry in packages.values():
        assert hashlib.sha256((dist / "pyodide" / entry["file_name"]).read_bytes()).hexdigest() == entry["sha256"]
        assert set(entry["depends"]) <= set(packages)
    assert packages["rudderanalytics"]["file_name"] == compiled.name
    assert (dist / "pyodide" / compiled.name).read_bytes() == compiled.read_bytes()


@pytest.mark.parametrize("path", ["dist/pyodide/pyodide-lock.json", "web/package-lock.json", "web/constraints.txt"])
def test_lock_files_carry_no_address(dist: Path, path: str) -> None:
    assert not re.findall(r"\w+://", (ROOT / path).read_text())


def test_nothing_we_built_names_a_path_of_this_machine(dist: Path, wheel: Path, compiled: Path) -> None:
    ours = [path.read_bytes() for path in [*dist.glob("rudderanalytics.*"), *dist.glob("*/rudderanalytics.*")]]
    for path in (wheel, compiled):
        with zipfile.ZipFile(path) as archive:
            ours += [archive.read(name) for name in archive.namelist()]
    assert not [content[:80] for content in ours if str(ROOT).encode() in content]


def test_tag_gets_every_module_but_the_faces_and_the_shapes() -> None:
    there = {str(path.relative_to(ROOT / "sdk")) for path in (ROOT / "sdk").rglob("*.py")}
    assert there - core.sources().keys() == {
        "rudderanalytics/_types.py",
        "rudderanalytics/browser.py",
        "rudderanalytics/conversion.py",
        "rudderanalytics/javascript.py",
        "rudderanalytics/logs.py",
        "rudderanalytics/tag.py",
        "rudderanalytics/tracebacks.py",
        "rudderanalytics/worker.py",
    }
    assert core.sources()["rudderanalytics/__init__.py"] == ""


def test_memory_of_micropython_is_the_same_each_time(tmp_path: Path) -> None:
    runtime = build.micropython.RUNTIME / "micropython.wasm"
    made, loose = tmp_path / "made.wasm", tmp_path / "loose.wasm"
    preset = ["node", build.micropython.PRESET, runtime, made, loose, build.micropython.STAGED, core.DOOR]
    subprocess.run(preset, check=True, timeout=60)
    assert made.read_bytes() == build.micropython.IMAGE.read_bytes()


def test_memory_of_micropython_holds_the_core_and_no_more_than_its_heap_needs(dist: Path) -> None:
    wasm, whole = dist / "micropython" / "rudderanalytics.wasm", build.micropython.RUNTIME / "micropython.wasm"
    node = ["node", "--input-type=module", "--eval", BOOT, build.script.SOURCES / "runtimes" / "interpreter.js", wasm]
    done = subprocess.run(node, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 0, done.stderr
    version, effects = done.stdout.splitlines()
    assert version == "1.27.0"
    (line,) = json.loads(effects)
    assert line["type"] == "fail"
    assert line["text"].startswith("load failed: KeyError")
    assert build.micropython.IMAGE.stat().st_size < whole.stat().st_size + 90 * KB
    assert wasm.stat().st_size < whole.stat().st_size


def test_pyodide_loads_us_and_micropip_without_a_network(dist: Path) -> None:
    node = ["node", "--input-type=module", "--eval", LOAD, str(dist / "pyodide")]
    done = subprocess.run(node, capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 0, done.stderr
    version, file = json.loads(done.stdout.splitlines()[-1])
    assert version == build.version()
    assert file.endswith("rudderanalytics/__init__.pyc")


def test_same_sources_make_the_same_wheels(wheel: Path, compiled: Path, tmp_path: Path) -> None:
    again = build.wheels.make(tmp_path)
    assert [path.read_bytes() for path in again] == [wheel.read_bytes(), compiled.read_bytes()]


def test_dist_is_what_these_sources_make(dist: Path) -> None:
    assert build.is_current(), "sdk/ or web/ changed since: run `make build`"


def test_what_is_current_is_not_built_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(build, "is_current", lambda: True)
    assert build.build() is False
