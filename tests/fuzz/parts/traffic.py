"""Ordinary and odd traffic for long: all is forwarded through faults, pages answer, memory stays bounded.

A case is a burst to a data plane that forwards to a second one, with failures of the second scripted by dice; then
everything must have arrived there, in order but for what a failure set back.
"""

import random
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx

from fuzz import oddities
from fuzz.commands import Running, running

SOAK = True
COUNT = 100_000
_PATIENCE = 120
_MOST_MEMORY = 400_000_000
_PAGES = ["/live", "/live?type=track", "/live?text=e1", "/live?type=refused", "/live/users", "/api/events?limit=50"]
_FAULTS = [{"status": 503}, {"status": 500}, {"drop": True}, {"drop": True, "afterStore": True}, {"status": 429}]


@contextmanager
def opened() -> Iterator[Callable[[random.Random], None]]:
    with tempfile.TemporaryDirectory() as folder, running(Path(folder) / "target.sqlite3") as target:
        forward = ("--forward", target.url, "--keep", "5000")
        with running(Path(folder) / "plane.sqlite3", *forward) as plane:
            with (
                httpx.Client(base_url=plane.url, trust_env=False, auth=("KEY", ""), timeout=60) as sender,
                httpx.Client(base_url=target.url, trust_env=False, timeout=60) as receiver,
            ):
                yield lambda dice: burst(dice, sender, receiver, plane)
            print(f"traffic: {plane.largest_memory() / 1e6:.0f} MB of memory at most")


def burst(dice: random.Random, sender: httpx.Client, receiver: httpx.Client, plane: Running) -> None:
    chance = dice.choice([0, 0.1, 0.3])
    script = {"probability": chance, "seed": dice.randrange(1000), "faults": _FAULTS}
    receiver.post("/api/faults", json=script).raise_for_status()
    expected = []
    for n in range(dice.randrange(1, 60)):
        events = [f"e{n}.{m}" for m in range(dice.choice([1, 1, 5, 50]))]
        batch = [{"type": "track", "userId": f"u{n % 9}", "event": event} for event in events]
        sender.post("/v1/batch", json={"batch": batch}).raise_for_status()
        expected += events
        if dice.random() < 0.2:  # not valid as a rule, and then seen as refused
            sender.post("/v1/identify", content=oddities.body(dice, None))
        if dice.random() < 0.2:
            answer = sender.get(dice.choice(_PAGES))
            assert answer.status_code == 200 and len(answer.content) < 1_000_000
    if dice.random() < 0.1:
        large = {"userId": "large", "event": "large", "context": {"traits": {"bio": "x" * 3_900_000}}}
        assert sender.post("/v1/track", json=large).text == "ok"
    arrived = _arrived(receiver, len(expected))
    assert list(dict.fromkeys(event for event in arrived if event in set(expected))) == expected
    assert plane.largest_memory() < _MOST_MEMORY
    while "waiting" in sender.get("/live").text:
        time.sleep(0.05)
    for client in (sender, receiver):
        client.delete("/api/events").raise_for_status()


def _arrived(receiver: httpx.Client, count: int) -> list[str]:
    end = time.monotonic() + _PATIENCE
    while True:
        answer = receiver.get("/api/events?limit=10000&type=track").raise_for_status()
        events = [row["message"].get("event") for row in answer.json()["events"]]
        names = [event for event in events if isinstance(event, str)]
        if len(set(names) - {"large"}) >= count:
            return names
        assert time.monotonic() < end, f"{len(set(names))} of {count} arrived"
        time.sleep(0.05)
