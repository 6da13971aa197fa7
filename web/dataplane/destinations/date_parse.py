"""Dates in a text, as V8's `Date.parse` reads them on a machine that is set to UTC.

ISO 8601 first. What is not quite that is read with much goodwill: `Feb 29, 2024`, `02/29/2024 10:11 PM`, even `plan 3`.
"""

import re
from itertools import pairwise

LATEST = 8_640_000_000_000_000
"""Milliseconds from 1970 to the last day there is; as many before it."""

_DAY, _HOUR, _MINUTE = 86_400_000, 3_600_000, 60_000
_ISO = re.compile(
    r"(?P<year>\d{4}|[+-]\d{6})(?:-(?P<month>\d\d)(?:-(?P<day>\d\d))?)?"
    r"(?:T(?P<hour>\d\d):(?P<minute>\d\d)(?::(?P<second>\d\d)(?:\.(?P<fraction>\d+))?)?"
    r"(?P<zone>Z|[+-]\d\d:?\d\d)?)?",
    re.IGNORECASE | re.ASCII,
)
_TOKEN = re.compile(r"(?P<number>[0-9]+)|(?P<word>[^\x00-@\s]+)|(?P<blank>\s+)|(?P<mark>.)", re.DOTALL)
_IN_BRACKETS = re.compile(r"\([^()]*\)")
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_ZONES = {"z": 0, "ut": 0, "utc": 0, "gmt": 0}
_ZONES |= {"est": -5, "edt": -4, "cst": -6, "cdt": -5, "mst": -7, "mdt": -6, "pst": -8, "pdt": -7}


def parse(text: str) -> int | None:
    """Milliseconds since 1970, or None."""
    iso = _ISO.fullmatch(text)
    try:
        time = _iso(iso) if iso else _Reading(text).time()
    except ValueError:
        return None
    return time if abs(time) <= LATEST else None


def _iso(match: re.Match[str]) -> int:
    part = {name: int(digits or 0) for name, digits in match.groupdict().items() if name not in ("zone", "fraction")}
    fraction = int((match["fraction"] or "").ljust(3, "0")[:3])
    clock = _clock(part["hour"], part["minute"], part["second"], fraction)
    month, day = (int(match[name] or 1) for name in ("month", "day"))
    zone = match["zone"] or "Z"
    offset = 0 if zone in "Zz" else _offset(zone[0], zone[1:3], zone[-2:])
    return _days(part["year"], month, day) * _DAY + clock - offset


def _days(year: int, month: int, day: int) -> int:
    """Days from 1970 on; a day that its month does not have is one of the next."""
    if not (1 <= month <= 12 and 1 <= day <= 31):
        raise ValueError
    year -= month < 3
    of_year = (153 * ((month + 9) % 12) + 2) // 5 + day - 1
    return year * 365 + year // 4 - year // 100 + year // 400 + of_year - 719_468


def _clock(hour: int, minute: int, second: int, millisecond: int) -> int:
    time = hour * _HOUR + minute * _MINUTE + second * 1000 + millisecond
    if minute > 59 or second > 59 or time > _DAY:
        raise ValueError
    return time


def _offset(sign: str, hours: str, minutes: str) -> int:
    return (-1 if sign == "-" else 1) * (int(hours) * _HOUR + int(minutes or 0) * _MINUTE)


class _Reading:
    """A text read token by token: numbers fill the clock while it is open, else the day."""

    def __init__(self, text: str) -> None:
        while (fewer := _IN_BRACKETS.sub(" ", text)) != text:
            text = fewer
        self._tokens = [(str(match.lastgroup), match[0]) for match in _TOKEN.finditer(text)] + [("end", "")]
        self._day: list[int] = []
        self._month = 0
        self._clock: list[int] = []
        self._clock_is_open = False
        self._half: str | None = None
        self._offset: int | None = None
        self._numbers_seen = False

    def time(self) -> int:
        skip = 0
        for at, ((kind, token), (_, after)) in enumerate(pairwise(self._tokens)):
            if skip:
                skip -= 1
            elif kind == "number":
                skip = self._number(at, token, after)
            elif kind == "word":
                skip = self._word(token.lower(), self._tokens[at + 1])
            elif token in "+-" and (self._clock or self._offset == 0):
                skip = self._zone(at, token)
            elif token in "+-)" and self._numbers_seen:
                raise ValueError
        return self._date() * _DAY + self._time_of_day() - (self._offset or 0)

    def _number(self, at: int, digits: str, after: str) -> int:
        """How many of the next tokens belong to it."""
        self._numbers_seen = True
        number = int(digits)
        if after == ":":
            if len(self._clock) > 2 or (self._clock and not self._clock_is_open):
                raise ValueError
            self._clock.append(number)
            self._clock_is_open = True
            return 1
        if not self._clock_is_open or number > 59:
            self._day.append(number)
            return 1 if after == "-" else 0
        self._clock.append(number)
        self._clock_is_open = False
        kind, fraction = self._tokens[at + 2] if after == "." else ("", "")
        if kind == "number":
            self._clock += [0] * (3 - len(self._clock)) + [int(fraction.ljust(3, "0")[:3])]
            return 2
        if after and after not in "+-Zz" and not after.isspace():
            raise ValueError
        return 0

    def _word(self, word: str, after: tuple[str, str]) -> int:
        if word in ("am", "pm") and self._clock:
            self._half = word
        elif word[:3] in _MONTHS:
            self._month = _MONTHS.index(word[:3]) + 1
            return 1 if after[1] == "-" else 0
        elif word in _ZONES and self._numbers_seen:
            self._offset = _ZONES[word] * _HOUR
        elif self._numbers_seen or after[0] == "number":
            raise ValueError
        return 0

    def _zone(self, at: int, sign: str) -> int:
        kind, digits = self._tokens[at + 1]
        if kind != "number":
            raise ValueError
        if len(digits) > 2:
            self._offset = _offset(sign, digits[:-2], digits[-2:])
            return 1
        has_minutes = self._tokens[at + 2][1] == ":" and self._tokens[at + 3][0] == "number"
        self._offset = _offset(sign, digits, self._tokens[at + 3][1] if has_minutes else "")
        return 3 if has_minutes else 1

    def _date(self) -> int:
        if not 1 <= len(self._day) <= 3:
            raise ValueError
        first, second, third = (*self._day, 1, 1)[:3]
        if self._month:
            year, month, day = (second, self._month, first) if 1 <= first <= 31 else (first, self._month, second)
        elif not 1 <= first <= 31:
            year, month, day = first, second, third
        else:
            year, month, day = third, first, second
        return _days(year + (2000 if year < 50 else 1900 if year < 100 else 0), month, day)

    def _time_of_day(self) -> int:
        hour, minute, second, millisecond = (*self._clock, 0, 0, 0, 0)[:4]
        if self._half:
            if not 1 <= hour <= 12:
                raise ValueError
            hour = hour % 12 + (12 if self._half == "pm" else 0)
        return _clock(hour, minute, second, millisecond)
