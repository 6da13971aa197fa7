"""`--forward`: every accepted message goes on to another data plane as well, in order, until it is answered.

What an answer means:

- 2xx: delivered. 4xx: the answer is kept and shown, and the next one's turn comes; a batch that is refused with 400 or
  413 goes again one by one.
- All else (5xx, 429, 408, a redirect, no answer): tried again with growing pauses, and everything behind it waits. A
  message can arrive twice, with the same messageId, when its answer was lost.

One message that the other side can never take must not hold up all behind it, and an hour without the other side must
not cost a message. What tells the two apart is whether others get through:

1. A batch that failed three times goes one by one.
2. A message that fails eight times alone is asked about: the next one behind it is tried, eight tries later the next
   two, then four. None gets through: the other side is down, and all wait. One does (it alone has overtaken): the
   message is held back, and the others go on.
3. A message that is held back is tried four more times. Then it is passed over, with the last answer, for people to
   see.
"""

import asyncio
import itertools
import logging
import random
import sqlite3
from contextlib import suppress
from dataclasses import dataclass
from time import monotonic
from typing import NamedTuple

import httpx

from ..ingest.answers import phrase
from ..ingest.ids import visible
from ..store.database import Store
from .queue import Parcel, Queue, shown

FIRST_PAUSE = 0.2
LONGEST_PAUSE = 30.0
"""Seconds; the pauses double, with jitter. A Retry-After that is longer counts."""
BATCH_TRIES = 3
TRIES = 8
HELD_TRIES = 4
_MOST_ASKED = 16
"""Messages behind one that fails that are tried meanwhile."""
_LONGEST_FIRST_PAUSE = 2.0
"""Before a message is asked about for the first time: it may be the only one in trouble."""
_FIRST_HELD_PAUSE = 1.0
_LONGEST_RETRY_AFTER = 300.0
_TIMEOUT = 30
_LONGEST_WAIT = 90
"""Seconds for a part of an answer, and for a whole one that goes on and on."""
_WAIT_AND_TRY = (408, 429)
_MOST_READ = 16_384
_LONGEST_ANSWER = 500
"""Bytes of an answer that are read, characters that are kept."""
_LONGEST_HEADER = 1000

_log = logging.getLogger(__name__)


class Said(NamedTuple):
    """An answer of the other data plane."""

    status: int
    """0: none."""
    text: str
    retry_after: float
    """Seconds."""

    @property
    def is_final(self) -> bool:
        return 200 <= self.status < 300 or (400 <= self.status < 500 and self.status not in _WAIT_AND_TRY)

    def __str__(self) -> str:
        return self.text or f"{self.status} {phrase(self.status)}"


@dataclass(slots=True)
class _HeldBack:
    parcel: Parcel
    attempts: int
    tries_left: int
    pause: float
    due: float
    said: Said


class Forwarder:
    """Sends one parcel at a time; what it says of itself is for a person."""

    def __init__(self, store: Store, url: str, write_key: str | None) -> None:
        self._store = store
        self._url = url.rstrip("/")
        self._write_key = write_key
        self._queue = Queue(store, self._url)
        self._held: dict[int, _HeldBack] = {}
        self._trouble = ""

    def line(self) -> str:
        """Where to, what waits, and what is wrong, if anything."""
        waiting = self.waiting()
        held = [f"#{seq} held back after {each.attempts} tries ({each.said})" for seq, each in self._held.items()]
        parts = [
            f"forwarded to {shown(self._url)}",
            f"{waiting:,} waiting" if waiting else "",
            self._trouble,
            *held[:3],
        ]
        return " · ".join(filter(None, parts))

    def waiting(self) -> int:
        return self._queue.waiting()

    async def open(self) -> None:
        """Before the first message: those from now on are passed on."""
        await self._queue.open()

    async def run(self) -> None:
        """Until it is cancelled, or the server stops; whatever goes wrong in between."""
        going_on = True
        while going_on:
            try:
                going_on = await self._run()
            except sqlite3.Error as failed:  # a full disk, say: the cursor stays where it was
                self._say(f"the database failed ({failed}); trying again")
                await asyncio.sleep(LONGEST_PAUSE)
            except Exception as failed:
                _log.warning("Forwarding met an error that it does not know, and goes on", exc_info=failed)
                self._say(f"{type(failed).__name__}: {failed}; trying again")
                await asyncio.sleep(LONGEST_PAUSE)

    async def _run(self) -> bool:
        """True: to be called again."""
        own = httpx.URL(self._url).host in ("127.0.0.1", "localhost", "::1")
        # A proxy of this machine is for the world outside.
        async with httpx.AsyncClient(timeout=_TIMEOUT, trust_env=not own) as client:
            going_on, version = True, self._store.version
            while going_on:
                await self._try_held(client)
                if (parcel := self._queue.next(without=self._held)) is not None:
                    await self._deliver(client, parcel)
                    continue
                with suppress(TimeoutError):
                    async with asyncio.timeout(self._until_held()):
                        going_on = await self._store.change(version)
                version = self._store.version
        return False

    async def _deliver(self, client: httpx.AsyncClient, parcel: Parcel) -> None:
        """Returns when its turn is over: answered, or held back."""
        pause = FIRST_PAUSE
        tries = BATCH_TRIES if len(parcel.seqs) > 1 else TRIES
        for attempts in itertools.count(1):
            said = await self._post(client, parcel)
            if said.is_final:
                break
            if attempts % tries == 0 and said.status not in _WAIT_AND_TRY:
                if len(parcel.seqs) > 1:
                    await self._one_by_one(client, parcel)
                    return
                if await self._others_get_through(client, parcel, min(2 ** (attempts // tries - 1), _MOST_ASKED)):
                    self._hold(parcel, attempts, said)
                    return
            self._say(f"{said}, try {attempts}; trying again")
            await asyncio.sleep(max(pause * random.uniform(0.5, 1), said.retry_after))
            pause = min(pause * 2, _LONGEST_FIRST_PAUSE if attempts < tries else LONGEST_PAUSE)
        self._say("")
        if said.status in (400, 413) and len(parcel.seqs) > 1:
            await self._one_by_one(client, parcel)
        else:
            await self._queue.answered(parcel, said.status, said.text, attempts)

    async def _one_by_one(self, client: httpx.AsyncClient, parcel: Parcel) -> None:
        for single in parcel.one_by_one():
            if single.seqs[0] not in self._held and not self._queue.is_answered(single):
                await self._deliver(client, single)

    async def _others_get_through(self, client: httpx.AsyncClient, parcel: Parcel, most: int) -> bool:
        for other in self._queue.behind(parcel, most, without=self._held):
            said = await self._post(client, other)
            if said.is_final:
                await self._queue.answered(other, said.status, said.text, 1)
                return True
        return False

    def _hold(self, parcel: Parcel, attempts: int, said: Said) -> None:
        due = monotonic() + _FIRST_HELD_PAUSE
        self._held[parcel.seqs[0]] = _HeldBack(parcel, attempts, HELD_TRIES, _FIRST_HELD_PAUSE, due, said)
        self._trouble = ""
        self._store.wake()

    async def _try_held(self, client: httpx.AsyncClient) -> None:
        for seq, held in [*self._held.items()]:
            if held.due > monotonic():
                continue
            held.said = await self._post(client, held.parcel)
            held.attempts += 1
            held.tries_left -= 1
            if held.said.is_final or not held.tries_left:
                del self._held[seq]
                await self._queue.answered(held.parcel, held.said.status, held.said.text, held.attempts)
            else:
                held.pause *= 2
                held.due = monotonic() + max(held.pause, held.said.retry_after)
                self._store.wake()

    def _until_held(self) -> float | None:
        return max(0.0, min(held.due for held in self._held.values()) - monotonic()) if self._held else None

    async def _post(self, client: httpx.AsyncClient, parcel: Parcel) -> Said:
        """Whatever happens: what cannot be sent, or whose answer cannot be read, has no answer."""
        try:
            async with asyncio.timeout(_LONGEST_WAIT):
                return await self._said(client, parcel)
        except (httpx.HTTPError, OSError) as failed:  # a timeout is an OSError
            return Said(0, f"no answer ({type(failed).__name__})", 0)
        except Exception as failed:
            _log.warning("Message #%s cannot be passed on", parcel.seqs[0], exc_info=failed)
            return Said(0, f"no answer ({type(failed).__name__}: {failed})", 0)

    async def _said(self, client: httpx.AsyncClient, parcel: Parcel) -> Said:
        headers = {b"Content-Type": b"application/json", b"Accept-Encoding": b"identity"}
        if anonymous_id := _clean(parcel.anonymous_id or ""):
            headers[b"AnonymousId"] = anonymous_id
        body = f'{{"batch":[{",".join(parcel.texts)}]}}'.encode()
        key = self._write_key or parcel.write_key
        address = f"{self._url}/v1/batch"
        async with client.stream("POST", address, content=body, headers=headers, auth=(key, "")) as answer:
            read = b""
            if "content-encoding" not in answer.headers:  # else somebody did not listen; the status says enough
                async for part in answer.aiter_raw():
                    read += part
                    if len(read) > _MOST_READ:
                        break
            text = visible(" ".join(read.decode("utf-8", "replace").split()))[:_LONGEST_ANSWER]
            return Said(answer.status_code, text, _seconds(answer.headers.get("retry-after", "")))

    def _say(self, trouble: str) -> None:
        if trouble != self._trouble:
            self._trouble = trouble
            self._store.wake()


def _clean(header: str) -> bytes:
    """What HTTP allows in a header of what once came in one; b"" where nothing is left, or it has no end."""
    kept = "".join(each for each in header if " " <= each <= "~" or "\xa0" <= each <= "\xff").strip()
    return kept.encode("latin-1") if len(kept) <= _LONGEST_HEADER else b""


def _seconds(retry_after: str) -> float:
    digits = retry_after[:20]
    return min(float(digits), _LONGEST_RETRY_AFTER) if digits.isascii() and digits.isdecimal() else 0
