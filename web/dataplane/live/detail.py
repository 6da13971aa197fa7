"""One message in full: as a tree, with its checks, what destinations would get, and the request that brought it."""

import json
from pathlib import Path
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request

from ..destinations import DESTINATIONS, processed
from ..pages.templates import origin
from ..store import search
from ..store.rows import Row
from .curl import curl
from .listing import listed
from .summary import parsed
from .tree import tree

TABS = {"message": "Message", "checks": "Checks", "destinations": "Destinations", "request": "Request"}


class Detail:
    """What the page's right half shows."""

    def __init__(self, path: Path) -> None:
        self._path = path

    async def of(self, seq: int, tab: str, request: Request) -> dict[str, Any] | None:
        """None where there is no such message, or no longer."""
        return await run_in_threadpool(self._of, seq, tab if tab in TABS else "message", request)

    def _of(self, seq: int, tab: str, request: Request) -> dict[str, Any] | None:
        row = search.one(self._path, seq)
        if row is None:
            return None
        (shown,) = listed(self._path, [row])
        message = parsed(row.message)
        return {
            "row": row,
            "shown": shown,
            "tab": tab,
            "tabs": TABS,
            "tree": tree(message) if tab == "message" else [],
            "headers": json.loads(row.headers),
            "destinations": [
                (each, preview, tree(preview.request or {}, preview.sources, folded_from=6))
                for each in DESTINATIONS.values()
                if tab == "destinations"
                for preview in [each.preview(processed(message))]
            ],
        }

    async def curl(self, seq: int, request: Request) -> str | None:
        return await run_in_threadpool(self._curl, seq, origin(request))

    def _curl(self, seq: int, origin: str) -> str | None:
        row = search.one(self._path, seq)
        return curl(row, origin, self._write_key(row)) if row else None

    def _write_key(self, row: Row) -> str:
        with search.reading(self._path) as db:
            found = db.execute(
                "SELECT write_key FROM requests JOIN messages ON requests.id = request WHERE seq = ?", (row.seq,)
            ).fetchone()
        return str(found[0]) if found and found[0] else "WRITE_KEY"
