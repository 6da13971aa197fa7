"""`make release`: `dist/release/`, all that is published of a version, with the hashes to check it by.

docs/releasing.md says what becomes of it. Everything comes out of `dist/` as it was built; nothing is sent anywhere.
"""

import base64
import hashlib
import os
import shutil
import sys
import zipfile
from pathlib import Path

import build
from distribution import notices, npm, sizes, wheels
from toolchain.step import ROOT, Blocked, run

FOLDER = build.DIST / "release"
SUMS, INTEGRITY, NOTICES = "SHA256SUMS", "SRI.txt", "THIRD-PARTY-NOTICES.md"
# What a page fetches: a tag's or a module's `integrity` can name its hash.
FETCHED = (".js", ".mjs", ".wasm", ".zip", ".gz", ".json", ".whl")
APART = ("npm", "release")


def release() -> None:
    build.build()
    shutil.rmtree(FOLDER, ignore_errors=True)
    FOLDER.mkdir()
    (wheel,) = build.DIST.glob("*-py3-none-any.whl")
    (tarball,) = (build.DIST / npm.FOLDER).glob("*.tgz")
    for path in (wheel, tarball):
        shutil.copyfile(path, FOLDER / path.name)
    env = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    env["SOURCE_DATE_EPOCH"] = wheels.EPOCH
    sdist: list[str | Path] = [sys.executable, "-m", "hatchling", "build", "--target", "sdist", "--directory", FOLDER]
    run(*sdist, env=env, otherwise="hatchling could not make the source distribution")
    archive(FOLDER / f"rudderanalytics-{build.version()}-dist.zip")
    (FOLDER / NOTICES).write_text(notices.text())
    (FOLDER / INTEGRITY).write_text(
        "".join(f"{integrity(path)}  {name}\n" for name, path in served() if is_fetched(path))
    )
    made = sorted(path for path in FOLDER.iterdir() if path.name != SUMS)
    (FOLDER / SUMS).write_text(
        "".join(f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.name}\n" for path in made)
    )


def served() -> list[tuple[str, Path]]:
    """The files that a static host serves, by their names in `dist/`."""
    paths = sorted(path for path in build.DIST.rglob("*") if path.is_file())
    named = [(path.relative_to(build.DIST).as_posix(), path) for path in paths]
    return [(name, path) for name, path in named if name.split("/")[0] not in APART]


def is_fetched(path: Path) -> bool:
    return path.suffix in FETCHED and not sizes.is_copy(path)


def archive(made: Path) -> None:
    """`dist/` for static hosts, under a folder of the version: the same bytes from the same `dist/`."""
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as whole:
        for name, path in served():
            entry = zipfile.ZipInfo(f"rudderanalytics-{build.version()}/{name}", wheels.DATE)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o644 << 16
            whole.writestr(entry, path.read_bytes())


def integrity(path: Path) -> str:
    return "sha384-" + base64.b64encode(hashlib.sha384(path.read_bytes()).digest()).decode()


if __name__ == "__main__":
    try:
        release()
    except (Blocked, FileNotFoundError) as reason:
        sys.exit(f"release: {reason}")
    for path in sorted(FOLDER.iterdir()):
        print(f"{path.stat().st_size:>12,}  {path.relative_to(ROOT)}")
