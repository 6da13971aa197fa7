"""What changes in a list that a page shows: new rows, answers of the other data plane, a store that was cleared."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from time import perf_counter
from typing import NamedTuple, Protocol

from starlette.concurrency import run_in_threadpool

from ..store import search
from ..store.database import Store
from ..store.search import Filter
from .listing import Listed, listed

_PAUSE = 0.01
"""Seconds between two looks, at least."""
_REST = 3
"""Times as long as a look took is the rest after it: under load a page gets many rows at once, not one by one."""


class Tap(Protocol):
    """Where messages are passed on to, if anywhere."""

    def line(self) -> str:
        """How it stands, for a person; "" where there is nothing to say."""

    def waiting(self) -> int:
        """Messages that were not passed on yet."""


class Change(NamedTuple):
    """rows: newer ones, newest first, up to `seq`. answers: rows with a new answer. tap, cleared: `text`."""

    kind: str
    seq: int = 0
    rows: tuple[Listed, ...] = ()
    text: str = ""


class Changes:
    """The changes from now on, for any number of pages."""

    def __init__(self, store: Store, tap: Tap | None) -> None:
        self._store = store
        self._tap = tap

    def tap_line(self) -> str:
        return self._tap.line() if self._tap else ""

    def waiting(self) -> int:
        return self._tap.waiting() if self._tap else 0

    async def follow(self, wanted: Filter, after: int, most: int) -> AsyncIterator[Change]:
        """Until the server stops. Of more than `most` new rows at once, the newest."""
        store, path = self._store, self._store.path
        version, cleared, said = -1, store.times_cleared, ""
        answered = await run_in_threadpool(_last_answer, path)
        while await store.change(version):
            began = perf_counter()
            version, last_seq = store.version, store.last_seq
            if store.times_cleared != cleared:
                cleared = store.times_cleared
                yield Change("cleared")
            if last_seq > after:
                rows = await run_in_threadpool(_rows, path, wanted, after, last_seq, most)
                after = last_seq
                if rows:
                    yield Change("rows", last_seq, rows)
            if self._tap is not None:
                answered, rows = await run_in_threadpool(_answered, path, wanted, answered, most)
                if rows:
                    yield Change("answers", rows=rows)
                if (line := self._tap.line()) != said:
                    said = line
                    yield Change("tap", text=line)
            await asyncio.sleep(max(_PAUSE, _REST * (perf_counter() - began)))


def _rows(path: Path, wanted: Filter, after: int, last: int, most: int) -> tuple[Listed, ...]:
    # Not beyond the last: what is committed while this is read is the next look's.
    return tuple(listed(path, search.newest(path, wanted, after=after, before=last + 1, limit=most)))


def _last_answer(path: Path) -> int:
    with search.reading(path) as db:
        return int(db.execute("SELECT coalesce(max(id), 0) FROM answers").fetchone()[0])


def _answered(path: Path, wanted: Filter, answered: int, most: int) -> tuple[int, tuple[Listed, ...]]:
    """The rows whose answer came after another one; the last answer's id goes with them."""
    with search.reading(path) as db:
        found = db.execute("SELECT id, seq FROM answers WHERE id > ? ORDER BY id DESC LIMIT ?", (answered, most))
        ids = list(found)
    if not ids:
        return answered, ()
    return ids[0][0], tuple(listed(path, search.some(path, [seq for _, seq in ids])))
