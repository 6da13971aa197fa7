"""What the hosts are made of, from npm: exact versions, into build/hosts, once."""

from pathlib import Path

from toolchain import stamp
from toolchain.step import ROOT, run

HOME = ROOT / "build" / "hosts"
PINS = {
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
