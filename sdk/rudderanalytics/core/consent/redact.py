"""Messages without what is not for others in addresses, titles and campaigns: the load option `redact`.

Must not know: the visitor. Parameters with one of the names (`secrets.Names`) are taken out, wherever in an address
they are, percent-encoded or in an address inside the address. Where `email` is among the names, so is what looks like
an e-mail address; where `token` is, what looks like a token: in values, in parts of a path, after a #, in titles.
"""

from .address import Piece, host, name_and_value, parameters, plain, segments
from .secrets import (
    Names,
    humps,
    is_made_by_chance,
    may_be_token,
    members,
    pairs,
    shows_email,
    shows_signed_token,
    words,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

_ADDRESSES = ("url", "tab_url", "search", "path", "referrer", "initial_referrer")
_GONE = "redacted"
"""What stands where a part of a path or of a title was; a parameter leaves nothing."""
# fmt: off
_BEFORE_TOKENS = (
    "activate", "activation", "auth", "confirm", "confirmation", "invitation", "invite", "login", "magic",
    "oauth", "recover", "recovery", "reset", "signin", "sso", "unsubscribe", "verification", "verify",
)
# fmt: on
"""Words of a part of a path after which there may be a token."""
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
        """Clean a wire message: `context.page`, and the properties of a page message."""
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
                if not (self._names.hold(plain(name)) or self._says(plain(value))):
                    kept.append([name, self.address(value)])
            self._query, self._cleaned_query = given, kept
        return self._cleaned_query

    def title(self, text: str) -> str:
        """A title without e-mail addresses and tokens."""
        return " ".join([_GONE if self._is_secret(word) else word for word in text.split(" ")])

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
        if equals and self._names.hold(plain(name)):
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
            said = plain(part.content)
            kept.append(part.mark + (_GONE if self._is_secret(said, before) else part.content))
            before = said
        return "".join(kept)

    def _is_secret(self, text: str, before: str = "") -> bool:
        """Whether a part of a path, or a word, is not for others; `before` is the part before it."""
        if self._shows(text) or (self._takes_tokens and is_made_by_chance(text)):
            return True
        if not (self._takes_tokens and before and may_be_token(text)):
            return False
        return self._names.hold(before) or any(word in _BEFORE_TOKENS for word in words(before) + words(humps(before)))

    def _says(self, text: str) -> bool:
        """Whether the value of a parameter is not for others, or has names and values of its own that are not."""
        return self._shows(text) or any(self._names.hold(name) for name in pairs(text))

    def _shows(self, text: str) -> bool:
        """Whether a text says something in it that is not for others, whatever it is the value of."""
        if self._takes_emails and shows_email(text):
            return True
        if self._takes_tokens and shows_signed_token(text):
            return True
        return any(self._names.hold(name) for name in members(text))


def _goes_on(piece: Piece) -> bool:
    """Whether what follows a parameter is a part of it: `?token=a;b`."""
    return piece.kind in (";", "?") and not name_and_value(piece.content)[1]


def address(text: str, names: list[str]) -> str:
    """An address as `Redaction` leaves it."""
    return Redaction(names).address(text)


def title(text: str, names: list[str]) -> str:
    """A title as `Redaction` leaves it."""
    return Redaction(names).title(text)


def query(given: list, names: list[str]) -> list:
    """The parameters of an address as `Redaction` leaves them."""
    return Redaction(names).query(given)
