"""One line per message received: time, type, who, what."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime

from .row import Row
from .store import Store
from .summary import Summary

_WIDTH = 120
_MOST = 100
"""Messages at once that are told one by one: nobody reads more, and writing them would slow down what arrives."""
_PAUSE = 0.25
"""Seconds from one look to the next after that many."""


def line(row: Row) -> str:
    summary = Summary.of(row)
    text = f"{_clock(row)}  {summary.type or '-':<8}  {summary.who}  {summary.what}".rstrip()
    return text if len(text) <= _WIDTH else text[: _WIDTH - 1] + "…"


def _clock(row: Row) -> str:
    return f"{datetime.fromisoformat(row.received_at).astimezone():%H:%M:%S}"


async def announce(store: Store, say: Callable[[str], None]) -> None:
    """Says every message from now on, as long as somebody listens; of a flood, the first ones and how many more."""
    after = store.last_seq
    with suppress(BrokenPipeError):
        while await store.news(after):
            last = store.last_seq
            rows = store.read(after=after, limit=_MOST)
            for row in rows:
                say(line(row))
            if rows and (more := last - rows[-1].seq) > 0:
                say(f"{_clock(rows[-1])}  and {more:,} more messages")
                await asyncio.sleep(_PAUSE)
            after = max(last, rows[-1].seq) if rows else last
