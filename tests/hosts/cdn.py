"""What the hosts' pages fetch from CDNs, at their addresses: Pyodide from npm, its packages from PyPI.

The pages stay as their tools make them. What is asked for and not here is refused, as by a network that is away.
"""

import hashlib
import json
import re
import zipfile
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from playwright.sync_api import BrowserContext, Route

from .packages import wheels


def stand_in(context: BrowserContext, site: str, pyodide: Path, *others: Path) -> list[str]:
    """Answer for the CDNs with this Pyodide and other folders; all of this site's own stays. What was refused."""
    refused: list[str] = []
    packages = wheels(pyodide.name)
    homes = (pyodide, packages, *others)

    def answer(route: Route) -> None:
        address = urlsplit(route.request.url)
        name = Path(address.path).name
        found = next((home / end for end in ends(address.path) for home in homes if (home / end).is_file()), None)
        if route.request.url.startswith(site) or address.scheme in ("blob", "data"):
            route.fallback()
        elif name == "pyodide-lock.json":
            route.fulfill(json=lock(pyodide, packages), headers=EVERYBODY)
        elif found:
            route.fulfill(path=found, headers=EVERYBODY)
        else:
            refused.append(route.request.url)
            route.abort()

    context.route("**", answer)
    return refused


def ends(path: str) -> list[str]:
    """By which a CDN's path may be known here, longest first; Bokeh's scripts have their version in the name there."""
    parts = unquote(path).strip("/").split("/")
    return ["/".join(parts[n:]) for n in range(len(parts))] + [re.sub(r"-[\d.]+(?=\.min\.js$)", "", parts[-1])]


EVERYBODY = {"access-control-allow-origin": "*"}


def lock(pyodide: Path, packages: Path) -> dict[str, object]:
    """The list of packages as Pyodide has it, with PyPI's wheels for those that are here."""
    listed: dict[str, Any] = json.loads((pyodide / "pyodide-lock.json").read_text())
    here = {normal(wheel.name.partition("-")[0]): wheel for wheel in packages.glob("*.whl")}
    for name, wheel in here.items():
        distribution, version, *_ = wheel.name.split("-")
        old = listed["packages"].get(name, {"depends": [], "imports": [distribution]})
        listed["packages"][name] = old | {
            "name": name,
            "depends": sorted(here.keys() & (needs(wheel) | {normal(needed) for needed in old["depends"]})),
            "version": version,
            "file_name": wheel.name,
            "sha256": hashlib.sha256(wheel.read_bytes()).hexdigest(),
            "install_dir": "site",
            "package_type": "package",
            "unvendored_tests": False,
        }
    return listed


def needs(wheel: Path) -> set[str]:
    """The packages that it cannot do without, by their normalized names."""
    with zipfile.ZipFile(wheel) as archive:
        (about,) = [name for name in archive.namelist() if re.fullmatch(r"[^/]+\.dist-info/METADATA", name)]
        found = re.findall(r"^Requires-Dist: ([\w.-]+)(?!.*extra ==)", archive.read(about).decode(), re.MULTILINE)
    return {normal(name) for name in found}


def normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()
