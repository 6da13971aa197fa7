"""What becomes of a trait, and of a message, destination by destination, in words."""

from datetime import UTC, datetime

from ..jsontext import Json
from .dotted import part
from .menu import DESTINATIONS
from .outgoing import field_text
from .traits import CONTEXT, Object, at

_EARLIEST, _LATEST = -62_135_596_800, 253_402_300_799
"""Seconds: the beginning of the year 1, the end of the year 9999."""


def outcome(name: str, value: Json) -> str:
    """Of one trait of a user with an email: `Mixpanel ($created) as it is; HubSpot not at all`."""
    message: Object = {"type": "identify", "userId": "u"}
    message["context"] = {"traits": {"email": "ada@example.com", name: value}}
    alike: dict[str, list[str]] = {}
    for destination in DESTINATIONS.values():
        preview = destination.preview(message)
        paths = [path for path, sources in preview.sources.items() if f"{CONTEXT}.{name}" in sources]
        for path in paths:
            there, field = part(preview.request, path), field_text(path[-1:])
            how = "as it is" if there == value else f"as {_shown(there)}"
            alike.setdefault(how, []).append(destination.title if field == name else f"{destination.title} ({field})")
        if not paths and preview.request is not None:
            alike.setdefault("not at all", []).append(destination.title)
    return "; ".join(f"{_listed(titles)} {how}" for how, titles in alike.items())


def refusals(message: Object) -> dict[str, str]:
    """Who refuses an identify message, by what they say: `{"Message type ...": "Facebook and GA4"}`."""
    type_ = at(message, "type")
    if not isinstance(type_, str) or type_.lower() != "identify":
        return {}
    said: dict[str, list[str]] = {}
    for destination in DESTINATIONS.values():
        if error := destination.preview(message).error:
            said.setdefault(error, []).append(destination.title)
    return {error: _listed(titles) for error, titles in said.items()}


def day(seconds: float) -> str:
    """`29 February 2024`; nothing for what no calendar has."""
    if not _EARLIEST <= seconds <= _LATEST:
        return ""
    date = datetime.fromtimestamp(seconds, UTC)
    return f"{date.day} {date:%B %Y}"


def _shown(value: Json) -> str:
    """A number is seconds from 1970."""
    if isinstance(value, bool) or not isinstance(value, int):
        return "null" if value is None else str(value)
    return f"{value} ({day(value)})" if day(value) else str(value)


def _listed(titles: list[str]) -> str:
    return " and ".join([", ".join(titles[:-1]), titles[-1]] if len(titles) > 1 else titles)
