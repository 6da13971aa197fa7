"""The core as one module, for the wheel that PyScript pages and micropip download, and the script tag's MicroPython.

Two dozen small files cost a zip more, in entries and in texts that cannot share what they repeat, than their code is
worth: as one they take 7 KB less. A name at the top of `calls` becomes `calls__name`, and so does `calls.name`
elsewhere; what the package's face imports keeps its name. Parameters become letters unless a call names them, and so do
attributes unless the face speaks of them. The sources import at the top only: other packages, `from . import module`,
`from .module import name`; and no class gives one of its names a module's value of that name.
"""

import ast
import builtins
import itertools
import re
from collections import Counter
from collections.abc import Iterator
from keyword import iskeyword
from pathlib import Path
from string import ascii_letters
from typing import Any

from .lean import minify

FUNCTIONS = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda
COMPREHENSIONS = ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp
BUILT_IN = (str, bytes, int, float, list, dict, set, tuple, BaseException)


def flat(folder: Path) -> dict[str, str]:
    """The modules of a package and of its rooms as if all lay side by side; no two have one name."""
    paths = [path for path in sorted(folder.rglob("*.py")) if path.parent == folder or path.name != "__init__.py"]
    modules = {path.stem for path in paths}

    def beside(found: re.Match[str]) -> str:
        where, names = found[1].rpartition(".")[2], found[2]
        return f"from . import {names}" if set(names.split(", ")) <= modules else f"from .{where} import {names}"

    imports = re.compile(r"(?m)\bfrom \.+([\w.]*) import (.+)$")
    return {path.stem: imports.sub(beside, path.read_text()) for path in paths}


def single(sources: dict[str, str], face: str, name: str, *, aliases: bool = False) -> tuple[str, str]:
    """The source of that one module, lean, and the face's source that imports from it; see `joined`.

    `aliases`: it has names of its own for what Python has built in. That makes it larger, and MicroPython, which looks
    for a name among some 200 of its own first, quicker.
    """
    source, face, public = joined(sources, face, name)
    tree = ast.parse(source)
    _shorten_attributes(tree, _attributes(sources[name]))
    _give_by_position(tree)
    kept = sorted(public.union([] if aliases else dir(builtins)))
    return minify(ast.unparse(tree), rename_globals=True, preserve_globals=kept), face


def _shorten_attributes(tree: ast.Module, foreign: set[str]) -> None:
    """What the classes here define may have any name, unless others have it: a built-in type, or `foreign`."""
    attributes = [node for node in ast.walk(tree) if isinstance(node, ast.Attribute)]
    imported = _imported(tree)
    taken = foreign.union(*map(dir, BUILT_IN))
    taken |= {node.attr for node in attributes if isinstance(node.value, ast.Name) and node.value.id in imported}
    own = {method.name for node in ast.walk(tree) if isinstance(node, ast.ClassDef) for method in _methods(node)}
    own |= {node.attr for node in attributes if isinstance(node.ctx, ast.Store)}
    used = Counter(node.attr for node in attributes)
    wanted = sorted((name for name in own - taken if name[:2] != "__"), key=lambda name: (-used[name], name))
    free = (name for name in _letters() if name not in taken | used.keys() and not iskeyword(name))
    short = dict(zip(wanted, free, strict=False))
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute):
            node.attr = short.get(node.attr, node.attr)
        elif isinstance(node, ast.ClassDef):
            for method in _methods(node):
                method.name = short.get(method.name, method.name)


def _letters() -> Iterator[str]:
    yield from ascii_letters
    yield from map("".join, itertools.product(ascii_letters, repeat=2))


def _attributes(source: str) -> set[str]:
    return {node.attr for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Attribute)}


def _methods(node: ast.ClassDef) -> list[ast.FunctionDef]:
    return [each for each in node.body if isinstance(each, ast.FunctionDef)]


def _give_by_position(tree: ast.Module) -> None:
    """Parameters that no call names may have any name: python-minifier renames those that are positional-only, and
    writes them as ordinary ones."""
    named = {node.arg for node in ast.walk(tree) if isinstance(node, ast.keyword)}
    for node in ast.walk(tree):
        if isinstance(node, ast.arguments):
            while node.args and node.args[0].arg not in named:
                node.posonlyargs.append(node.args.pop(0))


def joined(sources: dict[str, str], face: str, name: str) -> tuple[str, str, set[str]]:
    """The same with the long names, and the names in it that the face imports.

    `face` imports the module `name` as a whole, and names from others; the one module takes its place.
    """
    trees = {module: ast.parse(_bare(source)) for module, source in sources.items()}
    kept = {module: set(re.findall(r"\w+(?= as |,|$)", names)) for module, names in _FROM.findall(face)}
    renamed = {
        module: _renamed(module, tree, module == name, kept.get(module, set())) for module, tree in trees.items()
    }
    outside: dict[str, ast.stmt] = {}
    body: list[ast.stmt] = []
    for module in _in_order(trees):
        known = dict(renamed[module])
        modules: dict[str, dict[str, str]] = {}
        for node in trees[module].body:
            if isinstance(node, ast.ImportFrom) and node.level and node.module in trees:
                known |= {each.asname or each.name: renamed[node.module][each.name] for each in node.names}
            elif isinstance(node, ast.ImportFrom) and node.level and not node.module:
                modules |= {each.asname or each.name: renamed[each.name] for each in node.names}
            elif isinstance(node, ast.Import):
                outside |= {each.name: ast.Import([each]) for each in node.names}
            elif isinstance(node, ast.ImportFrom):
                outside[ast.unparse(node)] = node
            else:
                body.append(_Names(known, modules).visit(node))
    public = {each for each in renamed[name] if each[0] != "_"}.union(*kept.values())
    source = ast.unparse(ast.Module([*outside.values(), *body], []))
    return source, _FROM.sub(lambda found: f"from .{name} import {found[2]}", face), public


_FROM = re.compile(r"(?m)^from \.([a-z_]+) import (.+)$")


def _renamed(module: str, tree: ast.Module, is_face: bool, kept: set[str]) -> dict[str, str]:
    """A module's own names -> those that they have in the one module."""
    own = _bound(tree.body) - _imported(tree)
    return {name: name if is_face or name in kept else f"{module}__{name}" for name in own}


def _bare(source: str) -> str:
    """Without docstrings, annotations and what is for type checkers."""
    kept = [node for node in ast.parse(source).body if not _is_for_checkers(node)]
    return minify(ast.unparse(ast.Module(kept, [])), remove_literal_statements=True, rename_locals=False)


def _is_for_checkers(node: ast.stmt) -> bool:
    named = node.targets[0] if isinstance(node, ast.Assign) else node.test if isinstance(node, ast.If) else None
    return isinstance(named, ast.Name) and named.id == "TYPE_CHECKING"


def _imported(tree: ast.Module) -> set[str]:
    imports = [node for node in tree.body if isinstance(node, ast.Import | ast.ImportFrom)]
    return {each.asname or each.name for node in imports for each in node.names}


def _in_order(trees: dict[str, ast.Module]) -> Iterator[str]:
    """Every module after those that it imports."""
    done: set[str] = set()

    def visit(name: str) -> Iterator[str]:
        done.add(name)
        for node in trees[name].body:
            if isinstance(node, ast.ImportFrom) and node.level:
                for each in [node.module] if node.module else [alias.name for alias in node.names]:
                    if each in trees and each not in done:
                        yield from visit(each)
        yield name

    for name in trees:
        if name not in done:
            yield from visit(name)


def _bound(body: list[ast.stmt] | list[ast.expr]) -> set[str]:
    """The names that these statements bind in their own scope."""
    found: set[str] = set()
    waiting: list[ast.AST] = list(body)
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            found.add(node.name)
        elif isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load):
            found.add(node.id)
        elif isinstance(node, ast.ExceptHandler) and node.name:
            found.add(node.name)
        elif isinstance(node, ast.alias):
            found.add((node.asname or node.name).split(".")[0])
        if not isinstance(node, FUNCTIONS | ast.ClassDef | COMPREHENSIONS):
            waiting += ast.iter_child_nodes(node)
    return found


def _local(node: ast.AST) -> set[str]:
    """The names that are a function's or a comprehension's own."""
    if isinstance(node, COMPREHENSIONS):
        return _bound([part.target for part in node.generators])
    assert isinstance(node, FUNCTIONS)
    given = node.args
    parameters = {each.arg for each in [*given.args, *given.kwonlyargs, given.vararg, given.kwarg] if each}
    if isinstance(node, ast.Lambda):
        return parameters
    declared = {name for each in ast.walk(node) if isinstance(each, ast.Global) for name in each.names}
    return (parameters | _bound(node.body)) - declared


class _Names(ast.NodeTransformer):
    """Gives the names of one module those that they have beside all the others'."""

    def __init__(self, known: dict[str, str], modules: dict[str, dict[str, str]]) -> None:
        self._known = known
        self._modules = modules
        self._scopes: list[tuple[bool, set[str]]] = []  # whether it is a class's, and its names

    def _here(self, name: str) -> str:
        *around, innermost = self._scopes or [(False, set())]
        seen = [names for is_class, names in around if not is_class] + [innermost[1]]
        return name if any(name in names for names in seen) else self._known.get(name, name)

    def _is_module(self, name: str) -> bool:
        return name in self._modules and not any(name in names for _, names in self._scopes)

    def _inside(self, node: ast.AST, names: set[str], *, is_class: bool = False) -> ast.AST:
        self._scopes.append((is_class, names))
        self.generic_visit(node)
        self._scopes.pop()
        return node

    def visit(self, node: ast.AST) -> Any:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            node.name = self._here(node.name)
        if isinstance(node, FUNCTIONS):
            node.args.defaults = [self.visit(each) for each in node.args.defaults]
        if isinstance(node, FUNCTIONS | COMPREHENSIONS):
            return self._inside(node, _local(node))
        if isinstance(node, ast.ClassDef):
            return self._inside(node, _bound(node.body), is_class=True)
        if isinstance(node, ast.Name):
            node.id = self._here(node.id)
        elif isinstance(node, ast.Global):
            node.names = [self._known.get(name, name) for name in node.names]
        elif isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and self._is_module(node.value.id):
            return ast.Name(self._modules[node.value.id][node.attr], node.ctx)
        return self.generic_visit(node)
