"""The store: every message that arrived, and every request that was refused, one row each, in SQLite.

Requests that arrive together are committed together: what they bring is gathered while the commit before is under way,
then written in one transaction, and only then are they answered. So what was answered with 200 is on disk, at a cost
per message that falls as the load grows. The event loop writes; the wait for the disk is another thread's.

A file that is deleted, or replaced, under the running data plane is noticed at the next use, before anything is
answered with 200: a new file is begun, and who was about to write is told so.
"""

import asyncio
import logging
import sqlite3
from collections.abc import Callable, Sequence
from contextlib import ExitStack, closing
from functools import partial
from pathlib import Path

from . import schema
from .rows import Message, Received, Refused, RefusedRow, Row
from .transactions import Transactions, insert

TABLES = "messages JOIN texts USING (seq) JOIN requests ON requests.id = request"
_MANY = 2_000
"""Messages that are too many for the event loop to write: others would wait for it."""
_AT_ONCE = 4_000_000
"""Characters of messages and headers that are read in one go, or one message."""
_OF_THE_DISK = (sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN)

_GONE = "the database file is gone; a new one was begun"

type _Brought = Sequence[Message] | Refused
type _Waiting = tuple[Received, _Brought, asyncio.Future[None]]

_log = logging.getLogger(__name__)


class Unusable(sqlite3.OperationalError):
    """The file, or the folder that it is to be in, cannot be had."""


class Vanished(Unusable):
    """The file was deleted or replaced since the store last looked."""


def is_of_the_disk(error: sqlite3.Error) -> bool:
    """Whether the disk or the file is to blame: full, gone, not to be written. Then trying again later may help."""
    return isinstance(error, Unusable | schema.InUse) or getattr(error, "sqlite_errorcode", 0) & 0xFF in _OF_THE_DISK


class Store:
    """Raises sqlite3.Error where the file is no database of ours, cannot be written, or is used by another process."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._open_file()
        self._writer: asyncio.Task[None] | None = None
        self._waiting: list[_Waiting] = []
        self._news = asyncio.Event()
        self._open = True
        self.last_seq = schema.last_seq(self.reader)
        self.version = 0
        """Rises with every change that a page may want to show, answers of another data plane included."""
        self.times_cleared = 0
        self._trouble = ""

    def _open_file(self) -> None:
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            schema.make_private(self.path)
        except OSError as failed:
            raise Unusable(str(failed)) from failed
        with ExitStack() as opened:
            opened.enter_context(closing(schema.lock(self.path)))
            # Opened by whoever makes the app, used by its event loop, which may run in another thread.
            db, second, reader = (
                sqlite3.connect(self.path, isolation_level=None, check_same_thread=False) for _ in "123"
            )
            self._transactions = opened.enter_context(closing(Transactions(db, second, self._is_there)))
            self.reader = opened.enter_context(closing(reader))
            """For the event loop, too: it sees what is committed."""
            schema.prepare(db, self.path)
            self._identity = schema.identity(self.path)
            self._opened = opened.pop_all()

    def _is_there(self) -> bool:
        return schema.identity(self.path) == self._identity

    def notice(self) -> bool:
        """Whether the file has vanished; a new one is then begun. Raises sqlite3.Error where that cannot be."""
        if self._is_there():
            return False
        self._begin_anew()
        return True

    def _begin_anew(self) -> None:
        self._identity = None
        self._opened.close()
        self._open_file()
        schema.go_on_after(self.reader, self.last_seq)
        self.times_cleared += 1
        self.wake()
        _log.warning("The database file %s is gone, and the messages with it. A new one was begun.", self.path)

    async def append(self, received: Received, messages: Sequence[Message]) -> None:
        """Returns when the messages are on disk."""
        # Shielded: when this request is cancelled, its messages are stored all the same.
        await asyncio.shield(self._to_write(received, messages))

    async def refuse(self, received: Received, refused: Refused) -> None:
        """Keeps a request that brought no message, for people to see."""
        await asyncio.shield(self._to_write(received, refused))

    def _to_write(self, received: Received, brought: _Brought) -> asyncio.Future[None]:
        committed: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append((received, brought, committed))
        if self._writer is None:
            self._writer = asyncio.create_task(self._write_all())
        return committed

    async def _write_all(self) -> None:
        while self._waiting:
            many = self._are_many()
            # For another thread they are taken now: those that come meanwhile are for the next transaction.
            group: list[_Waiting] = self._taken() if many else []
            error: Exception | None = None
            try:
                self.last_seq = await self.transaction(
                    partial(self._write_group if many else self._write, group), aside=many
                )
            except Exception as failed:  # whatever it is: somebody waits for an answer
                error = failed
                group = group or self._taken()
            for _, _, committed in group:
                if error is None:
                    committed.set_result(None)
                else:
                    committed.set_exception(error)
            self.wake()
        self._writer = None

    def _are_many(self) -> bool:
        return any(not isinstance(brought, Refused) and len(brought) > _MANY for _, brought, _ in self._waiting)

    def _taken(self) -> list[_Waiting]:
        taken, self._waiting = self._waiting, []
        return taken

    def _write(self, group: list[_Waiting], db: sqlite3.Connection) -> int:
        """Takes all that waits by now."""
        group += self._taken()
        return self._write_group(group, db)

    def _write_group(self, group: list[_Waiting], db: sqlite3.Connection) -> int:
        return insert(db, self.last_seq, ((received, brought) for received, brought, _ in group))

    async def transaction[T](self, work: Callable[[sqlite3.Connection], T], *, aside: bool = False) -> T:
        """Runs the work, and returns when what it changed is on disk; or raises, and it is undone.

        `aside`: in another thread, for few statements that take long.
        """
        transactions = self._transactions
        try:
            done = await transactions.run(work, aside=aside)
            if transactions.vanished and transactions is self._transactions:
                self._begin_anew()
            if transactions is not self._transactions:  # what went into a file that nobody finds again is not kept
                raise Vanished(_GONE)
        except sqlite3.Error as failed:
            self.notice()
            error = failed if transactions is self._transactions else Vanished(_GONE)
            if is_of_the_disk(error) and str(error) != self._trouble:
                self._trouble = str(error)
                _log.warning("Messages cannot be kept in %s: %s", self.path, error)
            raise error from None
        self._trouble = ""
        return done

    def read(self, *, after: int = 0, type_: str | None = None, limit: int) -> list[Row]:
        """Rows with a seq beyond `after`, oldest first; fewer than `limit` where they are large, but never none."""
        of_type, values = ("AND type = :type", {"type": type_}) if type_ is not None else ("", {})
        found = self.reader.execute(
            f"""SELECT messages.seq, received_at, path, headers, write_key, message FROM {TABLES}
            WHERE messages.seq > :after {of_type} ORDER BY messages.seq LIMIT :limit""",
            {"after": after, "limit": limit, **values},
        )
        rows: list[Row] = []
        size = 0
        with closing(found):
            for each in found:
                row = Row(*each)
                size += len(row.message) + len(row.headers)
                if rows and size > _AT_ONCE:
                    break
                rows.append(row)
        return rows

    def read_refused(self, *, after: int, last: int) -> list[RefusedRow]:
        """The refused requests beyond `after`, up to `last`, oldest first."""
        found = self.reader.execute(
            """SELECT seq, received_at, path, headers, write_key, method, status, reason, body, size FROM refused
            WHERE seq > ? AND seq <= ? ORDER BY seq""",
            (after, last),
        )
        return [RefusedRow(seq, at, path, headers, key, Refused(*why)) for seq, at, path, headers, key, *why in found]

    async def clear(self) -> int:
        """Removes every row and says how many messages there were. What was to be passed on is gone too."""

        def remove(db: sqlite3.Connection) -> int:
            removed = db.execute("DELETE FROM messages").rowcount
            for table in ("texts", "requests", "answers", "refused"):
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
