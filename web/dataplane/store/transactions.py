"""How the store writes: in transactions, one after the other, whose wait for the disk is another thread's."""

import asyncio
import sqlite3
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor

import orjson

from .checkpoints import Checkpoints
from .rows import Message, Received


class Transactions:
    """On two connections that nobody else uses: one to write, one for the checkpoints."""

    def __init__(self, db: sqlite3.Connection, second: sqlite3.Connection) -> None:
        self._db = db
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


def insert(db: sqlite3.Connection, seq: int, group: Iterable[tuple[Received, Sequence[Message]]]) -> int:
    """Gives each message the seq after the one before, from the one after `seq`; gives back the last."""
    rows: list[tuple[int, int | None, str, str, str, str, str]] = []
    texts: list[tuple[int, str]] = []
    for received, messages in group:
        request = db.execute(
            "INSERT INTO requests (received_at, path, headers, write_key) VALUES (?, ?, ?, ?)",
            (
                received.received_at,
                received.path,
                orjson.dumps(received.headers).decode(),
                received.write_key,
            ),
        ).lastrowid
        for type_, text, user_id, anonymous_id, message_id, session in messages:
            seq += 1  # no one else writes: the store is locked
            rows.append((seq, request, type_, user_id, anonymous_id, message_id, session))
            texts.append((seq, text))
    db.executemany("INSERT INTO messages VALUES (?, ?, ?, ?, ?, ?, ?)", rows)
    db.executemany("INSERT INTO texts VALUES (?, ?)", texts)
    return seq
