"""Rows as the live page lists them."""

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from ..store.pending import pending
from ..store.rows import LargeRow, RefusedRow, Row
from ..store.search import reading
from .checks import Finding, check, firsts
from .marks import Mark, answers, came, went
from .summary import Summary


class Listed(NamedTuple):
    """A row with all that its line shows."""

    row: Row | LargeRow | RefusedRow
    summary: Summary
    marks: list[Mark]
    findings: list[Finding]

    @property
    def refused(self) -> bool:
        """Whether it is a request, and no message."""
        return isinstance(self.row, RefusedRow)


def listed(path: Path, rows: Sequence[Row | LargeRow | RefusedRow]) -> list[Listed]:
    with reading(path) as db:
        seqs = [row.seq for row in rows]
        said, earlier, waiting = answers(db, seqs), firsts(db, seqs), pending(db)

    def marks(row: Row | LargeRow) -> list[Mark]:
        return came(row) + went(said.get(row.seq), any(after < row.seq <= until for after, until in waiting))

    return [
        Listed(
            row,
            Summary.of(row),
            [] if isinstance(row, RefusedRow) else marks(row),
            check(row, earlier.get(row.seq)) if isinstance(row, Row) else [],
        )
        for row in rows
    ]
