"""The rows that a person looks for, newest first, by type, user and text.

Each search opens a connection of its own, so that it can run in another thread and hold up no message that arrives.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import NamedTuple, Self
from urllib.parse import quote, urlencode

from starlette.datastructures import QueryParams

from .database import COLUMNS, TABLES
from .rows import Row

NO_END = 2**62
"""A seq that none comes after."""
LAST = "\U0010ffff"
"""After every id that begins with the same characters."""


@contextmanager
def reading(path: Path) -> Iterator[sqlite3.Connection]:
    """A connection that cannot write."""
    with closing(sqlite3.connect(f"file:{quote(str(path))}?mode=ro", uri=True, isolation_level=None)) as db:
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
        return cls(*(query.get(name, "").strip() for name in cls._fields))

    @property
    def query(self) -> str:
        """As the query of an address."""
        return urlencode({name: value for name, value in self._asdict().items() if value})

    def conditions(self) -> tuple[str, dict[str, str]]:
        """SQL behind a WHERE clause, and its values."""
        parts, values = [], {}
        if self.type:
            parts.append("AND type = :type")
            values["type"] = self.type
        if self.user:
            parts.append("""AND ((user_id >= :user AND user_id < :beyond)
                OR (anonymous_id >= :user AND anonymous_id < :beyond))""")
            values |= {"user": self.user, "beyond": self.user + LAST}
        if self.text:
            parts.append(r"AND message LIKE :text ESCAPE '\'")
            escaped = self.text.replace("\\", r"\\").replace("%", r"\%").replace("_", r"\_")
            values["text"] = f"%{escaped}%"
        return " ".join(parts), values


def newest(path: Path, wanted: Filter, *, after: int = 0, before: int = NO_END, limit: int) -> list[Row]:
    """The last rows between two positions that are wanted, newest first."""
    conditions, values = wanted.conditions()
    # The positions are found first, in the small tables, and only then the rows themselves are read.
    matching = f"SELECT seq FROM messages{' JOIN texts USING (seq)' if wanted.text else ''}"
    with reading(path) as db:
        rows = db.execute(
            f"""{COLUMNS} FROM {TABLES} WHERE messages.seq IN (
                {matching} WHERE seq > :after AND seq < :before {conditions} ORDER BY seq DESC LIMIT :limit
            ) ORDER BY messages.seq DESC""",
            {"after": after, "before": before, "limit": limit, **values},
        )
        return [Row(*row) for row in rows]


def one(path: Path, seq: int) -> Row | None:
    if seq >= 2**63:  # SQLite counts no further
        return None
    with reading(path) as db:
        row = db.execute(f"{COLUMNS} FROM {TABLES} WHERE messages.seq = ?", (seq,)).fetchone()
        return Row(*row) if row else None


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
        return [type_ for (type_,) in rows]
