"""The data plane is killed (-9) while messages come: none that was answered with 200 is lost, or there twice.

A case is a round: a start with the file of the round before, senders that go on until it dies, and a look at the file
by the next start. What was not answered may be there or not; nothing is sent again.
"""

import itertools
import random
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx

from fuzz.commands import running

SOAK = True
COUNT = 20
_SENDERS = 8


@contextmanager
def opened() -> Iterator[Callable[[random.Random], None]]:
    with tempfile.TemporaryDirectory() as folder:
        rounds = Rounds(Path(folder) / "kills.sqlite3")
        yield rounds.one
        print(f"kills: {rounds.kills} kills, {len(rounds.answered):,} messages answered with 200, all there, once")


class Rounds:
    """What was answered in all rounds."""

    def __init__(self, db: Path) -> None:
        self._db = db
        self._ids = itertools.count()
        self.answered: set[str] = set()
        self.kills = 0

    def one(self, dice: random.Random) -> None:
        with running(self._db, "--keep", "0") as plane:
            stop = threading.Event()
            senders = [
                threading.Thread(target=self._send, args=(plane.url, stop, dice.choice([1, 1, 1, 20, 200])))
                for _ in range(_SENDERS)
            ]
            for sender in senders:
                sender.start()
            time.sleep(dice.uniform(0.2, 1.5))
            plane.kill()
            self.kills += 1
            stop.set()
            for sender in senders:
                sender.join()
        with running(self._db, "--keep", "0") as plane:
            stored = Counter(_stored(plane.url))
        assert not (lost := self.answered - stored.keys()), f"{len(lost)} lost"
        assert not (twice := [id_ for id_, count in stored.items() if count > 1]), f"{len(twice)} twice"

    def _send(self, url: str, stop: threading.Event, size: int) -> None:
        with httpx.Client(base_url=url, trust_env=False, auth=("KEY", "")) as client:
            while not stop.is_set():
                ids = [f"m{next(self._ids)}" for _ in range(size)]
                batch = [{"type": "track", "userId": "u", "messageId": id_, "event": "e"} for id_ in ids]
                try:
                    answer = client.post("/v1/batch", json={"batch": batch})
                except httpx.HTTPError:
                    return
                if answer.status_code == 200:
                    self.answered.update(ids)


def _stored(url: str) -> Iterator[str]:
    after = 0
    while True:
        answer = httpx.get(f"{url}/api/events?limit=10000&after={after}", trust_env=False, timeout=60)
        rows = answer.raise_for_status().json()["events"]
        if not rows:
            return
        after = rows[-1]["seq"]
        yield from (row["message"]["messageId"] for row in rows)
