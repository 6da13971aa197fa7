"""Queries of all kinds to `/live`, `/live/users` and `/api`, over messages of all kinds.

Whatever is asked: an answer below 500, of bounded size; nothing that was sent becomes part of a page.
"""

import random
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

import httpx

from dataplane.background import serve
from dataplane.destinations import DESTINATIONS
from dataplane.options import Options
from fuzz import oddities
from fuzz.complaints import listening

COUNT = 10_000
_MESSAGES = 400
_LARGEST = 1_000_000
_OURS = "<fuzz"  # in the texts that were sent; on a page it would be an element of theirs


@contextmanager
def opened() -> Iterator[Callable[[random.Random], None]]:
    with tempfile.TemporaryDirectory() as folder:
        options = Options(port=0, db=Path(folder) / "fuzz.sqlite3")
        with serve(options) as url, httpx.Client(base_url=url, trust_env=False, timeout=60) as client:
            for n in range(_MESSAGES):
                dice = random.Random(n)
                batched = dice.random() < 0.5
                messages = [oddities.message(dice) for _ in range(3)] if batched else None
                path = "/v1/batch" if batched else f"/v1/{dice.choice(['identify', 'track', 'page', 'nope'])}"
                client.post(path, content=oddities.body(dice, messages), auth=(f"{n % 7}", ""))
            with listening() as complaints:

                def try_one(dice: random.Random) -> None:
                    one(dice, client)
                    complaints.expect_none()

                yield try_one


def one(dice: random.Random, client: httpx.Client) -> None:
    kind = dice.choice([_list, _message, _users, _api, _faults, _preview, _elsewhere])
    answer = kind(dice, client)
    assert answer.status_code < 500, (answer.status_code, answer.text[:500])
    if answer.headers.get("content-type", "").startswith("text/html"):
        assert len(answer.content) < _LARGEST and _OURS not in answer.text
        assert "frame-ancestors 'none'" in answer.headers["content-security-policy"]


def _said(dice: random.Random) -> str:
    if dice.random() < 0.5:
        return quote(oddities.text(dice)[:5000].encode("utf-8", "surrogatepass"))
    return dice.choice(["%ff", "%00", "%", "u1", "identify", "refused", "x" * 300, "%25" * 80, "%E2%80%AE"])


def _number(dice: random.Random) -> str:
    return dice.choice(
        [str(dice.randrange(900)), "0", "-1", "9" * 18, "9" * 19, "9" * 5000, "1e3", "0x1", "%D9%A3", "", "+1"]
    )


def _hx(dice: random.Random) -> dict[str, str]:
    target = dice.choice(["section#people", "aside#person", "nothing#x"])
    return dice.choice([{}, {"HX-Request": "true"}, {"HX-Request": "true", "HX-Target": target}])


def _query(dice: random.Random, *names: str) -> str:
    numbers = ("before", "after", "limit")
    given = [(name, _number(dice) if name in numbers else _said(dice)) for name in names if dice.random() < 0.5]
    return "&".join(f"{name}={value}" for name, value in given)


def _list(dice: random.Random, client: httpx.Client) -> httpx.Response:
    return client.get(f"/live?{_query(dice, 'type', 'user', 'text', 'before')}", headers=_hx(dice))


def _message(dice: random.Random, client: httpx.Client) -> httpx.Response:
    path = f"/live/messages/{_number(dice)}{dice.choice(['', '', '', '.json', '.curl', '/value'])}"
    tab = dice.choice(["message", "checks", "destinations", "request", _said(dice)])
    return client.get(f"{path}?tab={tab}&at=/{_said(dice)}&{_query(dice, 'type', 'text')}", headers=_hx(dice))


def _users(dice: random.Random, client: httpx.Client) -> httpx.Response:
    return client.get(f"/live/users?{_query(dice, 'user', 'anonymous', 'begins')}", headers=_hx(dice))


def _api(dice: random.Random, client: httpx.Client) -> httpx.Response:
    path = dice.choice(["/api/events", f"/api/events/{_number(dice)}/checks"])
    return client.get(f"{path}?{_query(dice, 'after', 'limit', 'type')}")


def _faults(dice: random.Random, client: httpx.Client) -> httpx.Response:
    names = ["status", "times", "retryAfter", "delayMs", "drop", "afterStore", "probability", "seed", "faults", "x"]
    script = {name: oddities.value(dice) for name in dice.sample(names, dice.randrange(4))}
    try:
        return client.post("/api/faults", content=oddities.body(dice, [script])[10:-2])
    finally:
        client.delete("/api/faults")


def _preview(dice: random.Random, client: httpx.Client) -> httpx.Response:
    name = dice.choice([*DESTINATIONS, "nothing", _said(dice)])
    return client.post(f"/api/destinations/{name}", content=oddities.body(dice, None))


def _elsewhere(dice: random.Random, client: httpx.Client) -> httpx.Response:
    path = dice.choice(["/live/", "/live/rows", "/live/clear", "/api", "/readme", "/pyscript", "/pages", "/dist", "/"])
    if path == "/live/rows":
        return client.get(f"{path}?after=nonsense&{_query(dice, 'type')}")
    headers = {"Host": dice.choice(["localhost", "evil.example", "[::1]", "x y", ""]), "Origin": _said(dice)}
    return client.request(dice.choice(["GET", "POST", "DELETE", "OPTIONS"]), f"{path}/{_said(dice)}", headers=headers)
