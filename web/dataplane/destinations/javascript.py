"""What JavaScript, in which the transformer is written, makes of a JSON value."""

import math
import re

from ..jsontext import Json, Raw, float64

_NUMBER = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?", re.IGNORECASE | re.ASCII)
_BASED = re.compile(r"0(?:x[0-9a-f]+|o[0-7]+|b[01]+)", re.IGNORECASE)
_BLANK = " \t\n\r\v\f\xa0\ufeff\u2028\u2029"


def text(value: Json) -> str:
    """`String(value)`."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if value is None:
        return "null"
    if isinstance(value, list):
        return ",".join("" if each is None else text(each) for each in value)
    if isinstance(value, dict | Raw):
        return "[object Object]"
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


def truthy(value: Json) -> bool:
    """`Boolean(value)`: an empty list or object is true."""
    return isinstance(value, list | dict | Raw) or bool(value)


def number(value: Json) -> int | float | None:
    """`Number(value)`; None for NaN and the infinities, which JSON has as null."""
    digits = text(value).strip(_BLANK)
    if isinstance(value, bool):
        result = float(value)
    elif _BASED.fullmatch(digits):
        result = float(int(digits, 0))
    elif _NUMBER.fullmatch(digits) or not digits:
        result = float(digits or 0)
    else:
        return None
    return float64(repr(result)) if math.isfinite(result) else None
