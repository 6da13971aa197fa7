"""`/api/faults`: which failures the next ingestion requests meet, for tests.

A POST queues a fault for as many requests as `times` says (1); POSTs queue up behind one another. A POST with a
`probability` instead sets the random mode, which strikes whatever the queue leaves alone, until it is deleted.
"""

import random
from collections import deque
from dataclasses import dataclass

from starlette.datastructures import MutableHeaders
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from .connection import close_others
from .fault import BadFault, Fault

_MOST_TIMES = 1_000_000


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
                self.add(await request.json())
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
    if not isinstance(seed, int):
        raise BadFault("seed is a whole number")
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
