"""Rows as the live page lists them."""

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from .checks import check, firsts
from .delivery import Answer, Mark, answers, came, went
from .row import Row
from .search import reading
from .seen import Finding
from .summary import Summary


class Listed(NamedTuple):
    """A row with all that its line shows."""

    row: Row
    summary: Summary
    marks: list[Mark]
    findings: list[Finding]
    answer: Answer | None


def listed(path: Path, rows: Sequence[Row]) -> list[Listed]:
    with reading(path) as db:
        said, earlier = answers(db, [row.seq for row in rows]), firsts(rows, db)
    return [_listed(row, said.get(row.seq), earlier.get(row.seq)) for row in rows]


def _listed(row: Row, answer: Answer | None, earlier: int | None) -> Listed:
    return Listed(row, Summary.of(row), came(row) + went(answer), check(row, earlier), answer)
