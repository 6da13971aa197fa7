"""Who may send: the write key of a request and whether it is accepted [server §1.2]."""

import base64
import binascii
from dataclasses import dataclass

from starlette.requests import Request

from .answers import (
    HEADER_WITHOUT_WRITE_KEY,
    INVALID_WRITE_KEY,
    QUERY_WITHOUT_WRITE_KEY,
    SOURCE_DISABLED,
    Refusal,
)


def basic_username(request: Request) -> str:
    """The user name of HTTP Basic, "" without one. The password is ignored, the scheme's case too, as Go does."""
    scheme, _, encoded = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "basic":
        return ""
    try:
        decoded = base64.b64decode(encoded, validate=True)
    except (binascii.Error, ValueError):
        return ""
    username, colon, _ = decoded.partition(b":")
    return username.decode("utf-8", "replace") if colon else ""


def header_write_key(request: Request) -> str:
    key = basic_username(request)
    if not key:
        raise Refusal(HEADER_WITHOUT_WRITE_KEY)
    return key


def query_write_key(request: Request) -> str:
    """The beacon's: whatever its Authorization header says is overwritten."""
    keys = request.query_params.getlist("writeKey")
    if not keys or not keys[0]:
        raise Refusal(QUERY_WITHOUT_WRITE_KEY)
    return keys[0]


def said_write_key(request: Request) -> str:
    """Wherever it is said, for people to see; "" where it is not."""
    return basic_username(request) or request.query_params.get("writeKey", "")


@dataclass(frozen=True, slots=True)
class WriteKeys:
    """The keys that `--write-key` and `--disabled-write-key` named."""

    allowed: frozenset[str]
    """Empty: any key is."""
    disabled: frozenset[str]

    def check(self, key: str) -> None:
        if key in self.disabled:
            raise Refusal(SOURCE_DISABLED)
        if self.allowed and key not in self.allowed:
            raise Refusal(INVALID_WRITE_KEY)
