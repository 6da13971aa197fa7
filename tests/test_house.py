"""The house as DESIGN draws it: which way imports point, what MicroPython understands, docstrings."""

import ast
from collections.abc import Iterator
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = ROOT / "sdk" / "rudderanalytics"


def dotted(path: Path) -> str:
    """`core.calls.traits`; a folder's `__init__` is the folder, the package's own is `__init__`."""
    parts = path.relative_to(PACKAGE).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" and parts[1:] else parts)


SOURCES = {dotted(path): path.read_text() for path in sorted(PACKAGE.rglob("*.py"))}
ROOMS = {dotted(path) for path in PACKAGE.rglob("*/__init__.py")}
MODULES = sorted(set(SOURCES) - {"_types"})  # _types is for editors and type checkers, and never imported at run time

# What the modules of a place may import, beside those of their own room. A place is a room or a module.
_BELOW = {"core.values", "core.effects", "core.nesting", "core.base64", "core.ids", "errors"}
MAY_IMPORT = {
    "__init__": {"browser", "tracebacks", "logs", "tag", "errors", "_version"},
    "browser": {"worker", "javascript", "conversion", "core.boundary", "core.values", "errors"},
    "worker": set(),
    "conversion": {"core.nesting"},
    "javascript": {"core.nesting"},
    "tag": set(),
    "tracebacks": set(),
    "logs": set(),
    "core.boundary": {"core.analytics", "core.values", "_version"},
    "core.analytics": {"core.client", "core.effects", "errors"},
    "core.client": {"core.calls", "core.visitor", "core.consent", "core.delivery"} | _BELOW,
    "core.calls": _BELOW,
    "core.visitor": {"core.calls.traits"} | _BELOW,
    "core.consent": {"core.visitor.identity"} | _BELOW,
    "core.delivery": {"core.calls.traits"} | _BELOW,
    "core.values": {"core.nesting"},
    "core.effects": set(),
    "core.base64": set(),
    "core.ids": set(),
    "core.nesting": set(),
    "errors": set(),
    "_version": set(),
}
FROM_OUTSIDE = {"json", "time"}
SPEAK_TO_A_PAGE = {"browser", "worker", "javascript", "logs", "tracebacks"}
IN_A_PAGE = {"asyncio", "io", "js", "logging", "pyodide.ffi", "pyscript", "pyscript.ffi", "sys", "traceback"}

NAMES_OF_NO_MODULE = {"utils", "util", "helpers", "helper", "common", "manager", "managers", "base"}


def at_run_time(tree: ast.AST) -> Iterator[ast.AST]:
    """Every node but those in `if TYPE_CHECKING:`, which no interpreter runs."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.If) and isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING":
            continue
        yield node
        yield from at_run_time(node)


def imported(module: str) -> tuple[set[str], set[str]]:
    """The package's own modules and the outside ones that a module imports at run time."""
    own, outside = set(), set()
    around = module.split(".") if module in ROOMS else module.split(".")[:-1]
    for node in at_run_time(ast.parse(SOURCES[module])):
        if isinstance(node, ast.Import):
            outside |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and not node.level:
            outside.add(str(node.module))
        elif isinstance(node, ast.ImportFrom):
            parts = around[: len(around) - node.level + 1] + (node.module.split(".") if node.module else [])
            for alias in node.names:
                name = ".".join([*parts, alias.name])
                own.add(name if name in SOURCES else ".".join(parts))
    return own, outside


def beyond_the_subset(source: str, in_a_page: bool = False) -> list[str]:
    """What MicroPython 1.27 does not have, or the design does not want, with its line."""
    found = []
    for node in at_run_time(ast.parse(source)):
        name = next((name for name, there in BEYOND.items() if there(node)), None)
        if name == "except ImportError" and in_a_page:
            continue
        if name:
            found.append(f"line {getattr(node, 'lineno', '?')}: {name}")
    return found


def names(node: ast.AST | None) -> set[str]:
    return {each.id for each in ast.walk(node) if isinstance(each, ast.Name)} if node else set()


def parameters(node: ast.AST) -> list[ast.arg]:
    return node.args.posonlyargs if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda) else []


def is_unpacked(node: ast.AST) -> bool:
    """`[*a]`, `(*a,)`, `{*a}`; `first, *rest = a` is fine."""
    return (
        isinstance(node, ast.List | ast.Tuple | ast.Set)
        and any(isinstance(item, ast.Starred) for item in node.elts)
        and isinstance(getattr(node, "ctx", ast.Load()), ast.Load)
    )


BEYOND = {
    "match": lambda node: isinstance(node, ast.Match),
    "{**a}": lambda node: isinstance(node, ast.Dict) and None in node.keys,
    "[*a]": is_unpacked,
    "a positional-only parameter": lambda node: bool(parameters(node)),
    "removeprefix": lambda node: isinstance(node, ast.Attribute) and node.attr in ("removeprefix", "removesuffix"),
    "raise ... from": lambda node: isinstance(node, ast.Raise) and node.cause is not None,
    "except*": lambda node: isinstance(node, ast.TryStar),
    "except ImportError": lambda node: (
        isinstance(node, ast.ExceptHandler) and bool(names(node.type) & {"ImportError", "ModuleNotFoundError"})
    ),
    "a test of sys.implementation": lambda node: (
        isinstance(node, ast.Compare)
        and any(isinstance(each, ast.Attribute) and each.attr == "implementation" for each in ast.walk(node))
    ),
    "a type statement": lambda node: isinstance(node, ast.TypeAlias),
    "type parameters": lambda node: bool(getattr(node, "type_params", None)),
}


def place_of(module: str) -> str:
    """The room that a module is in, or itself."""
    return module if module in MAY_IMPORT else module.rpartition(".")[0]


def test_every_module_has_its_place() -> None:
    assert {place_of(module) for module in MODULES} - {"", "core"} == set(MAY_IMPORT)


@pytest.mark.parametrize("module", sorted(set(MODULES) - {"core"}))
def test_imports_go_as_drawn(module: str) -> None:
    place = place_of(module)
    beyond = [
        name
        for name in imported(module)[0]
        if place_of(name) != place and not {name, place_of(name)} & MAY_IMPORT[place]
    ]
    assert beyond == []


def test_imports_go_one_way() -> None:
    TopologicalSorter({module: imported(module)[0] for module in MODULES}).prepare()


@pytest.mark.parametrize("room", sorted(ROOMS))
def test_a_room_is_what_its_docstring_says(room: str) -> None:
    (node,) = ast.parse(SOURCES[room]).body
    assert isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


@pytest.mark.parametrize("module", MODULES)
def test_nothing_else_is_imported_from_outside(module: str) -> None:
    allowed = FROM_OUTSIDE | IN_A_PAGE if module in SPEAK_TO_A_PAGE else FROM_OUTSIDE
    assert imported(module)[1] <= allowed


@pytest.mark.parametrize("module", MODULES)
def test_modules_stay_in_the_portable_subset(module: str) -> None:
    assert beyond_the_subset(SOURCES[module], in_a_page=module in SPEAK_TO_A_PAGE) == []


@pytest.mark.parametrize(
    ("source", "name"),
    [
        ("match x:\n    case 1: pass", "match"),
        ("x = {**a}", "{**a}"),
        ("x = [*a, b]", "[*a]"),
        ("x = (*a, b)", "[*a]"),
        ("x = {*a}", "[*a]"),
        ("def f(a, /): pass", "a positional-only parameter"),
        ("f = lambda a, /: a", "a positional-only parameter"),
        ("x = text.removeprefix('a')", "removeprefix"),
        ("raise A from b", "raise ... from"),
        ("try: pass\nexcept* A: pass", "except*"),
        ("try:\n    import x\nexcept (ImportError, KeyError): pass", "except ImportError"),
        ("x = sys.implementation.name == 'micropython'", "a test of sys.implementation"),
        ("type A = int", "a type statement"),
        ("def f[T](a: T) -> T: pass", "type parameters"),
        ("class A[T]: pass", "type parameters"),
    ],
)
def test_what_is_beyond_the_subset_is_seen(source: str, name: str) -> None:
    assert any(line.endswith(": " + name) for line in beyond_the_subset(source))


@pytest.mark.parametrize(
    "source",
    [
        "x = a | b",
        "x = [1] + list(a)",
        "x = f(*a, **b)",
        "first, *rest = a",
        "def f(a, *, b): pass",
        "raise A",
        "if TYPE_CHECKING:\n    from typing import Any\n    type A = int",
    ],
)
def test_the_subset_itself_is_allowed(source: str) -> None:
    assert beyond_the_subset(source) == []


def docstrings(source: str) -> dict[str, str | None]:
    """The docstring of the module and of each public class, function and method in it."""
    tree = ast.parse(source)
    found = {"the module": ast.get_docstring(tree)}

    def look(body: list[ast.stmt], inside: str) -> None:
        for node in body:
            if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef) and node.name[0] != "_":
                found[inside + node.name] = ast.get_docstring(node)
                if isinstance(node, ast.ClassDef):
                    look(node.body, node.name + ".")

    look(tree.body, "")
    return found


@pytest.mark.parametrize("module", SOURCES)
def test_what_is_public_says_what_it_is(module: str) -> None:
    assert [name for name, text in docstrings(SOURCES[module]).items() if not text] == []


def test_the_map_of_the_house_names_every_module() -> None:
    face = ast.get_docstring(ast.parse(SOURCES["__init__"])) or ""
    drawn = face.split("imports go one way")[1]
    absent = [
        name for name in MODULES if name not in ROOMS and f" {name.rpartition('.')[2]} " not in drawn.replace("/", " ")
    ]
    assert absent == ["__init__", "_version"]


@pytest.mark.parametrize("folder", ["sdk", "web/src", "web/dataplane"])
def test_no_module_is_named_after_nothing(folder: str) -> None:
    modules = [path for path in (ROOT / folder).rglob("*") if path.suffix in (".py", ".js", ".ts")]
    assert modules
    assert [path.name for path in modules if path.name.split(".")[0].lower() in NAMES_OF_NO_MODULE] == []
