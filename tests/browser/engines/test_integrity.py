"""A tag with `integrity`: whatever the script loads is what it was built with, or it never runs."""

import os
from pathlib import Path

import pytest
from browser.site_under_test import Site

from .engine import Tab
from .pages import flush, write
from .test_places import policy

SCRIPT = "globalThis.ranChanged = true; new BroadcastChannel('changed').postMessage('');"
"""What a changed script does first."""
BLOBS = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval' {}; worker-src 'self' blob:; connect-src 'self'"
# What a page loads on its way to the first message, by runtime; `host` is a page whose own Python comes later.
LOADED = {
    "micropython": ["integrity.mjs", "micropython/rudderanalytics.mjs", "micropython/rudderanalytics.wasm"],
    "pyodide": [
        "integrity.mjs",
        "pyodide/rudderanalytics.mjs",
        "pyodide/pyodide.mjs",
        "pyodide/pyodide.asm.js",
        "pyodide/rudderanalytics.wasm",
        "pyodide/rudderanalytics.snapshot",
        "pyodide/rudderanalytics.snapshot.gz",
    ],
    "pyodide without a worker": ["pyodide/pyodide.mjs", "pyodide/pyodide.asm.wasm", "pyodide/rudderanalytics.zip"],
    "host": ["integrity.mjs", "core.mjs"],
}


def copied(site: Site, dist: Path, changed: str = "") -> None:
    """A copy of dist/ as the site's own, with one file that is another one."""
    for path in dist.rglob("*"):
        name = path.relative_to(dist)
        place = site.folder / "assets" / name
        if path.is_dir() or name.parts[0] == "npm":
            continue
        place.parent.mkdir(parents=True, exist_ok=True)
        place.unlink(missing_ok=True)
        os.link(path, place)
    if changed.endswith(".snapshot.gz"):  # which is for servers that do not compress
        for ending in (".br", ".gz"):
            (site.folder / "assets" / "pyodide" / f"rudderanalytics.wasm{ending}").unlink()
    for ending in ("", ".br", ".gz") if changed else ():
        place = site.folder / "assets" / (changed + ending)
        if place.exists():
            place.unlink()
            content = (dist / changed).read_bytes()
            if not ending:
                place.write_bytes(SCRIPT.encode() + content if changed.endswith("js") else content + b"\0")


def tag(site: Site, dist: Path, runtime: str, *, checked: bool = True) -> str:
    own = {"integrity": (dist / "rudderanalytics.sri").read_text().strip()} if checked else {}
    return site.tag(runtime.partition(" ")[0], **own).replace("/dist/", "/site/assets/")


def arrive(site: Site, tab: Tab, html: str, head: str = "") -> None:
    heard = """<script>
        window.changes = new BroadcastChannel("changed");
        changes.onmessage = () => (window.ranChanged = true);
    </script>"""
    tab.open(write(site, heard + html, head=head))
    tab.wait("!!window.rudderanalytics?.flush")
    tab.run("rudderanalytics.identify('u1', {plan: 'free'})")


@pytest.fixture(params=["micropython", "pyodide", "pyodide without a worker"])
def place(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def head_of(place: str) -> str:
    return policy("worker-src 'none'") if "without" in place else ""


def test_all_as_it_was_built(site: Site, dist: Path, tab: Tab, place: str) -> None:
    """`integrity` on the tag: where all files are those that were built, it works"""
    copied(site, dist)
    arrive(site, tab, tag(site, dist, place), head_of(place))
    assert flush(tab)["delivered"] == 1
    assert len(tab.lines()) == ("without" in place)


@pytest.mark.parametrize(("place", "changed"), [(place, name) for place in LOADED for name in LOADED[place]])
def test_a_changed_file(site: Site, dist: Path, tab: Tab, place: str, changed: str) -> None:
    """`integrity` on the tag: a file that is another one never runs, with one error line"""
    copied(site, dist, changed)
    arrive(site, tab, tag(site, dist, place), head_of(place))
    tab.wait("recorded.lines.some((line) => line.includes('Python failed'))")
    assert flush(tab)["delivered"] == 0
    lines = [line for line in tab.lines() if "main thread" not in line]
    assert len(lines) == 1
    if changed != "integrity.mjs":
        assert f"{Path(changed).name} is not the file" in lines[0]
    assert not tab.run("window.ranChanged === true")
    assert site.messages() == []


def test_a_changed_file_of_a_tag_that_says_nothing(site: Site, dist: Path, tab: Tab) -> None:
    """Without `integrity` on the tag nothing is checked"""
    copied(site, dist, "micropython/rudderanalytics.mjs")
    arrive(site, tab, tag(site, dist, "micropython", checked=False))
    assert flush(tab)["delivered"] == 1
    assert tab.run("window.ranChanged === true")


def test_a_policy_without_blobs(site: Site, dist: Path, tab: Tab, runtime: str) -> None:
    """`integrity` on the tag: a policy that forbids Blobs is one line, and nothing runs; one that allows them does"""
    copied(site, dist)
    arrive(site, tab, tag(site, dist, runtime), policy(BLOBS.format("")))
    tab.wait("recorded.lines.some((line) => line.includes('Python failed'))")
    assert len(tab.lines()) == 1
    assert flush(tab)["delivered"] == 0
    arrive(site, tab, tag(site, dist, runtime), policy(BLOBS.format("blob: 'unsafe-inline'")))
    assert flush(tab)["delivered"] >= 1


def test_the_trimmed_pyodide_is_enough(site: Site, dist: Path, tab: Tab) -> None:
    """Pyodide with what the core needs of it, where the rest is not there"""
    copied(site, dist)
    for path in (site.folder / "assets" / "pyodide").iterdir():
        if path.name.startswith(("pyodide.asm.wasm", "rudderanalytics.zip")):
            path.unlink()
    arrive(site, tab, tag(site, dist, "pyodide", checked=False))
    assert flush(tab)["delivered"] == 1
    assert tab.lines() == []
