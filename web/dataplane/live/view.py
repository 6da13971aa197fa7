"""`/live`: the messages as they come, one message in full, and the way back through what is stored.

A page holds some hundreds of rows at most. Rows, details and what changes are HTML that the server rendered; the
page's script only puts them in their place.
"""

import json
from collections.abc import AsyncIterator
from typing import Any

from sse_starlette import ServerSentEvent
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from ..pages.templates import Templates
from ..store import search
from ..store.database import Store
from ..store.search import NO_END, Filter
from .detail import Detail
from .events import streamed
from .listing import listed
from .position import whole_number
from .stream import Changes

PAGE = 100
"""Rows of the page at first, and of each page further back."""
MOST = 200
"""Rows that the page grows to."""


class Live:
    """The list and the stream of what changes in it."""

    def __init__(self, store: Store, templates: Templates, detail: Detail, changes: Changes) -> None:
        self._store = store
        self._templates = templates
        self._detail = detail
        self._changes = changes

    def routes(self) -> list[Route]:
        return [
            Route("/live", self._page),
            Route("/live/rows", self._stream),
            Route("/live/clear", self._clear),
            Route("/live/messages/{seq:seq}", self._message),
            Route("/live/messages/{seq:seq}.json", self._json),
            Route("/live/messages/{seq:seq}.curl", self._curl),
            Route("/live/messages/{seq:seq}/value", self._value),
        ]

    async def _page(self, request: Request) -> Response:
        """Everything, or for htmx the list alone."""
        try:
            before = whole_number(request.query_params.get("before", str(NO_END)), "before")
            wanted = Filter.of(request.query_params)
        except ValueError as bad:
            return JSONResponse({"error": str(bad)}, 400)
        return await self._listed(request, wanted, before, None)

    async def _listed(self, request: Request, wanted: Filter, before: int, detail: dict[str, Any] | None) -> Response:
        last_seq = self._store.last_seq
        end = min(before, last_seq + 1)  # what is committed meanwhile comes by the stream
        rows = await run_in_threadpool(search.newest, self._store.path, wanted, before=end, limit=PAGE + 1)
        shown = await run_in_threadpool(listed, self._store.path, rows[:PAGE])
        query = "&".join(filter(None, (wanted.query, f"before={before}" if before < NO_END else "")))
        return self._templates.page(
            "rows.html" if "hx-request" in request.headers else "live.html",
            request,
            headers={"HX-Replace-Url": f"/live?{query}" if query else "/live"},
            wanted=wanted,
            rows=shown,
            older=rows[PAGE - 1].seq if len(rows) > PAGE else None,
            live=before > last_seq,
            last_seq=last_seq,
            most=MOST,
            types=await run_in_threadpool(search.types, self._store.path),
            tap=self._changes.tap_line(),
            detail=detail,
        )

    async def _clear(self, request: Request) -> Response:
        """The question that comes before it."""
        count = await run_in_threadpool(search.count, self._store.path)
        return self._templates.page("clear.html", request, count=count, waiting=self._changes.waiting())

    async def _stream(self, request: Request) -> Response:
        try:
            wanted = Filter.of(request.query_params)
            last_seen = request.headers.get("last-event-id") or request.query_params.get("after", "0")
            after = whole_number(last_seen, "after")
        except ValueError as bad:
            return JSONResponse({"error": str(bad)}, 400)

        async def events() -> AsyncIterator[ServerSentEvent]:
            async for change in self._changes.follow(wanted, after, MOST):
                match change.kind:
                    case "rows":
                        text = self._templates.text("new.html", rows=change.rows, wanted=wanted, selected=None)
                        yield ServerSentEvent(text, id=str(change.seq))
                    case "answers":
                        marks = {row.row.seq: self._templates.text("marks.html", row=row) for row in change.rows}
                        yield ServerSentEvent(json.dumps(marks), event="answers")
                    case _:
                        yield ServerSentEvent(change.text, event=change.kind)

        return streamed(events())

    async def _message(self, request: Request) -> Response:
        try:
            wanted = Filter.of(request.query_params)
        except ValueError as bad:
            return JSONResponse({"error": str(bad)}, 400)
        detail = await self._detail.of(request.path_params["seq"], request.query_params.get("tab", ""))
        if detail is None:
            return self._templates.page("gone.html", request, status=404, seq=request.path_params["seq"])
        if "hx-request" in request.headers:
            return self._templates.page("detail.html", request, detail=detail, wanted=wanted)
        return await self._listed(request, wanted, NO_END, detail)

    async def _json(self, request: Request) -> Response:
        return _text(await self._detail.message(request.path_params["seq"]))

    async def _value(self, request: Request) -> Response:
        return _text(await self._detail.value(request.path_params["seq"], request.query_params.get("at", "")))

    async def _curl(self, request: Request) -> Response:
        return _text(await self._detail.curl(request.path_params["seq"], request))


def _text(text: str | None) -> Response:
    headers = {"Cache-Control": "no-store"}
    if text is None:
        return PlainTextResponse("There is no such message any more.\n", 404, headers)
    return PlainTextResponse(text, headers=headers)
