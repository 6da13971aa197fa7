"""Rows as the live page lists them."""

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from ..store.pending import pending
from ..store.rows import Row
from ..store.search import reading
from .checks import Finding, check, firsts
from .marks import Mark, answers, came, went
from .summary import Summary


class Listed(NamedTuple):
    """A row with all that its line shows."""

    row: Row
    summary: Summary
    marks: list[Mark]
    findings: list[Finding]


def listed(path: Path, rows: Sequence[Row]) -> list[Listed]:
    with reading(path) as db:
        said, earlier, waiting = answers(db, [row.seq for row in rows]), firsts(rows, db), pending(db)
    return [
        Listed(
            row,
            Summary.of(row),
            came(row) + went(said.get(row.seq), any(after < row.seq <= until for after, until in waiting)),
            check(row, earlier.get(row.seq)),
        )
        for row in rows
    ]
