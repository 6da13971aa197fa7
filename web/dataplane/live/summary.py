"""A message in one line, for the console and the live list."""

from typing import NamedTuple, Self

import orjson

from ..ingest.ids import id_text, visible
from ..jsontext import Json, deep, stringify
from ..store.rows import Row


class Summary(NamedTuple):
    """Free of control characters, whatever was sent."""

    type: str
    who: str
    """The userId, else the anonymousId."""
    known: bool
    """Whether it is a userId."""
    what: str
    """The event's or page's name, or the names of the traits."""

    @classmethod
    def of(cls, row: Row) -> Self:
        message = parsed(row.message)
        user_id = id_text(message.get("userId"))
        type_ = message.get("type")
        return cls(
            type=visible(type_) if isinstance(type_, str) else "",
            who=user_id or id_text(message.get("anonymousId")),
            known=bool(user_id),
            what=visible(_what(message)),
        )


def _what(message: dict[str, Json]) -> str:
    match message.get("type"):
        case "track":
            return stringify(message.get("event"))
        case "page" | "screen":
            return stringify(message.get("name")) or stringify(at(message, "context", "page", "path"))
        case "alias":
            return f"was {stringify(message.get('previousId'))}"
        case "group":
            return f"{stringify(message.get('groupId'))}: {_names(message.get('traits'))}"
        case "identify":
            return _names(at(message, "context", "traits") or message.get("traits"))
    return ""


def _names(traits: Json) -> str:
    return ", ".join(traits) if isinstance(traits, dict) else ""


def at(value: Json, *path: str) -> Json:
    for key in path:
        value = value.get(key) if isinstance(value, dict) else None
    return value


def parsed(text: str) -> dict[str, Json]:
    """A stored message."""
    try:
        message: Json = orjson.loads(text)
    except orjson.JSONDecodeError:  # nested deeply; nothing invalid is stored
        message = deep.decode(text)
    assert isinstance(message, dict)  # nothing else is stored
    return message
