"""JSON values: how one becomes text and text one, how two merge.

Must not know: messages, the page. `json` alone will not do. CPython's escapes non-ASCII characters and MicroPython's
does not; both have names for numbers that JSON lacks; MicroPython's leaves halves of surrogate pairs, and both of its
ways take time that grows with the square of a text's length. So texts go through it in pieces, and everything here
takes time and memory in proportion to what it is given.
"""

import json

from . import nesting

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

_SHORT = {"\n": "\\n", "\r": "\\r", "\t": "\\t", "\b": "\\b", "\f": "\\f"}
_LARGE = 8192
"""Characters of a value from which it does not become text, or text it, all at once."""
_PIECE = 1024
"""Bytes of a text that go through `json` at once."""
_STRETCH = 2048
"""Bytes without a quote that make a text in JSON a long one."""
_MARK = chr(0xD800)
"""Half a surrogate pair: no text has it once it is decoded, so it can stand for one that is still to be."""


def encode(value: object) -> str:
    """The JSON text of a value, without spaces and with non-ASCII characters as they are (as `JSON.stringify`)."""
    if _size(value) < _LARGE:
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
    if isinstance(value, float):
        return 8 if value - value == 0 else _LARGE
    size = 8
    for item in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        if isinstance(item, str):
            size += len(item)
        elif isinstance(item, (dict, list, float)):
            size += _size(item)
        else:
            size += 8
        if size > _LARGE:
            break
    return size


def _write(value: object, add: "Callable[[str], None]") -> None:
    if isinstance(value, str):
        _write_text(value, add)
    elif isinstance(value, dict):
        separator = "{"
        for key in value:
            add(separator)
            _write_text(key, add)
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


def _write_text(value: str, add: "Callable[[str], None]") -> None:
    add('"')
    if len(value) < _PIECE:
        add(_escaped(value))
    else:
        content = value.encode("utf-8", "surrogatepass")  # of bytes, MicroPython finds a place at once
        start = 0
        while start < len(content):
            end = _end_of_character(content, start + _PIECE)
            add(_escaped(content[start:end].decode("utf-8", "surrogatepass")))
            start = end
    add('"')


def _escaped(text: str) -> str:
    """A text as it is between the quotes of JSON."""
    written = json.dumps(text)
    if len(written) == len(text) + 2:  # nothing was escaped
        return text
    if "\\u" not in written:  # nothing was escaped that the interpreters escape differently
        return written[1:-1]
    text = text.replace("\\", "\\\\").replace('"', '\\"')
    for code in range(32):
        character = chr(code)
        if character in text:
            text = text.replace(character, _SHORT.get(character) or f"\\u{code:04x}")
    return text


def _end_of_character(content: bytes, at: int) -> int:
    """The first place from there on where a character of UTF-8 begins."""
    while at < len(content) and content[at] & 0xC0 == 0x80:
        at += 1
    return min(at, len(content))


def decode(text: str) -> object:
    """The value of a JSON text. Raises `ValueError`, also for what nests hopelessly deep.

    A lone surrogate, which UTF-8 cannot hold, becomes U+FFFD; an escaped pair becomes its character.
    """
    if nesting.is_hopeless(text):
        raise ValueError("nested too deeply")
    if "\\ud" in text or "\\uD" in text:
        text = _without_surrogates(text)
    return json.loads(text) if len(text) < _LARGE else _decode_large(text)


def _without_surrogates(text: str) -> str:
    """A JSON text whose escaped surrogates are characters."""
    before, *pieces = text.split("\\u")
    parts = [before]
    high = 0  # the half that the last piece was, if nothing came after it
    for piece in pieces:
        if _ends_in_an_escape(parts[-1]) or piece[0:1] not in ("d", "D"):
            parts.append("\\u" + piece)
            high = 0
            continue
        code = int(piece[:4], 16)
        if high and 0xDC00 <= code <= 0xDFFF:
            parts[-1] = chr(0x10000 + (high - 0xD800) * 0x400 + code - 0xDC00)
            parts.append(piece[4:])
            high = 0
        elif 0xD800 <= code <= 0xDFFF:
            parts.append("\ufffd")
            high = code if code <= 0xDBFF and len(piece) == 4 else 0
            if not high:
                parts.append(piece[4:])
        else:
            parts.append("\\u" + piece)
            high = 0
    return "".join(parts)


def _ends_in_an_escape(text: str) -> bool:
    """Whether what follows is no escape, as the backslash before it is escaped itself."""
    return (len(text) - len(text.rstrip("\\"))) % 2 == 1


def _decode_large(text: str) -> object:
    """The value of a large JSON text: long texts in it are taken out first, and put back into the value."""
    content = text.encode()
    # The same with every escaped quote and backslash as another escape: a quote begins or ends a text.
    plain = content.replace(b"\\\\", b"\\.").replace(b'\\"', b"\\.")
    long: list[str] = []
    parts: list[bytes] = []
    start = at = quotes = 0
    while at < len(plain):
        end = min(at + _STRETCH, len(plain))
        first = plain.find(b'"', at, end)
        if first < 0 and quotes % 2:  # inside of a text
            begin = plain.rfind(b'"', 0, at) + 1
            end = plain.find(b'"', end)
            if end < 0:
                raise ValueError("a text without an end")
            parts.append(content[start:begin])
            parts.append(f"\\ud800{len(long)}".encode())
            long.append(_decode_text(content[begin:end], plain[begin:end]))
            start = end
        quotes += plain.count(b'"', at, end)
        at = end
    if not long:
        return json.loads(text)
    parts.append(content[start:])
    return _put_back(json.loads(b"".join(parts).decode()), long)


def _decode_text(content: bytes, plain: bytes) -> str:
    """A text as it is between the quotes of JSON; `plain` is the same with other escapes, as above."""
    if b"\\" not in plain:
        return content.decode()
    parts = []
    start = 0
    while start < len(content):
        end = _end_of_character(content, start + _PIECE)
        escape = plain.rfind(b"\\", max(start, end - 5), end)
        if escape >= 0:  # it is 2 or 6 bytes long
            end = max(end, escape + (6 if plain[escape + 1 : escape + 2] == b"u" else 2))
        parts.append(json.loads('"' + content[start:end].decode() + '"'))
        start = end
    return "".join(parts)


def _put_back(value: object, long: list[str]) -> object:
    """The value with the texts that were taken out."""
    if isinstance(value, str):
        return long[int(value[1:])] if value[:1] == _MARK else value
    if isinstance(value, dict):
        members = {}
        for key in value:
            members[str(_put_back(key, long))] = _put_back(value[key], long)
        return members
    if isinstance(value, list):
        items = []
        for item in value:
            items.append(_put_back(item, long))
        return items
    return value


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


def without_nulls(value: "Any") -> "Any":
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
