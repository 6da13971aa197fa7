"""Points in time as the transformer computes with them: milliseconds, None for what is none."""

import math
from collections.abc import Iterator
from datetime import UTC, datetime

from ..jsontext import Json
from .date_parse import LATEST, parse
from .javascript import text
from .outgoing import Note
from .traits import Found, Object, find

TIME = ("timestamp", "originalTimestamp")
"""When the message was made."""


def milliseconds(value: Json) -> int | None:
    """`new Date(value).getTime()`; None for an invalid date."""
    if isinstance(value, bool | int | float):
        return math.trunc(value) if abs(value) <= LATEST else None
    return parse(text(value))


def seconds(value: Json) -> int | None:
    """A number is read as milliseconds, so seconds come out a thousand times too small [server §2.3]."""
    time = milliseconds(value)
    return None if time is None else time // 1000


def noted(created: Found | None, title: str, otherwise: str) -> Iterator[Note]:
    """What surprises about a createdAt that becomes seconds."""
    if created and milliseconds(created.value) is None:
        yield Note(f"For {title} this is no date, and {otherwise}: send ISO 8601.", created.sources[0])
    elif created and isinstance(created.value, int | float):
        yield Note(f"{title} reads a number as milliseconds: send ISO 8601.", created.sources[0])


def processed(message: Object) -> Object:
    """The message with the `timestamp` that the processor gives it before the transformer sees it [server §1.6].

    A timestamp that is a time is kept; else it is receivedAt - (sentAt - originalTimestamp).
    """
    if isinstance(message.get("timestamp"), str) and milliseconds(message["timestamp"]) is not None:
        return message
    received = _of(message, "receivedAt")
    if received is None:
        return message
    sent, original = (_of(message, name) for name in ("sentAt", "originalTimestamp"))
    time = received - ((received if sent is None else sent) - (received if original is None else original))
    try:
        stamp = datetime.fromtimestamp(time / 1000, UTC).isoformat(timespec="milliseconds")
    except (ValueError, OverflowError, OSError):
        return message
    return {**message, "timestamp": stamp.removesuffix("+00:00") + "Z"}


def _of(message: Object, name: str) -> int | None:
    found = find(message, (name,))
    return milliseconds(found.value) if found and isinstance(found.value, str) else None
