"""`/api/faults`: which failures the next ingestion requests meet, for tests.

A POST queues a fault for as many requests as `times` says (1); POSTs queue up behind one another. A POST with a
`probability` instead sets the random mode, which strikes whatever the queue leaves alone, until it is deleted.
"""

import asyncio
import json
import random
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

from starlette.datastructures import MutableHeaders
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from .answers import Answer, Refusal, phrase
from .body import read_body
from .connection import Dropped, close_others

MOST_SCRIPT = 1_000_000
"""Bytes of one POST."""
_MOST_QUEUED = 10_000
_MOST_TIMES = 1_000_000
_MOST_DELAY = 600_000
_MOST_SECONDS = 10**12
_LONGEST_TEXT = 200

_WITHOUT_BODY = (204, 205, 304)

type Field = str | float | bool | None


class BadFault(ValueError):
    """Says what is wrong with the JSON of a fault."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """Slow, or answered with a status, or not answered at all; before its messages are stored or after."""

    status: int | None
    """None and 200 leave the answer to the gateway."""
    retry_after: str | None
    delay_ms: float
    drop: bool
    """The connection is closed without an answer."""
    after_store: bool
    """The messages are stored first: what is lost is the answer."""

    @classmethod
    def read(cls, fields: object) -> Self:
        if not isinstance(fields, Mapping):
            raise BadFault("a fault is a JSON object")
        if unknown := sorted(set(fields) - {"status", "retryAfter", "delayMs", "drop", "afterStore"}):
            raise BadFault(f"a fault has no {', '.join(map(str, unknown))}")
        status, retry_after, delay_ms = fields.get("status"), fields.get("retryAfter"), fields.get("delayMs", 0)
        if status is not None and not (_is_number(status, int) and 200 <= status <= 599):
            raise BadFault("status is a number from 200 to 599")
        if retry_after is not None and not _fits_a_header(retry_after):
            raise BadFault(
                f"retryAfter is a number of seconds or a text of {_LONGEST_TEXT} printable characters at most"
            )
        if not (_is_number(delay_ms, int, float) and 0 <= delay_ms <= _MOST_DELAY):
            raise BadFault(f"delayMs is a number of milliseconds, {_MOST_DELAY} at most")
        for name in ("drop", "afterStore"):
            if not isinstance(fields.get(name, False), bool):
                raise BadFault(f"{name} is true or false")
        return cls(
            status=status,
            retry_after=None if retry_after is None else str(retry_after),
            delay_ms=delay_ms,
            drop=fields.get("drop", False),
            after_store=fields.get("afterStore", False),
        )

    def shown(self) -> dict[str, Field]:
        """As in the JSON of `/api/faults`."""
        return {
            "status": self.status,
            "retryAfter": self.retry_after,
            "delayMs": self.delay_ms,
            "drop": self.drop,
            "afterStore": self.after_store,
        }

    async def strike(self) -> Response | None:
        """After the delay, the answer in place of the gateway's; None leaves it to the gateway."""
        await asyncio.sleep(self.delay_ms / 1000)
        if self.drop:
            return Dropped()
        if self.status is None or self.status == 200:
            return None
        headers = {} if self.retry_after is None else {"Retry-After": self.retry_after}
        if self.status in _WITHOUT_BODY:
            return Response(status_code=self.status, headers=headers)
        return Answer(self.status, phrase(self.status) or str(self.status)).response(headers)


def _is_number(value: object, *types: type) -> bool:
    return isinstance(value, types) and not isinstance(value, bool)


def _fits_a_header(value: object) -> bool:
    if isinstance(value, str):
        return value.isascii() and value.isprintable() and len(value) <= _LONGEST_TEXT
    return isinstance(value, int) and not isinstance(value, bool) and abs(value) <= _MOST_SECONDS


@dataclass(slots=True)
class _Pending:
    fault: Fault
    times: int


@dataclass(frozen=True, slots=True)
class _Chance:
    probability: float
    seed: int
    faults: list[Fault]
    dice: random.Random


class Faults:
    """What is scripted, and its API."""

    def __init__(self) -> None:
        self._queue: deque[_Pending] = deque()
        self._chance: _Chance | None = None
        self._struck = 0

    def next(self) -> Fault | None:
        """The fault that this request meets."""
        fault = self._queued() or self._by_chance()
        self._struck += fault is not None
        return fault

    def _queued(self) -> Fault | None:
        if not self._queue:
            return None
        first = self._queue[0]
        first.times -= 1
        if first.times == 0:
            self._queue.popleft()
        return first.fault

    def _by_chance(self) -> Fault | None:
        if self._chance is None or self._chance.dice.random() >= self._chance.probability:
            return None
        return self._chance.dice.choice(self._chance.faults)

    @property
    def dropping(self) -> bool:
        """Whether a connection may be dropped yet."""
        possible = [pending.fault for pending in self._queue] + (self._chance.faults if self._chance else [])
        return any(fault.drop for fault in possible)

    def add(self, script: object) -> None:
        if isinstance(script, dict) and "probability" in script:
            self._chance = _read_chance(script)
            return
        if not isinstance(script, dict):
            raise BadFault("a fault is a JSON object")
        times = script.pop("times", 1)
        if not isinstance(times, int) or isinstance(times, bool) or not 1 <= times <= _MOST_TIMES:
            raise BadFault(f"times is a number from 1 to {_MOST_TIMES}")
        if len(self._queue) >= _MOST_QUEUED:
            raise BadFault(f"{_MOST_QUEUED} faults wait already")
        self._queue.append(_Pending(Fault.read(script), times))

    def clear(self) -> None:
        self._queue.clear()
        self._chance = None
        self._struck = 0

    def shown(self) -> dict[str, object]:
        chance = self._chance
        return {
            "pending": [{**pending.fault.shown(), "times": pending.times} for pending in self._queue],
            "random": chance
            and {
                "probability": chance.probability,
                "seed": chance.seed,
                "faults": [fault.shown() for fault in chance.faults],
            },
            "struck": self._struck,
        }

    def routes(self) -> list[Route]:
        return [Route("/api/faults", self._endpoint, methods=["GET", "POST", "DELETE"])]

    async def _endpoint(self, request: Request) -> JSONResponse:
        if request.method == "DELETE":
            self.clear()
        elif request.method == "POST":
            try:
                self.add(json.loads(await read_body(request, MOST_SCRIPT)))
            except Refusal as refusal:
                return JSONResponse({"error": refusal.answer.text}, refusal.answer.status)
            except BadFault as bad:
                return JSONResponse({"error": str(bad)}, 400)
            except (ValueError, RecursionError, ClientDisconnect):
                return JSONResponse({"error": "the body is not JSON"}, 400)
            if self.dropping:
                await close_others(request)
        return JSONResponse(self.shown())


def _read_chance(script: dict[str, object]) -> _Chance:
    if unknown := sorted(set(script) - {"probability", "seed", "faults"}):
        raise BadFault(f"the random mode has no {', '.join(unknown)}")
    probability, seed, faults = script["probability"], script.get("seed", 1), script.get("faults")
    if not isinstance(probability, int | float) or isinstance(probability, bool) or not 0 <= probability <= 1:
        raise BadFault("probability is a number from 0 to 1")
    if not isinstance(seed, int) or abs(seed) >= 2**63:
        raise BadFault("seed is a whole number below 2**63")
    if not isinstance(faults, list) or not faults:
        raise BadFault("faults is a list of at least one fault")
    return _Chance(probability, seed, [Fault.read(fault) for fault in faults], random.Random(seed))


class FreshConnections:
    """While a drop is scripted, every answer closes its connection.

    Browsers repeat a request by themselves when a connection that was used before is closed on them, and the page would
    never learn of the drop. On a fresh connection they do not.
    """

    def __init__(self, app: ASGIApp, *, faults: Faults) -> None:
        self._app = app
        self._faults = faults

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_and_close(message: Message) -> None:
            if message["type"] == "http.response.start" and self._faults.dropping:
                MutableHeaders(scope=message)["Connection"] = "close"
            await send(message)

        await self._app(scope, receive, send_and_close if scope["type"] == "http" else send)
