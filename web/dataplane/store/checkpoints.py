"""Copies what was committed from SQLite's write-ahead log into the database itself, most of it beside the writing.

SQLite would do it inside every so many commits, and whatever arrives would wait for it, under load a tenth of a second.
"""

import asyncio
import sqlite3
from concurrent.futures import ThreadPoolExecutor

_EVERY = 20_000
"""Rows written, some 14 MB of ordinary messages."""
LONGEST = 8_000
"""Pages of the log, 128 MB: then writing waits while the last of it is copied, so that it begins anew. Where there are
pauses it does by itself."""


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
        if await self._copy() > LONGEST:
            async with self._writing:
                await self._copy()

    async def _copy(self) -> int:
        """Gives back how long the log is."""
        try:
            return await asyncio.get_running_loop().run_in_executor(self._thread, self._checkpoint)
        except sqlite3.Error:  # a full disk, say: it stays in the log, where everything finds it
            return 0

    def _checkpoint(self) -> int:
        _, pages, _ = self._db.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchone()
        return int(pages)

    def close(self) -> None:
        if self._copying is not None:
            self._copying.cancel()
        self._thread.shutdown()
        self._db.close()
