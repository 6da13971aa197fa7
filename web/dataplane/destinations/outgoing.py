"""A destination, and what it would be sent for a message."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import NamedTuple

from ..jsontext import Json
from .dotted import Path
from .fields import Fields
from .traits import Object, at, lost


class Note(NamedTuple):
    """Something to know beside the request."""

    text: str
    source: str | None = None
    """The trait that it is about."""


class Rejected(Exception):
    """The message is not for this destination; the text is the transformer's where that is known."""


@dataclass(slots=True)
class Outgoing:
    """The request for one message, complete."""

    endpoint: str
    fields: Fields
    """With one member: the body, under the name that it has in the answer."""
    method: str = "POST"
    notes: list[Note] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Preview:
    """What a destination would be sent for a message, or why not."""

    request: Object | None
    error: str | None
    sources: dict[Path, tuple[str, ...]]
    lost: tuple[str, ...]
    notes: tuple[Note, ...]

    def trace(self) -> list[tuple[str, str]]:
        """Each trait with the field that it became; a trait in several fields, or a field of several, comes often."""
        return [(source, field_text(path)) for path, sources in self.sources.items() for source in sources]

    def answer(self) -> tuple[int, Object]:
        if self.request is None:
            return 400, {"statusCode": 400, "error": self.error}
        return 200, self.request


@dataclass(frozen=True, slots=True)
class Destination:
    """One of RudderStack's destinations, with the configuration that its module names."""

    name: str
    title: str
    basis: str
    """How well this is known, as a sentence for people."""
    build: Callable[[Object], Outgoing]
    """Raises Rejected."""

    def preview(self, message: Json) -> Preview:
        try:
            outgoing = self.build(_identify(message))
            request: Object = {"method": outgoing.method, "endpoint": outgoing.endpoint, **outgoing.fields.values}
            sources = outgoing.fields.sources()
            return Preview(request, None, sources, lost(message, _used(sources)), tuple(outgoing.notes))
        except Rejected as rejected:
            return Preview(None, str(rejected), {}, (), ())
        except RecursionError:
            return Preview(None, "the message is nested too deeply", {}, (), ())


def _used(sources: dict[Path, tuple[str, ...]]) -> Iterable[str]:
    return (source for each in sources.values() for source in each)


def _identify(message: Json) -> Object:
    if not isinstance(message, dict):
        raise Rejected("a message is a JSON object")
    type_ = at(message, "type")
    if not isinstance(type_, str) or not type_:
        raise Rejected("the message has no type")
    if type_.lower() != "identify":
        raise Rejected(f"only identify messages are shown here, not {type_}")
    return message


def field_text(path: Path) -> str:
    """`batch[0].$set.$city`."""
    return "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in path).removeprefix(".")
