"""JSON nested too deeply for Python's own decoder, which gives up at some thousands of levels.

gjson knows no such limit, so 100,000 brackets inside a message are a valid message. Here the text is checked token by
token without recursion; the first levels become values, anything below stays the text it was.
"""

import re

from .exact import Codec, Json, Raw, utf8, well_formed
from .exact import decode as decode_scalar
from .exact import encode as encode_scalar

LEVELS = 3
"""Enough to take apart what the gateway looks into: the envelope, its `batch`, and a message's own members."""

_TOKEN = re.compile(
    r"""[ \t\n\r]*+(?:
      ([\[\]{},:])
    | ( "[^"\\\x00-\x1f]*+(?:\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})[^"\\\x00-\x1f]*+)*+" )
    | ( true | false | null | -?+(?:0|[1-9][0-9]*+)(?:\.[0-9]++)?+(?:[eE][+-]?+[0-9]++)?+ )
    )""",
    re.VERBOSE,
)
_VALUE, _FIRST_VALUE, _KEY, _FIRST_KEY, _COLON, _NEXT = range(6)


class _Tree:
    """The values of the first levels, built as their tokens come by."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._open: list[dict[str, Json] | list[Json]] = []
        self._keys: list[str] = []
        self._raw_from = 0
        self.root: Json = None

    def key(self, token: str) -> None:
        self._keys[-1] = str(decode_scalar(token))

    def add(self, value: Json) -> None:
        if not self._open:
            self.root = value
            return
        container = self._open[-1]
        if isinstance(container, dict):
            container.setdefault(self._keys[-1], value)
        else:
            container.append(value)

    def opened(self, bracket: str, level: int, at: int) -> None:
        if level <= LEVELS:
            container: dict[str, Json] | list[Json] = {} if bracket == "{" else []
            self.add(container)
            self._open.append(container)
            self._keys.append("")
        elif level == LEVELS + 1:
            self._raw_from = at

    def closed(self, level: int, end: int) -> None:
        if level <= LEVELS:
            self._open.pop()
            self._keys.pop()
        elif level == LEVELS + 1:
            self.add(Raw(well_formed(self._text[self._raw_from : end])))


def decode(text: str) -> Json:
    """The value of a JSON text of any depth; ValueError where it is not valid."""
    tree = _Tree(text)
    brackets: list[str] = []  # the closing bracket that each open container waits for
    expected, at, done = _VALUE, 0, False
    while not done:
        match = _TOKEN.match(text, at)
        if match is None:
            raise ValueError(f"unexpected text at {at}")
        at = match.end()
        mark, string, _ = match.groups()
        if mark is None:
            if string is not None and expected in (_KEY, _FIRST_KEY):
                if len(brackets) <= LEVELS:
                    tree.key(string)
                expected = _COLON
            elif expected in (_VALUE, _FIRST_VALUE):
                if len(brackets) <= LEVELS:
                    tree.add(decode_scalar(match[match.lastindex or 0]))
                expected, done = _NEXT, not brackets
            else:
                raise ValueError(f"unexpected value at {at}")
        elif mark in "[{" and expected in (_VALUE, _FIRST_VALUE):
            brackets.append("]" if mark == "[" else "}")
            tree.opened(mark, len(brackets), at - 1)
            expected = _FIRST_VALUE if mark == "[" else _FIRST_KEY
        elif mark == ":" and expected == _COLON:
            expected = _VALUE
        elif mark == "," and expected == _NEXT:
            expected = _VALUE if brackets[-1] == "]" else _KEY
        elif brackets and mark == brackets[-1] and expected in (_NEXT, _FIRST_VALUE, _FIRST_KEY):
            tree.closed(len(brackets), at)
            brackets.pop()
            expected, done = _NEXT, not brackets
        else:
            raise ValueError(f"unexpected {mark} at {at}")
    if text[at:].strip(" \t\n\r"):
        raise ValueError(f"more text at {at}")
    return tree.root


def encode(value: Json) -> str:
    """The JSON text of what `decode` gave, its deep parts unchanged."""
    if isinstance(value, Raw):
        return value.text
    if isinstance(value, dict):
        return "{" + ",".join(f"{encode_scalar(key)}:{encode(member)}" for key, member in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ",".join(map(encode, value)) + "]"
    return encode_scalar(value)


DEEP = Codec(lambda body: decode(utf8(body)), encode)
