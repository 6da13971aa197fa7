"""What the store keeps: messages, the requests that brought them, and requests that brought none."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

LONGEST_ID = 256
"""Characters of an id, a type or a session by which messages are found; the message itself has all of it."""


@dataclass(frozen=True, slots=True)
class Received:
    """A request."""

    received_at: str
    path: str
    headers: Mapping[str, str]
    write_key: str = ""
    """As it was said, in the header or the address; "" where it was not needed."""


class Message(NamedTuple):
    """One message, ready to be stored. The ids are as people look for them: visible, of bounded length."""

    type: str
    """"" where it has none that is a string."""
    text: str
    """JSON."""
    user_id: str
    anonymous_id: str
    message_id: str
    session: str
    """The page's visit, `context.sessionId`; "" where it has none."""


@dataclass(frozen=True, slots=True)
class Refused:
    """A request that was answered with an error, and why."""

    method: str
    status: int
    reason: str
    """The answer's text."""
    body: str
    """As text, the beginning of it."""
    size: int
    """Bytes of the body that were read; -1: more than is kept."""


@dataclass(frozen=True, slots=True)
class Row:
    """A message with the request that brought it."""

    seq: int
    received_at: str
    path: str
    headers: str
    """JSON."""
    write_key: str
    message: str
    """JSON."""

    def json(self) -> str:
        """The row as `/api/events` gives it. The message is copied, never parsed: it may be nested very deeply."""
        return (
            f'{{"seq":{self.seq},"receivedAt":"{self.received_at}","path":{json.dumps(self.path)},'
            f'"headers":{self.headers},"message":{self.message}}}'
        )


@dataclass(frozen=True, slots=True)
class LargeRow:
    """A row whose message is too large to be read for one line of a list."""

    seq: int
    received_at: str
    path: str
    headers: str
    write_key: str
    type: str
    user_id: str
    anonymous_id: str
    size: int
    """Characters of its JSON."""


@dataclass(frozen=True, slots=True)
class RefusedRow:
    """A refused request among the rows, in the order in which they came."""

    seq: int
    received_at: str
    path: str
    """With the query."""
    headers: str
    """JSON."""
    write_key: str
    refused: Refused
