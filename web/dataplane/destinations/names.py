"""A name made of first and last name, which only some destinations do, each in its own way [server §2.2]."""

from ..jsontext import Json
from .javascript import text
from .traits import FIRST_NAME, LAST_NAME, Found, find, trait


def first_and_last(message: Json) -> list[Found]:
    return [found for found in (find(message, FIRST_NAME), find(message, LAST_NAME)) if found is not None]


def name(message: Json, *, of_one: bool) -> Found | None:
    """The name, else first and last name; where only one of these is there, that one or nothing."""
    given = find(message, trait("name"))
    if given is not None:
        return given
    parts = first_and_last(message)
    if not parts or (len(parts) == 1 and not of_one):
        return None
    return Found(" ".join(text(part.value) for part in parts), tuple(place for part in parts for place in part.sources))
