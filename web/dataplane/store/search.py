"""The rows that a person looks for, newest first, by type, user and text: messages, and requests that were refused.

Each search opens a connection of its own, so that it can run in another thread and hold up no message that arrives.
"""

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import NamedTuple, Self
from urllib.parse import quote, urlencode

from starlette.datastructures import QueryParams

from .database import TABLES
from .rows import LargeRow, Refused, RefusedRow, Row

NO_END = 2**62
"""A seq that none comes after."""
LAST = "\U0010ffff"
"""After every id that begins with the same characters."""
LARGE = 131_072
"""Characters from which a message is not read for a line of a list."""
LONGEST = 256
"""Characters of what is looked for; SQLite itself refuses a text of 50,000, and takes long before that."""
REFUSED = "refused"
"""The type to look for refused requests by."""
_REQUEST = "received_at, path, headers, write_key"


@contextmanager
def reading(path: Path) -> Iterator[sqlite3.Connection]:
    """A connection that cannot write, and sees the store as it is now for as long as the block lasts."""
    with closing(sqlite3.connect(f"file:{quote(str(path))}?mode=ro", uri=True, isolation_level=None)) as db:
        db.execute("BEGIN")
        yield db


class Filter(NamedTuple):
    """What is looked for; "" is no condition."""

    type: str = ""
    user: str = ""
    """What the userId or the anonymousId begins with."""
    text: str = ""
    """Anywhere in the message's JSON, whatever the case of ASCII letters."""

    @classmethod
    def of(cls, query: QueryParams) -> Self:
        """Raises ValueError with a sentence for the caller."""
        wanted = cls(*(query.get(name, "").strip() for name in cls._fields))
        for name, value in wanted._asdict().items():
            if len(value) > LONGEST:
                raise ValueError(f"{name} has {LONGEST} characters at most, not {len(value)}")
        return wanted

    @property
    def query(self) -> str:
        """As the query of an address."""
        return urlencode({name: value for name, value in self._asdict().items() if value})

    def conditions(self) -> tuple[str, dict[str, str]]:
        """SQL behind a WHERE clause, and its values."""
        parts = []
        if self.type:
            parts.append("AND type = :type")
        if self.user:
            parts.append("""AND ((user_id >= :user AND user_id < :beyond)
                OR (anonymous_id >= :user AND anonymous_id < :beyond))""")
        if self.text:
            parts.append(r"AND message LIKE :text ESCAPE '\'")
        escaped = self.text.replace("\\", r"\\").replace("%", r"\%").replace("_", r"\_")
        values = {"type": self.type, "user": self.user, "beyond": self.user + LAST, "text": f"%{escaped}%"}
        return " ".join(parts), values

    def refused_conditions(self) -> str:
        """The same for refused requests, with the same values. They are nobody's."""
        if self.user or self.type not in ("", REFUSED):
            return "AND 0"
        return r"AND (path || reason || body) LIKE :text ESCAPE '\'" if self.text else ""


def newest(
    path: Path, wanted: Filter, *, after: int = 0, before: int = NO_END, limit: int
) -> list[Row | LargeRow | RefusedRow]:
    """The last rows between two positions that are wanted, newest first."""
    conditions, values = wanted.conditions()
    between = "WHERE seq > :after AND seq < :before"
    latest = "ORDER BY seq DESC LIMIT :limit"
    with reading(path) as db:
        # The positions are found first, in the small tables, and only then the rows themselves are read.
        positions = db.execute(
            f"""SELECT * FROM (
                SELECT seq, 0 FROM messages{" JOIN texts USING (seq)" if wanted.text else ""}
                {between} {conditions} {latest}
            ) UNION ALL SELECT * FROM (
                SELECT seq, 1 FROM refused {between} {wanted.refused_conditions()} {latest}
            ) {latest}""",
            {"after": after, "before": before, "limit": limit, **values},
        )
        return [_refused(db, seq) if is_refused else _listed(db, seq) for seq, is_refused in positions.fetchall()]


def _listed(db: sqlite3.Connection, seq: int) -> Row | LargeRow:
    found = db.execute(
        f"""SELECT {_REQUEST}, CASE WHEN size <= ? THEN message END, type, user_id, anonymous_id, size
        FROM {TABLES} WHERE messages.seq = ?""",
        (LARGE, seq),
    ).fetchone()
    *request, message, type_, user_id, anonymous_id, size = found
    if message is None:
        return LargeRow(*_request(seq, request), type_, user_id, anonymous_id, size)
    return Row(*_request(seq, request), message)


def _refused(db: sqlite3.Connection, seq: int) -> RefusedRow:
    found = db.execute(
        f"SELECT {_REQUEST}, method, status, reason, body, size FROM refused WHERE seq = ?", (seq,)
    ).fetchone()
    return RefusedRow(*_request(seq, found[:4]), Refused(*found[4:]))


def _request(seq: int, found: Sequence[str]) -> tuple[int, str, str, str, str]:
    received_at, path, headers, write_key = found
    return seq, received_at, path, headers, write_key


def some(path: Path, seqs: Sequence[int]) -> list[Row | LargeRow]:
    """Those of the messages that are there, as for a list."""
    with reading(path) as db:
        there = db.execute("SELECT seq FROM messages WHERE seq IN (SELECT value FROM json_each(?))", (str([*seqs]),))
        return [_listed(db, seq) for (seq,) in there.fetchall()]


def one(path: Path, seq: int) -> Row | None:
    """A message, whole."""
    with reading(path) as db:
        found = db.execute(f"SELECT {_REQUEST}, message FROM {TABLES} WHERE messages.seq = ?", (seq,)).fetchone()
        return Row(*_request(seq, found[:4]), found[4]) if found else None


def one_refused(path: Path, seq: int) -> RefusedRow | None:
    """A refused request."""
    with reading(path) as db:
        there = db.execute("SELECT 1 FROM refused WHERE seq = ?", (seq,)).fetchone()
        return _refused(db, seq) if there else None


def count(path: Path) -> int:
    with reading(path) as db:
        return int(db.execute("SELECT count(*) FROM messages").fetchone()[0])


def types(path: Path) -> list[str]:
    """The types that there are, those without one left out."""
    with reading(path) as db:
        # One step through the index per type, however many messages there are.
        rows = db.execute(
            """WITH RECURSIVE found (type) AS (
                SELECT min(type) FROM messages WHERE type > ''
                UNION ALL SELECT (SELECT min(type) FROM messages WHERE type > found.type) FROM found WHERE type != ''
            ) SELECT type FROM found WHERE type IS NOT NULL LIMIT 100"""
        )
        refused = db.execute("SELECT 1 FROM refused LIMIT 1").fetchall()
        return [*(type_ for (type_,) in rows), *(REFUSED for _ in refused)]
