"""A message as a tree that a page can fold, of bounded size whatever was sent."""

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from ..jsontext import Json, Raw

_MOST_NODES = 2000
_MOST_LEVELS = 24
_LONGEST = 2000
"""Characters of one value that are shown."""
_FOLDED_FROM = 40
"""Members of an object or array that is folded at first."""


class Node(NamedTuple):
    """One member: a value in one line, or an object or array with members of its own."""

    name: str
    kind: str
    """string, number, literal; object, array; cut."""
    text: str
    """The value as JSON; of an object or array, how many members it has."""
    members: "list[Node]"
    folded: bool
    source: str
    """Where the value comes from, if that is known."""


type Path = tuple[str | int, ...]
type Sources = Mapping[Path, tuple[str, ...]]


def tree(value: dict[str, Json], sources: Sources | None = None, *, folded_from: int = 4) -> list[Node]:
    """Objects at the level `folded_from` and below are folded at first, and long ones."""
    return list(_Planting(sources or {}, folded_from).members(value.items(), ()))


class _Planting:
    def __init__(self, sources: Sources, folded_from: int) -> None:
        self._sources = sources
        self._folded_from = folded_from
        self._left = _MOST_NODES

    def members(self, items: Iterable[tuple[str | int, Json]], above: Path) -> Iterator[Node]:
        for name, value in items:
            self._left -= 1
            if self._left < 0:
                yield Node("…", "cut", "the rest is not shown; copy the message to see all of it", [], False, "")
                return
            yield self._node(str(name), value, (*above, name))

    def _node(self, name: str, value: Json, path: Path) -> Node:
        source = ", ".join(self._sources.get(path, ()))
        match value:
            case Raw(text):
                return Node(name, "cut", _short(text), [], False, source)
            case dict() | list() if value and len(path) < _MOST_LEVELS:
                folded = len(value) > _FOLDED_FROM or len(path) >= self._folded_from
                if isinstance(value, dict):
                    members = list(self.members(value.items(), path))
                    return Node(name, "object", f"{{{len(value)}}}", members, folded, source)
                members = list(self.members(enumerate(value), path))
                return Node(name, "array", f"[{len(value)}]", members, folded, source)
            case dict() | list() if value:
                return Node(name, "cut", "nested more deeply than is shown", [], False, source)
            case str():
                kind = "string"
            case int() | float() if not isinstance(value, bool):
                kind = "number"
            case _:
                kind = "literal"
        return Node(name, kind, _short(json.dumps(value, ensure_ascii=False)), [], False, source)


def _short(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}… ({len(text):,} characters)"
