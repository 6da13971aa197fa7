"""Which messages wait to be passed on to another data plane: the store keeps them, however old they are."""

import sqlite3


def pending(db: sqlite3.Connection) -> list[tuple[int, int]]:
    """The ranges of seqs that wait for an answer, of whichever address: (beyond, up to)."""
    rows = db.execute("SELECT after, coalesce(until, 1 << 62) FROM taps WHERE until IS NULL OR after < until")
    return [(after, until) for after, until in rows]
