"""How a person's traits became what they are."""

import sqlite3
from collections.abc import Sequence
from typing import NamedTuple

from ...jsontext import Json, Raw, encode
from ..summary import at, parsed

_MOST_READ = 1000
"""Identify messages, the newest."""
_MOST_CHANGES = 100
_LONGEST = 300
"""Characters of one value that are shown."""


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


class History(NamedTuple):
    """The traits as they stand, and the steps that led there, the newest first."""

    traits: dict[str, Json]
    steps: list[Step]
    cut: bool
    """Whether older identify messages were not read."""


def history(seqs: Sequence[int], db: sqlite3.Connection) -> History:
    """From the identify messages of one person, newest first. Traits that a message leaves out stay."""
    traits: dict[str, Json] = {}
    steps = []
    for seq in reversed(seqs[:_MOST_READ]):
        text, received_at = db.execute(
            """SELECT message, received_at FROM messages JOIN texts USING (seq) JOIN requests ON requests.id = request
            WHERE messages.seq = ?""",
            (seq,),
        ).fetchone()
        message = parsed(text)
        given = _members(at(message, "context", "traits")) | _members(message.get("traits"))
        changes = [
            Change(name, _shown(traits[name]) if name in traits else None, _shown(value))
            for name, value in given.items()
            if name not in traits or traits[name] != value
        ]
        traits |= given
        if changes:
            steps.append(Step(seq, received_at, changes))
    return History(traits, steps[: -_MOST_CHANGES - 1 : -1], len(seqs) > _MOST_READ)


def _members(value: Json) -> dict[str, Json]:
    return value if isinstance(value, dict) else {}


def _shown(value: Json) -> str:
    text = value.text if isinstance(value, Raw) else encode(value)
    return text if len(text) <= _LONGEST else text[:_LONGEST] + "…"
