"""`/api/events`: the rows of the store as JSON and as server-sent events."""

from collections.abc import AsyncIterator

from sse_starlette import EventSourceResponse, ServerSentEvent
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from ..destinations import refusals
from ..store.database import Store
from ..store.rows import Row
from ..store.search import LARGE, one
from .listing import listed
from .position import whole_number
from .summary import parsed

DEFAULT_LIMIT = 1000
MOST_ROWS = 10_000
"""Rows of one answer; more are read page by page with `after`."""
_CHUNK = 500


class Events:
    """A row is in the answers, and on its way to the streams, as soon as it is committed."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def routes(self) -> list[Route]:
        return [
            Route("/api/events", self._events, methods=["GET", "DELETE"]),
            Route("/api/events/stream", self._stream, methods=["GET"]),
            Route("/api/events/{seq:seq}/checks", self._checks, methods=["GET"]),
        ]

    async def _events(self, request: Request) -> Response:
        if request.method == "DELETE":
            return JSONResponse({"deleted": await self._store.clear()})
        try:
            after = whole_number(request.query_params.get("after", "0"), "after")
            limit = whole_number(request.query_params.get("limit", str(DEFAULT_LIMIT)), "limit", MOST_ROWS)
        except ValueError as bad:
            return JSONResponse({"error": str(bad)}, 400)
        self._store.notice()
        type_ = request.query_params.get("type")
        rows = self._store.read(after=after, type_=type_, limit=limit)
        parts = self._parts(rows, type_, limit)
        return StreamingResponse(parts, media_type="application/json", headers={"Cache-Control": "no-store"})

    async def _parts(self, rows: list[Row], type_: str | None, limit: int) -> AsyncIterator[str]:
        """The answer piece by piece, so that large messages are not in memory all at once."""
        yield '{"events":['
        while rows:
            yield ",".join(row.json() for row in rows)
            limit -= len(rows)
            rows = self._store.read(after=rows[-1].seq, type_=type_, limit=limit)
            if rows:
                yield ","
        yield "]}"

    async def _checks(self, request: Request) -> Response:
        """What RudderStack or a destination would trip on in one message, and which destinations refuse it."""
        row = await run_in_threadpool(one, self._store.path, request.path_params["seq"])
        if row is None:
            return JSONResponse({"error": "there is no such message"}, 404)
        (found,) = await run_in_threadpool(listed, self._store.path, [row])
        refused = await run_in_threadpool(refusals, parsed(row.message)) if len(row.message) <= LARGE else {}
        return JSONResponse(
            {
                "seq": row.seq,
                "checks": [finding._asdict() for finding in found.findings],
                "refused": [{"by": titles, "error": error} for error, titles in refused.items()],
            }
        )

    async def _stream(self, request: Request) -> Response:
        """From `after` on, or, when the browser reconnects, from the last id it has seen."""
        last_seen = request.headers.get("last-event-id") or request.query_params.get("after", "0")
        try:
            after = whole_number(last_seen, "after")
        except ValueError as bad:
            return JSONResponse({"error": str(bad)}, 400)

        async def events() -> AsyncIterator[ServerSentEvent]:
            async for row in follow(self._store, after, request.query_params.get("type")):
                yield ServerSentEvent(row.json(), id=str(row.seq))

        return streamed(events())


def streamed(events: AsyncIterator[ServerSentEvent]) -> Response:
    """Left to end by itself when the server stops: the rows then do. Cut off, it would be logged as an error."""
    return EventSourceResponse(events, shutdown_grace_period=2)  # seconds


async def follow(store: Store, after: int, type_: str | None = None) -> AsyncIterator[Row]:
    """Every row beyond `after`, those to come included, until the server stops."""
    while await store.news(after):
        rows = store.read(after=after, type_=type_, limit=_CHUNK)
        # What was committed a moment ago can be read before `last_seq` says so: it is not to be read again.
        after = rows[-1].seq if rows else max(after, store.last_seq)
        for row in rows:
            yield row
