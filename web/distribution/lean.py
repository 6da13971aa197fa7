"""The core's sources as pages download them: the same program without comments, docstrings, annotations and long names.

People read the sources in the repository; the names of functions, methods and attributes stay as they are there, those
of a module that begin with an underscore do not.
"""

import ast
from typing import Any

import python_minifier


def lean(source: str, *, annotations: bool = False) -> str:
    """A third of the size, in the portable subset still: the vectors run on what this makes."""
    return minify(
        source,
        remove_literal_statements=True,
        remove_annotations=not annotations,
        rename_globals=True,
        preserve_globals=_public(source),
    )


def minify(source: str, **how: Any) -> str:
    """As python-minifier does; names of texts would cost more than they save in what is compressed."""
    bare = ast.unparse(_Bare().visit(ast.parse(source)))
    minified: str = python_minifier.minify(bare, hoist_literals=False, **how)
    return minified


class _Bare(ast.NodeTransformer):
    """Leaves out `self.name: type`, of which python-minifier would keep `self.name: 0`."""

    def visit_AnnAssign(self, node: ast.AnnAssign) -> ast.AnnAssign | None:
        return None if isinstance(node.target, ast.Attribute) and node.value is None else node


def _public(source: str) -> list[str]:
    """The names in a module that other modules may know, and `__name__` and the like."""
    nodes = list(ast.walk(ast.parse(source)))
    found = {node.id for node in nodes if isinstance(node, ast.Name)}
    found |= {node.name for node in nodes if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)}
    found |= {node.asname or node.name for node in nodes if isinstance(node, ast.alias)}
    return sorted(name for name in found if name[0] != "_" or name[:2] == "__")
