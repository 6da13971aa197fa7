"""JSON of which the gateway's own rules would change next to nothing, as SDKs write it: read and written by orjson.

Several times as quick as `exact`, whose rules these are. What needs more of them is for `exact` to read.
"""

import re

import orjson

from .exact import Codec, Json, float64

_WHOLE = re.compile(rb"\.0(?:[,}\]]|$)")
"""The end of a number that float64 writes without its fraction; text of a message can look like it."""


class Unusual(Exception):
    """Invalid, or JSON that orjson reads otherwise than the gateway does."""


def decode(body: bytes | bytearray) -> Json:
    """Raises Unusual."""
    try:
        value: Json = orjson.loads(body)
        text = orjson.dumps(value, option=orjson.OPT_STRICT_INTEGER)  # fails on what float64 cannot hold
    except (orjson.JSONDecodeError, orjson.JSONEncodeError) as failed:
        raise Unusual from failed
    # Of two equal keys orjson keeps one, so that a colon is missing then; none can be new but from \u003a.
    if (text != body and (text.count(b":") != body.count(b":") or b"\\u003" in body)) or b"e+" in text:
        raise Unusual
    return _without_fractions(value) if _WHOLE.search(text) else value


def _without_fractions(value: Json) -> Json:
    if isinstance(value, dict):
        return {name: _without_fractions(member) for name, member in value.items()}
    if isinstance(value, list):
        return [_without_fractions(item) for item in value]
    return float64(value) if isinstance(value, float) else value


def encode(value: Json) -> str:
    """Of what `decode` gave."""
    return orjson.dumps(value).decode()


ORDINARY = Codec(decode, encode)
