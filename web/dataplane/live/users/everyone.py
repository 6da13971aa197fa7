"""Who the messages are about, in a list: users, and visitors without a user."""

import json
import sqlite3
from pathlib import Path
from typing import NamedTuple

from ...store.search import LAST, reading

SHOWN = 100
"""People of one list, sessions of one person."""
TIME = "(SELECT received_at FROM requests JOIN messages ON requests.id = request WHERE seq = {})"
"""SQL for when a message came."""


class Person(NamedTuple):
    """One line of the list."""

    id: str
    known: bool
    """Whether it is a userId."""
    messages: int
    anonymous_ids: int
    last_seen: str


def people(path: Path, begins: str) -> list[Person]:
    """Those seen last first, users and visitors, whose id begins with a text."""
    within = "{0} > '' AND {0} >= :begins AND {0} < :beyond"
    values = {"begins": begins, "beyond": begins + LAST, "most": SHOWN}
    with reading(path) as db:
        users = db.execute(
            f"""SELECT user_id, 1, count(*), count(DISTINCT nullif(anonymous_id, '')), max(seq) AS last
            FROM messages WHERE {within.format("user_id")} GROUP BY user_id ORDER BY last DESC LIMIT :most""",
            values,
        ).fetchall()
        visitors = db.execute(
            f"""SELECT anonymous_id, 0, count(*), 1, max(seq) AS last
            FROM messages WHERE anonymous_id != '' AND {within.format("anonymous_id")}
            GROUP BY anonymous_id HAVING max(user_id) = '' ORDER BY last DESC LIMIT :most""",
            values,
        ).fetchall()
        rows = sorted(users + visitors, key=lambda row: -row[4])[:SHOWN]
        earlier = _before_they_were_known(db, [id_ for id_, known, *_ in rows if known])
        return [
            Person(id_, bool(known), count + (earlier.get(id_, 0) if known else 0), ids, time_of(db, last))
            for id_, known, count, ids, last in rows
        ]


def _before_they_were_known(db: sqlite3.Connection, users: list[str]) -> dict[str, int]:
    """Per user: how many messages without a userId came from its anonymous ids."""
    rows = db.execute(
        """WITH links AS (SELECT DISTINCT user_id, anonymous_id FROM messages
            WHERE anonymous_id != '' AND user_id IN (SELECT value FROM json_each(?))),
        counts AS (SELECT anonymous_id, count(*) AS n FROM messages
            WHERE user_id = '' AND anonymous_id != '' GROUP BY anonymous_id)
        SELECT user_id, sum(n) FROM links JOIN counts USING (anonymous_id) GROUP BY user_id""",
        (json.dumps(users),),
    )
    return dict(rows.fetchall())


def time_of(db: sqlite3.Connection, seq: int) -> str:
    return str(db.execute(f"SELECT {TIME.format('?')}", (seq,)).fetchone()[0])
