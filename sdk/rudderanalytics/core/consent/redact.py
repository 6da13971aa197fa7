"""Messages without what is not for others in addresses, titles and campaigns: the load option `redact`.

Must not know: the visitor. Parameters with one of the names (`secrets.Names`) are taken out, wherever in an address
they are, percent-encoded or in an address inside the address. Where `email` is among the names, so is what looks like
an e-mail address; where `token` is, what looks like a token: in values, in parts of a path, after a #, in titles.
The same holds for what programs say of their errors, in track messages `Error`.
"""

from .address import Piece, host, name_and_value, parameters, plain, segments
from .secrets import (
    Names,
    humps,
    is_among,
    is_made_by_chance,
    may_be_token,
    members,
    pairs,
    said,
    shows_email,
    shows_signed_token,
    words,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

_ADDRESSES = ("url", "tab_url", "search", "path", "referrer", "initial_referrer")
_ERROR = "Error"
"""The event of what nobody caught (web/src/pageErrors.js), and of Python's `exception`."""
_TEXTS = ("message", "traceback", "stack", "source")
"""Its properties that programs wrote."""
_LONGEST_TEXT = 8_192
"""Bytes of UTF-8 of such a text; of one that is longer the end is kept."""
_AROUND = "()[]{}<>,;'\"`."
"""What may stand around a word of such a text."""
_GONE = "redacted"
"""What stands where a part of a path or of a title was; a parameter leaves nothing."""
_BEFORE_TOKENS = (
    " activate activation auth confirm confirmation invitation invite login magic oauth recover recovery "
    "reset signin sso unsubscribe verification verify "
)
"""Words of a part of a path after which there may be a token."""
_MAY_BE_TOKENS = " nonce session ticket "
"""Words, beside these, of the name of a parameter that may be a token."""
_SHORTEST_HASH = 32
"""Characters of a `hash` that proves who somebody is, as an MD5 has; those of a file or a commit are often shorter, and
their names say of what they are: `content_hash`."""
_MOST_KNOWN = 20
"""Results that are kept: a page's addresses are the same in message after message."""


class Redaction:
    """What the names in `redact` take out; [] takes out nothing."""

    def __init__(self, names: list[str]) -> None:
        self._names = Names(names)
        self._takes_emails = self._names.hold("email")
        self._takes_tokens = self._names.hold("token")
        self._known: dict[str, str] = {}
        self._query: list = []
        self._cleaned_query: list = []

    def message(self, built: dict) -> None:
        """Clean a wire message: `context.page`, the properties of a page message, the texts of an error."""
        if built["type"] == "track" and built.get("event") == _ERROR and isinstance(built["properties"], dict):
            for key in _TEXTS:
                self._clean(built["properties"], key, self.text)
        for fields in (built["context"].get("page"), built["properties"] if built["type"] == "page" else None):
            if isinstance(fields, dict):
                for key in _ADDRESSES:
                    self._clean(fields, key, self.address)
                self._clean(fields, "title", self.title)

    def query(self, given: list) -> list:
        """The parameters of an address, [name, value], as far as they may be for others."""
        if given != self._query:
            kept = []
            for name, value in given:
                if not (self._takes(plain(name), plain(value)) or self._says(plain(value))):
                    kept.append([name, self.address(value)])
            self._query, self._cleaned_query = given, kept
        return self._cleaned_query

    def title(self, text: str) -> str:
        """A title without e-mail addresses and tokens."""
        return " ".join([_GONE if self._is_secret(word) else word for word in text.split(" ")])

    def text(self, text: str) -> str:
        """What a program says (a message, a traceback), 8 kB at most, without what is not for others."""
        text = _ended(text)
        if not len(self._names):
            return text
        known: dict[str, str] = {}  # a traceback says the same words again and again
        return _ended("\n".join([self._line(line, known) for line in text.split("\n")]))

    def address(self, text: str) -> str:
        """An address, or what follows its host, without what is not for others; the rest stays as it is, in order."""
        if not len(self._names):
            return text
        before, rest = host(text)
        path = rest.partition("#")[0].partition("?")[0]
        return before + self._path(path) + self._pieces(rest[len(path) :])

    def _clean(self, fields: dict, key: str, clean: "Callable[[str], str]") -> None:
        text = fields.get(key)
        if isinstance(text, str):
            if text not in self._known:
                if len(self._known) >= _MOST_KNOWN:
                    self._known = {}
                self._known[text] = clean(text)
            fields[key] = self._known[text]

    def _line(self, line: str, known: dict[str, str]) -> str:
        """A line without its words that are not for others; one that shows members of such names is gone. `known` has
        words as they are left."""
        if ":" in line and any(self._names.hold(name) for name in members(line)):
            return _GONE
        kept = []
        label = ""  # the two words before
        for word in line.split(" "):
            is_named = label[-1:] in (":", "=") and self._names.hold(label[:-1])  # token: 123
            is_borne = self._takes_tokens and label.rpartition(" ")[2].lower() == "bearer"
            if word not in known:
                known[word] = self._word(word)
            kept.append(_GONE if word and (is_named or is_borne) else known[word])
            if word:
                label = label.rpartition(" ")[2] + " " + word
        return " ".join(kept)

    def _word(self, word: str) -> str:
        if len(word) < 6:  # a@b.co
            return word
        before, bare, after = _bare(word)
        if "://" in bare or "/" in bare:
            return before + self.address(bare) + after
        said = bare.replace("'", "").replace('"', "")  # password='x'
        return before + _GONE + after if self._is_secret(bare) or self._says(said) else word

    def _path(self, path: str) -> str:
        """A path; its parts may have parameters of their own (`/list;token=1/next`)."""
        kept = []
        before = ""
        for part in path.split("/"):
            kept.append(self._pieces(part, before))
            before = plain(part)
        return "/".join(kept)

    def _pieces(self, text: str, before: str = "") -> str:
        """What begins with a mark, and what stands before the first; `before` is the part of the path before that."""
        kept = []
        opener: Piece | None = None  # a ? or # whose first parameter is gone
        gone = -1  # how often a parameter is encoded that is gone: what is encoded more often is its value
        for piece in parameters(text):
            if gone >= 0 and (piece.level > gone or _goes_on(piece)):
                continue
            gone = -1
            cleaned = self._segments(piece.content, before) if not piece.kind else self._parameter(piece)
            if cleaned is None:
                gone = piece.level
                if piece.kind in ("?", "#"):
                    opener = piece
            else:
                takes_over = opener and piece.kind in ("&", ";") and piece.level == opener.level
                kept.append((opener.mark if opener and takes_over else piece.mark) + cleaned)
                opener = None
        return "".join(kept)

    def _parameter(self, piece: Piece) -> str | None:
        """What is left of what follows a mark; None: not even the mark."""
        name, equals, value = name_and_value(piece.content)
        if equals and self._takes(plain(name), plain(value)):
            return None
        if piece.kind == "#" and not equals:
            return self._segments(piece.content, "")
        if self._says(plain(value if equals else name)):
            return None
        return name + equals + (self._segments(value, "") if len(segments(value)) > 1 else value)

    def _segments(self, path: str, before: str) -> str:
        """A path, whose marks may be encoded, with something else for its parts that are not for others."""
        kept = []
        for part in segments(path):
            text = plain(part.content)
            is_secret = self._is_secret(text, before) or self._names_token(text)
            kept.append(part.mark + (_GONE if is_secret else part.content))
            before = text
        return "".join(kept)

    def _is_secret(self, text: str, before: str = "") -> bool:
        """Whether a part of a path, or a word, is not for others; `before` is the part before it."""
        if self._shows(text) or (self._takes_tokens and is_made_by_chance(text)):
            return True
        if not (self._takes_tokens and before and may_be_token(text)):
            return False
        return self._names.hold(before) or _has_word(before, _BEFORE_TOKENS)

    def _takes(self, name: str, value: str) -> bool:
        """Whether a parameter has one of the names, or may be a token and looks like one."""
        if self._names.hold(name):
            return True
        if not (self._takes_tokens and may_be_token(value)):
            return False
        return _says_token(name) or (words(name) == ["hash"] and len(value) >= _SHORTEST_HASH)

    def _says(self, text: str) -> bool:
        """Whether the value of a parameter is not for others, or has names and values of its own that are not."""
        if self._shows(text) or any(self._names.hold(name) for name, _ in pairs(text)):
            return True
        return any(self._names.hold(name) and (_is_plain(name) or may_be_token(value)) for name, value in said(text))

    def _names_token(self, text: str) -> bool:
        """Whether a part of a path has names of its own, with values that look like tokens."""
        return any(may_be_token(value) and self._names.hold(name) for name, value in pairs(text) + said(text))

    def _shows(self, text: str) -> bool:
        """Whether a text says something in it that is not for others, whatever it is the value of."""
        if self._takes_emails and shows_email(text):
            return True
        if self._takes_tokens and shows_signed_token(text):
            return True
        return any(self._names.hold(name) for name in members(text))


def _has_word(name: str, wanted: str) -> bool:
    return any(is_among(word, wanted) for word in words(name) + words(humps(name)))


def _says_token(name: str) -> bool:
    return _has_word(name, _BEFORE_TOKENS) or _has_word(name, _MAY_BE_TOKENS)


def _is_plain(name: str) -> bool:
    """Whether what is said of a name in a search is a secret for certain: `code:404` is none."""
    return not is_among(words(name)[-1], " code email key ")


def _ended(text: str) -> str:
    """The last lines of a text, as many as may be."""
    while len(text.encode("utf-8", "surrogatepass")) > _LONGEST_TEXT:
        text = text.partition("\n")[2] or text[len(text) // 2 :]
    return text


def _bare(word: str) -> tuple[str, str, str]:
    """A word without what stands before and after it: brackets, quotes, and numbers of a line and a column."""
    bare = word.lstrip(_AROUND)
    before = word[: len(word) - len(bare)]
    rest = bare
    while True:
        bare = bare.rstrip(_AROUND)
        shorter, colon, number = bare.rpartition(":")
        if not colon or [character for character in number if not "0" <= character <= "9"]:
            return before, bare, rest[len(bare) :]
        bare = shorter


def _goes_on(piece: Piece) -> bool:
    """Whether what follows a parameter is a part of it: `?token=a;b`."""
    return piece.kind in (";", "?") and not name_and_value(piece.content)[1]
