"""dist/ is what the pages and the package installers need: small, complete, and true about its own hashes."""

import base64
import gzip
import hashlib
import importlib.util
import json
import re
import subprocess
import zipfile
from email import message_from_bytes
from pathlib import Path

import pytest

import build

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
const { start } = await import(pathToFileURL(process.argv[1]));
const python = await start(await WebAssembly.compile(readFileSync(process.argv[2])), {});
console.log(python.get("start", "version")(""));
console.log(python.get("core", "handle")('{"type": "load", "now": 1}'));
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


def test_script_is_at_most_6_kb_gzipped(dist: Path) -> None:
    assert len(gzip.compress((dist / "rudderanalytics.js").read_bytes())) <= 6 * KB


def test_wheel_is_at_most_30_kb(wheel: Path) -> None:
    assert wheel.stat().st_size <= 30 * KB


def compressed(dist: Path, *names: str) -> int:
    """Bytes on the wire, as a server sends them that knows of the Brotli files."""
    return sum(build.sizes.size(dist / name, ".br") for name in names)


def test_micropython_is_at_most_200_kb_on_the_wire(dist: Path) -> None:
    """Everything that the script tag fetches."""
    names = ["rudderanalytics.js", "micropython/rudderanalytics.mjs", "micropython/rudderanalytics.wasm"]
    assert compressed(dist, *names) <= 200_000


def test_pyodide_is_at_most_5_mb_on_the_wire(dist: Path) -> None:
    names = ["rudderanalytics.mjs", "pyodide.mjs", "pyodide.asm.js", "pyodide.asm.wasm", "rudderanalytics.snapshot.gz"]
    assert compressed(dist, "rudderanalytics.js", *(f"pyodide/{name}" for name in names)) <= 5_050_000


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
    assert "main.js" in " ".join(json.loads((dist / "rudderanalytics.js.map").read_text())["sources"])


def test_wheel_carries_the_script_and_no_dependency(dist: Path, wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        script = archive.read("rudderanalytics/rudderanalytics.js").decode()
        seldom = archive.read("rudderanalytics/seldom.mjs").decode()
        metadata = message_from_bytes(archive.read(f"rudderanalytics-{build.version()}.dist-info/METADATA"))
        names = archive.namelist()
    assert {name.split("/")[0] for name in names} == {"rudderanalytics", f"rudderanalytics-{build.version()}.dist-info"}
    assert "rudderanalytics/py.typed" in names
    assert (dist / "rudderanalytics.js").read_text() == script + "//# sourceMappingURL=rudderanalytics.js.map\n"
    assert (dist / "seldom.mjs").read_text() == seldom
    assert metadata["Version"] == build.version()
    assert metadata.get_all("Requires-Dist") is None


def test_compiled_wheel_holds_every_module_as_bytecode_of_python_3_13(compiled: Path) -> None:
    sources = (ROOT / "sdk" / "rudderanalytics").rglob("*.py")
    modules = {str(path.relative_to(ROOT / "sdk")) for path in sources}
    with zipfile.ZipFile(compiled) as archive:
        assert {name.removesuffix("c") for name in archive.namelist() if name.endswith(".pyc")} == modules
        assert not [name for name in archive.namelist() if name.endswith(".py")]
        assert {archive.read(name + "c")[:4] for name in modules} == {importlib.util.MAGIC_NUMBER}


def test_wheel_holds_the_core_as_one_module(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        modules = {name for name in archive.namelist() if name.endswith(".py")}
    assert modules == {f"rudderanalytics/{name}.py" for name in ("__init__", "_types", "browser")}


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
    ours = [gzip.decompress((dist / "pyodide" / "rudderanalytics.snapshot.gz").read_bytes())]
    ours += [path.read_bytes() for path in [*dist.glob("rudderanalytics.*"), *dist.glob("*/rudderanalytics.*")]]
    for path in (wheel, compiled):
        with zipfile.ZipFile(path) as archive:
            ours += [archive.read(name) for name in archive.namelist()]
    assert not [content[:80] for content in ours if str(ROOT).encode() in content]


def test_core_of_micropython_is_every_module_that_the_bridge_needs() -> None:
    there = {path.stem for path in (ROOT / "sdk" / "rudderanalytics").rglob("*.py")}
    assert build.micropython.modules().keys() == there - {"__init__", "browser", "_types"}


def test_memory_of_micropython_is_the_same_each_time(dist: Path, tmp_path: Path) -> None:
    runtime = build.micropython.RUNTIME / "micropython.wasm"
    modules = [build.micropython.STAGED / f"{name}.mpy" for name in ("start", "core")]
    made = tmp_path / "made.wasm"
    subprocess.run(["node", build.micropython.PRESET, runtime, made, *modules], check=True, timeout=60)
    assert made.read_bytes() == (dist / "micropython" / "rudderanalytics.wasm").read_bytes()


def test_memory_of_micropython_holds_the_core_and_no_more_than_its_heap_needs(dist: Path) -> None:
    wasm = dist / "micropython" / "rudderanalytics.wasm"
    node = ["node", "--input-type=module", "--eval", BOOT, build.script.SOURCES / "runtimes" / "interpreter.js", wasm]
    done = subprocess.run(node, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 0, done.stderr
    version, effects = done.stdout.splitlines()
    assert version == "1.27.0"
    assert [effect["text"] for effect in json.loads(effects)] == ["load failed: KeyError: options"]
    assert wasm.stat().st_size < (build.micropython.RUNTIME / "micropython.wasm").stat().st_size + 64 * KB


def test_pyodide_loads_us_and_micropip_without_a_network(dist: Path) -> None:
    node = ["node", "--input-type=module", "--eval", LOAD, str(dist / "pyodide")]
    done = subprocess.run(node, capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 0, done.stderr
    version, file = json.loads(done.stdout.splitlines()[-1])
    assert version == build.version()
    assert file.endswith("rudderanalytics/__init__.pyc")


def test_same_sources_make_the_same_wheels(
    wheel: Path, compiled: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(build.wheels, "WHOLE", tmp_path / "modules")  # other tests read that one meanwhile
    with zipfile.ZipFile(wheel) as archive:
        scripts = {
            name: archive.read(f"rudderanalytics/{name}").decode() for name in ("rudderanalytics.js", "seldom.mjs")
        }
    again = build.wheels.make(tmp_path, scripts)
    assert [path.read_bytes() for path in again] == [wheel.read_bytes(), compiled.read_bytes()]


def test_dist_is_what_these_sources_make(dist: Path) -> None:
    assert build.is_current(), "sdk/ or web/ changed since: run `make build`"


def test_what_is_current_is_not_built_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(build, "is_current", lambda: True)
    assert build.build() is False
