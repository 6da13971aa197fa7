"""What RudderStack or a destination would trip on in a message, each with its reason.

`CHECKS` is the table: a name, what it is called, and the function that gives the reasons.
"""

import json
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from ..destinations import day, is_e164, outcome
from ..ingest.ids import id_text
from ..jsontext import Json, encode
from ..store.rows import Row
from . import reserved
from .curl import ADDED
from .summary import at, parsed

README = "/readme#checks"
TRAITS = (("context", "traits"), ("traits",))
"""The two places that an identify message can have its traits in."""


class Finding(NamedTuple):
    """One reason to look again at a message."""

    check: str
    title: str
    reason: str
    link: str = README


class Seen(NamedTuple):
    """A message, and what the store knows of it."""

    row: Row
    message: dict[str, Json]
    earlier: int | None
    """The seq of the first message with the same messageId, if that is another one."""

    def members(self, *path: str) -> dict[str, Json]:
        found = at(self.message, *path)
        return found if isinstance(found, dict) else {}

    def traits(self) -> Iterator[tuple[str, dict[str, Json]]]:
        """Of an identify message, with the place that they are in."""
        if self.message.get("type") == "identify":
            yield from ((".".join(where), self.members(*where)) for where in TRAITS)


_LARGEST = 32 * 1024  # characters of JSON: beyond it the official SDK warns [js §2.9]
_CLOCK = timedelta(hours=1)
_LONGEST_REASON = 1000
_LONGEST_VALUE = 100


type Reasons = Callable[[Seen], Iterator[str]]


def _neither_id(seen: Seen) -> Iterator[str]:
    if not id_text(seen.message.get("userId")) and not id_text(seen.message.get("anonymousId")):
        yield "There is neither a userId nor an anonymousId: destinations cannot tell whose message it is."


def _trait_types(seen: Seen) -> Iterator[str]:
    for where, traits in seen.traits():
        for name, wanted in reserved.TRAITS.items():
            value = at(traits, *name.split("."))
            if value is not None and not reserved.fits(value, wanted):
                yield f"{where}.{name} should be {' or '.join(wanted)}, not {_shown(value)}."


def _created_at(seen: Seen) -> Iterator[str]:
    for where, traits in seen.traits():
        value = traits.get("createdAt")
        if value is not None and not reserved.fits(value, (reserved.DATE,)):
            yield (
                f"{where}.createdAt is {_shown(value)}: {_units(value)}{outcome('createdAt', value)}. Send an ISO-8601 "
                "date, such as 2024-02-29T10:11:12.345Z."
            )


def _units(value: Json) -> str:
    """A number that is a date in one of the two."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return ""
    return f"in seconds {day(value) or 'no date'}, in milliseconds {day(value / 1000) or 'no date'}. "


def _phone(seen: Seen) -> Iterator[str]:
    for where, traits in seen.traits():
        value = traits.get("phone")
        if isinstance(value, str) and value and not is_e164(value):
            yield (
                f"{where}.phone is {_shown(value)}: Klaviyo answers 400 to it, and takes nothing of the message. Send "
                "E.164: a plus, the country code, digits only, such as +14155552671."
            )


def _two_traits(seen: Seen) -> Iterator[str]:
    root, context = seen.members("traits"), seen.members("context", "traits")
    names = [name for name in root.keys() | context.keys() if root.get(name) != context.get(name)]
    if seen.message.get("type") == "identify" and root and context and names:
        yield (
            f"traits and context.traits differ in {', '.join(sorted(names))}: each destination reads its own one of "
            "the two, and some read both."
        )


def _empty_traits(seen: Seen) -> Iterator[str]:
    if seen.message.get("type") == "identify" and seen.message.get("traits") == {}:
        yield (
            "The root traits are empty, and destinations that take them whole (Amplitude, Customer.io, Braze, "
            "HubSpot...) then lose what is in context.traits. Leave them out."
        )


def _size(seen: Seen) -> Iterator[str]:
    if len(seen.row.message) <= _LARGEST:
        return
    size = len(seen.row.message) - sum(len(encode({name: seen.message.get(name)})) - 1 for name in ADDED)
    if size > _LARGEST:
        yield f"It is {size:,} characters long; RudderStack's limit for a message is 32 KB ({_LARGEST:,})."


def _keywords(seen: Seen) -> Iterator[str]:
    for where in (("properties",), *TRAITS):
        # `id` is a reserved trait of the documentation as well.
        names = [
            n for n in seen.members(*where) if n.lower() in reserved.KEYWORDS and (n, where[-1]) != ("id", "traits")
        ]
        if names:
            yield (
                f"{'.'.join(where)} has {', '.join(names)}: RudderStack uses that name itself, and overwrites it in a "
                "warehouse."
            )


def _clock(seen: Seen) -> Iterator[str]:
    sent_at = seen.message.get("sentAt")
    if not isinstance(sent_at, str) or not reserved.is_date(sent_at):
        return
    sent = datetime.fromisoformat(sent_at)
    gap = (sent if sent.tzinfo else sent.replace(tzinfo=UTC)) - datetime.fromisoformat(seen.row.received_at)
    if abs(gap) > _CLOCK:
        side = "ahead of" if gap > timedelta() else "behind"
        yield f"The sender's clock is {abs(gap).total_seconds() / 3600:.1f} hours {side} this one (sentAt {sent_at})."


def _repeated(seen: Seen) -> Iterator[str]:
    if seen.earlier is not None:
        yield f"Message #{seen.earlier} has the same messageId. RudderStack keeps both unless it is told to drop one."


CHECKS: tuple[tuple[str, str, Reasons], ...] = (
    ("neither-id", "Neither id", _neither_id),
    ("trait-type", "Reserved trait of the wrong type", _trait_types),
    ("created-at", "createdAt is not ISO-8601", _created_at),
    ("phone", "Phone is not E.164", _phone),
    ("traits-differ", "Root and context traits differ", _two_traits),
    ("empty-traits", "Empty root traits", _empty_traits),
    ("size", "Over 32 KB", _size),
    ("reserved-keyword", "Reserved keyword", _keywords),
    ("clock", "Clock more than an hour off", _clock),
    ("repeated", "Same messageId seen before", _repeated),
)


def _shown(value: Json) -> str:
    if isinstance(value, str) and len(value) > _LONGEST_VALUE:
        value = value[:_LONGEST_VALUE] + "…"
    return f"{reserved.kind(value)} ({value!r})" if isinstance(value, str | int | float) else reserved.kind(value)


def check(row: Row, earlier: int | None) -> list[Finding]:
    """In the order of the table; `earlier` is the first row with the same messageId, if that is another one."""
    seen = Seen(row, parsed(row.message), earlier)
    return [Finding(name, title, _short(reason)) for name, title, reasons in CHECKS for reason in reasons(seen)]


def _short(reason: str) -> str:
    return reason if len(reason) <= _LONGEST_REASON else reason[:_LONGEST_REASON] + "…"


def firsts(db: sqlite3.Connection, seqs: Sequence[int]) -> dict[int, int]:
    """Of the rows whose messageId came before: the first row that had it."""
    found = db.execute(
        """WITH wanted AS (SELECT seq, message_id FROM messages WHERE seq IN (SELECT value FROM json_each(:seqs))),
        first AS (
            SELECT message_id, min(seq) AS seq FROM messages
            WHERE message_id IN (SELECT message_id FROM wanted) GROUP BY message_id
        )
        SELECT wanted.seq, first.seq FROM wanted JOIN first USING (message_id) WHERE first.seq < wanted.seq""",
        {"seqs": json.dumps([*seqs])},
    )
    return dict(found.fetchall())
