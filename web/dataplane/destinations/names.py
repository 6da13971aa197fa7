"""A name made of first and last name, which only some destinations do, each in its own way [server §2.2].

A first or last name that is false, 0 or "" is none, and so is such a name: what is made takes its place.
"""

from ..jsontext import Json
from .javascript import text, truthy
from .traits import FIRST_NAME, LAST_NAME, Found, find, trait


def first_and_last(message: Json) -> list[Found]:
    found = (find(message, FIRST_NAME), find(message, LAST_NAME))
    return [part for part in found if part is not None and truthy(part.value)]


def name(message: Json, *, of_one: bool) -> Found | None:
    """The name, else first and last name; where only one of these is there, that one or nothing."""
    given = find(message, trait("name"))
    parts = first_and_last(message)
    if (given and truthy(given.value)) or not parts or (len(parts) == 1 and not of_one):
        return given
    return Found(" ".join(text(part.value) for part in parts), tuple(place for part in parts for place in part.sources))
