"""Ids: what texts are none [server 1.5].

Must not know: what the ids are of. The page has the same (web/src/cookies.js, overloads.js), and vectors hold both
together.
"""

_NUMBERS = ("NaN", "Infinity", "-Infinity")
"""Texts that come of a mistake, and would be the same for all visitors."""
_ENCODED = ("RudderEncrypt:", "RS_ENC_v3_")
"""How the texts begin that the official SDK stores [js 3.2]: an id that is one would be read as another."""
_BLANK = (
    "\0 \x7f\xa0\xad\xad\u034f\u034f\u0600\u0605\u061c\u061c\u06dd\u06dd\u070f\u070f\u0890\u0891\u08e2\u08e2"
    "\u115f\u1160\u1680\u1680\u17b4\u17b5\u180b\u180f\u2000\u200f\u2028\u202f\u205f\u206f\u2800\u2800\u3000\u3000\u3164\u3164"
    "\ue000\uf8ff\ufe00\ufe0f\ufeff\ufeff\uffa0\uffa0\ufff0\ufffb\U000110bd\U000110bd\U000110cd\U000110cd\U00013430\U0001343f"
    "\U0001bca0\U0001bca3\U0001d173\U0001d17a\U000e0000\U000e0fff\U000f0000\U000ffffd\U00100000\U0010fffd"
)
"""The first and the last character of each row of them: separators, control, format and private characters, and what
Unicode lets be ignored. A table, because MicroPython does not know what characters are."""


def anonymous_id(value: object) -> str | None:
    """An anonymousId as another one says it; None where it is none."""
    if not isinstance(value, str) or is_blank(value) or is_no_number(value) or is_encoded(value):
        return None
    return value


def is_encoded(value: object) -> bool:
    """Whether it is a text that is stored in place of another."""
    return isinstance(value, str) and any(value.startswith(beginning) for beginning in _ENCODED)


def is_no_number(text: str) -> bool:
    """Whether it is the text of a number that is none."""
    return text in _NUMBERS


def is_blank(text: str) -> bool:
    """Whether nothing in it shows: the gateway takes such an id for none."""
    return all(_is_unseen(character) for character in text)


def _is_unseen(character: str) -> bool:
    if " " < character < "\x7f":
        return False
    return any(_BLANK[at] <= character <= _BLANK[at + 1] for at in range(0, len(_BLANK), 2))
