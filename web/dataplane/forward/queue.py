"""Which messages go on to another data plane: the store itself is the queue, and a cursor in it says how far it got.

What is accepted while `--forward` is on goes on, whenever that may be: a restart takes up where the last run stopped.
What is accepted while it is off does not, however often it is switched.
"""

import json
import sqlite3
from collections.abc import Collection, Iterator, Sequence
from contextlib import closing
from datetime import UTC, datetime
from typing import NamedTuple

from ..store.database import Store

_MOST = 100
"""Messages of one request."""
_MOST_CHARACTERS = 500_000
_PENDING = "url = :url AND (until IS NULL OR after < until)"
_UNANSWERED = "NOT EXISTS (SELECT 1 FROM answers WHERE answers.seq = messages.seq)"


type _Row = tuple[int, str, str, str | None]


class Parcel(NamedTuple):
    """Messages that go out in one request: in order, of one write key and one AnonymousId header."""

    tap: int
    write_key: str
    anonymous_id: str | None
    """The header as it came: the other data plane keeps the order among equal ones [server §1.6]."""
    seqs: list[int]
    texts: list[str]

    def one_by_one(self) -> "list[Parcel]":
        return [self._replace(seqs=[seq], texts=[text]) for seq, text in zip(self.seqs, self.texts, strict=True)]


class Queue:
    """The queue for one address, or, without one, its end."""

    def __init__(self, store: Store, url: str | None) -> None:
        self._store = store
        self._url = url

    async def open(self) -> None:
        """Before the first message of this run."""
        await self._store.transaction(self._open)

    def _open(self, db: sqlite3.Connection) -> None:
        last = self._store.last_seq
        # Open since the last run; where nothing came in between, that one simply goes on.
        db.execute("UPDATE taps SET until = ? WHERE until IS NULL", (last,))
        if self._url is not None:
            newest = db.execute("SELECT id, until FROM taps WHERE url = ? ORDER BY id DESC", (self._url,)).fetchone()
            if newest and newest[1] == last:
                db.execute("UPDATE taps SET until = NULL WHERE id = ?", (newest[0],))
            else:
                db.execute("INSERT INTO taps (url, after) VALUES (?, ?)", (self._url, last))
        db.execute("DELETE FROM taps WHERE until <= after")

    def next(self, *, without: Collection[int] = ()) -> Parcel | None:
        """The first messages that were not answered yet; None where there are none."""
        for tap, rows in self._rows(0, without):
            if rows:
                return _parcel(tap, rows)
        return None

    def behind(self, parcel: Parcel, most: int, *, without: Collection[int] = ()) -> list[Parcel]:
        """The next messages after these, each alone."""
        found: list[Parcel] = []
        for tap, rows in self._rows(parcel.seqs[-1], without):
            found += [_parcel(tap, [row]) for row in rows]
        return found[:most]

    def _rows(self, beyond: int, without: Collection[int]) -> Iterator[tuple[int, list[_Row]]]:
        """Per tap, as many rows as one request may have, or a large one."""
        taps = self._store.reader.execute(
            f"SELECT id, after, until FROM taps WHERE {_PENDING} ORDER BY id", {"url": self._url}
        ).fetchall()
        for tap, after, until in taps:
            found = self._store.reader.execute(
                f"""SELECT messages.seq, message, write_key, headers ->> 'anonymousid'
                FROM messages JOIN texts USING (seq) JOIN requests ON requests.id = request
                WHERE messages.seq > ? AND messages.seq <= ? AND {_UNANSWERED}
                AND messages.seq NOT IN (SELECT value FROM json_each(?)) ORDER BY messages.seq LIMIT ?""",
                (max(after, beyond), until or self._store.last_seq, json.dumps([*without]), _MOST),
            )
            rows: list[_Row] = []
            size = 0
            with closing(found):
                for row in found:
                    rows.append(row)
                    size += len(row[1])
                    if size > _MOST_CHARACTERS:
                        break
            yield tap, rows

    def is_answered(self, parcel: Parcel) -> bool:
        """Whether the first message of it was."""
        answer = self._store.reader.execute("SELECT 1 FROM answers WHERE seq = ?", (parcel.seqs[0],)).fetchone()
        return answer is not None

    def waiting(self) -> int:
        """Messages that were not answered yet."""
        ((count,),) = self._store.reader.execute(
            f"""SELECT count(*) FROM taps JOIN messages ON seq > after AND (until IS NULL OR seq <= until)
            WHERE {_PENDING} AND {_UNANSWERED}""",
            {"url": self._url},
        )
        return int(count)

    async def answered(self, parcel: Parcel, status: int, text: str, attempts: int) -> None:
        """Keeps the answer, and goes on behind all that have one."""
        now = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")

        def keep(db: sqlite3.Connection) -> None:
            db.executemany(
                # A message that was cleared meanwhile has no row that could show it.
                """INSERT OR REPLACE INTO answers (seq, answered_at, status, answer, attempts)
                SELECT seq, ?2, ?3, ?4, ?5 FROM messages WHERE seq = ?1""",
                [(seq, now, status, text, attempts) for seq in parcel.seqs],
            )
            db.execute(
                f"""UPDATE taps SET after = coalesce(
                    (SELECT min(seq) - 1 FROM messages WHERE seq > after AND seq <= :last AND {_UNANSWERED}), :last
                ) WHERE id = :tap AND after < :last""",
                {"last": parcel.seqs[-1], "tap": parcel.tap},
            )

        await self._store.transaction(keep)
        self._store.wake()


def _parcel(tap: int, rows: Sequence[_Row]) -> Parcel:
    """The first row and those that can go with it."""
    _, _, write_key, anonymous_id = rows[0]
    parcel, size = Parcel(tap, write_key, anonymous_id, [], []), 0
    for seq, text, key, header in rows:
        size += len(text)
        if (key, header) != (write_key, anonymous_id) or (parcel.seqs and size > _MOST_CHARACTERS):
            break
        parcel.seqs.append(seq)
        parcel.texts.append(text)
    return parcel


def shown(url: str) -> str:
    """An address without what may be a secret in it."""
    scheme, _, rest = url.partition("://")
    return f"{scheme}://{rest.rpartition('@')[2]}"
