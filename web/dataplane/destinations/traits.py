"""Where in a message a field is looked up [server §2.1].

A place is written as in `context.traits.address.city`; how names with dots are found is in `dotted`. There are three
ways:

- `find`: field by field, the first value that counts. null and "" do not count: the next place has its turn. false
  and 0 do.
- `find_defined`: field by field, the first value that is not null: "" counts too. This is how Intercom's fields are
  found.
- `whole`: the traits of the root, else those of the context, never of both; what is empty there stays empty.
"""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from ..jsontext import Json
from .dotted import look_up, read

type Object = dict[str, Json]

ROOT, CONTEXT = "traits", "context.traits"


class Found(NamedTuple):
    """A value and the places it was made of."""

    value: Json
    sources: tuple[str, ...]


def trait(*names: str) -> tuple[str, ...]:
    """The places of a trait, its names in order of preference: all of them at the root before any in the context."""
    return tuple(f"{where}.{name}" for where in (ROOT, CONTEXT) for name in names)


USER_ID = ("userId", *trait("userId", "id"))
"""The user's id for destinations that do not make do with an anonymous one."""
EMAIL = (*trait("email"), "properties.email")
FIRST_NAME = trait("firstName", "firstname", "first_name")
LAST_NAME = trait("lastName", "lastname", "last_name")
ADDRESS = ("city", "country", "postalCode", "state", "street")
"""The parts of an address."""


def at(message: Json, place: str) -> Json:
    """None where there is nothing."""
    return read(message, place)


def find(message: Json, places: Iterable[str]) -> Found | None:
    """The first value that counts."""
    return next((found for found in _values(message, places) if found.value != ""), None)


def find_defined(message: Json, places: Iterable[str]) -> Found | None:
    """The first value that is not null."""
    return next(_values(message, places), None)


def _values(message: Json, places: Iterable[str]) -> Iterator[Found]:
    return (Found(value, (place,)) for place in places if (value := at(message, place)) is not None)


def members(message: Json, place: str) -> dict[str, Found]:
    """What is in an object, null and "" as well; nothing where it is no object."""
    value = at(message, place)
    return {key: Found(each, (f"{place}.{key}",)) for key, each in value.items()} if isinstance(value, dict) else {}


def unmapped(message: Json, mapped: Iterable[str]) -> dict[str, Found]:
    """The other traits. Of two equal names the context's wins, unlike for the mapped ones."""
    found = members(message, ROOT) | members(message, CONTEXT)
    return {key: each for key, each in found.items() if key not in mapped}


class Whole(NamedTuple):
    """The traits as one object."""

    where: str
    values: Object

    def items(self) -> Iterator[tuple[str, Found]]:
        return ((name, Found(value, (f"{self.where}.{name}",))) for name, value in self.values.items())

    def get(self, place: str) -> Found | None:
        """What is at a place in them, null as well."""
        found = look_up(self.values, place)
        return Found(found[0], (f"{self.where}.{place}",)) if found else None

    def find(self, *places: str) -> Found | None:
        """The first value that counts."""
        found = (self.get(place) for place in places)
        return next((each for each in found if each and each.value is not None and each.value != ""), None)


def whole(message: Json) -> Whole:
    """The traits for destinations that take one object: an empty one at the root hides that of the context."""
    found = find(message, (ROOT, CONTEXT))
    if found is None or not isinstance(found.value, dict):
        return Whole(CONTEXT, {})
    return Whole(found.sources[0], found.value)


def with_address_spread(traits: Whole) -> dict[str, Found]:
    """The parts of the address among the traits, in place of it.

    Only the documented parts, and each only where there is no trait of its name. An address that is no object is lost.
    """
    parts = {name: traits.get(f"address.{name}") for name in ADDRESS} if "address" in traits.values else {}
    spread = {name: part for name, part in parts.items() if part is not None}
    return spread | {name: each for name, each in traits.items() if name != "address"}


def leaves(value: Json, path: str, separator: str = ".") -> Iterator[tuple[str, Json]]:
    """The value taken apart, with the path of each part: `list[0]`, `nested.a`. An empty object or list is a part."""
    if isinstance(value, dict) and value:
        for key, each in value.items():
            yield from leaves(each, f"{path}{separator}{key}", separator)
    elif isinstance(value, list) and value:
        for index, each in enumerate(value):
            yield from leaves(each, f"{path}[{index}]", separator)
    else:
        yield path, value


def lost(message: Json, used: Iterable[str]) -> tuple[str, ...]:
    """The traits that are not among the used ones, nor equal to one that is at the other of the two places."""
    is_in = _Around(used)
    parts = [
        (where, path, value)
        for where in (ROOT, CONTEXT)
        for path, value in leaves(at(message, where), "")
        if path and value is not None and value != ""
    ]
    arrived = {(path, repr(value)) for where, path, value in parts if is_in(where + path)}
    return tuple(where + path for where, path, value in parts if (path, repr(value)) not in arrived)


class _Around:
    """Whether a place, or an object or list around it, is among some places. They may be many, and long."""

    def __init__(self, places: Iterable[str]) -> None:
        self._places = set(places)
        self._lengths = sorted({len(place) for place in self._places})

    def __call__(self, place: str) -> bool:
        ends = [end for end in self._lengths if end < len(place) and place[end] in ".["]
        return place in self._places or any(place[:end] in self._places for end in ends)
