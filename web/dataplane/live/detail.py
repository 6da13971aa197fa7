"""One message in full: as a tree, with its checks, what destinations would get, and the request that brought it.

Or one refused request: why, what to do about it, and what was sent.
"""

import json
from pathlib import Path
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request

from ..destinations import DESTINATIONS, processed, refusals
from ..ingest.answers import ADVICE
from ..jsontext import deep
from ..pages.templates import origin
from ..store import search
from ..store.rows import RefusedRow
from .curl import curl
from .listing import listed
from .summary import parsed
from .tree import tree, value_at

TABS = {"message": "Message", "checks": "Checks", "destinations": "Destinations", "request": "Request"}
_MOST_NODES = 200
_MOST_TEXT = 8000
"""Characters. Of each destination: there are many."""


class Detail:
    """What the page's right half shows."""

    def __init__(self, path: Path) -> None:
        self._path = path

    async def of(self, seq: int, tab: str) -> dict[str, Any] | None:
        """None where there is no such row, or no longer."""
        return await run_in_threadpool(self._of, seq, tab if tab in TABS else "message")

    def _of(self, seq: int, tab: str) -> dict[str, Any] | None:
        row = search.one(self._path, seq)
        if row is None:
            refused = search.one_refused(self._path, seq)
            return self._of_refused(refused) if refused else None
        (shown,) = listed(self._path, [row])
        message = parsed(row.message)
        return {
            "row": row,
            "shown": shown,
            "tab": tab,
            "tabs": TABS,
            "tree": tree(message) if tab == "message" else [],
            "headers": json.loads(row.headers),
            "refusals": refusals(message) if tab == "checks" and len(row.message) <= search.LARGE else {},
            "destinations": [
                (
                    each,
                    preview,
                    tree(
                        preview.request or {},
                        preview.sources,
                        folded_from=6,
                        most_nodes=_MOST_NODES,
                        most_text=_MOST_TEXT,
                    ),
                )
                for each in DESTINATIONS.values()
                if tab == "destinations" and len(row.message) <= search.LARGE
                for preview in [each.preview(processed(message))]
            ],
        }

    def _of_refused(self, row: RefusedRow) -> dict[str, Any]:
        (shown,) = listed(self._path, [row])
        advice = ADVICE.get((row.refused.status, row.refused.reason), "")
        return {"row": row, "shown": shown, "tab": "refused", "headers": json.loads(row.headers), "advice": advice}

    async def message(self, seq: int) -> str | None:
        """Its JSON."""
        row = await run_in_threadpool(search.one, self._path, seq)
        return row.message if row else None

    async def value(self, seq: int, place: str) -> str | None:
        """The JSON of one value in it, by its JSON pointer; None where there is none."""
        return await run_in_threadpool(self._value, seq, place)

    def _value(self, seq: int, place: str) -> str | None:
        row = search.one(self._path, seq)
        try:
            return deep.encode(value_at(parsed(row.message), place)) if row else None
        except (KeyError, RecursionError):
            return None

    async def curl(self, seq: int, request: Request) -> str | None:
        """The command that sends it again."""
        return await run_in_threadpool(self._curl, seq, origin(request))

    def _curl(self, seq: int, origin: str) -> str | None:
        row = search.one(self._path, seq)
        return curl(row, origin) if row else None
