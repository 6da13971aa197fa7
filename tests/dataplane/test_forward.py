"""`--forward`: a second data plane that gets everything, in order, whatever happens to either."""

import json
import signal
import subprocess
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import event_loop
import httpx
import pytest

from dataplane.background import serve
from dataplane.forward.forwarder import Forwarder
from dataplane.forward.queue import Queue, shown
from dataplane.options import Options
from dataplane.store.database import Store
from dataplane.store.rows import Message, Received

from .conftest import options_in
from .test_command import command

PATIENCE = 20


class Plane:
    """A running data plane, and what is in it."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.http = httpx.Client(base_url=url, trust_env=False, auth=("KEY", ""), timeout=PATIENCE)

    def send(self, *users: str, headers: dict[str, str] | None = None) -> None:
        for user in users:
            answer = self.http.post("/v1/track", json={"userId": user, "event": "e"}, headers=headers)
            assert answer.text == "ok"

    def users(self) -> list[str]:
        return [row["message"]["userId"] for row in self.rows()]

    def rows(self) -> list[dict[str, Any]]:
        rows: list[dict[str, Any]] = self.http.get("/api/events?limit=10000").json()["events"]
        return rows

    def fault(self, **script: Any) -> None:
        self.http.post("/api/faults", json=script).raise_for_status()

    def until(self, count: int) -> None:
        """Waits for that many messages, by the stream of them."""
        with self.http.stream("GET", "/api/events/stream") as response:
            arrived = (line for line in response.iter_lines() if line.startswith("id: "))
            for _ in range(count):
                next(arrived)

    def changed(self, what: str, holds: Callable[[str], bool], *, send: str = "") -> str:
        """Waits for a change that the live page would be told of, and gives it back; sends once somebody listens."""
        with self.http.stream("GET", f"/live/rows?after={2**40}") as response:
            kind = ""
            for line in response.iter_lines():
                if send:
                    self.send(send)
                    send = ""
                name, _, value = line.partition(": ")
                kind = value if name == "event" else kind
                if name == "data" and kind == what and holds(value):
                    return value
        raise AssertionError("the stream ended")


@contextmanager
def plane(folder: Path, **changes: Any) -> Iterator[Plane]:
    with serve(options_in(folder, **changes)) as url:
        running = Plane(url)
        with running.http:
            yield running


@pytest.fixture
def target(tmp_path: Path) -> Iterator[Plane]:
    with plane(tmp_path / "target") as running:
        yield running


def test_everything_arrives_in_order_as_it_was_sent(tmp_path: Path, target: Plane) -> None:
    with plane(tmp_path, forward=target.url) as tap:
        tap.send("a", "b", headers={"AnonymousId": "QQ=="})
        tap.http.post("/v1/batch", json={"batch": [{"userId": str(n), "type": "page"} for n in range(250)]})
        tap.http.post("/beacon/v1/batch?writeKey=BEACON", json={"batch": [{"userId": "z", "type": "track"}]}, auth=None)
        target.until(253)
        sent, received = tap.rows(), target.rows()
    assert [row["message"] for row in received] == [row["message"] for row in sent]
    assert {row["path"] for row in received} == {"/v1/batch"}
    assert received[0]["headers"]["anonymousid"] == "QQ==" and "anonymousid" not in received[2]["headers"]
    assert received[0]["headers"]["authorization"] == httpx.BasicAuth("KEY", "")._auth_header
    assert received[-1]["headers"]["authorization"] == httpx.BasicAuth("BEACON", "")._auth_header


def test_another_write_key(tmp_path: Path, target: Plane) -> None:
    with plane(tmp_path, forward=target.url + "/", forward_write_key="REAL") as tap:
        tap.send("a")
        target.until(1)
    assert target.rows()[0]["headers"]["authorization"] == httpx.BasicAuth("REAL", "")._auth_header


@pytest.mark.parametrize(
    "fault",
    [{"status": 503}, {"status": 429, "retryAfter": 0}, {"status": 302}, {"status": 408}, {"drop": True}],
    ids=str,
)
def test_what_fails_is_tried_again_and_nothing_overtakes(fault: dict[str, Any], tmp_path: Path, target: Plane) -> None:
    with plane(tmp_path, forward=target.url) as tap:
        target.fault(**fault, times=2)
        tap.send("a", "b", "c")
        target.until(3)
        assert target.users() == ["a", "b", "c"]
        tap.changed("tap", lambda line: "waiting" not in line and "try" not in line)
        assert "forwarded" in tap.http.get("/live").text


def test_a_lost_answer_means_twice_not_never(tmp_path: Path, target: Plane) -> None:
    with plane(tmp_path, forward=target.url) as tap:
        target.fault(drop=True, afterStore=True)
        tap.send("a")
        target.until(2)
    first, second = target.rows()
    assert first["message"] == second["message"]


def test_a_refusal_is_kept_and_shown_and_the_next_goes_on(tmp_path: Path, target: Plane) -> None:
    with plane(tmp_path, forward=target.url) as tap:
        target.fault(status=401)
        marks = json.loads(tap.changed("answers", lambda text: "refused 401" in text, send="refused"))
        assert "Unauthorized" in marks["1"]
        tap.send("next")
        target.until(1)
        assert target.users() == ["next"]


def test_one_bad_message_costs_one_message(tmp_path: Path, target: Plane) -> None:
    users = [str(n) for n in range(5)]
    with plane(tmp_path, forward=target.url) as tap:
        target.fault(delayMs=300)  # so that the five go together behind the first
        target.fault(status=400)
        tap.send("first")
        tap.http.post("/v1/batch", json={"batch": [{"userId": user, "type": "track"} for user in users]})
        target.until(6)
        assert target.users() == ["first", *users]


def test_a_restart_goes_on_where_the_last_run_stopped(tmp_path: Path, target: Plane) -> None:
    target.fault(status=503, times=1_000_000)
    with plane(tmp_path) as before:
        before.send("before")  # no tap then: it does not go on
    with plane(tmp_path, forward=target.url) as tap:
        tap.send("a", "b")
        tap.changed("tap", lambda line: "2 waiting" in line and "Service Unavailable" in line)
    with plane(tmp_path) as without:
        without.send("between")
    with plane(tmp_path, forward="http://127.0.0.1:9") as elsewhere:
        elsewhere.send("for elsewhere")
    target.http.delete("/api/faults")
    with plane(tmp_path, forward=target.url) as tap:
        tap.send("c")
        target.until(3)
        assert target.users() == ["a", "b", "c"]
    with plane(tmp_path, forward=target.url) as tap:
        tap.send("d")
        target.until(4)
    assert target.users() == ["a", "b", "c", "d"]


def test_a_killed_process_loses_nothing(tmp_path: Path, target: Plane) -> None:
    """The whole command is killed while the target is down, and started again."""
    arguments = ["--port", "0", "--db", str(tmp_path / "x.sqlite3"), "--forward", target.url]
    target.fault(status=500, times=1_000_000)
    with command(*arguments) as process:
        tap = Plane(_address(process))
        with tap.http:
            tap.send(*"abcdef")
        process.send_signal(signal.SIGKILL)
        process.communicate()
    target.http.delete("/api/faults")
    with command(*arguments):
        target.until(6)
    assert target.users() == list("abcdef")


def _address(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    line = process.stdout.readline()
    return line.split()[1].rstrip("/")


def test_random_faults_lose_nothing(tmp_path: Path, target: Plane) -> None:
    target.fault(probability=0.3, seed=7, faults=[{"status": 503}, {"drop": True}, {"drop": True, "afterStore": True}])
    users = [f"u{n}" for n in range(60)]
    with plane(tmp_path, forward=target.url) as tap:
        for user in users:
            tap.send(user)
        tap.changed("tap", lambda line: "waiting" not in line and "try" not in line)
    assert list(dict.fromkeys(target.users())) == users


def test_clearing_says_what_waits(tmp_path: Path) -> None:
    with plane(tmp_path, forward="http://127.0.0.1:9") as tap:
        tap.send("a", "b")
        assert tap.http.get("/live").text.count(">waiting<") == 2
        question = tap.http.get("/live/clear").text
        assert "2 messages will be gone" in question and "2 of them still wait to be forwarded" in question
        assert tap.http.delete("/api/events").json() == {"deleted": 2}
        assert "wait" not in tap.http.get("/live/clear").text


def test_an_address_is_shown_without_its_secret() -> None:
    assert shown("https://user:secret@example.com/x") == "https://example.com/x"


@pytest.mark.parametrize("url", ["example.com", "ftp://example.com", "http://", "https://example.com/?a=b"])
def test_bad_addresses(url: str) -> None:
    with command("--forward", url) as process:
        assert "an address such as https://dataplane.example.com" in process.communicate(timeout=PATIENCE)[1]
    assert process.returncode == 2


def message(user: str) -> Message:
    return Message("track", f'{{"userId":"{user}"}}', user, "", f"m-{user}", "")


def test_parcels_keep_apart_what_cannot_go_together(tmp_path: Path) -> None:
    async def parcels(store: Store) -> list[tuple[str, str | None, list[int]]]:
        taps = Queue(store, "http://x")
        await taps.open()
        for key, header, users in [("A", "1", "ab"), ("A", "2", "c"), ("B", "2", "de")]:
            headers = {"anonymousid": header}
            received = Received("2026-11-23T10:00:00.000Z", "/v1/track", headers, key)
            await store.append(received, [message(user) for user in users])
        found = []
        while (parcel := taps.next()) is not None:
            found.append((parcel.write_key, parcel.anonymous_id, parcel.seqs))
            await taps.answered(parcel, 200, "ok", 1)
        return found

    with closing(Store(tmp_path / "x.sqlite3")) as store:
        assert event_loop.run(parcels(store)) == [("A", "1", [1, 2]), ("A", "2", [3]), ("B", "2", [4, 5])]


def test_the_line_without_trouble(tmp_path: Path) -> None:
    store = Store(tmp_path / "x.sqlite3")
    assert Forwarder(store, "https://example.com/", None).line() == "forwarded to https://example.com"
    store.close()
    assert Options().forward is None
