"""Where in a message a field is looked up [server §2.1].

A place is written as in `context.traits.address.city`. A value counts where it is not null and not "": false and 0 do.
"""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from ..jsontext import Json

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


def at(message: Json, place: str) -> Json:
    """None where there is nothing."""
    value = message
    for step in place.split("."):
        value = value.get(step) if isinstance(value, dict) else None
    return value


def find(message: Json, places: Iterable[str]) -> Found | None:
    """The first value that counts."""
    for place in places:
        value = at(message, place)
        if value is not None and value != "":
            return Found(value, (place,))
    return None


def members(message: Json, place: str) -> dict[str, Found]:
    """What is in an object, null and "" as well; nothing where it is no object."""
    value = at(message, place)
    return {key: Found(each, (f"{place}.{key}",)) for key, each in value.items()} if isinstance(value, dict) else {}


def unmapped(message: Json, mapped: Iterable[str]) -> dict[str, Found]:
    """The other traits. Of two equal names the context's wins, unlike for the mapped ones."""
    found = members(message, ROOT) | members(message, CONTEXT)
    return {key: each for key, each in found.items() if key not in mapped}


def whole(message: Json) -> dict[str, Found]:
    """The traits for destinations that take one object: an empty one at the root hides that of the context."""
    return members(message, ROOT if at(message, ROOT) not in (None, "", False) else CONTEXT)


def with_address_spread(traits: dict[str, Found]) -> dict[str, Found]:
    """The parts of the address among the traits themselves; an address that is a text is gone."""
    address = traits.get("address", Found(None, ()))
    parts = address.value if isinstance(address.value, dict) else {}
    rest = {key: each for key, each in traits.items() if key != "address"}
    return rest | {key: Found(part, (f"{address.sources[0]}.{key}",)) for key, part in parts.items()}


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
    used = set(used)
    parts = [
        (where, path, value)
        for where in (ROOT, CONTEXT)
        for path, value in leaves(at(message, where), "")
        if path and value is not None and value != ""
    ]
    arrived = {(path, repr(value)) for where, path, value in parts if _is_in(where + path, used)}
    return tuple(where + path for where, path, value in parts if (path, repr(value)) not in arrived)


def _is_in(place: str, used: set[str]) -> bool:
    """Whether the place, or an object or list around it, is a used one."""
    return any(place == each or place.startswith((each + ".", each + "[")) for each in used)
