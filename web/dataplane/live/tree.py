"""A message as a tree that a page can fold, of bounded size whatever was sent."""

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from ..jsontext import Json, Raw

_MOST_NODES = 2000
_MOST_LEVELS = 24
_MOST_TEXT = 100_000
"""Characters of all names and values that are shown: with what HTML makes of them, less than a megabyte."""
_LONGEST = 2000
"""Characters of one value that are shown."""
_LONGEST_NAME = 200
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
    rest: str = ""
    """The JSON pointer of a value of which not all is shown."""


type Path = tuple[str | int, ...]
type Sources = Mapping[Path, tuple[str, ...]]


def tree(
    value: dict[str, Json],
    sources: Sources | None = None,
    *,
    folded_from: int = 4,
    most_nodes: int = _MOST_NODES,
    most_text: int = _MOST_TEXT,
) -> list[Node]:
    """Objects at the level `folded_from` and below are folded at first, and long ones."""
    return list(_Planting(sources or {}, folded_from, most_nodes, most_text).members(value.items(), ()))


class _Planting:
    def __init__(self, sources: Sources, folded_from: int, nodes: int, text: int) -> None:
        self._sources = sources
        self._folded_from = folded_from
        self._nodes_left = nodes
        self._text_left = text

    def members(self, items: Iterable[tuple[str | int, Json]], above: Path) -> Iterator[Node]:
        for name, value in items:
            self._nodes_left -= 1
            if self._nodes_left < 0 or self._text_left <= 0:
                yield Node("…", "cut", "the rest is not shown; copy the message to see all of it", [], False, "")
                return
            node = self._node(_short(str(name), _LONGEST_NAME), value, (*above, name))
            self._text_left -= len(node.name) + len(node.text)
            yield node

    def _node(self, name: str, value: Json, path: Path) -> Node:
        source = _short(", ".join(self._sources.get(path, ())), _LONGEST_NAME)
        match value:
            case Raw(text):
                kind = "cut"
            case dict() | list() if value and len(path) < _MOST_LEVELS:
                folded = len(value) > _FOLDED_FROM or len(path) >= self._folded_from
                if isinstance(value, dict):
                    members = list(self.members(value.items(), path))
                    return Node(name, "object", f"{{{len(value)}}}", members, folded, source)
                members = list(self.members(enumerate(value), path))
                return Node(name, "array", f"[{len(value)}]", members, folded, source)
            case dict() | list() if value:
                return Node(name, "cut", "nested more deeply than is shown", [], False, source, pointer(path))
            case str():
                kind, text = "string", json.dumps(value, ensure_ascii=False)
            case int() | float() if not isinstance(value, bool):
                kind, text = "number", json.dumps(value)
            case _:
                kind, text = "literal", json.dumps(value)
        rest = pointer(path) if len(text) > _LONGEST else ""
        return Node(name, kind, _short(text, _LONGEST), [], False, source, rest)


def _short(text: str, most: int) -> str:
    return text if len(text) <= most else f"{text[:most]}… ({len(text):,} characters)"


def pointer(path: Path) -> str:
    """As RFC 6901 writes a place in JSON, "" where that is longer than an address should be."""
    text = "".join("/" + str(part).replace("~", "~0").replace("/", "~1") for part in path)
    return text if len(text) <= 4 * _LONGEST_NAME else ""


def value_at(value: Json, place: str) -> Json:
    """Raises KeyError where the pointer leads nowhere."""
    for part in place.split("/")[1:]:
        name = part.replace("~1", "/").replace("~0", "~")
        if isinstance(value, dict):
            value = value[name]
        elif isinstance(value, list) and name.isascii() and name.isdecimal() and len(name) < 10:
            index = int(name)
            if index >= len(value):
                raise KeyError(place)
            value = value[index]
        else:
            raise KeyError(place)
    return value
