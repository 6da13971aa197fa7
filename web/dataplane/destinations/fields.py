"""A request as it is built, and the place in the message that each of its fields comes from."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Self

from ..jsontext import Json
from . import dotted
from .dotted import Path
from .traits import Found, Object


@dataclass(slots=True)
class _Origin:
    """Where a value comes from, and what is inside it."""

    places: tuple[str, ...] = ()
    inside: "dict[str | int, _Origin]" = field(default_factory=dict)


class Fields:
    """An object of the request, field by field."""

    def __init__(self) -> None:
        self.values: Object = {}
        self._origin = _Origin()
        self._copied = dotted.Copied()

    @classmethod
    def of(cls, name: str, fields: Self) -> Self:
        """An object with that one member."""
        outer = cls()
        outer.nest(name, fields)
        return outer

    def put(self, name: str, found: Found | None) -> None:
        """Nothing found, nothing put."""
        if found is not None:
            self.values[name] = found.value
            self._origin.inside[name] = _Origin(found.sources)

    def write(self, name: str, found: Found) -> None:
        """Puts it where the dots of the name lead."""
        path = dotted.steps(name)
        if not path:
            return
        origin, value = self._origin, dotted.part(self.values, path[:1])
        for step, after in pairwise(path):
            origin = origin.inside.setdefault(step, _Origin())
            if not dotted.is_kept(value, after):
                origin.places, origin.inside = (), {}
            value = dotted.part(value, (after,))
        if dotted.write(self.values, path, found.value, self._copied):
            origin.inside[path[-1]] = _Origin(found.sources)

    def fixed(self, name: str, value: Json) -> None:
        """A field that comes from no trait."""
        self.put(name, Found(value, ()))

    def take_out(self, name: str) -> None:
        self.values.pop(name, None)
        self._origin.inside.pop(name, None)

    def nest(self, name: str, fields: Self) -> None:
        self.fixed(name, fields.values)
        self._origin.inside[name] = fields._origin

    def nest_in_list(self, name: str, fields: Self) -> None:
        self.fixed(name, [fields.values])
        self._origin.inside[name] = _Origin(inside={0: fields._origin})

    def comes_from(self, path: Path, places: tuple[str, ...]) -> None:
        """Says where a value comes from that is there already, or that is no field: the endpoint."""
        origin = self._origin
        for step in path:
            origin = origin.inside.setdefault(step, _Origin())
        origin.places = places

    def sources(self) -> dict[Path, tuple[str, ...]]:
        """The places that each field comes from, by its path."""
        return dict(_flat(self._origin, ()))


def _flat(origin: _Origin, path: Path) -> Iterator[tuple[Path, tuple[str, ...]]]:
    if origin.places:
        yield path, origin.places
    for step, inside in origin.inside.items():
        yield from _flat(inside, (*path, step))
