"""What the hosts are made of, from npm: exact versions, into build/hosts, once."""

from pathlib import Path

from toolchain import stamp
from toolchain.step import ROOT, run

HOME = ROOT / "build" / "hosts"
PINS = {
    "jquery": "3.7.1",  # these two Pyodide's console.html asks a CDN for: 2.35.2 of the second, which npm has not
    "jquery.terminal": "2.35.3",
    "pyodide-315": "npm:pyodide@315.0.0-alpha.2",
}
# The others are in web/package.json, for other tests too.
PYODIDES = ("pyodide-0.27", "pyodide-0.28", "pyodide", "pyodide-314", "pyodide-315")


def bring() -> Path:
    """The folder of the packages."""
    wanted = [f"{name}@{version}" for name, version in PINS.items()]
    mark = stamp.fingerprint("\n".join(wanted))
    modules = HOME / "node_modules"
    if not stamp.holds(modules / "stamp", mark):
        HOME.mkdir(parents=True, exist_ok=True)
        (HOME / "package.json").write_text('{"private": true}\n')
        quiet = ["--ignore-scripts", "--no-audit", "--no-fund", "--no-package-lock", "--loglevel=error"]
        run("npm", "install", *quiet, *wanted, cwd=HOME, otherwise="npm has not all that the hosts need")
        stamp.put(modules / "stamp", mark)
    return modules
