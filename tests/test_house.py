"""The house as DESIGN draws it: which way imports point, what MicroPython understands, sizes, docstrings and words."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
CORE = ROOT / "sdk" / "rudderanalytics"
SOURCES = {path.stem: path.read_text() for path in sorted(CORE.glob("*.py"))}
MODULES = sorted(set(SOURCES) - {"_types"})  # _types is for editors and type checkers, and never imported at run time

# A module imports only modules of a lower rank.
RANKS = [
    {"nesting"},
    {"_version", "errors", "values", "effects", "queue", "backoff", "traits", "request", "linker"},
    {"calls", "identity", "session", "cookies", "options", "message", "outbox", "redact"},
    {"visitor", "sender", "review", "changes", "permission"},
    {"analytics"},
    {"boundary"},
    {"browser"},
    {"__init__"},
]
FROM_OUTSIDE = {"json", "time", "binascii"}
IN_A_PAGE = {"js", "pyscript", "pyscript.ffi", "sys"}

LONGEST = 170
NAMES_OF_NO_MODULE = {"utils", "util", "helpers", "helper", "common", "manager", "managers", "base"}
NEVER = {"payload", "data", "info", "manager", "handler", "util", "utils", "helper", "helpers"}
# Names that others gave: the official SDK's key of the session, what the browser and OneTrust call their own things.
GIVEN = {"sessionInfo", "userAgentData", "GetDomainData"}


def at_run_time(tree: ast.AST) -> Iterator[ast.AST]:
    """Every node but those in `if TYPE_CHECKING:`, which no interpreter runs."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.If) and isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING":
            continue
        yield node
        yield from at_run_time(node)


def imported(source: str) -> tuple[set[str], set[str]]:
    """The package's own modules and the outside ones that a module imports at run time."""
    own, outside = set(), set()
    for node in at_run_time(ast.parse(source)):
        if isinstance(node, ast.Import):
            outside |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and not node.level:
            outside.add(str(node.module))
        elif isinstance(node, ast.ImportFrom):
            own |= {node.module} if node.module else {alias.name for alias in node.names}
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


def test_every_module_has_its_rank() -> None:
    assert sorted(module for rank in RANKS for module in rank) == MODULES


@pytest.mark.parametrize("module", MODULES)
def test_imports_go_one_way(module: str) -> None:
    rank = next(number for number, rank in enumerate(RANKS) if module in rank)
    lower = {name for below in RANKS[:rank] for name in below}
    assert imported(SOURCES[module])[0] <= lower


@pytest.mark.parametrize("module", MODULES)
def test_nothing_else_is_imported_from_outside(module: str) -> None:
    allowed = FROM_OUTSIDE | IN_A_PAGE if module == "browser" else FROM_OUTSIDE
    assert imported(SOURCES[module])[1] <= allowed


@pytest.mark.parametrize("module", MODULES)
def test_modules_stay_in_the_portable_subset(module: str) -> None:
    assert beyond_the_subset(SOURCES[module], in_a_page=module == "browser") == []


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


@pytest.mark.parametrize("module", MODULES)
def test_modules_are_small(module: str) -> None:
    lines = SOURCES[module].splitlines()
    if module == "__init__":  # the public face: its length is that of its documentation
        documented = sum(len(text.splitlines()) for text in docstrings(SOURCES[module]).values() if text)
        assert len([line for line in lines if line]) - documented <= LONGEST
    else:
        assert len(lines) <= LONGEST


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
    drawn = set(re.findall(r"(?m)^ {4}(\w+)  | {2}(\w+)  ", face.split("imports go one way")[1]))
    assert {name for pair in drawn for name in pair if name} >= set(MODULES) - {"__init__", "_version"}


@pytest.mark.parametrize("folder", ["sdk", "web/src", "web/dataplane"])
def test_no_module_is_named_after_nothing(folder: str) -> None:
    modules = [path for path in (ROOT / folder).rglob("*") if path.suffix in (".py", ".js", ".ts")]
    assert modules
    assert [path.name for path in modules if path.name.split(".")[0].lower() in NAMES_OF_NO_MODULE] == []


def identifiers_of_python(source: str) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(ast.parse(source)):
        for field in ("id", "attr", "arg", "name", "asname"):
            value = getattr(node, field, None)
            if isinstance(value, str):
                found.add(value)
    return found


def identifiers_of_javascript(source: str) -> set[str]:
    # Comments follow a blank here: /\/*$/ is a regular expression.
    texts = r"(?<!\S)/\*.*?\*/|(?<!\S)//[^\n]*|\"(?:\\.|[^\"\\\n])*\"|'(?:\\.|[^'\\\n])*'"
    return set(re.findall(r"[A-Za-z_$][\w$]*", re.sub(texts, " ", source, flags=re.DOTALL)))


def never(identifiers: set[str]) -> list[str]:
    """The identifiers with a word in them that says nothing; a data plane is one thing, and has its name."""
    found = []
    for identifier in identifiers - GIVEN:
        words = [word.lower() for word in re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+", identifier)]
        text = " ".join(words).replace("data plane", "dataplane")
        if set(text.split()) & NEVER:
            found.append(identifier)
    return sorted(found)


@pytest.mark.parametrize("module", SOURCES)
def test_python_says_what_things_are(module: str) -> None:
    assert never(identifiers_of_python(SOURCES[module])) == []


@pytest.mark.parametrize(
    "path",
    [path for path in sorted((ROOT / "web" / "src").rglob("*")) if path.suffix in (".js", ".ts")],
    ids=lambda path: path.name,
)
def test_javascript_says_what_things_are(path: Path) -> None:
    assert never(identifiers_of_javascript(path.read_text())) == []


def test_words_that_say_nothing_are_seen() -> None:
    assert never({"userData", "event_handler", "PayloadSize", "infos", "dataPlaneUrl", "DATA", "handle"}) == [
        "DATA",
        "PayloadSize",
        "event_handler",
        "userData",
    ]
    found = identifiers_of_javascript('a = b.c("data"); // info\n/* util */ d(/\\/*/, "/") /* x */')
    assert found == {"a", "b", "c", "d"}
