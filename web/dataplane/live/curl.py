r"""A message as the command that sends it again, for any shell.

What is pasted is what was looked at: a shell sees no text, it sees quotes, and a terminal acts on control
characters. So a word holds nothing that is special between single quotes in any of sh, bash, zsh, ksh, csh, fish:
the body writes it as JSON can (`\u0027` for a quote), and what else has such a character (a write key) is sent in
base64.
"""

import base64
import json
import re

from .. import jsontext
from ..ingest.gateway import TYPES
from ..store.rows import Row

ADDED = ("rudderId", "receivedAt", "request_ip")
"""Members that the gateway adds."""
_LONGEST = 100_000
"""Characters of a command's word; Linux takes 131,072 bytes."""
_SPECIAL = re.compile(r"""\\\\|['!]""")
_PLAIN = re.compile(r"[\w.~=+/@ -]+", re.ASCII)


def curl(row: Row, origin: str) -> str:
    """To the route of its type, or to the batch route where there is none."""
    type_, text = _sent(row.message)
    path = f"/v1/{type_}" if type_ in TYPES else "/v1/batch"
    body = _plain(text if type_ in TYPES else f'{{"batch":[{text}]}}')
    parts = [f"curl '{origin}{path}'", _write_key(row.write_key or "WRITE_KEY"), "-H 'Content-Type: application/json'"]
    if len(body) <= _LONGEST:
        return " \\\n  ".join([*parts, f"--data-raw '{body}'"])
    # Too long for a command: it is fetched, as it was stored, and sent from there. What the gateway added stays in it.
    fetched = f"curl -s '{origin}/live/messages/{row.seq}.json'"
    in_a_batch = [] if type_ in TYPES else ["sed '1s/^/{\"batch\":[/; $s/$/]}/'"]
    return " \\\n  | ".join([fetched, *in_a_batch, " \\\n  ".join([*parts, "--data-binary @-"])])


def _write_key(key: str) -> str:
    if _PLAIN.fullmatch(key):
        return f"-u '{key}:'"
    return f"-H 'Authorization: Basic {base64.b64encode(f'{key}:'.encode()).decode()}'"


def _plain(text: str) -> str:
    """JSON with what is special, or cannot be seen, as its escape: that can be in strings only."""
    text = _SPECIAL.sub(lambda match: f"\\u{ord(match[0][0]):04x}", text)
    if text.isprintable():
        return text
    return "".join(each if each.isprintable() else json.dumps(each)[1:-1] for each in text)


def _sent(text: str) -> tuple[str, str]:
    """The type, and the message without what the gateway added."""
    try:
        message = jsontext.decode(text)
        assert isinstance(message, dict)  # nothing else is stored
        return str(message.get("type")), jsontext.encode({n: v for n, v in message.items() if n not in ADDED})
    except RecursionError:  # nested very deeply: as it is
        return "", text
