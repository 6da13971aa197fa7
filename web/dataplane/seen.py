"""A message as the checks look at it, and what they find."""

from collections.abc import Iterator
from typing import NamedTuple

from .jsontext import Json
from .row import Row
from .summary import at

README = "/readme#checks"
TRAITS = (("context", "traits"), ("traits",))
"""The two places that an identify message can have its traits in."""


class Finding(NamedTuple):
    """One reason to look again at a message."""

    check: str
    title: str
    reason: str
    link: str = README


class Seen(NamedTuple):
    """A message, and what the store knows of it."""

    row: Row
    message: dict[str, Json]
    earlier: int | None
    """The seq of the first message with the same messageId, if that is another one."""

    def members(self, *path: str) -> dict[str, Json]:
        found = at(self.message, *path)
        return found if isinstance(found, dict) else {}

    def traits(self) -> Iterator[tuple[str, dict[str, Json]]]:
        """Of an identify message, with the place that they are in."""
        if self.message.get("type") == "identify":
            yield from ((".".join(where), self.members(*where)) for where in TRAITS)
