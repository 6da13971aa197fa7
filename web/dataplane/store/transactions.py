"""How the store writes: in transactions, one after the other, whose wait for the disk is another thread's."""

import asyncio
import sqlite3
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import astuple

import orjson

from .checkpoints import Checkpoints
from .rows import Message, Received, Refused
from .schema import go_on_after


class Transactions:
    """On two connections that nobody else uses: one to write, one for the checkpoints."""

    def __init__(self, db: sqlite3.Connection, second: sqlite3.Connection, is_there: Callable[[], bool]) -> None:
        self._db = db
        self._is_there = is_there
        self.vanished = False
        """Whether the file was not there any more when the last transaction had ended: then it is kept nowhere."""
        self._one_at_a_time = asyncio.Lock()
        self._committer = ThreadPoolExecutor(1, "commit")
        self._checkpoints = Checkpoints(second, self._one_at_a_time)

    async def run[T](self, work: Callable[[sqlite3.Connection], T], *, aside: bool = False) -> T:
        """Runs the work, one at a time, and returns when what it changed is on disk; or raises, and it is undone.

        `aside`: in the other thread as well, for few statements that take long.
        """
        async with self._one_at_a_time:
            self._db.execute("BEGIN IMMEDIATE")
            try:
                rest = work if aside else _nothing_but(work(self._db))
                ending = asyncio.get_running_loop().run_in_executor(self._committer, self._end, rest)
                cancelled = await _wait(ending)
                done = ending.result()
                self._checkpoints.committed(self._db.total_changes)
            except BaseException:
                if self._db.in_transaction:
                    self._db.execute("ROLLBACK")
                raise
            if cancelled:
                raise asyncio.CancelledError
            return done

    def _end[T](self, work: Callable[[sqlite3.Connection], T]) -> T:
        done = work(self._db)
        self._db.execute("COMMIT")
        self.vanished = not self._is_there()
        return done

    def close(self) -> None:
        self._committer.shutdown()
        self._checkpoints.close()
        self._db.close()


def _nothing_but[T](done: T) -> Callable[[sqlite3.Connection], T]:
    return lambda _: done


async def _wait[T](ending: asyncio.Future[T]) -> bool:
    """Whatever happens: no other transaction may begin before this one has ended. True if the task was cancelled."""
    cancelled = False
    while not ending.done():
        try:
            await asyncio.wait([ending])
        except asyncio.CancelledError:
            cancelled = True
    return cancelled


_INSERT_REQUEST = "INSERT INTO requests (received_at, path, headers, write_key) VALUES (?, ?, ?, ?)"
_INSERT_REFUSED = "INSERT INTO refused VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
MOST_REFUSED = 1000
"""Refused requests that are kept, the newest."""


def insert(db: sqlite3.Connection, seq: int, group: Iterable[tuple[Received, Sequence[Message] | Refused]]) -> int:
    """Gives each row the seq after the one before, from the one after `seq`; gives back the last."""
    rows: list[tuple[int, int | None, str, str, str, str, str, int]] = []
    texts: list[tuple[int, str]] = []
    refused: list[tuple[int | str, ...]] = []
    for received, brought in group:
        request = (
            received.received_at,
            received.path,
            orjson.dumps(received.headers).decode(),
            received.write_key,
        )
        if isinstance(brought, Refused):
            seq += 1
            refused.append((seq, *request, *astuple(brought)))
            continue
        id_ = db.execute(_INSERT_REQUEST, request).lastrowid
        for type_, text, user_id, anonymous_id, message_id, session in brought:
            seq += 1  # no one else writes: the store is locked
            rows.append((seq, id_, type_, user_id, anonymous_id, message_id, session, len(text)))
            texts.append((seq, text))
    db.executemany("INSERT INTO messages VALUES (?, ?, ?, ?, ?, ?, ?, ?)", rows)
    db.executemany("INSERT INTO texts VALUES (?, ?)", texts)
    if refused:
        _insert_refused(db, refused)
    return seq


def _insert_refused(db: sqlite3.Connection, refused: Sequence[tuple[int | str, ...]]) -> None:
    db.executemany(_INSERT_REFUSED, refused)
    db.execute(
        "DELETE FROM refused WHERE seq <= (SELECT seq FROM refused ORDER BY seq DESC LIMIT 1 OFFSET ?)",
        (MOST_REFUSED,),
    )
    go_on_after(db, int(refused[-1][0]))
