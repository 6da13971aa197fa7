"""What the store keeps: messages, and the requests that brought them."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple


@dataclass(frozen=True, slots=True)
class Received:
    """The request that brought messages."""

    received_at: str
    path: str
    headers: Mapping[str, str]
    write_key: str = ""
    """As it was said, in the header or the address; "" where it was not needed."""


class Message(NamedTuple):
    """One message, ready to be stored."""

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
class Row:
    """A message with the request that brought it."""

    seq: int
    received_at: str
    path: str
    headers: str
    """JSON."""
    message: str
    """JSON."""

    def json(self) -> str:
        """The row as `/api/events` gives it. The message is copied, never parsed: it may be nested very deeply."""
        return (
            f'{{"seq":{self.seq},"receivedAt":"{self.received_at}","path":{json.dumps(self.path)},'
            f'"headers":{self.headers},"message":{self.message}}}'
        )
