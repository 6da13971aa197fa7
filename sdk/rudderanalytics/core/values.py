"""JSON values: how one becomes text, how two merge, and what a Python value becomes.

Must not know: messages, cookies, the page. `json.dumps` alone will not do: CPython escapes non-ASCII characters and
MicroPython does not, both have names for numbers that JSON lacks, and MicroPython's is quadratic in what it writes.
"""

import json

from . import nesting

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

_SHORT = {"\n": "\\n", "\r": "\\r", "\t": "\\t", "\b": "\\b", "\f": "\\f"}
_LONG, _LARGE = 500, 8192  # characters of a text, of a value, from which MicroPython's `json.dumps` is slower


def encode(value: object, size: int = 0) -> str:
    """The JSON text of a value, without spaces and with non-ASCII characters as they are (as `JSON.stringify`). `size`:
    about how many characters it takes, where that is known (not 0), and that no number is one that JSON lacks."""
    if (size or _size(value)) < _LARGE:
        text = json.dumps(value, separators=(",", ":"))
        if "\\u" not in text:  # nothing was escaped that the interpreters escape differently
            return text
    parts: list[str] = []
    _write(value, parts.append)
    return "".join(parts)


def _size(value: object) -> int:
    """About how many characters it takes, as far as `_LARGE`, which is what a number that JSON lacks counts for."""
    if isinstance(value, str):
        return len(value)
    size = _LARGE if isinstance(value, float) and value - value != 0 else 8
    for item in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        size += len(item) if isinstance(item, str) else _size(item)
        if size > _LARGE:
            break
    return size


def _write(value: object, add: "Callable[[str], None]") -> None:
    if isinstance(value, str):
        add(_string(value))
    elif isinstance(value, dict):
        separator = "{"
        for key in value:
            add(separator)
            add(_string(key))
            add(":")
            _write(value[key], add)
            separator = ","
        add("{}" if separator == "{" else "}")
    elif isinstance(value, list):
        separator = "["
        for item in value:
            add(separator)
            _write(item, add)
            separator = ","
        add("[]" if separator == "[" else "]")
    elif isinstance(value, float) and value - value != 0:
        add("null")  # NaN and the infinities, as `JSON.stringify`: their names are not JSON
    else:
        add(json.dumps(value))


def _string(value: str) -> str:
    if len(value) < _LONG:
        text = json.dumps(value)
        if len(text) == len(value) + 2:  # nothing was escaped: the same text on every interpreter
            return text
    text = value.replace("\\", "\\\\").replace('"', '\\"')
    for code in range(32):
        character = chr(code)
        if character in text:
            text = text.replace(character, _SHORT.get(character) or f"\\u{code:04x}")
    return '"' + text + '"'


def decode(text: str) -> object:
    """The value of a JSON text. Raises `ValueError`, also for what nests hopelessly deep.

    A lone surrogate, which UTF-8 cannot hold, becomes U+FFFD; an escaped pair becomes its character (MicroPython's
    `json` leaves two halves).
    """
    if nesting.is_hopeless(text):
        raise ValueError("nested too deeply")
    value = json.loads(text)
    return _well_formed(value) if "\\ud" in text or "\\uD" in text else value


def _well_formed(value: object) -> object:
    if isinstance(value, dict):
        return {str(_well_formed(key)): _well_formed(value[key]) for key in value}
    if isinstance(value, list):
        return [_well_formed(item) for item in value]
    if not isinstance(value, str):
        return value
    characters: list[str] = []
    high = 0
    for character in value:
        code = ord(character)
        if high and 0xDC00 <= code <= 0xDFFF:
            characters[-1] = chr(0x10000 + (high - 0xD800) * 0x400 + code - 0xDC00)
        else:
            characters.append("\ufffd" if 0xD800 <= code <= 0xDFFF else character)
        high = code if 0xD800 <= code <= 0xDBFF else 0
    return "".join(characters)


def merge(left: dict, right: dict) -> dict:
    """`left` with `right` over it, plain objects merged at every depth, neither changed.

    Anything else on the right replaces what is on the left, arrays included: an array can shrink (where the official
    SDK merges arrays by index, CONTRACT section 8). A null on the right replaces too, as in [js 3.7].
    """
    merged = dict(left)
    for key, new in right.items():
        old = merged.get(key)
        merged[key] = merge(old, new) if isinstance(old, dict) and isinstance(new, dict) else new
    return merged


def same(one: object, other: object) -> bool:
    """Equal as JSON: unlike Python's ==, true is not 1; like it, 1 is 1.0."""
    if isinstance(one, bool) or isinstance(other, bool):
        return one is other
    if isinstance(one, dict) and isinstance(other, dict):
        if len(one) != len(other):
            return False
        for key in one:  # noqa: SIM110 - MicroPython recurses deeper through a loop than through a generator
            if key not in other or not same(one[key], other[key]):
                return False
        return True
    if isinstance(one, list) and isinstance(other, list):
        if len(one) != len(other):
            return False
        for index in range(len(one)):  # noqa: SIM110
            if not same(one[index], other[index]):
                return False
        return True
    return one == other


def without_nulls(value: object) -> object:
    """The value as it goes on the wire: null members of objects left out at every depth, array items kept [js 2.1]."""
    if isinstance(value, dict):
        kept = {}
        for key, item in value.items():
            if item is not None:
                kept[key] = without_nulls(item) if isinstance(item, (dict, list)) else item
        return kept
    if isinstance(value, list):
        return [without_nulls(item) for item in value]
    return value


def from_python(value: object, key: str) -> object:
    """A Python value as a JSON value: tuples become lists, `datetime` and `date` become ISO-8601 strings.

    `key` is the path that an error names (`traits.address.city`). Raises `TypeError` for what JSON cannot hold: sets,
    bytes, NaN and infinities, keys that are not strings, objects of other classes, and values that contain themselves.
    """
    return _convert(value, key, 0)


def _convert(value: object, key: str, depth: int) -> object:
    if value is None or isinstance(value, (bool, int, str)):
        return value
    if isinstance(value, float):
        if value != value or value in (float("inf"), float("-inf")):
            raise TypeError(f"{key}: {value} is not a JSON number")
        return value
    if depth >= nesting.DEEPEST:
        raise TypeError(f"{key}: nested more than {nesting.DEEPEST} levels deep, or contains itself")
    if isinstance(value, dict):
        members = {}  # loops: a comprehension is a second call for each level, and MicroPython has few
        for name in value:
            if not isinstance(name, str):
                raise TypeError(f"{key}: the key {name!r} is not a string")
            members[name] = _convert(value[name], f"{key}.{name}", depth + 1)
        return members
    if isinstance(value, (list, tuple)):
        items = []
        for index, item in enumerate(value):
            items.append(_convert(item, f"{key}[{index}]", depth + 1))
        return items
    if hasattr(value, "isoformat"):
        return value.isoformat()
    raise TypeError(f"{key}: a {type(value).__name__} cannot be sent as JSON")
