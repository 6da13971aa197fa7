"""A full disk, and a database file that is taken away: who sends is told, a line says so, and it goes on later."""

import json
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from dataplane.background import serve
from dataplane.store import schema

from .conftest import options_in
from .test_command import PROJECT

LARGE = {"userId": "u", "x": "x" * 300_000}
SMALL = {"userId": "small"}


@contextmanager
def talking_to(url: str) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=url, trust_env=False, auth=("KEY", ""), timeout=20) as client:
        yield client


def users(client: httpx.Client) -> list[str]:
    return [row["message"]["userId"] for row in client.get("/api/events").json()["events"]]


def stored(db: Path) -> list[str]:
    """By another reader, from the file itself."""
    with closing(sqlite3.connect(db)) as reader:
        return [json.loads(text)["userId"] for (text,) in reader.execute("SELECT message FROM texts ORDER BY seq")]


def test_a_full_disk_is_a_503_with_a_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """SQLite is told to find the disk full; what was answered with 200 is there, and nothing else."""
    prepare = schema.prepare

    def small(db: sqlite3.Connection, path: Path) -> None:
        prepare(db, path)
        db.execute("PRAGMA max_page_count = 80")  # 1.3 MB

    monkeypatch.setattr(schema, "prepare", small)
    with serve(options_in(tmp_path)) as url, talking_to(url) as client:
        answers = [client.post("/v1/identify", json=LARGE) for _ in range(8)]
        statuses = [answer.status_code for answer in answers]
        assert statuses == sorted(statuses) and set(statuses) == {200, 503}
        assert answers[-1].text == "messages cannot be kept: database or disk is full\n"
        assert answers[-1].headers["x-content-type-options"] == "nosniff"
        beacon = client.post("/beacon/v1/batch?writeKey=KEY", json={"batch": [LARGE]})
        assert beacon.status_code == 503
        assert len(users(client)) == statuses.count(200)
        assert client.get("/live").status_code == 200
        assert client.delete("/api/events").json() == {"deleted": statuses.count(200)}
        assert client.post("/v1/identify", json=LARGE).status_code == 200  # there is room again
    lines = [record.getMessage() for record in caplog.records]
    assert lines == [f"Messages cannot be kept in {tmp_path / 'messages.sqlite3'}: database or disk is full"]


@contextmanager
def limited(db: Path, blocks: int) -> Iterator[tuple[httpx.Client, subprocess.Popen[str]]]:
    """The command, in a process whose files cannot grow beyond so many KiB."""
    run = f"ulimit -f {blocks}; exec {sys.executable} -m dataplane --port 0 --db {db}"
    process = subprocess.Popen(
        ["bash", "-c", run],
        env={"PYTHONPATH": str(PROJECT / "web")},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    try:
        url = process.stdout.readline().split()[1].rstrip("/")
        with talking_to(url) as client:
            yield client, process
    finally:
        process.kill()
        process.communicate()


def test_files_that_cannot_grow(tmp_path: Path) -> None:
    db = tmp_path / "x.sqlite3"
    with limited(db, 2000) as (client, process):
        statuses = [client.post("/v1/identify", json=LARGE).status_code for _ in range(12)]
        assert statuses[0] == 200 and statuses[-1] == 503
        deleted = client.delete("/api/events")
        assert deleted.status_code == 503 and "messages cannot be kept" in deleted.json()["error"]
        assert len(users(client)) == statuses.count(200)
        assert client.get("/live").status_code == client.get("/live/users").status_code == 200
        process.terminate()
        errors = process.communicate(timeout=20)[1]
    assert errors.count("Messages cannot be kept in") == 1 and "Traceback" not in errors
    assert len(stored(db)) == statuses.count(200)


def _unlink(folder: Path) -> None:
    (folder / "messages.sqlite3").unlink()


def _unlink_all(folder: Path) -> None:
    for path in folder.iterdir():
        path.unlink()


def _remove_folder(folder: Path) -> None:
    shutil.rmtree(folder)


def _replace(folder: Path) -> None:
    (folder / "messages.sqlite3").rename(folder / "moved")
    (folder / "messages.sqlite3").touch()


@pytest.mark.parametrize("take_away", [_unlink, _unlink_all, _remove_folder, _replace])
def test_a_file_that_vanishes_is_noticed(take_away: Any, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    folder = tmp_path / "kept"
    with serve(options_in(folder)) as url, talking_to(url) as client:
        client.post("/v1/identify", json={"userId": "before"}).raise_for_status()
        before = client.get("/health").json()["lastSeq"]
        take_away(folder)
        answer = client.post("/v1/identify", json={"userId": "lost"})
        assert (answer.status_code, answer.text.partition(":")[0]) == (503, "messages cannot be kept")
        client.post("/v1/identify", json={"userId": "after"}).raise_for_status()
        assert users(client) == stored(folder / "messages.sqlite3") == ["after"]
        assert client.get("/health").json()["lastSeq"] > before
        assert "after" in client.get("/live").text and "before" not in client.get("/live").text
    assert [record.getMessage().startswith("The database file") for record in caplog.records].count(True) == 1
    with serve(options_in(folder)) as url, talking_to(url) as client:
        assert users(client) == ["after"]


@pytest.mark.parametrize("path", ["/health", "/live", "/live/users", "/api/events", "/live/messages/1.json"])
def test_pages_notice_too(path: str, tmp_path: Path) -> None:
    with serve(options_in(tmp_path)) as url, talking_to(url) as client:
        client.post("/v1/identify", json={"userId": "before"}).raise_for_status()
        (tmp_path / "messages.sqlite3").unlink()
        assert client.get(path).status_code in (200, 404, 503)
        assert "before" not in client.get(path).text
        client.post("/v1/identify", json={"userId": "after"}).raise_for_status()
        assert stored(tmp_path / "messages.sqlite3") == ["after"]


def test_a_file_that_vanishes_during_a_commit_costs_no_answered_message(tmp_path: Path) -> None:
    """Taken away again and again while messages come: each that was answered with 200 was in the file of that time."""
    db = tmp_path / "messages.sqlite3"
    kept: set[str] = set()
    accepted: set[str] = set()
    with serve(options_in(tmp_path)) as url, talking_to(url) as client:
        for n in range(60):
            if client.post("/v1/identify", json={"userId": f"u{n}"}).status_code == 200:
                accepted.add(f"u{n}")
            if n % 10 == 9:
                kept |= set(stored(db))
                db.unlink()
        kept |= set(stored(db)) if db.exists() else set()
    assert accepted <= kept and len(accepted) >= 50
