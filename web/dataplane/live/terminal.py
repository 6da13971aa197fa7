"""One line per message received: time, type, who, what."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from time import perf_counter

from ..store.database import Store
from ..store.rows import Row
from .summary import Summary

_WIDTH = 120
_AT_ONCE = 100
"""Messages of one look, a few milliseconds."""
_REST = 19
"""Times as long as a look took is the rest after it: in a flood what arrives comes first, and the lines later."""


def line(row: Row) -> str:
    summary = Summary.of(row)
    text = f"{_clock(row)}  {summary.type or '-':<8}  {summary.who}  {summary.what}".rstrip()
    return text if len(text) <= _WIDTH else text[: _WIDTH - 1] + "…"


def _clock(row: Row) -> str:
    return f"{datetime.fromisoformat(row.received_at).astimezone():%H:%M:%S}"


async def announce(store: Store, say: Callable[[str], None]) -> None:
    """Says every message from now on, as long as somebody listens; at the end, how many were not said any more."""
    after, going_on = store.last_seq, True
    with suppress(BrokenPipeError):
        while going_on:
            going_on = await store.news(after)
            began = perf_counter()
            after = _say(store, after, say)
            await asyncio.sleep(_REST * (perf_counter() - began) if going_on else 0)
        _say_how_many(store.last_seq - after, say)


def _say(store: Store, after: int, say: Callable[[str], None]) -> int:
    """The next ones; gives back the seq of the last."""
    rows = store.read(after=after, limit=_AT_ONCE)
    # What was removed before its turn came has no line.
    _say_how_many((rows[0].seq - 1 if rows else store.last_seq) - after, say)
    for row in rows:
        say(line(row))
    return rows[-1].seq if rows else max(store.last_seq, after)


def _say_how_many(more: int, say: Callable[[str], None]) -> None:
    if more > 0:
        say(f"and {more:,} more")
