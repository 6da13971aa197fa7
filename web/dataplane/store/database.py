"""Every message that arrived, one row each, in SQLite.

Requests that arrive together are committed together: what they bring is gathered while the commit before is under way,
then written in one transaction, and only then are they answered. So what was answered with 200 is on disk, at a cost
per message that falls as the load grows. The event loop writes; the wait for the disk is another thread's.
"""

import asyncio
import sqlite3
from collections.abc import Callable, Sequence
from contextlib import ExitStack, closing
from functools import partial
from pathlib import Path

from . import schema
from .rows import Message, Received, Row
from .transactions import Transactions, insert

COLUMNS = "SELECT messages.seq, received_at, path, headers, message"
TABLES = "messages JOIN texts USING (seq) JOIN requests ON requests.id = request"

type _Waiting = tuple[Received, Sequence[Message], asyncio.Future[None]]


class Store:
    """Raises sqlite3.Error where the file is no database of ours, cannot be written, or is used by another process."""

    def __init__(self, path: Path) -> None:
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as failed:
            raise sqlite3.OperationalError(str(failed)) from failed
        self.path = path
        with ExitStack() as opened:
            opened.enter_context(closing(schema.lock(path)))
            # Opened by whoever makes the app, used by its event loop, which may run in another thread.
            db, second, reader = (sqlite3.connect(path, isolation_level=None, check_same_thread=False) for _ in "123")
            self._transactions = opened.enter_context(closing(Transactions(db, second)))
            self.reader = opened.enter_context(closing(reader))
            """For the event loop, too: it sees what is committed."""
            schema.prepare(db, path)
            self._opened = opened.pop_all()
        self._writer: asyncio.Task[None] | None = None
        self._waiting: list[_Waiting] = []
        self._news = asyncio.Event()
        self._open = True
        self.last_seq = self._last_seq()
        self.version = 0
        """Rises with every change that a page may want to show, answers of another data plane included."""
        self.times_cleared = 0

    def _last_seq(self) -> int:
        row = self.reader.execute("SELECT seq FROM sqlite_sequence WHERE name = 'messages'").fetchone()
        return int(row[0]) if row else 0

    async def append(self, received: Received, messages: Sequence[Message]) -> None:
        """Returns when the messages are on disk."""
        committed: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append((received, messages, committed))
        if self._writer is None:
            self._writer = asyncio.create_task(self._write_all())
        # Shielded: when this request is cancelled, its messages are stored all the same.
        await asyncio.shield(committed)

    async def _write_all(self) -> None:
        while self._waiting:
            group: list[_Waiting] = []
            error: Exception | None = None
            try:
                self.last_seq = await self.transaction(partial(self._write, group))
            except Exception as failed:  # whatever it is: somebody waits for an answer
                error = failed
                if not group:
                    group, self._waiting = self._waiting, []
            for _, _, committed in group:
                if error is None:
                    committed.set_result(None)
                else:
                    committed.set_exception(error)
            self.wake()
        self._writer = None

    def _write(self, group: list[_Waiting], db: sqlite3.Connection) -> int:
        """Takes all that waits by now."""
        group += self._waiting
        self._waiting.clear()
        return insert(db, self.last_seq, ((received, messages) for received, messages, _ in group))

    async def transaction[T](self, work: Callable[[sqlite3.Connection], T], *, aside: bool = False) -> T:
        """Runs the work, and returns when what it changed is on disk; or raises, and it is undone.

        `aside`: in another thread, for few statements that take long.
        """
        return await self._transactions.run(work, aside=aside)

    def read(self, *, after: int = 0, type_: str | None = None, limit: int) -> list[Row]:
        """Rows with a seq beyond `after`, oldest first."""
        of_type, values = ("AND type = :type", {"type": type_}) if type_ is not None else ("", {})
        rows = self.reader.execute(
            f"{COLUMNS} FROM {TABLES} WHERE messages.seq > :after {of_type} ORDER BY messages.seq LIMIT :limit",
            {"after": after, "limit": limit, **values},
        )
        return [Row(*row) for row in rows]

    async def clear(self) -> int:
        """Removes every row and says how many there were. What was to be passed on is gone too."""

        def remove(db: sqlite3.Connection) -> int:
            removed = db.execute("DELETE FROM messages").rowcount
            for table in ("texts", "requests", "answers"):
                db.execute(f"DELETE FROM {table}")
            return removed

        removed = await self.transaction(remove, aside=True)
        self.times_cleared += 1
        self.wake()
        return removed

    async def news(self, after: int) -> bool:
        """Waits for a row beyond `after`; False once there will be none, because the server is stopping."""
        while self._open and self.last_seq <= after:
            await self._news.wait()
        return self._open

    async def change(self, version: int) -> bool:
        """Waits until `self.version` is beyond this one; False once the server is stopping."""
        while self._open and self.version <= version:
            await self._news.wait()
        return self._open

    def hang_up(self) -> None:
        """Ends every wait for news, so that open streams do not hold up the stop."""
        self._open = False
        self.wake()

    def wake(self) -> None:
        """Tells those who wait that there is something new."""
        self.version += 1
        self._news.set()
        self._news = asyncio.Event()

    def close(self) -> None:
        self._opened.close()
