"""What a value of Python becomes in JSON.

Must not know: the page, what the value is for. It is for those who call us in Python; the core gets JSON only.
"""

from .core import nesting

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

MOST = 2**53
"""The largest whole number up to which JavaScript's numbers hold each exactly."""
_OWN = (type(None), bool, int, float, str, dict, list, tuple)


def from_python(
    value: object, key: str, read: "Callable[[object, str, int], object] | None" = None, exact: bool = True
) -> object:
    """A Python value as a JSON value: tuples become lists, `datetime` and `date` ISO-8601 strings (a `datetime` without
    a time zone is local time and gets its offset), a `Decimal` a number, a `UUID` its text, a member of an enum its
    value, NumPy's scalars and arrays the numbers in them.

    `key` is the path that an error names (`traits.address.city`); `read` gets each value that is of no type of Python's
    own, with its path and depth, and gives a JSON value, or the value as it is. Raises `TypeError` for what JSON cannot
    hold: sets, bytes, NaN and infinities, whole numbers that JavaScript may not hold exactly (unless not `exact`), keys
    that are not strings, objects of other classes, and values that contain themselves.
    """
    return _Conversion(read, exact).of(value, key, 0)


class _Conversion:
    """Of one value, and what it is made of."""

    def __init__(self, read: "Callable[[object, str, int], object] | None", exact: bool) -> None:
        self._read = read
        self._exact = exact

    def of(self, value: "Any", key: str, depth: int) -> object:
        if self._read and type(value) not in _OWN:
            known = self._read(value, key, depth)
            if known is not value:
                return known
        if value is None or isinstance(value, (bool, str)):
            return value
        if isinstance(value, (int, float)):
            return self._number(value, key)
        if depth >= nesting.DEEPEST:
            raise TypeError(f"{key}: nested more than {nesting.DEEPEST} levels deep, or contains itself")
        if isinstance(value, dict):
            members = {}  # loops: a comprehension is a second call for each level, and MicroPython has few
            for name in value:
                if not isinstance(name, str):
                    raise TypeError(f"{key}: the key {name!r} is not a string")
                members[name] = self.of(value[name], f"{key}.{name}", depth + 1)
            return members
        if isinstance(value, (list, tuple)):
            items = []
            for index, item in enumerate(value):
                items.append(self.of(item, f"{key}[{index}]", depth + 1))
            return items
        if hasattr(value, "isoformat"):
            return _moment(value).isoformat()
        if hasattr(value, "dtype") and hasattr(value, "tolist"):  # NumPy's scalars and arrays
            return self.of(value.tolist(), key, depth + 1)
        if hasattr(value, "as_integer_ratio") and hasattr(value, "as_tuple"):  # Decimal
            if not value.is_finite():
                raise TypeError(f"{key}: {value} is not a JSON number")
            return self._number(int(value) if value == int(value) else float(value), key)
        if hasattr(value, "urn") and hasattr(value, "hex"):  # UUID
            return str(value)
        if hasattr(type(value), "__members__"):  # a member of an enum
            return self.of(value.value, key, depth + 1)
        raise TypeError(f"{key}: a value of type {type(value).__name__} cannot be sent as JSON")

    def _number(self, value: int | float, key: str) -> int | float:
        if isinstance(value, int) and self._exact and not -MOST <= value <= MOST:
            raise TypeError(
                f"{key}: {value} is beyond 2 ** 53, to which JavaScript's numbers are exact; give it as a text"
            )
        if value - value != 0:
            raise TypeError(f"{key}: {value} is not a JSON number")
        return value


def _moment(value: "Any") -> "Any":
    """A `datetime` without a time zone is the visitor's local time, as `datetime.now()` means it: with its offset."""
    if getattr(value, "tzinfo", value) is None and hasattr(value, "astimezone"):
        try:
            return value.astimezone()
        except (OverflowError, ValueError, OSError):  # no clock knows the offset of the year 1
            pass
    return value
