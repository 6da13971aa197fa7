"""Copies what was committed from SQLite's write-ahead log into the database itself, most of it beside the writing.

SQLite would do it inside every so many commits, and whatever arrives would wait for it, under load a tenth of a second.
"""

import asyncio
import sqlite3
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

_EVERY = 10_000
"""Rows written, some 7 MB of ordinary messages; for large ones SQLite's own limit counts (schema.prepare)."""


class Checkpoints:
    """On a connection and a thread of its own. `writing` is held while nothing may be written."""

    def __init__(self, db: sqlite3.Connection, writing: asyncio.Lock) -> None:
        self._db = db
        self._writing = writing
        self._thread = ThreadPoolExecutor(1, "checkpoint")
        self._copying: asyncio.Task[None] | None = None
        self._copied = 0

    def committed(self, changes: int) -> None:
        """`changes`: rows written so far."""
        if changes - self._copied > _EVERY and (self._copying is None or self._copying.done()):
            self._copied = changes
            self._copying = asyncio.create_task(self._copy_all())

    async def _copy_all(self) -> None:
        await self._copy()
        async with self._writing:  # the little that came meanwhile; the log then begins anew instead of growing
            await self._copy()

    async def _copy(self) -> None:
        with suppress(sqlite3.Error):  # it stays in the log, where everything finds it
            await asyncio.get_running_loop().run_in_executor(
                self._thread, self._db.execute, "PRAGMA wal_checkpoint(PASSIVE)"
            )

    def close(self) -> None:
        if self._copying is not None:
            self._copying.cancel()
        self._thread.shutdown()
        self._db.close()
