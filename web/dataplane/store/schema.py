"""The database file: its tables, the step from the older ones, and the lock that lets one data plane use it."""

import sqlite3
from pathlib import Path

from .checkpoints import LONGEST

_VERSION = 2
# Ids have no index: they come in random order, and keeping three indexes of them sorted took twice as long as all else
# that a message needs. A search reads `messages` from end to end instead, some milliseconds for 50,000.
_TABLES = """
CREATE TABLE requests (
    id INTEGER PRIMARY KEY,
    received_at TEXT NOT NULL,  -- UTC, ISO 8601 with milliseconds
    path TEXT NOT NULL,
    headers TEXT NOT NULL,      -- JSON object, names in lower case
    write_key TEXT NOT NULL     -- "" where no one said it
);
CREATE TABLE messages (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,  -- goes on rising after the table was emptied
    request INTEGER NOT NULL REFERENCES requests (id),
    type TEXT NOT NULL,         -- "" where the message has none, and so below
    user_id TEXT NOT NULL,
    anonymous_id TEXT NOT NULL,
    message_id TEXT NOT NULL,
    session TEXT NOT NULL
);
CREATE TABLE texts (            -- apart from the rest, so that what looks through all messages reads little
    seq INTEGER PRIMARY KEY,
    message TEXT NOT NULL       -- JSON
);
CREATE INDEX messages_by_type ON messages (type);
CREATE TABLE taps (             -- which messages go on to which data plane: those after `after`, up to `until`
    id INTEGER PRIMARY KEY,
    url TEXT NOT NULL,
    after INTEGER NOT NULL,     -- the cursor: up to here they were answered
    until INTEGER               -- NULL: those to come too
);
CREATE TABLE answers (          -- what the other data plane said, the last one per message
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    seq INTEGER NOT NULL UNIQUE,
    answered_at TEXT NOT NULL,
    status INTEGER NOT NULL,
    answer TEXT NOT NULL,
    attempts INTEGER NOT NULL
);
"""
# Version 1 had `messages (seq, request, type, message)`. What its rows are about is read from their JSON by SQLite,
# which gives up on very deep nesting: those rows stay without.
_FROM_VERSION_1 = f"""
ALTER TABLE requests RENAME TO old_requests;
ALTER TABLE messages RENAME TO old_messages;
DROP INDEX messages_by_type;
{_TABLES}
INSERT INTO requests SELECT id, received_at, path, headers, '' FROM old_requests;
INSERT INTO texts SELECT seq, message FROM old_messages;
INSERT INTO messages SELECT seq, request, type, coalesce(sound ->> 'userId', ''), coalesce(sound ->> 'anonymousId', ''),
    coalesce(sound ->> 'messageId', ''), coalesce(sound -> 'context' ->> 'sessionId', '')
    FROM (SELECT *, CASE WHEN json_valid(message) THEN message ELSE '{{}}' END AS sound FROM old_messages);
DROP TABLE old_messages;
DROP TABLE old_requests;
"""


class InUse(sqlite3.OperationalError):
    """Another data plane has the file."""


def lock(path: Path) -> sqlite3.Connection:
    """Holds the file for this process until the connection is closed, or the process ends.

    A database beside it, kept in a transaction: SQLite's own locks work on every system, and nothing is left to tidy.
    """
    held = sqlite3.connect(f"{path}-lock", isolation_level=None, check_same_thread=False, timeout=0)
    try:
        held.execute("BEGIN EXCLUSIVE")
    except sqlite3.OperationalError as failed:
        held.close()
        if failed.sqlite_errorcode == sqlite3.SQLITE_BUSY:
            raise InUse("a data plane that is running uses it; stop that one, or choose another file (--db)") from None
        raise
    return held


def prepare(db: sqlite3.Connection, path: Path) -> None:
    """Makes a new file ours, or brings an older one up to date; raises sqlite3.Error where it is neither."""
    db.execute("PRAGMA page_size = 16384")  # half the time per message of the usual 4096
    db.execute("PRAGMA journal_mode = WAL")
    db.execute("PRAGMA synchronous = FULL")
    db.execute("PRAGMA cache_size = -65536")  # KiB: the indexes of 50,000 messages and more
    db.execute(f"PRAGMA wal_autocheckpoint = {2 * LONGEST}")  # for what the checkpoints do not see: large messages
    (version,) = db.execute("PRAGMA user_version").fetchone()
    if version in (0, 1):
        step = _FROM_VERSION_1 if version else _TABLES
        db.executescript(f"BEGIN; {step} PRAGMA user_version = {_VERSION}; COMMIT;")
    elif version != _VERSION:
        raise sqlite3.DatabaseError(f"{path} was written by a later version of the data plane: choose another (--db)")
