"""How a person's traits became what they are."""

import sqlite3
from collections.abc import Sequence
from typing import NamedTuple

from ...jsontext import Json, Raw, encode
from ..summary import at, parsed

_MOST_READ = 1000
"""Identify messages, the newest."""
_LARGEST = 1_000_000
_MOST_TEXT = 16_000_000
"""Characters of one of them, and of all."""
_MOST_STEPS = 100
_MOST_CHANGES = 500
"""Of all steps that are shown."""
_LONGEST = 300
"""Characters of one value that are shown, and of a trait's name."""


class Change(NamedTuple):
    """One trait, set or changed by one message."""

    name: str
    before: str | None
    """JSON; None: it was not there."""
    after: str


class Step(NamedTuple):
    """A message that changed traits."""

    seq: int
    at: str
    changes: list[Change]
    more: int = 0
    """Changes that are not shown."""


class History(NamedTuple):
    """The traits as they stand, and the steps that led there, the newest first."""

    traits: dict[str, Json]
    steps: list[Step]
    cut: bool
    """Whether older identify messages, or large ones, were not read."""


def history(identifies: Sequence[tuple[int, int]], db: sqlite3.Connection) -> History:
    """From the identify messages of one person, (seq, characters), newest first. What a message leaves out stays."""
    read, text_left = [], _MOST_TEXT
    for seq, size in identifies[:_MOST_READ]:
        if size <= min(_LARGEST, text_left):
            text_left -= size
            read.append(seq)
    traits: dict[str, Json] = {}
    steps = []
    for seq in reversed(read):
        text, received_at = db.execute(
            """SELECT message, received_at FROM messages JOIN texts USING (seq) JOIN requests ON requests.id = request
            WHERE messages.seq = ?""",
            (seq,),
        ).fetchone()
        message = parsed(text)
        given = _members(at(message, "context", "traits")) | _members(message.get("traits"))
        changes = [
            Change(name[:_LONGEST], _shown(traits[name]) if name in traits else None, _shown(value))
            for name, value in given.items()
            if name not in traits or traits[name] != value
        ]
        traits |= given
        if changes:
            steps.append(Step(seq, received_at, changes))
    return History(traits, _shown_of(steps[: -_MOST_STEPS - 1 : -1]), len(read) < len(identifies))


def _shown_of(steps: Sequence[Step]) -> list[Step]:
    """The newest, with as many changes as are shown in all."""
    shown, left = [], _MOST_CHANGES
    for step in steps:
        shown.append(step._replace(changes=step.changes[:left], more=max(0, len(step.changes) - left)))
        left = max(0, left - len(step.changes))
    return shown


def _members(value: Json) -> dict[str, Json]:
    return value if isinstance(value, dict) else {}


def _shown(value: Json) -> str:
    text = value.text if isinstance(value, Raw) else encode(value)
    return text if len(text) <= _LONGEST else text[:_LONGEST] + "…"
