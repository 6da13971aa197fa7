"""Ids: what counts as one, and the ones that the gateway makes [server §1.5, §1.6]."""

import hashlib
import os
import re
from functools import lru_cache

from ..jsontext import Json, stringify, well_formed

# Go's IsPrint calls these printable, as Python's isprintable does; the gateway strips them all the same.
_BLANKS = re.compile("[\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0]")


def visible(text: str) -> str:
    """The text without invisible characters and surrounding spaces."""
    if not text.isascii():
        text = _BLANKS.sub("", well_formed(text))
    if not text.isprintable():
        text = "".join(filter(str.isprintable, text))
    return text.strip(" ")


def id_text(value: Json) -> str:
    """What a `userId` or `anonymousId` comes to; "" is none. 0, false, {} and [] all count as present."""
    return visible(value if isinstance(value, str) else stringify(value))


@lru_cache(maxsize=1024)
def rudder_id(user_id: str, anonymous_id: str) -> str:
    """md5 of both as a UUID, with version 4 and the RFC 4122 variant forced."""
    return _uuid_4(hashlib.md5(f"{user_id}:{anonymous_id}".encode(), usedforsecurity=False).hexdigest())


def message_id(value: Json) -> str:
    """The sender's, if it is a string with something to see in it; else a new one."""
    return (visible(value) if isinstance(value, str) else "") or _uuid_4(os.urandom(16).hex())


def _uuid_4(digits: str) -> str:
    """As `uuid.UUID(digits, version=4)` writes it, in a third of the time."""
    variant = "89ab"[int(digits[16], 16) & 3]
    return f"{digits[:8]}-{digits[8:12]}-4{digits[13:16]}-{variant}{digits[17:20]}-{digits[20:]}"
