"""How a message came here, and what became of it at the data plane that it was passed on to: the marks of a row."""

import json
import sqlite3
from collections.abc import Iterable
from typing import NamedTuple

from ..ingest.answers import phrase
from ..store.rows import LargeRow, Row


class Answer(NamedTuple):
    """What the other data plane said last about a message."""

    seq: int
    answered_at: str
    status: int
    text: str
    attempts: int

    @property
    def good(self) -> bool:
        return self.status < 300


class Mark(NamedTuple):
    """One word on a row, and what it means."""

    word: str
    title: str
    tone: str
    """calm, good, bad."""


def came(row: Row | LargeRow) -> list[Mark]:
    """By the route and by the headers that RudderStack's SDKs and ours send with a repeated request."""
    headers, marks = json.loads(row.headers), []
    if row.path.endswith("/batch") or row.path == "/v1/import":
        marks.append(Mark("batch", f"It came with others, to {row.path}.", "calm"))
    if row.path.startswith(("/pixel/", "/beacon/")):
        word = row.path.split("/")[1]
        marks.append(Mark(word, f"It came to {row.path}.", "calm"))
    if headers.get("rsa-recovered") == "true":
        marks.append(Mark("recovered", "Another page of the visitor had stored it; this one delivered it.", "calm"))
    if attempt := headers.get("rsa-retry-attempt"):
        since = headers.get("rsa-since-first-attempt", "?")
        marks.append(Mark("retried", f"Retry {attempt[:20]}, {since[:20]} ms after the first try.", "calm"))
    if isinstance(row, LargeRow):
        marks.append(Mark("large", "Too large to be read for this list: open it to see its checks.", "bad"))
    return marks


def went(answer: Answer | None, waits: bool) -> list[Mark]:
    """How delivery stands with the other data plane; what is only here has no mark."""
    if answer is None and waits:
        return [Mark("waiting", "It is stored, and waits to be passed on to the other data plane.", "calm")]
    if answer is None:
        return []
    if not (200 <= answer.status < 300 or 400 <= answer.status < 500):
        said = f"Passed over after {answer.attempts} tries. The other data plane said: {answer.text or answer.status}"
        return [Mark("passed over", said, "bad")]
    tries = "at once" if answer.attempts == 1 else f"at try {answer.attempts}"
    said = f"The other data plane answered {answer.status} {phrase(answer.status)} {tries}: {answer.text}"
    return [Mark("forwarded" if answer.good else f"refused {answer.status}", said, "good" if answer.good else "bad")]


def answers(db: sqlite3.Connection, seqs: Iterable[int]) -> dict[int, Answer]:
    wanted = json.dumps(list(seqs))
    rows = db.execute(
        """SELECT seq, answered_at, status, answer, attempts FROM answers
        WHERE seq IN (SELECT value FROM json_each(?))""",
        (wanted,),
    )
    return {row[0]: Answer(*row) for row in rows}
