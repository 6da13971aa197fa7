"""Addresses in pieces, where a piece may be percent-encoded, and an address stand in another one.

Must not know: which pieces are not for others. The pieces of an address, joined, are the address.
"""

_DEEPEST = 3
"""How often something may be encoded: `?`, `%3F`, `%253F`, `%25253F`."""
_PARAMETERS = {"?": "3f", "#": "23", "&": "26", ";": "3b"}
"""What parameters begin with -> how it is encoded."""
_SEGMENTS = {"/": "2f"}
_EQUALS = {"=": "3d"}
_HEX = "0123456789abcdefABCDEF"


class Piece:
    """What follows a mark. `kind` is what the mark says ("" before the first), `level` how often it is encoded."""

    def __init__(self, mark: str, kind: str, level: int, content: str) -> None:
        self.mark = mark
        self.kind = kind
        self.level = level
        self.content = content


def host(text: str) -> tuple[str, str]:
    """Scheme and host of an absolute address, without a user's name and password, and what follows."""
    scheme, slashes, rest = text.partition("://")
    if not slashes or "?" in scheme or "#" in scheme or "/" in scheme:
        return "", text
    authority = rest
    for end in "/?#":
        authority = authority.partition(end)[0]
    return scheme + slashes + authority.rpartition("@")[2], rest[len(authority) :]


def parameters(text: str) -> list[Piece]:
    """The path of an address, and its parameters: what begins with ? # & or ;."""
    return _split(text, _PARAMETERS)


def segments(path: str) -> list[Piece]:
    """The parts of a path: what begins with a /."""
    return _split(path, _SEGMENTS)


def name_and_value(content: str) -> tuple[str, str, str]:
    """The name of a parameter, the = and its value, both empty where there is none."""
    name, *more = _split(content, _EQUALS)
    if not more:
        return content, "", ""
    equals = more[0].mark
    return name.content, equals, content[len(name.content) + len(equals) :]


def plain(text: str) -> str:
    """What a percent-encoded text says, however often it is encoded."""
    for _ in range(_DEEPEST + 1):
        said = _decoded(text)
        if said == text:
            break
        text = said
    return text


def _split(text: str, marks: dict[str, str]) -> list[Piece]:
    for kind, code in marks.items():
        text = text.replace(kind, "\0" + kind)
        for level in range(1, _DEEPEST + 1) if "%" in text else ():
            for encoded in _encoded(code, level):
                text = text.replace(encoded, "\0" + encoded)
    before, *pieces = text.split("\0")
    return [Piece("", "", 0, before)] + [_piece(text, marks) for text in pieces]


def _piece(text: str, marks: dict[str, str]) -> Piece:
    for kind, code in marks.items():
        if text.startswith(kind):
            return Piece(kind, kind, 0, text[1:])
        for level in range(1, _DEEPEST + 1):
            for encoded in _encoded(code, level):
                if text.startswith(encoded):
                    return Piece(encoded, kind, level, text[len(encoded) :])
    return Piece("", "", 0, text)  # after a zero character of the text's own


def _encoded(code: str, level: int) -> list[str]:
    """How a character is written that is encoded so often: `%3f` and `%3F`, `%253f` and `%253F`."""
    before = "%" + "25" * (level - 1)
    return [before + code] if code.upper() == code else [before + code, before + code.upper()]


def _decoded(text: str) -> str:
    if "%" not in text:
        return text
    before, *pieces = text.encode("utf-8", "surrogatepass").split(b"%")
    parts = [before]
    for piece in pieces:
        digits = piece[:2].decode() if len(piece) > 1 and piece[0] < 128 and piece[1] < 128 else ""
        if len(digits) == 2 and digits[0] in _HEX and digits[1] in _HEX:
            parts.append(bytes([int(digits, 16)]))
            parts.append(piece[2:])
        else:
            parts.append(b"%" + piece)
    try:
        return b"".join(parts).decode()
    except ValueError:  # it is not UTF-8
        return text
