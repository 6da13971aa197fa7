"""The database file: its tables, the steps from the older ones, and the lock that lets one data plane use it."""

import os
import sqlite3
from contextlib import suppress
from pathlib import Path

from .checkpoints import LONGEST

_VERSION = 3
# Ids have no index: they come in random order, and keeping three indexes of them sorted took twice as long as all else
# that a message needs. A search reads `messages` from end to end instead, some milliseconds for 50,000.
_REFUSED = """
CREATE TABLE refused (          -- requests that were answered with an error
    seq INTEGER PRIMARY KEY,    -- of the same count as the messages'
    received_at TEXT NOT NULL,
    path TEXT NOT NULL,         -- with the query
    headers TEXT NOT NULL,
    write_key TEXT NOT NULL,
    method TEXT NOT NULL,
    status INTEGER NOT NULL,
    reason TEXT NOT NULL,       -- the answer
    body TEXT NOT NULL,         -- as text, the beginning
    size INTEGER NOT NULL       -- bytes of the body, as far as it was read
);
"""
_TABLES = f"""
{_REFUSED}
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
    session TEXT NOT NULL,
    size INTEGER NOT NULL       -- characters of the text
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
    coalesce(sound ->> 'messageId', ''), coalesce(sound -> 'context' ->> 'sessionId', ''), length(message)
    FROM (SELECT *, CASE WHEN json_valid(message) THEN message ELSE '{{}}' END AS sound FROM old_messages);
DROP TABLE old_messages;
DROP TABLE old_requests;
"""
_FROM_VERSION_2 = f"""
{_REFUSED}
ALTER TABLE messages ADD COLUMN size INTEGER NOT NULL DEFAULT 0;
UPDATE messages SET size = (SELECT length(message) FROM texts WHERE texts.seq = messages.seq);
"""
_STEPS = {0: _TABLES, 1: _FROM_VERSION_1, 2: _FROM_VERSION_2}


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
    if version in _STEPS:
        db.executescript(f"BEGIN; {_STEPS[version]} PRAGMA user_version = {_VERSION}; COMMIT;")
    elif version != _VERSION:
        raise sqlite3.DatabaseError(f"{path} was written by a later version of the data plane: choose another (--db)")


def make_private(path: Path) -> None:
    """What arrives is for this user of the machine only. Makes the file where there is none; raises OSError."""
    lock = Path(f"{path}-lock")
    for each in (path, lock):
        os.close(os.open(each, os.O_RDONLY | os.O_CREAT, 0o600))
    with path.open("rb") as file:
        if file.read(6) not in (b"", b"SQLite"):
            return  # whatever it is, it is not ours
    for each in (path, lock, Path(f"{path}-wal"), Path(f"{path}-shm")):
        with suppress(FileNotFoundError, PermissionError):  # a file of somebody else's, who lets us write to it
            each.chmod(0o600)


def identity(path: Path) -> tuple[int, int] | None:
    """Which file the path leads to; None: to none."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino


def last_seq(db: sqlite3.Connection) -> int:
    """The last that was given to a row, removed ones included."""
    row = db.execute("SELECT seq FROM sqlite_sequence WHERE name = 'messages'").fetchone()
    return int(row[0]) if row else 0


def go_on_after(db: sqlite3.Connection, seq: int) -> None:
    """The next row gets a higher one than this, after a restart too."""
    if not db.execute("UPDATE sqlite_sequence SET seq = max(seq, ?) WHERE name = 'messages'", (seq,)).rowcount:
        db.execute("INSERT INTO sqlite_sequence VALUES ('messages', ?)", (seq,))
