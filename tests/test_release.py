"""`make release`: all that is published, and the hashes of it."""

import base64
import hashlib
import re
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

import build
import release


@pytest.fixture(scope="module")
def made(dist: Path) -> Path:
    release.release()
    return release.FOLDER


def test_it_holds_every_form(made: Path) -> None:
    version = build.version()
    assert {path.name for path in made.iterdir()} == {
        f"rudderanalytics-{version}.tgz",
        f"rudderanalytics-{version}.tar.gz",
        f"rudderanalytics-{version}-py3-none-any.whl",
        f"rudderanalytics-{version}-dist.zip",
        "SHA256SUMS",
        "SRI.txt",
        "THIRD-PARTY-NOTICES.md",
    }


def test_hashes_are_those_of_the_files(made: Path) -> None:
    lines = [line.split("  ") for line in (made / "SHA256SUMS").read_text().splitlines()]
    assert {name for _, name in lines} == {path.name for path in made.iterdir()} - {"SHA256SUMS"}
    assert [name for digest, name in lines if hashlib.sha256((made / name).read_bytes()).hexdigest() != digest] == []


def test_integrity_is_that_of_each_file_that_a_page_fetches(made: Path, dist: Path) -> None:
    lines = [line.split("  ") for line in (made / "SRI.txt").read_text().splitlines()]
    names = {name for _, name in lines}
    assert {"rudderanalytics.js", "extras.mjs", "micropython/rudderanalytics.wasm", "pyodide/pyodide.asm.wasm"} <= names
    for integrity, name in lines:
        digest = hashlib.sha384((dist / name).read_bytes()).digest()
        assert integrity == "sha384-" + base64.b64encode(digest).decode()


def test_zip_is_dist_in_a_folder_of_the_version(made: Path, dist: Path) -> None:
    with zipfile.ZipFile(made / f"rudderanalytics-{build.version()}-dist.zip") as archive:
        names = archive.namelist()
        script = archive.read(f"rudderanalytics-{build.version()}/rudderanalytics.js")
    assert script == (dist / "rudderanalytics.js").read_bytes()
    assert len(names) == len(release.served())
    assert not [name for name in names if re.search(r"/(npm|release)/", name)]


def test_pypi_takes_the_packages(made: Path) -> None:
    packages = [str(path) for path in made.iterdir() if path.suffix == ".whl" or path.name.endswith(".tar.gz")]
    twine = [sys.executable, "-m", "twine", "check", "--strict", *packages]
    done = subprocess.run(twine, capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.count("PASSED") == 2


def test_notices_hold_the_licences_of_all_runtimes(made: Path) -> None:
    text = (made / "THIRD-PARTY-NOTICES.md").read_text()
    for words in (
        "Mozilla Public License",
        "PYTHON SOFTWARE FOUNDATION",
        "Damien P. George",
        "Emscripten",
        "Paul Miller",
    ):
        assert words in text
    with tarfile.open(made / f"rudderanalytics-{build.version()}.tgz") as package:
        inside = package.extractfile("package/THIRD-PARTY-NOTICES.md")
        assert inside is not None
        assert inside.read().decode() == text


def test_dist_counts_as_built_after_it(made: Path) -> None:
    assert build.is_current()
