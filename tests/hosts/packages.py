"""What the hosts are made of, from npm and PyPI: exact versions, into build/hosts, once."""

import json
import sys
import zipfile
from collections.abc import Iterable
from pathlib import Path

from toolchain import stamp
from toolchain.step import ROOT, run

HOME = ROOT / "build" / "hosts"
MARIMO, JUPYTERLITE, STLITE = "0.25.2", "0.8.6", "1.9.2"
PINS = {
    "pyodide-315": "npm:pyodide@315.0.0-alpha.2",
    "pyodide-314.0.0": "npm:pyodide@314.0.0",  # marimo's
    "pyodide-314.0.6": "npm:pyodide@314.0.6",  # JupyterLite's
    "pyodide-0.29.3": "npm:pyodide@0.29.3",  # stlite's
    "@stlite/browser": STLITE,
}
# The others are in web/package.json, for other tests too.
PYODIDES = ("pyodide-0.27", "pyodide-0.28", "pyodide", "pyodide-314", "pyodide-315")

TOOLS = (
    *(f"marimo=={MARIMO}", "uv==0.13.9"),
    *(f"jupyterlite-core=={JUPYTERLITE}", f"jupyterlite-pyodide-kernel=={JUPYTERLITE}", "jupyter-server==2.21.1"),
)
"""Programs that make pages (uv is marimo's); what they need in turn is in constraints.txt beside this file."""
CONSTRAINTS = Path(__file__).parent / "constraints.txt"

INTROSPECTION = ("jedi==0.19.2", "parso==0.8.6", "pygments==2.20.0", "micropip==0.11.1", "packaging==26.1")
WHEELS = {
    "pyodide-314.0.0": (
        *(*INTROSPECTION, f"marimo-base=={MARIMO}", "docutils==0.22.4", "pyodide-http==0.2.2", "narwhals==2.18.1"),
        *("msgspec==0.23.0", "markdown==3.11.3", "pymdown-extensions==11.0.2"),
    ),
    "pyodide-314.0.6": (
        *(*INTROSPECTION, "ipython==9.12.0", "asttokens==3.0.1", "comm==0.2.3", "decorator==5.2.1", "executing==2.2.1"),
        *("ipython-pygments-lexers==1.1.1", "matplotlib-inline==0.2.1", "prompt-toolkit==3.0.52", "pure-eval==0.2.3"),
        *("six==1.17.0", "stack-data==0.6.3", "traitlets==5.14.3", "wcwidth==0.6.0"),
    ),
    "pyodide-0.29.3": (
        *("micropip==0.11.0", "packaging==24.2", "pyodide-http==0.2.2", "protobuf==7.36.2", "blinker==1.9.0"),
        *("typing-extensions==4.15.0", "starlette==0.47.2", "anyio==4.9.0", "sniffio==1.3.1", "idna==3.10"),
        *("python-multipart==0.0.34", "itsdangerous==2.2.0"),
    ),
}
"""What a page loads into its Pyodide: npm has none of them, PyPI has these (msgspec's WebAssembly too)."""
WITHOUT_C = {"pyodide-314.0.0": ("pyyaml==6.0.3",)}
"""Those that PyPI has for other machines only, and that work without their part in C."""
ABSENT = {
    "pyodide-0.29.3": ("numpy==2.2.5", "pandas==2.3.3", "pillow==11.3.0", "fastparquet==2024.11.0", "altair==6.0.0")
}
"""What a host installs, imports only where an app uses it, and no registry has for its Pyodide (of Altair: rpds-py)."""


def bring() -> Path:
    """The folder of the npm packages."""
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


def tools() -> Path:
    """The folder of the hosts' own programs, in an environment of their own."""
    home = HOME / "tools"
    mark = stamp.fingerprint(str(ROOT), sys.version, "\n".join(TOOLS), CONSTRAINTS)
    if not stamp.holds(home / "stamp", mark):
        run(sys.executable, "-m", "venv", "--clear", home, otherwise="Python's venv module does not work here")
        install = ["-m", "pip", "install", "-qq", "--no-compile", "-c", CONSTRAINTS]
        run(home / "bin" / "python", *install, *TOOLS, otherwise="PyPI has not all that the hosts need")
        stamp.put(home / "stamp", mark)
    return home / "bin"


def wheels(pyodide: str) -> Path:
    """The folder of the wheels for this Pyodide."""
    pins, portable, absent = WHEELS[pyodide], WITHOUT_C.get(pyodide, ()), ABSENT.get(pyodide, ())
    home = HOME / "wheels" / pyodide
    mark = stamp.fingerprint("\n".join(pins + portable), "\n".join(absent))
    if not stamp.holds(home / "stamp", mark):
        home.mkdir(parents=True, exist_ok=True)
        for old in home.glob("*.whl"):
            old.unlink()
        _download(home, *_target(pyodide), *pins)
        if portable:
            _download(home / "with C", *portable)
        for wheel in (home / "with C").glob("*.whl"):
            _leave_c_out(wheel, home)
        for pin in absent:
            _put_together(*pin.split("=="), {}, home)
        if absent:
            _put_together("ssl", "1.0.0", _ssl(), home)
        stamp.put(home / "stamp", mark)
    return home


def _download(home: Path, *wanted: str) -> None:
    command = ["-m", "pip", "download", "-qq", "--no-deps", "--only-binary", ":all:", "-d", home]
    run(sys.executable, *command, *wanted, otherwise="PyPI has not all wheels that the hosts need")


def _leave_c_out(wheel: Path, home: Path) -> None:
    name, version, *_ = wheel.name.split("-")
    with zipfile.ZipFile(wheel) as whole, zipfile.ZipFile(home / f"{name}-{version}-py3-none-any.whl", "w") as portable:
        for part in whole.namelist():
            if not part.endswith(".so"):
                portable.writestr(part, whole.read(part))


def _put_together(name: str, version: str, modules: dict[str, bytes], home: Path) -> None:
    """A wheel of these modules. One of none can be installed, not imported."""
    about = f"{name}-{version}.dist-info"
    with zipfile.ZipFile(home / f"{name}-{version}-py3-none-any.whl", "w") as wheel:
        for module, text in modules.items():
            wheel.writestr(module, text)
        wheel.writestr(f"{about}/METADATA", f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n")
        wheel.writestr(f"{about}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        wheel.writestr(f"{about}/RECORD", "")


def _ssl() -> dict[str, bytes]:
    """Pyodide's own since 314, in Python; until then it was compiled, and no registry has it."""
    with zipfile.ZipFile(bring() / "pyodide-314.0.6" / "python_stdlib.zip") as library:
        return {module: library.read(module) for module in ("ssl.py", "_ssl.py")}


def _target(pyodide: str) -> Iterable[str]:
    """What pip calls the interpreter in this Pyodide."""
    about = json.loads((bring() / pyodide / "pyodide-lock.json").read_text())["info"]
    major, minor, _ = about["python"].split(".")
    yield from ("--platform", f"pyemscripten_{about['abi_version']}_wasm32", "--python-version", f"{major}.{minor}")
    yield from ("--implementation", "cp", "--abi", f"cp{major}{minor}", "--abi", "none")
