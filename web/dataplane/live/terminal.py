"""One line per message received, and per request refused: time, type, who, what."""

import asyncio
import sqlite3
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from time import perf_counter

from ..store.database import Store
from ..store.rows import RefusedRow, Row
from .summary import Summary

_WIDTH = 120
_AT_ONCE = 100
"""Messages of one look, a few milliseconds."""
_PAUSE = 1
"""Seconds after a failure."""
_REST = 19
"""Times as long as a look took is the rest after it: in a flood what arrives comes first, and the lines later."""


def line(row: Row | RefusedRow) -> str:
    summary = Summary.of(row)
    text = f"{_clock(row)}  {summary.type or '-':<8}  {summary.who}  {summary.what}".rstrip()
    return text if len(text) <= _WIDTH else text[: _WIDTH - 1] + "…"


def _clock(row: Row | RefusedRow) -> str:
    return f"{datetime.fromisoformat(row.received_at).astimezone():%H:%M:%S}"


async def announce(store: Store, say: Callable[[str], None]) -> None:
    """Says every row from now on, as long as somebody listens; at the end, how many were not said any more."""
    after, going_on = store.last_seq, True
    with suppress(BrokenPipeError):
        while going_on:
            going_on = await store.news(after)
            began = perf_counter()
            try:
                after = _say(store, after, say)
            except sqlite3.Error:  # a disk that fails, say: the store says that itself
                await asyncio.sleep(_PAUSE)
            await asyncio.sleep(_REST * (perf_counter() - began) if going_on else 0)
        _say_how_many(store.last_seq - after, say)


def _say(store: Store, after: int, say: Callable[[str], None]) -> int:
    """The next ones; gives back the seq of the last."""
    rows: list[Row | RefusedRow] = [*store.read(after=after, limit=_AT_ONCE)]
    last = rows[-1].seq if rows else max(store.last_seq, after)
    rows += store.read_refused(after=after, last=last)
    # What was removed before its turn came has no line.
    _say_how_many(last - after - len(rows), say)
    for row in sorted(rows, key=lambda row: row.seq):
        say(line(row))
    return last


def _say_how_many(more: int, say: Callable[[str], None]) -> None:
    if more > 0:
        say(f"and {more:,} more")
