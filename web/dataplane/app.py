"""The whole data plane as one ASGI app."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import TYPE_CHECKING

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Mount, Route

from .doors import Doors, is_open
from .forward.queue import Queue
from .ingest import cookies, source_config
from .ingest.answers import DISK, NOT_FOUND, WRONG_METHOD
from .ingest.cors import Cors
from .ingest.faults import Faults, FreshConnections
from .ingest.gateway import Gateway
from .ingest.refused import RefusedRequests
from .ingest.write_keys import WriteKeys, said_write_key
from .live import preview
from .live.detail import Detail
from .live.events import Events
from .live.stream import Changes
from .live.terminal import announce
from .live.users.view import UserPages
from .live.view import Live
from .options import PROJECT, Options
from .pages import readme
from .pages.assets import ISOLATED, Assets
from .pages.demo import Pages
from .pages.shop import Shop
from .pages.templates import Templates
from .store.database import Store
from .store.retention import retain

if TYPE_CHECKING:
    from .forward.forwarder import Forwarder

_MODULES = PROJECT / "web" / "node_modules"


def create_app(options: Options) -> Starlette:
    """Raises sqlite3.Error where `options.db` cannot be used. The store is `app.state.store`."""
    store = Store(options.db)
    faults = Faults()
    refused = RefusedRequests(store)
    gateway = Gateway(store, WriteKeys(options.write_keys, options.disabled_write_keys), faults, refused)
    tap = _forwarder(store, options)
    templates = Templates(min(options.write_keys, default="DEMO_WRITE_KEY"))
    folders = {
        "/dist": options.dist,
        "/docs": PROJECT / "build" / "docs",
        "/htmx": _MODULES / "htmx.org/dist",
        "/pyscript-core": _MODULES / "@pyscript/core/dist",
        "/official": _MODULES / "@rudderstack/analytics-js/dist/npm/modern/bundled/umd",
        **options.extra_static,
    }

    async def health(_: Request) -> Response:
        try:
            gone = store.notice()
            store.read(limit=1)
        except sqlite3.Error:
            gone = True
        if gone:
            return PlainTextResponse("Cannot connect to db", 503)
        return JSONResponse({"server": "UP", "db": "UP", "lastSeq": store.last_seq})

    routes: list[BaseRoute] = [
        *gateway.routes(),
        *Events(store).routes(),
        *faults.routes(),
        *cookies.ROUTES,
        *source_config.ROUTES,
        *preview.ROUTES,
        *Pages(store, options, templates).routes(),
        *Shop(options, templates).routes(),
        *Live(store, templates, Detail(store.path), Changes(store, tap)).routes(),
        *UserPages(store, templates).routes(),
        *readme.routes(templates),
        Route("/health", health),
        Route("/robots.txt", _robots),
        Route("/docs", _docs),
        *(Mount(prefix, Assets(folder, ISOLATED)) for prefix, folder in options.isolated_static.items()),
        *(Mount(prefix, Assets(folder)) for prefix, folder in folders.items()),
    ]

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        await (tap or Queue(store, None)).open()
        speaking = asyncio.create_task(announce(store, options.announce)) if options.announce else None
        working = [asyncio.create_task(tap.run())] if tap else []
        if options.keep:
            working.append(asyncio.create_task(retain(store, options.keep)))
        yield
        store.hang_up()
        if speaking is not None:
            await speaking
        for task in working:  # what is on its way to another data plane goes again at the next start
            task.cancel()
        await asyncio.gather(*working, return_exceptions=True)
        store.close()

    async def not_found(request: Request, _: Exception) -> Response:
        if _is_meant_as_ingestion(request, own):
            await refused.keep(request, NOT_FOUND, write_key=said_write_key(request))
        return NOT_FOUND.response()

    async def wrong_method(request: Request, error: Exception) -> Response:
        if _is_meant_as_ingestion(request, own):
            await refused.keep(request, WRONG_METHOD, write_key=said_write_key(request))
        return Response(status_code=405, headers=error.headers if isinstance(error, HTTPException) else None)

    async def no_database(request: Request, error: Exception) -> Response:
        with suppress(sqlite3.Error):
            store.notice()
        text = DISK.because(error).text
        if request.url.path.startswith("/api/"):
            return JSONResponse({"error": text}, DISK.status)
        return PlainTextResponse(f"{text}\n{DISK.advice}\n", DISK.status)

    own = (
        "/api/",
        "/live",
        "/pages/",
        "/pyscript",
        "/readme",
        "/shop",
        *(prefix + "/" for prefix in [*folders, *options.isolated_static]),
    )
    app = Starlette(
        routes=routes,
        middleware=[
            Middleware(Doors, names=_names(options)),
            Middleware(FreshConnections, faults=faults),
            Middleware(Cors, exempt=lambda path: path == "/" or path.startswith(own)),
        ],
        exception_handlers={404: not_found, 405: wrong_method, sqlite3.Error: no_database},
        lifespan=lifespan,
    )
    app.router.redirect_slashes = False  # the gateway knows /v1/track/ no more than any other path
    app.state.store = store
    return app


def _names(options: Options) -> set[str]:
    """By which it may be called beside the loopback names: its address too, unless that stands for all."""
    return {*options.host_names, *({options.host, f"[{options.host}]"} - {"0.0.0.0", "::", "[::]", ""})}


def _is_meant_as_ingestion(request: Request, own: tuple[str, ...]) -> bool:
    """Of a request that no route takes: whether somebody may wonder where the message is."""
    path = request.url.path
    return is_open(path) or (request.method == "POST" and not path.startswith(own))


def _forwarder(store: Store, options: Options) -> "Forwarder | None":
    if options.forward is None:
        return None
    from .forward.forwarder import Forwarder  # httpx, its client, doubles the time to start

    return Forwarder(store, options.forward, options.forward_write_key)


async def _docs(_: Request) -> Response:
    return RedirectResponse("/docs/")


async def _robots(_: Request) -> Response:
    return PlainTextResponse("User-agent: * \nDisallow: / \n")
