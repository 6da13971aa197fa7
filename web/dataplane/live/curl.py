"""A message as the command that sends it again."""

import shlex

from .. import jsontext
from ..ingest.gateway import TYPES
from ..store.rows import Row

ADDED = ("rudderId", "receivedAt", "request_ip")
"""Members that the gateway adds."""


def curl(row: Row, origin: str, write_key: str) -> str:
    """For a POSIX shell. To the route of its type, or to the batch route where there is none."""
    type_, text = _sent(row.message)
    path = f"/v1/{type_}" if type_ in TYPES else "/v1/batch"
    parts = [
        f"curl {shlex.quote(origin + path)}",
        f"-u {shlex.quote(write_key + ':')}",
        "-H 'Content-Type: application/json'",
        f"--data-raw {shlex.quote(text if type_ in TYPES else f'{{"batch":[{text}]}}')}",
    ]
    return " \\\n  ".join(parts)


def _sent(text: str) -> tuple[str, str]:
    """The type, and the message without what the gateway added."""
    try:
        message = jsontext.decode(text)
        assert isinstance(message, dict)  # nothing else is stored
        return str(message.get("type")), jsontext.encode({n: v for n, v in message.items() if n not in ADDED})
    except RecursionError:  # nested very deeply: as it is
        return "", text
