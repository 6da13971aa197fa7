"""One person: a user with the anonymous ids that merged into it, or a visitor without a user.

A user's messages are those with its userId, and those without one from an anonymousId that it used.
"""

import json
import sqlite3
from pathlib import Path
from typing import NamedTuple

from ...store.rows import LONGEST_ID
from ...store.search import reading
from .everyone import SHOWN, TIME, time_of
from .traits import History, history

_OWN = {
    True: """CREATE TEMP TABLE own AS
        SELECT seq, type, session, size FROM messages WHERE user_id = :user
        UNION ALL SELECT seq, type, session, size FROM messages WHERE user_id = '' AND anonymous_id IN (
            SELECT DISTINCT anonymous_id FROM messages WHERE user_id = :user AND anonymous_id != '')""",
    False: """CREATE TEMP TABLE own AS
        SELECT seq, type, session, size FROM messages
        WHERE user_id = '' AND anonymous_id = :user AND anonymous_id != ''""",
}
"""The messages of a user, and those of a visitor who is none; read once, asked several times."""


class Alias(NamedTuple):
    """An anonymous id of a user."""

    id: str
    messages: int
    merged_at: str
    """When a message with both came first."""
    others: list[str]
    """Users that used it too."""


class Session(NamedTuple):
    """One visit."""

    id: str
    messages: int
    started_at: str
    ended_at: str


class Portrait(NamedTuple):
    """All that is known of one person."""

    id: str
    known: bool
    messages: int
    first_seen: str
    last_seen: str
    types: list[tuple[str, int]]
    aliases: list[Alias]
    previous: list[str]
    """Ids that alias messages said it had."""
    sessions: list[Session]
    history: History


def portrait(path: Path, id_: str, *, known: bool) -> Portrait | None:
    """None for somebody of whom no message is stored."""
    id_ = id_[:LONGEST_ID]
    with reading(path) as db:
        db.execute(_OWN[known], {"user": id_})
        count, first, last = db.execute("SELECT count(*), min(seq), max(seq) FROM own").fetchone()
        if not count:
            return None
        types = db.execute("SELECT type, count(*) AS n FROM own GROUP BY type ORDER BY n DESC LIMIT 20").fetchall()
        sessions = db.execute(
            f"""WITH visits AS (SELECT session, count(*) AS n, min(seq) AS first, max(seq) AS last FROM own
                WHERE session != '' GROUP BY session ORDER BY last DESC LIMIT ?)
            SELECT session, n, {TIME.format("first")}, {TIME.format("last")} FROM visits""",
            (SHOWN,),
        ).fetchall()
        identifies = db.execute("SELECT seq, size FROM own WHERE type = 'identify' ORDER BY seq DESC").fetchall()
        return Portrait(
            id_,
            known,
            count,
            time_of(db, first),
            time_of(db, last),
            types,
            _aliases(db, id_) if known else [],
            _previous(db, id_),
            [Session(*each) for each in sessions],
            history(identifies, db),
        )


def _aliases(db: sqlite3.Connection, user: str) -> list[Alias]:
    rows = db.execute(
        f"""WITH ids AS (SELECT anonymous_id, min(seq) AS first FROM messages
            WHERE user_id = :user AND anonymous_id != '' GROUP BY anonymous_id ORDER BY first LIMIT :most)
        SELECT anonymous_id, {TIME.format("first")}, sum(user_id IN ('', :user)),
            json_group_array(DISTINCT user_id) FILTER (WHERE user_id NOT IN ('', :user))
        FROM ids JOIN messages USING (anonymous_id) GROUP BY anonymous_id ORDER BY first""",
        {"user": user, "most": SHOWN},
    )
    return [Alias(id_, count, at, sorted(json.loads(others))) for id_, at, count, others in rows]


def _previous(db: sqlite3.Connection, user: str) -> list[str]:
    rows = db.execute(
        f"""SELECT DISTINCT substr(message ->> 'previousId', 1, {LONGEST_ID}) FROM messages JOIN texts USING (seq)
        WHERE user_id = ? AND type = 'alias' AND json_valid(message) LIMIT ?""",
        (user, SHOWN),
    )
    return sorted(str(previous) for (previous,) in rows if previous)
