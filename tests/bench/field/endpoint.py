"""One server for all who are compared: it serves their pages, answers as their own servers do, notes what came.

Each SDK is told to send to a path of its own. What it sends is read only when somebody asks: nothing is slower for it.
"""

import base64
import gzip
import json
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Mount, Route

from dataplane.ingest import source_config
from dataplane.pages.assets import Assets

ORDER = {"n", "total", "currency"}
"""The properties by which a call of the benchmark is known, in whatever an SDK wraps them."""


@dataclass(frozen=True, slots=True)
class Arrival:
    at: float
    """Epoch ms."""
    body: bytes


@dataclass
class Endpoint:
    static: Mapping[str, Path]
    """Folders to serve, by their paths."""
    url: str = ""
    _arrivals: list[Arrival] = field(default_factory=list)
    _failing: int = 0

    def clear(self) -> None:
        self._arrivals.clear()

    def fail(self, times: int) -> None:
        """Answer the next requests that bring calls with status 500, and forget what they brought."""
        self._failing = times

    def numbers(self) -> list[tuple[int, float]]:
        """Each call's `n`, in the order of arrival, and when it came; what came twice is there twice."""
        return [(n, arrival.at) for arrival in list(self._arrivals) for n in numbers_in(arrival.body)]

    @contextmanager
    def serve(self) -> Iterator[None]:
        config = uvicorn.Config(self._app(), port=0, ws="none", lifespan="off", log_level="error", access_log=False)
        socket = config.bind_socket()
        self.url = f"http://127.0.0.1:{socket.getsockname()[1]}"
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, args=([socket],), daemon=True)
        thread.start()
        try:
            yield
        finally:
            server.should_exit = server.force_exit = True
            thread.join()

    def _app(self) -> Starlette:
        asked = [
            # Segment's settings of a source, PostHog's and Amplitude's remote configuration: only what is needed.
            Route("/segment/v1/projects/{key}/settings", _segment_settings),
            Route("/posthog/array/{key}/config", _json({"supportedCompression": ["gzip", "gzip-js"]})),
            Route("/amplitude/config/{key}", _json({"configs": {}})),
            Mount("/rudderstack", routes=source_config.ROUTES),
        ]
        sent = [
            Route("/rudderstack/v1/{type}", self._taking("OK"), methods=["POST"]),
            Route("/segment/v1/{type}", self._taking({"success": True}), methods=["POST"]),
            Route("/posthog/flags/", _json({"flags": {}, "errorsWhileComputingFlags": False}), methods=["POST"]),
            Route("/posthog/{path:path}", self._taking({"status": "Ok"}), methods=["POST"]),
            Route("/snowplow/{path:path}", self._taking("ok"), methods=["POST"]),
            Route("/mixpanel/{path:path}", self._taking("1"), methods=["POST"]),
            Route("/amplitude/2/httpapi", self._taking({"code": 200}), methods=["POST"]),
            Route("/plausible/api/event", self._taking("ok"), methods=["POST"]),
        ]
        folders = [Mount(path, Assets(folder)) for path, folder in self.static.items()]
        return Starlette(routes=[*sent, *asked, *folders])

    def _taking(self, answer: object) -> Any:
        async def take(request: Request) -> Response:
            at = time.time() * 1000
            body = await request.body()
            if self._failing and numbers_in(body):
                self._failing -= 1
                return PlainTextResponse("", status_code=500)
            self._arrivals.append(Arrival(at, body))
            return PlainTextResponse(answer) if isinstance(answer, str) else JSONResponse(answer)

        return take


def numbers_in(body: bytes) -> list[int]:
    """The `n` of each call in a body, in order: JSON, as it is, gzipped, in Base64, or a form's member `data`."""
    if body[:2] == b"\x1f\x8b":
        body = gzip.decompress(body)
    text = body.decode()
    if text.startswith("data="):
        text = parse_qs(text)["data"][0]
    if text[:1] not in ("{", "["):
        text = _from_base64(text)
    return list(_numbers(json.loads(text))) if text else []


def _numbers(value: Any, name: str = "") -> Iterator[int]:
    if isinstance(value, str):
        if name == "ue_px":  # Snowplow's self-describing event
            value = _from_base64(value)
        if value.startswith("{"):  # JSON in JSON: Plausible's `p`
            yield from _numbers(json.loads(value))
    elif isinstance(value, list):
        for item in value:
            yield from _numbers(item)
    elif isinstance(value, dict):
        if value.keys() >= ORDER:
            yield int(value["n"])
            return
        for name, item in value.items():
            yield from _numbers(item, name)


def _from_base64(text: str) -> str:
    padded = text + "=" * (-len(text) % 4)
    return base64.b64decode(padded, altchars=b"-_" if {"-", "_"} & set(text) else None).decode()


def _json(answer: object) -> Any:
    async def give(_request: Request) -> Response:
        return JSONResponse(answer)

    return give


async def _segment_settings(request: Request) -> Response:
    own = {"apiKey": request.path_params["key"], "unbundledIntegrations": [], "addBundledMetadata": True}
    return JSONResponse({"integrations": {"Segment.io": own}, "plan": {"track": {}}, "metrics": {"sampleRate": 0}})
