"""A message in one line, for the console and the live list."""

from typing import NamedTuple, Self

import orjson

from ..ingest.ids import id_text, visible
from ..jsontext import Json, deep, stringify
from ..store.rows import LargeRow, Refused, RefusedRow, Row
from ..store.search import REFUSED

MOST = 300
"""Characters of one member."""


class Summary(NamedTuple):
    """Free of control characters and of bounded length, whatever was sent."""

    type: str
    who: str
    """The userId, else the anonymousId; of a refused request, its method and address."""
    known: bool
    """Whether it is a userId."""
    what: str
    """The event's or page's name, or the names of the traits; of a refused request, why."""

    @classmethod
    def of(cls, row: Row | LargeRow | RefusedRow) -> Self:
        match row:
            case RefusedRow(refused=refused):
                return cls(
                    REFUSED,
                    _short(f"{refused.method} {row.path}"),
                    False,
                    _short(_why(refused)),
                )
            case LargeRow():
                known = bool(row.user_id)
                what = f"{row.size:,} characters"
                return cls(_short(row.type), _short(row.user_id or row.anonymous_id), known, what)
            case Row():
                message = parsed(row.message)
                user_id, type_ = id_text(message.get("userId")), message.get("type")
                return cls(
                    _short(type_) if isinstance(type_, str) else "",
                    _short(user_id or id_text(message.get("anonymousId"))),
                    bool(user_id),
                    _short(_what(message)),
                )


def _short(text: str) -> str:
    text = visible(text[: 2 * MOST])
    return text if len(text) <= MOST else text[: MOST - 1] + "…"


def _why(refused: Refused) -> str:
    """Status and reason; Go's text for an unknown page has the status in it."""
    status = str(refused.status)
    return refused.reason if refused.reason.startswith(status) else f"{status} {refused.reason}"


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
