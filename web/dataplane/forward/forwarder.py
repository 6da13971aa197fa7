"""`--forward`: every accepted message goes on to another data plane as well, in order, until it is answered.

2xx: delivered. 4xx: the answer is kept, and the next one's turn; a batch that is refused goes again one by one. All
else (5xx, 429, 408, a redirect, no answer): tried again with growing pauses, and everything behind it waits. A message
can arrive twice, with the same messageId, when its answer was lost.
"""

import asyncio
import random
import sqlite3

import httpx

from ..ingest.answers import phrase
from ..store.database import Store
from .queue import Parcel, Taps, shown

FIRST_PAUSE = 0.2
LONGEST_PAUSE = 30.0
"""Seconds; the pauses double, with jitter. A Retry-After that is longer counts."""
_LONGEST_RETRY_AFTER = 300.0
_TIMEOUT = 30
_AGAIN = (408, 429)
_LONGEST_ANSWER = 500
"""Characters of an answer that are kept."""


class Forwarder:
    """Sends one parcel at a time; what it says of itself is for a person."""

    def __init__(self, store: Store, url: str, write_key: str | None) -> None:
        self._store = store
        self._url = url.rstrip("/")
        self._write_key = write_key
        self._taps = Taps(store, self._url)
        self._trouble = ""

    def line(self) -> str:
        """Where to, what waits, and what is wrong, if anything."""
        waiting = self.waiting()
        parts = [f"forwarded to {shown(self._url)}", f"{waiting:,} waiting" if waiting else "", self._trouble]
        return " · ".join(filter(None, parts))

    def waiting(self) -> int:
        return self._taps.waiting()

    async def open(self) -> None:
        """Before the first message: those from now on are passed on."""
        await self._taps.open()

    async def run(self) -> None:
        """Until it is cancelled, or the server stops."""
        own = httpx.URL(self._url).host in ("127.0.0.1", "localhost", "::1")
        # A proxy of this machine is for the world outside.
        async with httpx.AsyncClient(timeout=_TIMEOUT, trust_env=not own) as client:
            version = -1
            while await self._store.change(version):
                version = self._store.version
                try:
                    while (parcel := self._taps.next()) is not None:
                        await self._deliver(client, parcel)
                except sqlite3.Error as failed:  # a full disk, say: the cursor stays where it was
                    self._said(f"the database failed ({failed}); trying again")
                    await asyncio.sleep(LONGEST_PAUSE)
                    version = -1

    async def _deliver(self, client: httpx.AsyncClient, parcel: Parcel) -> None:
        attempts, pause = 0, FIRST_PAUSE
        while True:
            attempts += 1
            status, text, retry_after = await self._post(client, parcel)
            if 200 <= status < 300 or (400 <= status < 500 and status not in _AGAIN):
                break
            self._said(f"{text or f'{status} {phrase(status)}'}, try {attempts}; trying again")
            await asyncio.sleep(max(pause * random.uniform(0.5, 1), retry_after))
            pause = min(pause * 2, LONGEST_PAUSE)
        self._said("")
        if status in (400, 413) and len(parcel.seqs) > 1:
            for single in parcel.one_by_one():
                await self._deliver(client, single)
        else:
            await self._taps.answered(parcel, status, text, attempts)

    async def _post(self, client: httpx.AsyncClient, parcel: Parcel) -> tuple[int, str, float]:
        """Status (0: no answer), what was said, and the seconds of Retry-After."""
        headers = {b"Content-Type": b"application/json"}
        if parcel.anonymous_id is not None:
            headers[b"AnonymousId"] = parcel.anonymous_id.encode("latin-1", "replace")
        body = f'{{"batch":[{",".join(parcel.texts)}]}}'.encode()
        key = self._write_key or parcel.write_key
        try:
            answer = await client.post(f"{self._url}/v1/batch", content=body, headers=headers, auth=(key, ""))
        except httpx.HTTPError as failed:
            return 0, f"no answer ({type(failed).__name__})", 0
        return (
            answer.status_code,
            answer.text.strip()[:_LONGEST_ANSWER],
            _seconds(answer.headers.get("retry-after", "")),
        )

    def _said(self, trouble: str) -> None:
        if trouble != self._trouble:
            self._trouble = trouble
            self._store.wake()


def _seconds(retry_after: str) -> float:
    return min(float(retry_after), _LONGEST_RETRY_AFTER) if retry_after.isascii() and retry_after.isdecimal() else 0
