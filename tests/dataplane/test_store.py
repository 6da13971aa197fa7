"""What the store keeps and for how long, who may use it, and what it makes of an older file."""

import asyncio
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from queue import Queue
from typing import Any

import event_loop
import httpx
import pytest

from dataplane.background import serve
from dataplane.live.terminal import announce
from dataplane.store import checkpoints, database, retention, transactions
from dataplane.store.database import Store
from dataplane.store.rows import Message, Received

from .conftest import options_in
from .test_command import command


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    store = Store(tmp_path / "x.sqlite3")
    yield store
    store.close()


def test_a_second_start_with_the_same_file_is_one_line(tmp_path: Path) -> None:
    options = options_in(tmp_path)
    with serve(options) as url:
        with command("--port", "0", "--db", str(options.db)) as process:
            output, errors = process.communicate(timeout=20)
        assert (process.returncode, output) == (1, "")
        assert errors == (
            f"Messages cannot be kept in {options.db}: a data plane that is running uses it; stop that one, or choose "
            "another file (--db)\n"
        )
        assert httpx.get(f"{url}/health", trust_env=False).status_code == 200
    with serve(options) as url:  # free again
        assert httpx.get(f"{url}/health", trust_env=False).status_code == 200


def test_the_newest_are_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retention, "_SLACK", 10)
    with serve(options_in(tmp_path, keep=300)) as url, httpx.Client(base_url=url, trust_env=False) as client:
        for n in range(20):
            batch = [{"userId": "u", "type": "track", "event": f"{n} {m}"} for m in range(100)]
            client.post("/v1/batch", json={"batch": batch}, auth=("KEY", ""))
        # What is removed last is the 1700th: the stream then begins behind it.
        while (rows := client.get("/api/events?limit=1").json()["events"])[0]["seq"] != 1701:
            assert rows[0]["seq"] < 1701
        assert len(client.get("/api/events").json()["events"]) == 300
    with closing(sqlite3.connect(tmp_path / "messages.sqlite3")) as db:
        counts = [db.execute(f"SELECT count(*) FROM {table}").fetchone()[0] for table in ("texts", "requests")]
        assert counts == [300, 3]


def test_what_waits_to_be_forwarded_is_kept_however_old(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retention, "_SLACK", 0)
    with (
        serve(options_in(tmp_path, keep=5, forward="http://127.0.0.1:9")) as url,
        httpx.Client(base_url=url, trust_env=False, auth=("KEY", "")) as client,
    ):
        client.post("/v1/batch", json={"batch": [{"userId": "u", "type": "track"}] * 50})
    with serve(options_in(tmp_path, keep=5)) as url, httpx.Client(base_url=url, trust_env=False) as client:
        client.post("/v1/batch", json={"batch": [{"userId": "u", "type": "track"}] * 50}, auth=("KEY", ""))
        while len(rows := client.get("/api/events").json()["events"]) != 55:
            assert len(rows) > 55
        assert [row["seq"] for row in rows] == [*range(1, 51), *range(96, 101)]


def test_a_file_of_version_1_goes_on(tmp_path: Path) -> None:
    path = tmp_path / "messages.sqlite3"
    with closing(sqlite3.connect(path)) as db:
        db.executescript("""
            CREATE TABLE requests (id INTEGER PRIMARY KEY, received_at TEXT NOT NULL, path TEXT NOT NULL,
                headers TEXT NOT NULL);
            CREATE TABLE messages (seq INTEGER PRIMARY KEY AUTOINCREMENT,
                request INTEGER NOT NULL REFERENCES requests (id), type TEXT NOT NULL, message TEXT NOT NULL);
            CREATE INDEX messages_by_type ON messages (type, seq);
            INSERT INTO requests VALUES (1, '2026-11-23T10:00:00.000Z', '/v1/batch', '{}');
            INSERT INTO messages VALUES (7, 1, 'track', '{"type":"track","userId":5,"context":{"sessionId":9}}');
            PRAGMA user_version = 1;
        """)
        deep = '{"userId":"u","x":' + "[" * 5000 + "]" * 5000 + "}"
        db.execute("INSERT INTO messages VALUES (8, 1, 'page', ?)", (deep,))
        db.commit()
    with serve(options_in(tmp_path)) as url, httpx.Client(base_url=url, trust_env=False) as client:
        rows = client.get("/api/events?limit=1").json()["events"]
        assert (rows[0]["seq"], rows[0]["message"]["userId"]) == (7, 5)
        assert "type-track" in client.get("/live?user=5").text
        client.post("/v1/identify", json={"userId": "u"}, auth=("KEY", ""))
        assert '"seq":9' in client.get("/api/events?after=8").text


def test_a_file_of_a_later_version_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "x.sqlite3"
    Store(path).close()
    with closing(sqlite3.connect(path)) as db:
        db.execute("PRAGMA user_version = 99")
    with pytest.raises(sqlite3.DatabaseError, match="a later version"):
        Store(path)
    with closing(sqlite3.connect(path)) as db:
        db.execute("PRAGMA user_version = 3")
    Store(path).close()  # the refusal left no lock behind


@pytest.mark.parametrize("keep", ["x", "-1", "1.5"])
def test_bad_numbers_of_messages(keep: str) -> None:
    with command(f"--keep={keep}") as process:
        assert "a number of messages" in process.communicate(timeout=20)[1]
    assert process.returncode == 2


def test_clear_tells_everybody(store: Store) -> None:
    before = store.version
    assert event_loop.run(store.clear()) == 0
    assert store.times_cleared == 1 and store.version > before


def test_a_transaction_that_fails_is_undone_and_the_next_goes_on(store: Store) -> None:
    def fails(db: sqlite3.Connection) -> None:
        db.execute("INSERT INTO taps (url, after) VALUES ('x', 1)")
        raise ValueError("no")

    def count(db: sqlite3.Connection) -> int:
        return int(db.execute("SELECT count(*) FROM taps").fetchone()[0])

    async def both() -> int:
        with pytest.raises(ValueError, match="no"):
            await store.transaction(fails)
        return await store.transaction(count)

    assert event_loop.run(both()) == 0


def test_who_is_cancelled_leaves_no_transaction_open(store: Store) -> None:
    def insert(db: sqlite3.Connection) -> int:
        return db.execute("INSERT INTO taps (url, after) VALUES ('x', 1)").rowcount

    async def cancelled() -> None:
        task = asyncio.create_task(store.transaction(insert))
        while not task.done():  # at whatever point it then is
            await asyncio.sleep(0)
            task.cancel()
        with pytest.raises(asyncio.CancelledError):
            task.result()
        assert await store.transaction(insert) == 1

    event_loop.run(cancelled())


def test_many_messages_do_not_hold_up_others_and_all_are_there(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    threads = []

    def insert(*arguments: Any) -> int:
        threads.append(threading.get_ident() == here[0])
        return transactions.insert(*arguments)

    async def send() -> None:
        here.append(threading.get_ident())
        received = Received("2026-11-29T07:00:00.000Z", "/v1/batch", {})
        many = [Message("track", "{}", "u", "", str(number), "") for number in range(3_000)]
        first = asyncio.create_task(store.append(received, many))
        later = []
        while not first.done():
            later.append(asyncio.create_task(store.append(received, many[:1])))
            await asyncio.sleep(0)
        await asyncio.gather(first, *later)
        counted.extend([3_000 + len(later), store.last_seq])

    here: list[int] = []
    counted: list[int] = []
    monkeypatch.setattr(database, "insert", insert)
    event_loop.run(send())
    assert threads[0] is False and set(threads[1:]) == {True}
    (rows,) = store.reader.execute("SELECT count(*) FROM messages").fetchone()
    assert counted == [rows, rows]


def test_the_log_is_copied_while_the_store_is_open(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checkpoints, "_EVERY", 0)
    monkeypatch.setattr(checkpoints, "LONGEST", 0)
    log = Path(f"{store.path}-wal")

    async def sizes() -> list[int]:
        found = []
        for n in range(4):
            text = "x" * 50_000
            await store.append(Received("t", "/", {}, "KEY"), [Message("track", text, f"{n}", "", "m", "")])
            copying = store._transactions._checkpoints._copying
            assert copying is not None
            await copying
            found.append(log.stat().st_size)
        return found

    found = event_loop.run(sizes())
    assert found[-1] == found[1]  # it began anew
    assert store.path.stat().st_size > 200_000


def test_every_message_of_a_flood_has_its_line(tmp_path: Path) -> None:
    said: Queue[str] = Queue()
    batch = [{"userId": "u", "type": "track", "event": f"e{n}"} for n in range(1000)]
    with serve(options_in(tmp_path, announce=said.put)) as url:
        httpx.post(f"{url}/v1/batch", json={"batch": batch}, auth=("KEY", ""), trust_env=False)
        assert [said.get()[8:] for _ in batch] == [f"  track     u  e{n}" for n in range(1000)]


def test_what_has_no_line_is_counted(store: Store) -> None:
    said: list[str] = []

    async def tell() -> None:
        telling = asyncio.create_task(announce(store, said.append))
        await asyncio.sleep(0)
        received = Received("2026-11-23T10:00:00.000Z", "/v1/track", {}, "KEY")
        await store.append(received, [Message("track", "{}", "u", "", "m", "")] * 1300)
        await store.transaction(lambda db: db.execute("DELETE FROM messages WHERE seq <= 1050"))
        store.hang_up()
        await telling

    event_loop.run(tell())
    lines = [text for text in said if text[2] == ":"]
    counts = [int(text.split()[1].replace(",", "")) for text in said if text not in lines]
    assert len(lines) + sum(counts) == 1300 and counts  # removed before its turn came, and not said any more
