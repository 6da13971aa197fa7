"""The core as the script tag's interpreters have it: `rudderanalytics.core` with its rooms, and what it imports.

They need neither the faces for Python in a page nor the shapes for type checkers. The package's own module is such a
face: there it is empty.
"""

from toolchain.step import ROOT

PACKAGE = ROOT / "sdk" / "rudderanalytics"
BESIDE = ("_version.py", "errors.py")
# The module whose `handle` the page's script calls; whoever imports it has imported everything else.
DOOR = "rudderanalytics.core.boundary"


def sources() -> dict[str, str]:
    """Each module's source by its path: `rudderanalytics/core/boundary.py`."""
    paths = [*(PACKAGE / name for name in BESIDE), *sorted((PACKAGE / "core").rglob("*.py"))]
    ours = {path.relative_to(PACKAGE.parent).as_posix(): path.read_text() for path in paths}
    return {f"{PACKAGE.name}/__init__.py": ""} | ours
