"""Positions in the store, as addresses and queries say them."""

from starlette.convertors import Convertor, register_url_convertor

MOST = 2**63 - 1
"""SQLite counts no further."""


class _Seq(Convertor[int]):
    """A seq in a path: `{seq:seq}`. What has more digits is no path of ours."""

    regex = "[0-9]{1,18}"

    def convert(self, value: str) -> int:
        return int(value)

    def to_string(self, value: int) -> str:
        return str(value)


register_url_convertor("seq", _Seq())


def whole_number(text: str, name: str, most: int = MOST) -> int:
    """Raises ValueError with a sentence for the caller."""
    if not (text.isascii() and text.isdecimal() and len(text) < 20 and int(text) <= most):
        raise ValueError(f"{name} is a whole number from 0 to {most}, not {text[:40]!r}")
    return int(text)
