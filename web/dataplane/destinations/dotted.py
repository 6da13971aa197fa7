"""Names with dots in them, read and written as the transformer does.

Its answers are those of two JavaScript libraries, get-value 3 and set-value 4, and these are their rules:

- Read: a place is found as one name with its dots, else step by step, each step being the shortest name that is
  there. So a trait that is called `address.city` is a city of the address.
- Written: a dot steps into an object, and a number after it into a list: `plan.tier` becomes `{"plan": {"tier":
  ...}}`. What is in the way and is neither is replaced. A backslash makes the next character an ordinary one; a name
  with a slash has no steps; what ends with a dot ends before it; nothing can be written under a name that is empty.
"""

from collections.abc import Iterator, Sequence
from itertools import pairwise

from ..jsontext import Json
from .javascript import number

type Path = tuple[str | int, ...]
"""From an object to one of its parts."""

_DEEPEST = 500
_LONGEST = 1000
"""Items of a list. JavaScript would fill a longer one up with null."""


def read(value: Json, place: str) -> Json:
    """None where there is nothing."""
    return found[0] if (found := look_up(value, place)) else None


def look_up(value: Json, place: str) -> tuple[Json] | None:
    """The value alone, so that null is not nothing."""
    if isinstance(value, dict) and place in value:
        return (value[place],)
    names, at = place.split("."), 0
    while at < len(names):
        if not isinstance(value, dict):
            return None
        known = value
        ends = (end for end in range(at + 1, len(names) + 1) if ".".join(names[at:end]) in known)
        if (end := next(ends, None)) is None:
            return None
        value, at = known[".".join(names[at:end])], end
    return (value,)


def steps(name: str) -> Path:
    """The path that a name is written to; it begins with a text. Raises RecursionError for one that is very deep."""
    if name.count(".") > _DEEPEST:
        raise RecursionError
    if "/" in name:
        return (name,)
    first, *others = [*_parts(name)] or [""]
    if not others:
        return (first,) if first else ()
    if not others[-1]:
        others.pop()
    return (first, *(_index(part) for part in others))


def _parts(name: str) -> Iterator[str]:
    part, characters = "", iter(name)
    for character in characters:
        if character == "\\":
            part += next(characters, "")
        elif character == ".":
            yield part
            part = ""
        else:
            part += character
    yield part


def _index(part: str) -> str | int:
    index = number(part) if part.strip() else None
    return index if isinstance(index, int) else part


class Copied:
    """The objects and lists that are copies already, kept so that none other can have their place in memory."""

    def __init__(self) -> None:
        self._known: dict[int, dict[str, Json] | list[Json]] = {}

    def inside(self, value: Json, after: str | int) -> dict[str, Json] | list[Json]:
        """What a step leads into: a copy of what is there, or a new one where that cannot stay."""
        if isinstance(value, dict | list) and id(value) in self._known and is_kept(value, after):
            return value
        copy: dict[str, Json] | list[Json] = [] if isinstance(after, int) else {}
        if is_kept(value, after):
            copy = list(value) if isinstance(value, list) else dict(value) if isinstance(value, dict) else copy
        self._known[id(copy)] = copy
        return copy


def write(target: dict[str, Json], path: Path, value: Json, copied: Copied) -> bool:
    """Whether the value is there now: a list has no place for a name.

    What is on the way is copied before it changes, once.
    """
    container: dict[str, Json] | list[Json] = target
    arrived = True
    for step, after in pairwise(path):
        inner = copied.inside(_part(container, step), after)
        arrived = _put(container, step, inner) and arrived
        container = inner
    return _put(container, path[-1], value) and arrived


def part(value: Json, path: Sequence[str | int]) -> Json:
    """None where the path leads nowhere."""
    for step in path:
        value = _part(value, step)
    return value


def is_kept(value: Json, after: str | int) -> bool:
    """Whether a value that is in the way of a longer path stays, with the rest put into it."""
    return isinstance(value, list) or (isinstance(value, dict) and isinstance(after, str))


def _part(value: Json, step: str | int) -> Json:
    if isinstance(value, dict):
        return value.get(str(step))
    return value[step] if isinstance(value, list) and isinstance(step, int) and 0 <= step < len(value) else None


def _put(container: dict[str, Json] | list[Json], step: str | int, value: Json) -> bool:
    if isinstance(container, dict):
        container[str(step)] = value
        return True
    if not isinstance(step, int) or not 0 <= step < _LONGEST:
        return False
    container += [None] * (step + 1 - len(container))
    container[step] = value
    return True
