"""`--keep`: the newest messages stay, older ones go when there is time for it, or when they are twice as many."""

import asyncio
import sqlite3
from contextlib import suppress
from time import perf_counter

from .database import Store
from .pending import pending

_CHUNK = 500
"""Messages of one transaction, so that what arrives meanwhile hardly waits."""
_SLACK = 1000
"""Messages beyond the limit that are let be: a removal per message would cost more than it frees."""
_QUIET = 0.2
"""Seconds without a message."""
_REST = 2
"""Times as long as a transaction took is the rest after it, for what arrives."""


async def retain(store: Store, keep: int) -> None:
    """Until it is cancelled, or the server stops. What still waits to be passed on stays, however old it is."""
    version = -1
    while await store.change(version):
        version, last_seq = store.version, store.last_seq
        with suppress(sqlite3.Error):  # a full disk, say: what could not be removed goes another time
            if not _excess(store, keep + _SLACK):
                continue
            await asyncio.sleep(_QUIET)
            if store.last_seq != last_seq and not _excess(store, 2 * keep + _SLACK):
                version = -1  # look again: there is more to come
                continue
            last = _first_too_many(store, keep)
            while last is not None:
                began = perf_counter()
                last = last if await _remove(store, last) else None
                await asyncio.sleep(_REST * (perf_counter() - began))


def _excess(store: Store, most: int) -> bool:
    """Whether there may be more than `most`: refused requests have seqs too, but no messages."""
    ((first,),) = store.reader.execute("SELECT min(seq) FROM messages")
    return first is not None and first <= store.last_seq - most


def _first_too_many(store: Store, keep: int) -> int | None:
    """The newest message that is one too many; steps over those that stay, some milliseconds for 50,000."""
    row = store.reader.execute("SELECT seq FROM messages ORDER BY seq DESC LIMIT 1 OFFSET ?", (keep,)).fetchone()
    return int(row[0]) if row else None


async def _remove(store: Store, last: int) -> bool:
    """Removes some of the messages up to this one; False where none is left to remove."""

    def remove(db: sqlite3.Connection) -> int:
        waits = " ".join(f"AND NOT (seq > {after} AND seq <= {until})" for after, until in pending(db))
        seqs = db.execute(f"SELECT seq FROM messages WHERE seq <= ? {waits} ORDER BY seq LIMIT ?", (last, _CHUNK))
        found = seqs.fetchall()
        for table in ("texts", "answers", "messages") if found else ():
            db.execute(f"DELETE FROM {table} WHERE seq <= ? {waits}", found[-1])
        db.execute("DELETE FROM requests WHERE id < (SELECT coalesce(min(request), 0) FROM messages)")
        return len(found)

    return await store.transaction(remove, aside=True) == _CHUNK
