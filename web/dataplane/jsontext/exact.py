"""JSON text as the gateway reads and writes it.

Its validity is gjson's: the strict grammar, invalid UTF-8 inside strings allowed (it becomes U+FFFD), any depth.
Numbers pass through float64 and the first of two equal keys wins [server §1.6].
"""

import json
from collections.abc import Callable
from typing import NamedTuple


class Raw(NamedTuple):
    """A value kept as its own JSON text, because it is nested too deeply to be taken apart."""

    text: str


type Json = bool | int | float | str | Raw | list[Json] | dict[str, Json] | None


class Codec(NamedTuple):
    """Reads and writes JSON. `decode` raises ValueError on invalid JSON, `encode` on what JSON cannot say."""

    decode: Callable[[bytes | bytearray], Json]
    encode: Callable[[Json], str]


def utf8(body: bytes | bytearray) -> str:
    return body.decode("utf-8", "replace")


def well_formed(text: str) -> str:
    r"""The text with lone surrogates, which `\ud800` in JSON can bring, as U+FFFD, so that UTF-8 can hold it."""
    if text.isascii():
        return text
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def _first_wins(pairs: list[tuple[str, Json]]) -> dict[str, Json]:
    members = dict(pairs)
    return members if len(members) == len(pairs) else dict(reversed(pairs))


def float64(digits: str | float) -> int | float:
    """The number as Go's float64 writes it: whole ones without a fraction. Out of range: an infinity."""
    number = float(digits)
    return int(number) if abs(number) < 1e21 and number.is_integer() else number


def _whole(digits: str) -> int | float:
    return int(digits) if len(digits) < 16 else float64(digits)


def _refuse(constant: str) -> Json:
    raise ValueError(f"{constant} is not JSON")


_decoder = json.JSONDecoder(
    object_pairs_hook=_first_wins, parse_float=float64, parse_int=_whole, parse_constant=_refuse
)
_ascii_encoder = json.JSONEncoder(check_circular=False, allow_nan=False, separators=(",", ":"))
_encoder = json.JSONEncoder(check_circular=False, allow_nan=False, separators=(",", ":"), ensure_ascii=False)
_sorted_encoder = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def decode(text: str) -> Json:
    """Raises RecursionError beyond a depth of some thousands; `deep` then takes over."""
    value: Json = _decoder.decode(text)
    return value


def encode(value: Json) -> str:
    """Compact, with every character as itself. Escaping first is the quick way for what needs no escape: most."""
    text = _ascii_encoder.encode(value)
    return well_formed(_encoder.encode(value)) if "\\u" in text else text


def stringify(value: Json) -> str:
    """An id of any type as text [server §1.5]: strings as they are, null as "", the rest as compact JSON."""
    if isinstance(value, str):
        return value
    if isinstance(value, Raw):
        return value.text
    if type(value) is int:
        return str(value)
    return "" if value is None else well_formed(_sorted_encoder.encode(value))


PLAIN = Codec(lambda body: decode(utf8(body)), encode)
